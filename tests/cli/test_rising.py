"""What rises in a week, in a terminal."""

from datetime import datetime

from sqlalchemy.orm import Session

from tests.cli.conftest import Run
from tests.sentiment.themes.test_queries import zippers_jam


def test_a_new_problem_is_printed_with_its_figures(run: Run, session: Session, now: datetime) -> None:
    zippers_jam(session, now)
    said = run("sentiment", "rising", "--week", "2026-03-18")
    assert said.code == 0
    assert said.out.splitlines()[0].startswith("en, week of 2026-03-16")
    assert "  zipper jammed: 6 (0; " in said.out
    assert run("sentiment", "rising").out == "Nothing rose in the week of 2026-03-09.\n"
