"""`feedback surveys`, and what `migrate` says about a changed file."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.questionnaires.factories import NPS, edit, survey_files


def test_surveys_are_checked_without_any_settings(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDBACK_SECRET_KEY")
    assert run("surveys", "check").out.splitlines() == [
        "delivery_csat: fine, in en, pt-BR",
        "post_purchase_nps: fine, in en, pt-BR",
    ]
    folder = survey_files(tmp_path)
    path = folder / NPS / "survey.toml"
    edit(path, "delay_days = 5 ", 'delay_days = "soon" ')
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    for words in (("surveys", "check"), ("surveys", "check", folder)):
        said = run(*words)
        assert said.code == 2
        assert said.err.startswith(f"{path}: trigger.delay_days: should be a valid integer")


def test_a_changed_survey_waits_until_it_is_published(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = survey_files(tmp_path)
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", str(folder))
    assert run("surveys", "publish", NPS).err.startswith(f"The survey {NPS} has no draft")
    edit(folder / NPS / "survey.toml", "delay_days = 5 ", "delay_days = 7 ")
    assert f"The file of {NPS} changed: `feedback surveys publish {NPS}`" in run("migrate").out
    assert "post_purchase_nps: Post-purchase NPS  (a changed file waits" in run("surveys", "list").out
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
