"""Gives back a survey version from memory, by its content: reading and parsing it is the dear part of a page."""

from typing import NamedTuple

from sqlalchemy import Connection, Text, cast, select

from feedback_service.questionnaires.definition import Rules, SurveyDefinition
from feedback_service.questionnaires.models import Survey, SurveyVersion, SurveyWording
from feedback_service.questionnaires.questions import Structure
from feedback_service.questionnaires.words import Wording

KEPT = 256  # versions, times the rules they had

RULES = cast(Survey.rules, Text).label("rules")
"""The rules as they stand in the database, unparsed: what the memory is asked by."""


class Content(NamedTuple):
    """All that a version with its rules is made of, by name or by hash."""

    key: str
    metric: str
    content_hash: str
    rules: str


_memory: dict[Content, SurveyDefinition] = {}


def recall(connection: Connection, version_id: int, content: Content) -> SurveyDefinition:
    """The version with these rules; read only where this process has not seen its content yet.

    What is remembered can never be stale: the key holds everything that it was made of.
    """
    known = _memory.get(content)
    if known is None:
        if len(_memory) >= KEPT:
            _memory.clear()
        known = _memory[content] = _read(connection, version_id, content)
    return known


def _read(connection: Connection, version_id: int, content: Content) -> SurveyDefinition:
    rows = connection.execute(
        select(SurveyVersion.structure, SurveyWording.locale, SurveyWording.document)
        .join(SurveyWording, SurveyWording.version_id == SurveyVersion.id)
        .where(SurveyVersion.id == version_id)
        .order_by(SurveyWording.locale)
    ).all()
    return SurveyDefinition(
        key=content.key,
        metric=content.metric,
        structure=Structure.model_validate_json(rows[0].structure),
        rules=Rules.model_validate_json(content.rules),
        wordings={row.locale: Wording.model_validate_json(row.document) for row in rows},
    )
