"""Reads of surveys."""

import json
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.definition import Rules, Structure, SurveyDefinition, Wording
from feedback_service.questionnaires.models import Survey, SurveyKind, SurveyVersion, SurveyWording, VersionState


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
    draft_waits: bool


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


def survey_version(session: Session, version_id: int) -> VersionedSurvey:
    """A version's questions and words, with its survey's present rules."""
    survey = session.execute(
        select(Survey.key, Survey.metric, Survey.rules, SurveyVersion.structure)
        .join(SurveyVersion, SurveyVersion.survey_key == Survey.key)
        .where(SurveyVersion.id == version_id)
    ).one()
    wordings = session.execute(
        select(SurveyWording.locale, SurveyWording.document)
        .where(SurveyWording.version_id == version_id)
        .order_by(SurveyWording.locale)
    )
    return _assembled(
        version_id, survey.key, survey.metric, survey.structure, json.dumps(survey.rules), tuple(map(tuple, wordings))
    )


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
    drafts = set(
        session.scalars(select(SurveyVersion.survey_key).where(SurveyVersion.state == VersionState.DRAFT)).all()
    )
    rows = session.execute(select(Survey.key, Survey.kind, Survey.rules, Survey.proposed_rules)).all()
    summaries = [
        SurveySummary(row.key, row.kind, row.rules["title"], row.key in drafts or row.proposed_rules is not None)
        for row in rows
    ]
    return sorted(summaries, key=lambda summary: summary.title)
