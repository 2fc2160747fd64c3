"""Reads of surveys."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.definition import Rules, SurveyDefinition, SurveyStatus
from feedback_service.questionnaires.drafts import Document, document_of
from feedback_service.questionnaires.models import Survey, SurveyKind, SurveyVersion, SurveyWording, VersionState
from feedback_service.questionnaires.questions import Structure
from feedback_service.questionnaires.words import Wording


@dataclass(frozen=True)
class VersionedSurvey:
    """A survey with the id of the version its words come from."""

    version_id: int
    definition: SurveyDefinition


@dataclass(frozen=True)
class SurveySummary:
    """A survey as a list shows it."""

    key: str
    kind: SurveyKind
    title: str
    status: SurveyStatus
    locales: tuple[str, ...]
    """In which languages it is asked now, the default first."""
    draft_by: str | None
    """Who wrote what waits to be published, if anything does: a file, or a manager, by address."""
    draft_at: datetime | None

    @property
    def draft_waits(self) -> bool:
        """Whether something waits to be published."""
        return self.draft_at is not None


@dataclass(frozen=True)
class VersionLine:
    """A version as a list shows it."""

    id: int
    state: VersionState
    created_at: datetime
    made_by: str
    locales: tuple[str, ...]


def published_surveys(session: Session) -> dict[str, VersionedSurvey]:
    """What is asked now, by survey key."""
    surveys = session.execute(
        select(SurveyVersion.id, Survey.key, Survey.metric, SurveyVersion.structure, Survey.rules)
        .join(Survey, Survey.key == SurveyVersion.survey_key)
        .where(SurveyVersion.state == VersionState.PUBLISHED)
        .order_by(Survey.key)
    ).all()
    words: dict[int, list[tuple[str, str]]] = {survey.id: [] for survey in surveys}
    for version_id, locale, document in session.execute(
        select(SurveyWording.version_id, SurveyWording.locale, SurveyWording.document)
        .where(SurveyWording.version_id.in_(words))
        .order_by(SurveyWording.locale)
    ):
        words[version_id].append((locale, document))
    return {
        survey.key: _assembled(
            survey.id, survey.key, survey.metric, survey.structure, json.dumps(survey.rules), tuple(words[survey.id])
        )
        for survey in surveys
    }


_VERSION = (  # put together once, since every page with an answer asks for it
    select(
        Survey.key, Survey.metric, Survey.rules, SurveyVersion.structure, SurveyWording.locale, SurveyWording.document
    )
    .join(SurveyVersion, SurveyVersion.survey_key == Survey.key)
    .outerjoin(SurveyWording, SurveyWording.version_id == SurveyVersion.id)
    .where(SurveyVersion.id == bindparam("version_id"))
    .order_by(SurveyWording.locale)
)


def survey_version(session: Session, version_id: int) -> VersionedSurvey:
    """A version's questions and words, with its survey's present rules."""
    rows = session.execute(_VERSION, {"version_id": version_id}).all()
    survey, words = rows[0], tuple((row.locale, row.document) for row in rows if row.locale is not None)
    return _assembled(version_id, survey.key, survey.metric, survey.structure, json.dumps(survey.rules), words)


@lru_cache(maxsize=256)
def _assembled(
    version_id: int, key: str, metric: str, structure: str, rules: str, wordings: tuple[tuple[str, str], ...]
) -> VersionedSurvey:
    """Parsing is the slow part; the arguments are the whole content, so the cache can never be stale."""
    definition = SurveyDefinition(
        key=key,
        metric=metric,
        structure=Structure.model_validate_json(structure),
        rules=Rules.model_validate_json(rules),
        wordings={locale: Wording.model_validate_json(document) for locale, document in wordings},
    )
    return VersionedSurvey(version_id, definition)


def survey_summaries(session: Session) -> list[SurveySummary]:
    """Every survey, by title."""
    rows = session.execute(select(Survey.key, Survey.kind, Survey.rules, Survey.draft_by, Survey.draft_at)).all()
    spoken: dict[str, list[str]] = {row.key: [] for row in rows}
    for key, locale in session.execute(
        select(SurveyVersion.survey_key, SurveyWording.locale)
        .join(SurveyWording, SurveyWording.version_id == SurveyVersion.id)
        .where(SurveyVersion.state == VersionState.PUBLISHED)
        .order_by(SurveyWording.locale)
    ):
        spoken[key].append(locale)
    summaries = [
        SurveySummary(
            row.key,
            row.kind,
            row.rules["title"],
            SurveyStatus(row.rules.get("status", SurveyStatus.OPEN)),
            _default_first(spoken[row.key], row.rules.get("default_locale", "en")),
            row.draft_by,
            row.draft_at,
        )
        for row in rows
    ]
    return sorted(summaries, key=lambda summary: summary.title)


def _default_first(locales: list[str], default: str) -> tuple[str, ...]:
    return tuple(sorted(locales, key=lambda locale: (locale != default, locale)))


def versions_of(session: Session, key: str) -> list[VersionLine]:
    """Every version of a survey, the newest first."""
    spoken: dict[int, list[str]] = {}
    for version_id, locale in session.execute(
        select(SurveyWording.version_id, SurveyWording.locale)
        .join(SurveyVersion, SurveyVersion.id == SurveyWording.version_id)
        .where(SurveyVersion.survey_key == key)
        .order_by(SurveyWording.locale)
    ):
        spoken.setdefault(version_id, []).append(locale)
    rows = session.scalars(select(SurveyVersion).filter_by(survey_key=key).order_by(SurveyVersion.id.desc()))
    return [VersionLine(row.id, row.state, row.created_at, row.made_by, tuple(spoken.get(row.id, ()))) for row in rows]


def present_document(session: Session, survey: Survey) -> tuple[Document, bool]:
    """What somebody who edits a survey goes on from, and whether it is a draft: what is asked where there is none."""
    if survey.draft is not None:
        return survey.draft, True
    return document_of(published_surveys(session)[survey.key].definition), False
