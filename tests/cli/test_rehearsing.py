"""`feedback surveys rehearse`: what other rules would do, before they are published."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.cli.conftest import Run
from tests.invitations.factories import CSAT, go_live, numbered, order
from tests.questionnaires.factories import edit, survey_files

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def folder(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three orders to ask about, and a shop's own survey files."""
    for number in range(3):
        order(session, numbered(number))
    go_live(session)
    session.commit()
    files = survey_files(tmp_path)
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(files))
    return files


def test_a_changed_file_is_rehearsed_before_it_is_published(run: Run, folder: Path) -> None:
    assert run("surveys", "rehearse", CSAT).out.startswith("delivery_csat: there is nothing to try")
    edit(folder / CSAT / "survey.toml", "delay_days = 1\n", "delay_days = 40\nmax_age_days = 60\n#")
    said = run("surveys", "rehearse", CSAT)
    assert said.code == 0, said.err
    assert said.out.startswith(
        "In the next 30 days Delivery CSAT would ask 0 people; by the present rules it asks 3.\n"
        "If nobody answers, 0 reminders follow in these days; by the present rules 3.\n"
        "This counts what is known today."
    )
    assert "Fri 20 Mar" in said.out
    run("migrate")  # now the change waits in the database
    assert run("surveys", "rehearse", CSAT, "--days", "45").out.startswith(
        "In the next 45 days Delivery CSAT would ask 3"
    )


def test_a_single_reminder_is_one(run: Run, folder: Path) -> None:
    edit(folder / CSAT / "survey.toml", "reminder_after_days = 4\n", "reminder_after_days = 4\ndaily_cap = 1\n")
    said = run("surveys", "rehearse", CSAT, "--days", "5")
    assert "If nobody answers, 1 reminder follows in these days; by the present rules 3.\n" in said.out


def test_another_file_may_be_tried(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text((folder / CSAT / "survey.toml").read_text().replace("delay_days = 1\n", "delay_days = 3\n"))
    assert "would ask 3 people; by the present rules it asks 3." in run("surveys", "rehearse", CSAT, "--file", path).out
    assert (
        run("surveys", "rehearse", CSAT, "--file", tmp_path / "none.toml").err
        == f"{tmp_path / 'none.toml'}: is missing.\n"
    )


def test_what_cannot_be_rehearsed_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    assert run("surveys", "rehearse", "nothing").err.startswith("There is no survey nothing;")
    path = survey_files(tmp_path) / CSAT / "survey.toml"
    edit(path, "delay_days = 1\n", "delay_days = 3\n")
    assert run("surveys", "rehearse", CSAT, "--file", path).err.startswith(
        "Sending has not started: choose a first day"
    )
