"""Reads of the ways in besides the mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.definition import SurveyDefinition, SurveyStatus
from feedback_service.questionnaires.models import Survey, SurveyVersion, VersionState
from feedback_service.questionnaires.recall import RULES, Content, recall
from feedback_service.responses.models import Channel, Collector, Response

FIRST_PAGES = {Channel.LINK: "", Channel.KIOSK: "/kiosk", Channel.EMBED: "/frame"}
"""What follows the token in the address of each kind's first page."""


@dataclass(frozen=True)
class FoundCollector:
    """A way in with the survey that it asks now."""

    id: int
    token: str
    name: str
    channel: Channel
    locale: str | None
    origins: tuple[str, ...]
    again_after_days: int
    created_at: datetime
    created_by: str
    closed_at: datetime | None
    closed_by: str | None
    version_id: int
    survey: SurveyDefinition

    @property
    def takes_answers(self) -> bool:
        """Whether somebody who comes now can answer."""
        open_survey = self.survey.rules.status is not SurveyStatus.CLOSED and not self.survey.structure.anonymous
        return self.closed_at is None and open_survey

    def address(self, base_url: str) -> str:
        """Where it begins."""
        return f"{base_url}/c/{self.token}{FIRST_PAGES[self.channel]}"


@dataclass(frozen=True)
class CollectorLine:
    """A way in as a list shows it."""

    id: int
    name: str
    channel: Channel
    survey_title: str
    answers: int
    """Those that count."""
    suspected: int
    """Those that wait for a second sign."""
    newest: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Walked:
    """What the pages after a walk-in's score must know about where they are shown."""

    token: str
    channel: Channel
    origins: tuple[str, ...]
    answered_at: datetime
    pages_sent: int
    suspected: bool = False


_COLUMNS = (
    Collector.id,
    Collector.token,
    Collector.name,
    Collector.channel,
    Collector.locale,
    Collector.origins,
    Collector.again_after_days,
    Collector.created_at,
    Collector.created_by,
    Collector.closed_at,
    Collector.closed_by,
    Survey.key.label("survey_key"),
    Survey.metric,
    RULES,
    SurveyVersion.id.label("version_id"),
    SurveyVersion.content_hash,
)
_FOUND = (
    select(*_COLUMNS)
    .join(Survey, Survey.key == Collector.survey_key)
    .join(SurveyVersion, SurveyVersion.survey_key == Survey.key)
    .where(SurveyVersion.state == VersionState.PUBLISHED)
)


def collector_behind(session: Session, token: str) -> FoundCollector | None:
    """The way in at an address; capitals are as good as small letters, for whoever types it."""
    if not token.isalnum():  # nor need a database be asked about what it cannot hold
        return None
    return _found(session, session.execute(_FOUND.where(Collector.token == token.lower())).first())


def collector(session: Session, collector_id: int) -> FoundCollector | None:
    """One way in, for whoever runs it."""
    return _found(session, session.execute(_FOUND.where(Collector.id == collector_id)).first())


def _found(session: Session, row: Any) -> FoundCollector | None:
    if row is None:
        return None
    return FoundCollector(
        id=row.id,
        token=row.token,
        name=row.name,
        channel=row.channel,
        locale=row.locale,
        origins=tuple(row.origins),
        again_after_days=row.again_after_days,
        created_at=row.created_at,
        created_by=row.created_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        version_id=row.version_id,
        survey=recall(
            session.connection(),
            row.version_id,
            Content(row.survey_key, row.metric, row.content_hash, row.rules),
        ),
    )


def collector_lines(session: Session) -> Sequence[CollectorLine]:
    """Every way in, those that are open first, then by name."""
    counts = Response.id.is_not(None) & Response.suspected.is_(None) & Response.withdrawn_at.is_(None)
    rows = session.execute(
        select(
            Collector.id,
            Collector.name,
            Collector.channel,
            Survey.rules,
            func.sum(case((counts, 1), else_=0)).label("answers"),
            func.count(Response.suspected).label("suspected"),
            func.max(Response.answered_at).label("newest"),
            Collector.closed_at,
        )
        .join(Survey, Survey.key == Collector.survey_key)
        .outerjoin(Response, Response.collector_id == Collector.id)
        .group_by(Collector.id, Collector.name, Collector.channel, Survey.key, Collector.closed_at)
        .order_by(Collector.closed_at.is_not(None), Collector.name)
    )
    return [
        CollectorLine(
            row.id, row.name, row.channel, row.rules["title"], row.answers, row.suspected, row.newest, row.closed_at
        )
        for row in rows
    ]


def walked(connection: Connection, uid: str) -> Walked | None:
    """Where a walk-in's answer was given, and how far its pages were sent."""
    row = connection.execute(
        select(
            Collector.token,
            Collector.channel,
            Collector.origins,
            Response.answered_at,
            Response.pages_sent,
            Response.suspected,
        )
        .join(Collector, Collector.id == Response.collector_id)
        .where(Response.uid == uid)
    ).first()
    if row is None:
        return None
    return Walked(
        row.token, row.channel, tuple(row.origins), row.answered_at, row.pages_sent or 0, row.suspected is not None
    )
