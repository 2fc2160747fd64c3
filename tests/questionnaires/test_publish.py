"""After the first import the database wins: a changed file waits until somebody publishes it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey, SurveyVersion, VersionState
from feedback_service.questionnaires.publish import (
    NothingToPublishError,
    RulesMovedError,
    SurveyChangedKindError,
    change_rules,
    publish,
    take_in,
)
from feedback_service.questionnaires.queries import published_surveys, survey_summaries, survey_version
from feedback_service.questionnaires.read_files import read_surveys
from tests.conftest import NOW
from tests.questionnaires.factories import NPS, edit, survey_files

LATER = NOW + timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return survey_files(tmp_path)


def take(session: Session, folder: Path) -> list[str]:
    waiting = take_in(session, read_surveys(folder), LATER)
    session.commit()
    return waiting


def reword(folder: Path, word: str) -> None:
    """Write a subject of its own into the English mail."""
    path = folder / NPS / "wording.en.toml"
    lines = [
        f'subject = "{word}"' if line.startswith("subject") else line
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def subject(session: Session) -> str:
    return published_surveys(session)[NPS].definition.wordings["en"].mail.subject


def states(session: Session) -> list[VersionState]:
    return list(session.scalars(select(SurveyVersion.state).filter_by(survey_key=NPS).order_by(SurveyVersion.id)))


def waits(session: Session) -> bool:
    return next(survey.draft_waits for survey in survey_summaries(session) if survey.key == NPS)


def test_the_first_import_publishes(session: Session) -> None:
    definition = read_surveys(SURVEYS)[NPS]
    published = published_surveys(session)[NPS].definition
    assert published == definition
    assert published.content_hash == definition.content_hash
    assert states(session) == [VersionState.PUBLISHED]


def test_the_same_file_again_is_nothing_new(session: Session, folder: Path) -> None:
    assert take(session, folder) == []
    assert states(session) == [VersionState.PUBLISHED]
    with pytest.raises(NothingToPublishError, match="has no draft: its file says what is published"):
        publish(session, NPS)


def test_a_changed_file_waits_and_the_published_words_stay(session: Session, folder: Path) -> None:
    before = subject(session)
    reword(folder, "New words")
    assert take(session, folder) == [NPS]
    assert take(session, folder) == [NPS]
    assert subject(session) == before
    assert states(session) == [VersionState.PUBLISHED, VersionState.DRAFT]
    assert waits(session)


def test_publishing_puts_the_new_words_into_use_and_keeps_the_old_ones(session: Session, folder: Path) -> None:
    before = subject(session)
    asked_with = published_surveys(session)[NPS].version_id
    reword(folder, "New words")
    take(session, folder)
    publish(session, NPS)
    session.commit()
    assert subject(session) == "New words"
    assert states(session) == [VersionState.RETIRED, VersionState.PUBLISHED]
    assert not waits(session)
    assert survey_version(session, asked_with).definition.wordings["en"].mail.subject == before


def test_a_newer_draft_takes_the_place_of_an_older_one(session: Session, folder: Path) -> None:
    for word in ("Second", "Third"):
        reword(folder, word)
        take(session, folder)
    publish(session, NPS)
    assert subject(session) == "Third"
    assert states(session).count(VersionState.DRAFT) == 0


def test_a_file_that_went_back_before_publishing_waits_no_more(session: Session, folder: Path) -> None:
    reword(folder, "Second")
    take(session, folder)
    reword(folder, subject(session))
    assert take(session, folder) == []
    assert not waits(session)
    with pytest.raises(NothingToPublishError):
        publish(session, NPS)


def test_a_file_that_went_back_to_retired_words_waits_to_be_published_again(session: Session, folder: Path) -> None:
    first = subject(session)
    reword(folder, "Second")
    take(session, folder)
    publish(session, NPS)
    reword(folder, "Third")
    take(session, folder)
    reword(folder, first)
    assert take(session, folder) == [NPS]
    assert states(session) == [VersionState.DRAFT, VersionState.PUBLISHED, VersionState.RETIRED]
    publish(session, NPS)
    session.commit()
    assert subject(session) == first


def test_changed_rules_wait_as_well(session: Session, folder: Path) -> None:
    edit(folder / NPS / "survey.toml", "delay_days = 5 ", "delay_days = 7 ")
    assert take(session, folder) == [NPS]
    assert published_surveys(session)[NPS].definition.rules.trigger.delay_days == 5
    publish(session, NPS)
    session.commit()
    assert published_surveys(session)[NPS].definition.rules.trigger.delay_days == 7
    assert states(session) == [VersionState.PUBLISHED]
    assert take(session, folder) == []


def test_a_rule_that_a_release_adds_is_no_change_of_the_file(session: Session, folder: Path) -> None:
    survey = session.get_one(Survey, NPS)
    rules = {**survey.rules, "routing": {key: survey.rules["routing"][key] for key in ("team", "owner")}}
    survey.rules = rules
    session.commit()
    assert take(session, folder) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [('metric = "nps" ', 'metric = "loyalty" '), ('kind = "nps" ', 'kind = "csat" ')],
)
def test_what_old_answers_mean_cannot_change(session: Session, folder: Path, old: str, new: str) -> None:
    path = folder / NPS / "survey.toml"
    edit(path, old, new)
    if "csat" in new:
        edit(path, "detractor_max = 6 ", "detractor_max = 2 ")
    with pytest.raises(SurveyChangedKindError, match=f"surveys/{NPS}: kind and metric of a survey that was asked"):
        take(session, folder)


def test_a_new_survey_is_published_beside_the_others(session: Session, folder: Path) -> None:
    (folder / NPS).rename(folder / "loyalty")
    assert take(session, folder) == []
    assert set(published_surveys(session)) == {NPS, "loyalty", "delivery_csat"}


def test_an_unknown_survey_cannot_be_published(session: Session) -> None:
    with pytest.raises(NothingToPublishError, match="There is no survey nonsense"):
        publish(session, "nonsense")


def with_cap(session: Session, cap: int) -> Rules:
    rules = session.get_one(Survey, NPS).rules
    return Rules.model_validate({**rules, "asking": {**rules["asking"], "daily_cap": cap}})


def test_rules_can_be_changed_without_a_file_which_then_waits(session: Session, folder: Path) -> None:
    change_rules(session, NPS, with_cap(session, 5), seen_revision=1)
    assert published_surveys(session)[NPS].definition.rules.asking.daily_cap == 5
    assert session.get_one(Survey, NPS).revision == 2
    assert take(session, folder) == [NPS], "the file says otherwise, and somebody must decide"
    publish(session, NPS)
    assert published_surveys(session)[NPS].definition.rules.asking.daily_cap == 0


def test_of_two_who_change_rules_the_second_looks_again(session: Session) -> None:
    change_rules(session, NPS, with_cap(session, 5), seen_revision=1)
    with pytest.raises(RulesMovedError, match="Somebody changed the rules meanwhile"):
        change_rules(session, NPS, with_cap(session, 7), seen_revision=1)
    with pytest.raises(RulesMovedError):
        change_rules(session, "nonsense", with_cap(session, 7), seen_revision=1)


def test_rules_must_fit_the_survey(session: Session) -> None:
    rules = with_cap(session, 5).model_copy(update={"default_locale": "fr"})
    with pytest.raises(ValueError, match="has no wording for its default locale fr"):
        change_rules(session, NPS, rules, seen_revision=1)
