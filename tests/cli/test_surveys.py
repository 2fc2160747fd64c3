"""`feedback surveys`, and what `migrate` says about a changed file."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.drafts import document_of
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import keep_draft
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.questionnaires.read_files import read_survey, read_surveys
from tests.cli.conftest import Run
from tests.conftest import NOW
from tests.questionnaires.factories import NPS, edit, survey_files


def test_surveys_are_checked_without_any_settings(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDBACK_SECRET_KEY")
    assert run("surveys", "check").out.splitlines() == [
        "cancellation: fine, in de, en, es, fr, pt-BR",
        "delivery_csat: fine, in de, en, es, fr, pt-BR",
        "ease_ces: fine, in de, en, es, fr, pt-BR",
        "employee_pulse: fine, in de, en, es, fr, pt-BR",
        "post_purchase_nps: fine, in ar, de, en, es, fr, pt-BR",
        "recovery_csat: fine, in de, en, es, fr, pt-BR",
        "relationship_nps: fine, in de, en, es, fr, pt-BR",
        "support_csat: fine, in de, en, es, fr, pt-BR",
        "bank: fine, 21 questions in de, en, es, fr, pt-BR",
        "themes: fine, 20 themes in en, es, fr, de, pt-BR, ar, nl",
        "safety: fine, in en, es, fr, de, pt-BR, ar",
        "routing: fine, 9 rules",
        "replies: fine, 6 templates in ar, de, en, es, fr, pt-BR",
    ]
    folder = survey_files(tmp_path)
    path = folder / NPS / "survey.toml"
    edit(path, "delay_days = 5 ", 'delay_days = "soon" ')
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    for words in (("surveys", "check"), ("surveys", "check", folder)):
        said = run(*words)
        assert said.code == 2
        assert said.err.startswith(f"{path}: trigger.delay_days: should be a valid integer")


@pytest.mark.parametrize("name", ["routing.toml", "replies.toml"])
def test_the_files_of_the_queue_are_checked_too(run: Run, tmp_path: Path, name: str) -> None:
    folder = survey_files(tmp_path)
    (folder / name).write_text("rules = 3\nreplies = 3\n", encoding="utf-8")
    said = run("surveys", "check", folder)
    assert said.code == 2
    assert said.err.startswith(f"{folder / name}: ")


def test_a_changed_survey_waits_until_it_is_published(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = survey_files(tmp_path)
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    assert run("surveys", "publish", NPS).err.startswith(f"The survey {NPS} has no draft")
    edit(folder / NPS / "survey.toml", "delay_days = 5 ", "delay_days = 7 ")
    assert f"The file of {NPS} changed: `feedback surveys publish {NPS}`" in run("migrate").out
    assert "post_purchase_nps: Post-purchase NPS  (a changed file waits to be published)" in run("surveys", "list").out
    assert run("surveys", "publish", NPS).out == f"{NPS} is in use as its file says.\n"
    assert "waits" not in run("surveys", "list").out
    edit(folder / NPS / "survey.toml", 'metric = "nps"', 'metric = "other"')
    said = run("migrate")
    assert said.code == 2
    assert said.err.startswith(f"surveys/{NPS}: kind and metric of a survey that was asked cannot change")


def test_a_mail_is_printed_before_anybody_gets_it(run: Run) -> None:
    html = run("surveys", "preview", "delivery_csat").out
    assert html.startswith("From: ")
    assert "<!doctype html>" in html.lower()
    text = run("surveys", "preview", "delivery_csat", "--locale", "pt-BR", "--text").out
    assert "Olá, Alex Martin," in text
    assert "<" not in text.split("\n\n", 1)[1]


def test_a_changed_file_is_seen_before_it_is_published(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = survey_files(tmp_path)
    edit(folder / NPS / "wording.en.toml", 'subject = "How did we do', 'subject = "How well did we do')
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    assert "How did we do" in run("surveys", "preview", NPS).out
    assert "How well did we do" in run("surveys", "preview", NPS, "--from-file").out
    assert run("surveys", "preview", NPS, "--locale", "xx").code == 2


def test_a_new_folder_is_put_into_use_by_its_name(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("migrate")
    folder = survey_files(tmp_path)
    shutil.copytree(folder / NPS, folder / "second_nps")
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    assert run("surveys", "publish", "second_nps").out == "second_nps is in use as its file says.\n"
    assert "second_nps: Post-purchase NPS\n" in run("surveys", "list").out
    assert run("surveys", "publish", "third_nps").err.startswith("There is no survey third_nps")


def write_draft(session: Session, title: str) -> None:
    """As a manager does in the browser."""
    document = document_of(published_surveys(session)[NPS].definition)
    document["rules"]["title"] = title
    keep_draft(session, NPS, document, by="ana@corner-shop.example", now=NOW)
    session.commit()


def title(session: Session) -> str:
    found = session.get_one(Survey, NPS, populate_existing=True).rules["title"]
    session.rollback()
    return str(found)


def test_what_is_asked_goes_out_as_files_and_comes_in_again_unchanged(
    run: Run, tmp_path: Path, session: Session
) -> None:
    pulled = tmp_path / "pulled"
    out = run("surveys", "pull", pulled).out
    assert f"{NPS}: 7 files in {pulled / NPS}" in out
    asked = {key: survey.definition for key, survey in published_surveys(session).items()}
    session.rollback()
    assert {key: read_survey(pulled / key) for key in asked} == asked
    said = run("surveys", "push", pulled).out.splitlines()
    assert said == [f"{key}: nothing new" for key in sorted(asked)]
    assert run("surveys", "pull", NPS, pulled).code == 2, "what is there is not replaced"
    assert run("surveys", "pull", NPS, pulled, "--force").code == 0
    assert run("surveys", "pull", "nonsense", tmp_path / "other").code == 2


def test_a_file_is_pushed_as_a_draft_and_published_when_somebody_says_so(
    run: Run, tmp_path: Path, session: Session
) -> None:
    run("surveys", "pull", NPS, tmp_path)
    edit(tmp_path / NPS / "survey.toml", 'title = "Post-purchase NPS"', 'title = "After buying"')
    assert f"{NPS}: waits; `feedback surveys publish {NPS} --draft`" in run("surveys", "push", tmp_path, NPS).out
    assert title(session) == "Post-purchase NPS"
    assert run("surveys", "publish", NPS, "--draft").out == f"{NPS} is in use as its draft says.\n"
    assert title(session) == "After buying"
    edit(tmp_path / NPS / "survey.toml", 'title = "After buying"', 'title = "Bought"')
    assert run("surveys", "push", tmp_path, "--publish").out == f"{NPS}: in use\n"
    assert title(session) == "Bought"


def test_a_draft_goes_out_when_it_is_asked_for(run: Run, tmp_path: Path, session: Session) -> None:
    write_draft(session, "By Ana")
    run("surveys", "pull", NPS, tmp_path / "asked")
    run("surveys", "pull", NPS, "delivery_csat", tmp_path / "draft", "--draft")
    assert read_survey(tmp_path / "asked" / NPS).rules.title == "Post-purchase NPS"
    assert read_survey(tmp_path / "draft" / NPS).rules.title == "By Ana"
    assert read_survey(tmp_path / "draft" / "delivery_csat").rules.title == "Delivery CSAT"
    write_draft(session, "")
    refused = run("surveys", "pull", NPS, tmp_path / "unfinished", "--draft")
    assert refused.err.startswith(f"The draft of {NPS} is not finished")
    assert run("surveys", "publish", NPS, "--draft").err.startswith(f"The draft of {NPS} is not finished")


def test_a_file_does_not_run_over_what_a_manager_wrote(
    run: Run, tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("surveys", "pull", NPS, tmp_path)
    write_draft(session, "By Ana")
    assert "(a draft by ana@corner-shop.example waits to be published)" in run("surveys", "list").out
    assert run("surveys", "push", tmp_path).out == f"{NPS}: nothing new\n"
    assert run("surveys", "publish", NPS).err.startswith(f"The survey {NPS} has no draft: its file says what is asked.")
    edit(tmp_path / NPS / "survey.toml", 'title = "Post-purchase NPS"', 'title = "By the file"')
    assert run("surveys", "push", tmp_path).err.startswith(f"{NPS}: a draft by ana@corner-shop.example waits.")
    assert run("surveys", "push", tmp_path, "--force", "--publish").out == f"{NPS}: in use\n"
    assert title(session) == "By the file"


def test_what_cannot_be_pushed_is_said(run: Run, tmp_path: Path) -> None:
    assert "holds no <survey>/survey.toml" in run("surveys", "push", tmp_path).err
    run("surveys", "pull", NPS, tmp_path)
    (tmp_path / NPS).rename(tmp_path / "second_nps")
    assert run("surveys", "push", tmp_path).err.startswith("second_nps: is new here. --publish puts it into use.")
    assert run("surveys", "push", tmp_path, "--publish").out == "second_nps: new, and in use\n"
    shutil.copy(tmp_path / "second_nps" / "wording.en.toml", tmp_path / "second_nps" / "wording.nl.toml")
    assert "speaks nl, for which there is no common.nl.toml" in run("surveys", "push", tmp_path).err
    (tmp_path / "second_nps" / "wording.nl.toml").unlink()
    edit(tmp_path / "second_nps" / "survey.toml", 'metric = "nps"', 'metric = "other"')
    assert "kind and metric of a survey that was asked cannot change" in run("surveys", "push", tmp_path).err


def test_a_paused_survey_says_so_in_the_list(run: Run) -> None:
    paused = [key for key, survey in read_surveys(SURVEYS).items() if survey.rules.status == "paused"]
    out = run("surveys", "list").out
    assert out.count("(paused)") == len(paused) > 0
