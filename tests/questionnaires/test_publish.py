"""After the first import the database wins: a changed file, or what a manager wrote, waits until it is published."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import Rules, SurveyDefinition
from feedback_service.questionnaires.drafts import Document, document_of, mark_of
from feedback_service.questionnaires.models import Survey, SurveyVersion, VersionState
from feedback_service.questionnaires.publish import (
    FILE,
    DraftMovedError,
    DraftUnfinishedError,
    DraftWaitsError,
    NothingToPublishError,
    RulesMovedError,
    SurveyChangedKindError,
    change_rules,
    discard_draft,
    keep_draft,
    publish,
    take_draft,
    take_in,
)
from feedback_service.questionnaires.queries import published_surveys, survey_summaries, survey_version, versions_of
from feedback_service.questionnaires.read_files import read_survey, read_surveys
from tests.conftest import NOW
from tests.questionnaires.factories import NPS, edit, survey_files

LATER = NOW + timedelta(days=1)
ANA = "ana@corner-shop.example"


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
    with pytest.raises(NothingToPublishError, match="has no draft: it is asked as it was last written"):
        publish(session, NPS, LATER)


def test_a_changed_file_waits_and_the_published_words_stay(session: Session, folder: Path) -> None:
    before = subject(session)
    reword(folder, "New words")
    assert take(session, folder) == [NPS]
    assert take(session, folder) == [NPS]
    assert subject(session) == before
    assert states(session) == [VersionState.PUBLISHED], "a draft is no version"
    assert waits(session)
    assert session.get_one(Survey, NPS).draft_by == FILE


def test_publishing_puts_the_new_words_into_use_and_keeps_the_old_ones(session: Session, folder: Path) -> None:
    before = subject(session)
    asked_with = published_surveys(session)[NPS].version_id
    reword(folder, "New words")
    take(session, folder)
    publish(session, NPS, LATER)
    session.commit()
    assert subject(session) == "New words"
    assert states(session) == [VersionState.RETIRED, VersionState.PUBLISHED]
    assert not waits(session)
    assert survey_version(session, asked_with).definition.wordings["en"].mail.subject == before


def test_a_newer_draft_takes_the_place_of_an_older_one(session: Session, folder: Path) -> None:
    for word in ("Second", "Third"):
        reword(folder, word)
        take(session, folder)
    publish(session, NPS, LATER)
    assert subject(session) == "Third"
    assert states(session) == [VersionState.RETIRED, VersionState.PUBLISHED], "the second was never asked"


def test_a_file_that_went_back_before_publishing_waits_no_more(session: Session, folder: Path) -> None:
    reword(folder, "Second")
    take(session, folder)
    reword(folder, subject(session))
    assert take(session, folder) == []
    assert not waits(session)
    with pytest.raises(NothingToPublishError):
        publish(session, NPS, LATER)


def test_a_file_that_went_back_to_retired_words_waits_to_be_published_again(session: Session, folder: Path) -> None:
    first = subject(session)
    reword(folder, "Second")
    take(session, folder)
    publish(session, NPS, LATER)
    reword(folder, "Third")
    take(session, folder)
    reword(folder, first)
    assert take(session, folder) == [NPS]
    assert states(session) == [VersionState.RETIRED, VersionState.PUBLISHED]
    publish(session, NPS, LATER)
    session.commit()
    assert subject(session) == first
    assert states(session) == [VersionState.PUBLISHED, VersionState.RETIRED], "the same words are the same version"


def test_changed_rules_wait_as_well(session: Session, folder: Path) -> None:
    edit(folder / NPS / "survey.toml", "delay_days = 5 ", "delay_days = 7 ")
    assert take(session, folder) == [NPS]
    assert published_surveys(session)[NPS].definition.rules.trigger.delay_days == 5
    publish(session, NPS, LATER)
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
    assert set(published_surveys(session)) == set(read_surveys(SURVEYS)) | {"loyalty"}


def test_an_unknown_survey_cannot_be_published(session: Session) -> None:
    with pytest.raises(NothingToPublishError, match="There is no survey nonsense"):
        publish(session, "nonsense", LATER)


def with_cap(session: Session, cap: int) -> Rules:
    rules = session.get_one(Survey, NPS).rules
    return Rules.model_validate({**rules, "asking": {**rules["asking"], "daily_cap": cap}})


def test_rules_can_be_changed_without_a_file_which_keeps_what_it_says(session: Session, folder: Path) -> None:
    change_rules(session, NPS, with_cap(session, 5), seen_revision=1)
    assert published_surveys(session)[NPS].definition.rules.asking.daily_cap == 5
    assert session.get_one(Survey, NPS).revision == 2
    assert take(session, folder) == [], "the file did not change, so it has nothing new to say"
    assert take_draft(session, read_survey(folder / NPS), LATER), "but it may be put into use again"
    publish(session, NPS, LATER)
    assert published_surveys(session)[NPS].definition.rules.asking.daily_cap == 0


def test_rules_that_hold_at_once_are_not_taken_back_by_a_draft_of_other_words(session: Session) -> None:
    keep_draft(session, NPS, reworded(session, "By Ana"), by=ANA, now=LATER)
    change_rules(session, NPS, with_cap(session, 5), seen_revision=1)
    publish(session, NPS, LATER)
    asked = published_surveys(session)[NPS].definition
    assert (asked.rules.asking.daily_cap, asked.wordings["en"].mail.subject) == (5, "By Ana")


def test_nor_does_a_draft_of_other_rules_lose_them(session: Session) -> None:
    document = document_of(published_surveys(session)[NPS].definition)
    document["rules"]["asking"]["daily_cap"] = 9
    keep_draft(session, NPS, document, by=ANA, now=LATER)
    change_rules(session, NPS, with_cap(session, 5), seen_revision=1)
    publish(session, NPS, LATER)
    assert published_surveys(session)[NPS].definition.rules.asking.daily_cap == 9


def test_of_two_who_change_rules_the_second_looks_again(session: Session) -> None:
    change_rules(session, NPS, with_cap(session, 5), seen_revision=1)
    with pytest.raises(RulesMovedError, match="Somebody changed the rules meanwhile"):
        change_rules(session, NPS, with_cap(session, 7), seen_revision=1)
    with pytest.raises(RulesMovedError):
        change_rules(session, "nonsense", with_cap(session, 7), seen_revision=1)


def test_rules_must_fit_the_survey(session: Session) -> None:
    rules = with_cap(session, 5).model_copy(update={"default_locale": "nl"})
    with pytest.raises(ValueError, match="has no wording for its default locale nl"):
        change_rules(session, NPS, rules, seen_revision=1)


def reworded(session: Session, subject: object) -> Document:
    document = document_of(published_surveys(session)[NPS].definition)
    document["wordings"]["en"]["mail"]["subject"] = subject
    return document


def test_a_manager_writes_a_draft_and_publishes_it_under_their_name(session: Session) -> None:
    asked_with = published_surveys(session)[NPS].version_id
    keep_draft(session, NPS, reworded(session, "By Ana"), by=ANA, now=LATER)
    assert waits(session)
    publish(session, NPS, LATER)
    session.commit()
    newest, oldest = versions_of(session, NPS)
    assert (newest.made_by, newest.created_at, newest.state) == (ANA, LATER, VersionState.PUBLISHED)
    assert (oldest.made_by, oldest.id, oldest.state) == (FILE, asked_with, VersionState.RETIRED)
    assert subject(session) == "By Ana"
    assert not waits(session)


def test_a_draft_that_says_nothing_new_is_none(session: Session) -> None:
    keep_draft(session, NPS, reworded(session, "By Ana"), by=ANA, now=LATER)
    keep_draft(session, NPS, reworded(session, subject(session)), by=ANA, now=LATER)
    assert not waits(session)


def test_an_unfinished_draft_is_kept_as_typed_and_cannot_be_published(session: Session) -> None:
    unfinished = reworded(session, "")
    unfinished["rules"]["trigger"]["delay_days"] = "soon"
    keep_draft(session, NPS, unfinished, by=ANA, now=LATER)
    session.commit()
    session.expire_all()
    assert session.get_one(Survey, NPS).draft == unfinished
    with pytest.raises(DraftUnfinishedError, match="is not finished"):
        publish(session, NPS, LATER)
    assert subject(session)


def test_who_publishes_or_discards_has_seen_what(session: Session) -> None:
    keep_draft(session, NPS, reworded(session, "First"), by=ANA, now=LATER)
    seen = mark_of(session.get_one(Survey, NPS).draft)
    keep_draft(session, NPS, reworded(session, "Second"), by="rui@corner-shop.example", now=LATER)
    with pytest.raises(DraftMovedError):
        publish(session, NPS, LATER, seen=seen)
    with pytest.raises(DraftMovedError, match="Somebody changed the draft meanwhile"):
        discard_draft(session, NPS, seen=seen)
    discard_draft(session, NPS, seen=mark_of(session.get_one(Survey, NPS).draft))
    assert not waits(session)


def test_a_changed_file_never_replaces_what_a_manager_wrote(session: Session, folder: Path) -> None:
    keep_draft(session, NPS, reworded(session, "By Ana"), by=ANA, now=LATER)
    reword(folder, "By the file")
    assert take(session, folder) == [NPS], "it waits behind the draft"
    with pytest.raises(DraftWaitsError, match=f"{NPS}: a draft by {ANA} waits"):
        take_draft(session, read_survey(folder / NPS), LATER)
    publish(session, NPS, LATER)
    session.commit()
    assert subject(session) == "By Ana"
    assert take(session, folder) == [NPS]
    assert session.get_one(Survey, NPS).draft_by == FILE, "now that nobody else waits"


def test_a_file_may_replace_it_when_somebody_says_so(session: Session, folder: Path) -> None:
    keep_draft(session, NPS, reworded(session, "By Ana"), by=ANA, now=LATER)
    reword(folder, "By the file")
    assert take_draft(session, read_survey(folder / NPS), LATER, force=True)
    publish(session, NPS, LATER)
    assert subject(session) == "By the file"


def test_a_file_that_says_what_is_asked_leaves_a_managers_draft_alone(session: Session, folder: Path) -> None:
    keep_draft(session, NPS, reworded(session, "By Ana"), by=ANA, now=LATER)
    assert not take_draft(session, read_survey(folder / NPS), LATER)
    assert waits(session)


def test_a_discarded_file_does_not_come_back_until_it_changes(session: Session, folder: Path) -> None:
    reword(folder, "By the file")
    take(session, folder)
    discard_draft(session, NPS, seen=mark_of(session.get_one(Survey, NPS).draft))
    session.commit()
    assert take(session, folder) == []
    reword(folder, "By the file, again")
    assert take(session, folder) == [NPS]


def test_what_was_published_in_the_browser_outlives_a_restart_with_the_old_file(session: Session, folder: Path) -> None:
    keep_draft(session, NPS, reworded(session, "By Ana"), by=ANA, now=LATER)
    publish(session, NPS, LATER)
    session.commit()
    assert take(session, folder) == []
    assert (subject(session), waits(session)) == ("By Ana", False)


def test_summaries_say_what_a_list_shows(session: Session) -> None:
    summary = next(one for one in survey_summaries(session) if one.key == NPS)
    definition: SurveyDefinition = published_surveys(session)[NPS].definition
    assert (summary.title, summary.status) == (definition.rules.title, definition.rules.status)
    assert summary.locales[0] == "en"
    assert set(summary.locales) == set(definition.wordings)
