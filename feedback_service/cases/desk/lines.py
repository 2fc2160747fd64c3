"""Reads a page of the queue: from any place on, in either direction, each case once, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.about_answers import Apart, apart_by
from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk.filters import Filters, Viewer
from feedback_service.cases.desk.statements import allowed, asked, lines_by_id, page_of_lines
from feedback_service.cases.models import CaseKind, CaseOrigin, CaseState, Verdict
from feedback_service.cases.search.find import matching
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.responses.models import Remedy

PAGE = 50  # cases on a page
MOST = 200  # lines that a page which is kept up to date may grow to


class CaseLine(NamedTuple):
    """A case as the list shows it."""

    id: int
    score: int | None
    """Score and survey are those of the answer; None where there is none."""
    survey: str | None
    comment: str
    """The beginning of the person's words: of the answer, of their mail, or of what a colleague wrote down for them."""
    customer: str | None
    owner_id: int | None
    owner: str | None
    owner_active: bool | None
    """Whether the owner can sign in; None where there is none."""
    due_at: datetime
    state: CaseState
    kind: CaseKind
    origin: CaseOrigin
    priority: int
    wants_contact: bool | None
    remedy: Remedy | None
    """What an unhappy buyer asks for."""
    verdict: Verdict | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    log_length: int
    at: datetime
    """By which its view is in order: when it is due, less its head start, or when it was resolved or opened."""

    @property
    def place(self) -> TimeCursor:
        """Where it stands in its view."""
        return TimeCursor(self.at, self.id)


@dataclass(frozen=True)
class Page:
    """Some lines, and where those before and after begin."""

    lines: list[CaseLine]
    before: TimeCursor | None
    """The page before ends before this place; None where this is the first."""
    after: TimeCursor | None
    """The next page begins after this place; None where this is the last."""
    since: TimeCursor | None = None
    """This page itself begins after this place; None where it is the first."""


@dataclass(frozen=True)
class SurveyFacts:
    """What the score of a line is measured by."""

    kind: SurveyKind
    rules: dict[str, object]


def page_of_queue(
    session: Session,
    filters: Filters,
    viewer: Viewer,
    *,
    after: TimeCursor | None = None,
    before: TimeCursor | None = None,
    until: TimeCursor | None = None,
) -> Page:
    """The page after a place, or the one before a place; without either the first.

    `until` is the last line of a page that is shown already: all that lies up to it is given, new cases included.
    """
    if before is not None:
        return _page_before(session, filters, viewer, before)
    most = MOST if until else PAGE
    lines = _read(session, filters, viewer, most + 1, after=after, until=until)
    more = until if until else lines[most - 1].place if len(lines) > most else None
    lines = lines[:most]
    return Page(lines, before=lines[0].place if after and lines else after, after=more, since=after)


def _page_before(session: Session, filters: Filters, viewer: Viewer, before: TimeCursor) -> Page:
    lines = _read(session, filters, viewer, PAGE + 1, before=before)
    if len(lines) <= PAGE:  # what is left is the first page, which others may have joined since
        return page_of_queue(session, filters, viewer)
    return Page(lines[1:], before=lines[1].place, after=lines[-1].place, since=lines[0].place)


def found_by_words(
    session: Session, filters: Filters, viewer: Viewer, *, below: int | None
) -> tuple[list[CaseLine], int | None]:
    """One page of what a search finds, the newest first, and below which id the next begins."""
    found = matching(
        session, filters.text, allowed=allowed(filters, viewer, _apart(session, filters)), below=below, limit=PAGE
    )
    return lines_of(session, found.ids), found.below


def lines_of(session: Session, ids: Sequence[int]) -> list[CaseLine]:
    """The lines of these cases, in this order; what is not there is left out."""
    if not ids:
        return []
    rows = session.connection().execute(lines_by_id(), {"ids": list(ids)})
    found = {line.id: line for line in map(CaseLine._make, rows)}
    return [found[case_id] for case_id in ids if case_id in found]


def surveys_of(session: Session, lines: Sequence[CaseLine]) -> dict[str, SurveyFacts]:
    """By key, what the lines' scores are measured by."""
    keys = sorted({line.survey for line in lines if line.survey is not None})
    if not keys:
        return {}
    rows = session.execute(select(Survey.key, Survey.kind, Survey.rules).where(Survey.key.in_(keys)))
    return {key: SurveyFacts(kind, rules) for key, kind, rules in rows}


def _read(session: Session, filters: Filters, viewer: Viewer, limit: int, **edges: TimeCursor | None) -> list[CaseLine]:
    there = {name: edge for name, edge in edges.items() if edge is not None}
    shape, values = asked(filters, viewer, limit, there, _apart(session, filters))
    return [CaseLine._make(row) for row in session.connection().execute(page_of_lines(shape), values)]


def _apart(session: Session, filters: Filters) -> Apart | None:
    return apart_by(session, filters.by) if filters.value else None
