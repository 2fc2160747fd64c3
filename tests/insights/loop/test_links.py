"""Each number about cases leads to the list of just these cases, as long as it counts."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.cases.models import CaseKind
from feedback_service.insights.figures.figure import Mark
from feedback_service.insights.loop import queries
from feedback_service.insights.loop import reading as reading_module
from feedback_service.insights.loop.reading import Reading
from feedback_service.insights.loop.shown import FIGURES
from tests.cases.factories import colleague
from tests.insights.loop.factories import case_of, reading

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def busy(session: Session, now: datetime) -> None:
    """Two teams and two colleagues over four months; some cases rest, some are closed, two were never theirs."""
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    for days in (0, 1, 2, 5, 13, 20, 31, 60, 100):
        case_of(session, now - days * DAY, owner=ana, late=days > 0)
        resting = case_of(session, now - days * DAY, owner=ben, team="returns")
        resting.waiting_since = now
        cause = "damaged" if days % 2 else "lost_parcel"
        case_of(session, now - days * DAY - HOUR, answered=HOUR, resolved=HOUR, owner=ana, cause=cause)
    case_of(session, now - DAY, answered=HOUR, resolved=HOUR, kind=CaseKind.THANKS, owner=ana)
    case_of(session, now - 900 * DAY, resolved=HOUR, cause="damaged")
    session.commit()


def marks(read: Reading, figure: str) -> list[Mark]:
    return [mark for line in FIGURES[figure](read).lines for mark in line.marks]


@pytest.mark.parametrize(
    "figure", ["first-response", "resolution", "teams", "colleagues", "deadlines", "ageing", "root-causes"]
)
@pytest.mark.usefixtures("busy")
def test_behind_each_number_are_as_many_cases_as_it_counts(
    manager: FlaskClient, session: Session, now: datetime, figure: str
) -> None:
    found = [mark for mark in marks(reading(session, now), figure) if mark.n]
    session.rollback()
    assert found
    for mark in found:
        cases = set(re.findall(r'id="case-(\d+)"', manager.get(mark.url).text))
        running = int(mark.note.split()[0]) if figure == "deadlines" and mark.note else 0
        assert len(cases) == mark.n + running, (mark, cases)


@pytest.mark.usefixtures("busy")
def test_what_was_not_all_read_leads_nowhere(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the newest twenty, those of this month are all there, and of the month before only some."""
    for module in (queries, reading_module):
        monkeypatch.setattr(module, "MOST_CASES", 20)
    read = reading(session, now)
    assert [mark.label for mark in marks(read, "first-response") if mark.url] == ["Mar 2026"] * 2
    assert [mark.url for mark in marks(read, "teams") + marks(read, "colleagues") if mark.url] == []
