"""Puts surveys into use: a file at first sight, afterwards only what somebody publishes. Drafts lie on the survey."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.database import take_in_alone
from feedback_service.questionnaires.definition import Rules, SurveyDefinition, canonical, digest
from feedback_service.questionnaires.drafts import Document, document_of, mark_of, settled
from feedback_service.questionnaires.models import Survey, SurveyVersion, SurveyWording, VersionState
from feedback_service.questionnaires.queries import present_document, published_surveys

FILE = "file"
"""Who wrote what came from a file."""


class PublishingError(Exception):
    """What cannot be put into use, or taken back; the message says why and what to do."""


class SurveyChangedKindError(PublishingError):
    """A file would change what old answers mean."""


class NothingToPublishError(PublishingError):
    """There is no draft of that survey."""


class DraftUnfinishedError(PublishingError):
    """The draft could not be asked as it is."""


class DraftWaitsError(PublishingError):
    """A draft of somebody else's would be lost."""


class DraftMovedError(PublishingError):
    """Somebody else changed the draft since it was looked at."""


class RulesMovedError(Exception):
    """Somebody else changed the rules since they were looked at."""


def take_in(session: Session, definitions: dict[str, SurveyDefinition], now: datetime) -> list[str]:
    """Store what the files say; returns the keys whose files wait to be published.

    A survey that is new is in use at once. A file that changed since it was last taken in becomes the survey's draft,
    unless a manager's draft waits there; that one is never replaced.
    Raises SurveyChangedKindError when a file changes the scale of a survey that has been asked.
    """
    take_in_alone(session)
    waiting = []
    for key, definition in definitions.items():
        survey = session.get(Survey, key, with_for_update=True)
        if survey is None:
            _add_first(session, definition, now)
        elif _file_waits(session, survey, definition, now):
            waiting.append(key)
    session.flush()
    return waiting


def take_draft(session: Session, definition: SurveyDefinition, now: datetime, *, force: bool = False) -> bool:
    """Make what a file says the draft of a survey that is there; False where it says what is asked anyway.

    Raises SurveyChangedKindError, and DraftWaitsError where a manager's draft would be lost and `force` is not given.
    """
    survey = session.get_one(Survey, definition.key, with_for_update=True, populate_existing=True)
    refuse_other_meaning(survey, definition)
    if _of_a_person(survey) and not force and survey.draft != document_of(definition):
        if definition == published_surveys(session)[survey.key].definition:
            return False
        raise DraftWaitsError(
            f"{survey.key}: a draft by {survey.draft_by} waits."
            " Publish or discard it first, or replace it with --force."
        )
    survey.file_hash = _file_hash(definition)
    _write(session, survey, document_of(definition), FILE, now)
    session.flush()
    return survey.draft is not None


def keep_draft(session: Session, key: str, document: Document, *, by: str, now: datetime) -> None:
    """Keep what somebody typed, finished or not; what says nothing new is no draft."""
    survey = session.get_one(Survey, key, with_for_update=True, populate_existing=True)
    finished = settled(key, survey.metric, document)
    kept = document_of(finished) if finished else document
    if kept != present_document(session, survey)[0]:
        _write(session, survey, kept, by, now)
    session.flush()


def discard_draft(session: Session, key: str, *, seen: str) -> None:
    """Forget the draft. Raises DraftMovedError where it is not the one that was seen."""
    survey = _looked_at(session, key, seen)
    survey.draft = survey.draft_by = survey.draft_at = None
    session.flush()


def publish(session: Session, key: str, now: datetime, *, seen: str | None = None) -> None:
    """Make the draft of a survey what is asked from now on; its words become a version that never changes.

    Raises NothingToPublishError without a draft, DraftUnfinishedError where it cannot be asked, and DraftMovedError
    where `seen` is given and the draft is another one.
    """
    survey = _looked_at(session, key, seen)
    if survey.draft is None:
        raise NothingToPublishError(f"The survey {key} has no draft: it is asked as it was last written.")
    definition = settled(key, survey.metric, survey.draft)
    if definition is None:
        raise DraftUnfinishedError(f"The draft of {key} is not finished: its page in the browser says what is missing.")
    asked = published_surveys(session)[key].definition
    if definition.rules != asked.rules:
        _set_rules(survey, definition.rules)
    if (definition.structure, definition.wordings) != (asked.structure, asked.wordings):
        _replace_version(session, definition, survey.draft_by or FILE, now)
    survey.draft = survey.draft_by = survey.draft_at = None
    session.flush()


def change_rules(session: Session, key: str, rules: Rules, *, seen_revision: int) -> None:
    """Ask by these rules from now on. A draft takes them over wherever it says what was asked before.

    Raises RulesMovedError where the rules are not those of `seen_revision` any more, and pydantic's ValidationError,
    a ValueError, where they do not fit the survey's scale and languages.
    """
    survey = session.get(Survey, key, with_for_update=True, populate_existing=True)
    if survey is None or survey.revision != seen_revision:
        raise RulesMovedError("Somebody changed the rules meanwhile. Look at them as they are now, and try again.")
    asked = published_surveys(session)[key].definition
    changed = SurveyDefinition.model_validate({**dict(asked), "rules": rules})
    if survey.draft is not None:
        before, after = document_of(asked)["rules"], document_of(changed)["rules"]
        followed = {name: after[name] for name in after if survey.draft["rules"].get(name) == before.get(name)}
        survey.draft = {**survey.draft, "rules": {**survey.draft["rules"], **followed}}
    _set_rules(survey, rules)
    session.flush()


def refuse_other_meaning(survey: Survey, definition: SurveyDefinition) -> None:
    """Raises SurveyChangedKindError where old answers would come to mean something else."""
    if survey.kind != definition.structure.kind or survey.metric != definition.metric:
        raise SurveyChangedKindError(
            f"surveys/{survey.key}: kind and metric of a survey that was asked cannot change;"
            " give the new survey a folder of its own."
        )


def _looked_at(session: Session, key: str, seen: str | None) -> Survey:
    survey = session.get(Survey, key, with_for_update=True, populate_existing=True)
    if survey is None:
        raise NothingToPublishError(f"There is no survey {key}.")
    if seen is not None and mark_of(survey.draft) != seen:
        raise DraftMovedError("Somebody changed the draft meanwhile. Look at it as it is now, and decide again.")
    return survey


def _add_first(session: Session, definition: SurveyDefinition, now: datetime) -> None:
    session.add(
        Survey(
            key=definition.key,
            kind=definition.structure.kind,
            metric=definition.metric,
            rules=definition.rules.model_dump(mode="json"),
            file_hash=_file_hash(definition),
        )
    )
    session.flush()
    _add_version(session, definition, FILE, now)


def _file_waits(session: Session, survey: Survey, definition: SurveyDefinition, now: datetime) -> bool:
    refuse_other_meaning(survey, definition)
    said = _file_hash(definition)
    if _of_a_person(survey):
        return survey.file_hash != said
    if survey.file_hash != said:
        survey.file_hash = said
        _write(session, survey, document_of(definition), FILE, now)
    return survey.draft is not None


def _of_a_person(survey: Survey) -> bool:
    return survey.draft_by not in {None, FILE}


def _file_hash(definition: SurveyDefinition) -> str:
    """A hash of what a file says; a key that a new release adds, with a default, is no change of the file."""
    return digest(str(definition.model_dump(mode="json", exclude_defaults=True)))


def _write(session: Session, survey: Survey, document: Document, by: str, now: datetime) -> None:
    """Make a document the draft; one that says what is asked anyway is none."""
    finished = settled(survey.key, survey.metric, document)
    if finished is not None and finished == published_surveys(session)[survey.key].definition:
        survey.draft = survey.draft_by = survey.draft_at = None
    else:
        survey.draft, survey.draft_by, survey.draft_at = document, by, now


def _set_rules(survey: Survey, rules: Rules) -> None:
    survey.rules = rules.model_dump(mode="json")
    survey.revision += 1
    survey.replan_below = None


def _replace_version(session: Session, definition: SurveyDefinition, by: str, now: datetime) -> None:
    """Retire the words that were asked; words that were asked once before are that version again."""
    of_this = SurveyVersion.survey_key == definition.key
    session.execute(
        update(SurveyVersion)
        .where(of_this, SurveyVersion.state == VersionState.PUBLISHED)
        .values(state=VersionState.RETIRED)
    )
    known = session.scalar(select(SurveyVersion).where(of_this, SurveyVersion.content_hash == definition.content_hash))
    if known is not None:
        known.state = VersionState.PUBLISHED
    else:
        _add_version(session, definition, by, now)


def _add_version(session: Session, definition: SurveyDefinition, by: str, now: datetime) -> None:
    version = SurveyVersion(
        survey_key=definition.key,
        content_hash=definition.content_hash,
        structure_hash=definition.structure_hash,
        structure=canonical(definition.structure),
        state=VersionState.PUBLISHED,
        created_at=now,
        made_by=by,
    )
    session.add(version)
    session.flush()
    for locale, wording in definition.wordings.items():
        document = canonical(wording)
        session.add(
            SurveyWording(version_id=version.id, locale=locale, wording_hash=digest(document), document=document)
        )
