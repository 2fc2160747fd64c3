"""`feedback routing`: what the file says differently, and letting it hold."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.queues.models import RoutingRule
from tests.cli.conftest import Run
from tests.questionnaires.factories import survey_files


def test_differences_are_told_and_the_file_is_let_hold(run: Run, session: Session) -> None:
    rule = session.scalars(select(RoutingRule).where(RoutingRule.name == "Detractors")).one()
    rule.points = 2
    session.commit()
    assert run("routing", "check").out.splitlines() == [
        "Rule “Detractors” differs in points.",
        "routing.toml can be used. `feedback routing apply` lets it hold.",
    ]
    assert run("routing", "apply").out.splitlines() == ["routing.toml holds: 1 difference was settled."]
    assert run("routing", "check").out.splitlines() == ["routing.toml can be used. All of it holds."]
    session.refresh(rule)
    assert rule.points == 0
    session.commit()


def test_a_broken_file_is_one_sentence(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = survey_files(tmp_path)
    (folder / "routing.toml").write_text('[[rules]]\nname = "Mine"\nwhen = { colour = "red" }\n', encoding="utf-8")
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    said = run("routing", "check")
    assert said.code == 2
    assert "rules.Mine.when.colour: is no condition" in said.err
