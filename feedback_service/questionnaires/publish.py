"""Takes survey files into the database: the first import publishes; later a changed file waits as a draft."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.questionnaires.definition import Rules, SurveyDefinition, canonical, digest
from feedback_service.questionnaires.models import Survey, SurveyVersion, SurveyWording, VersionState
from feedback_service.questionnaires.queries import published_surveys


class SurveyChangedKindError(Exception):
    """A file would change what old answers mean."""


class NothingToPublishError(Exception):
    """There is no draft of that survey."""


class RulesMovedError(Exception):
    """Somebody else changed the rules since they were looked at."""


def take_in(session: Session, definitions: dict[str, SurveyDefinition], now: datetime) -> list[str]:
    """Store what the files say; returns the keys whose files wait as drafts.

    Raises SurveyChangedKindError when a file changes the scale of a survey that has been asked.
    """
    waiting = []
    for key, definition in definitions.items():
        survey = session.get(Survey, key)
        if survey is None:
            _add_first(session, definition, now)
        elif _draft(session, survey, definition, now):
            waiting.append(key)
    session.flush()
    return waiting


def _add_first(session: Session, definition: SurveyDefinition, now: datetime) -> None:
    session.add(
        Survey(
            key=definition.key,
            kind=definition.structure.kind,
            metric=definition.metric,
            rules=definition.rules.model_dump(mode="json"),
        )
    )
    session.flush()
    _add_version(session, definition, VersionState.PUBLISHED, now)


def _draft(session: Session, survey: Survey, definition: SurveyDefinition, now: datetime) -> bool:
    """Keep what a file says beside what is published; whether they differ."""
    if survey.kind != definition.structure.kind or survey.metric != definition.metric:
        raise SurveyChangedKindError(
            f"surveys/{survey.key}: kind and metric of a survey that was asked cannot change;"
            " give the new survey a folder of its own."
        )
    # Compared as rules, not as JSON: a rule that a new release adds is no change of the file.
    same_rules = Rules.model_validate(survey.rules) == definition.rules
    survey.proposed_rules = None if same_rules else definition.rules.model_dump(mode="json")
    known = session.scalar(select(SurveyVersion).filter_by(survey_key=survey.key, content_hash=definition.content_hash))
    if known is not None and known.state == VersionState.DRAFT:
        return True
    _drop_drafts(session, survey.key)
    if known is None:
        _add_version(session, definition, VersionState.DRAFT, now)
    elif known.state == VersionState.RETIRED:  # the file went back to earlier words
        known.state = VersionState.DRAFT
    else:
        return survey.proposed_rules is not None
    return True


def _drop_drafts(session: Session, key: str) -> None:
    """A draft was never asked, so a newer file simply takes its place."""
    session.execute(
        update(SurveyVersion)
        .where(SurveyVersion.survey_key == key, SurveyVersion.state == VersionState.DRAFT)
        .values(state=VersionState.RETIRED)
    )


def _add_version(session: Session, definition: SurveyDefinition, state: VersionState, now: datetime) -> None:
    version = SurveyVersion(
        survey_key=definition.key,
        content_hash=definition.content_hash,
        structure_hash=definition.structure_hash,
        structure=canonical(definition.structure),
        state=state,
        created_at=now,
    )
    session.add(version)
    session.flush()
    for locale, wording in definition.wordings.items():
        document = canonical(wording)
        session.add(
            SurveyWording(version_id=version.id, locale=locale, wording_hash=digest(document), document=document)
        )


def publish(session: Session, key: str) -> None:
    """Make the waiting draft and rules of a survey the ones that are asked from now on.

    Raises NothingToPublishError when neither waits.
    """
    survey = session.get(Survey, key, with_for_update=True, populate_existing=True)
    if survey is None:
        raise NothingToPublishError(f"There is no survey {key}.")
    draft = session.scalar(select(SurveyVersion).filter_by(survey_key=key, state=VersionState.DRAFT))
    if draft is None and survey.proposed_rules is None:
        raise NothingToPublishError(f"The survey {key} has no draft: its file says what is published.")
    if survey.proposed_rules is not None:
        survey.rules, survey.proposed_rules = survey.proposed_rules, None
        survey.revision += 1
        survey.replan_below = None
    if draft is not None:
        session.execute(
            update(SurveyVersion)
            .where(SurveyVersion.survey_key == key, SurveyVersion.state == VersionState.PUBLISHED)
            .values(state=VersionState.RETIRED)
        )
        draft.state = VersionState.PUBLISHED
    session.flush()


def change_rules(session: Session, key: str, rules: Rules, *, seen_revision: int) -> None:
    """Ask by these rules from now on. The file keeps what it says, and brings its own rules back when it is published.

    Raises RulesMovedError where the rules are not those of `seen_revision` any more, and pydantic's ValidationError,
    a ValueError, where they do not fit the survey's scale and languages.
    """
    survey = session.get(Survey, key, with_for_update=True, populate_existing=True)
    if survey is None or survey.revision != seen_revision:
        raise RulesMovedError("Somebody changed the rules meanwhile. Look at them as they are now, and try again.")
    asked = published_surveys(session)[key].definition
    SurveyDefinition.model_validate({**dict(asked), "rules": rules})
    survey.rules = rules.model_dump(mode="json")
    survey.revision += 1
    survey.replan_below = None
    session.flush()
