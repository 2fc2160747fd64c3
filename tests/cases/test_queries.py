"""The queue shows every case exactly once, most pressing first."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.people import set_active
from feedback_service.cases.models import Case, CaseState, Outcome
from feedback_service.cases.queries import COUNT_CAP, PAGE, Cursor, View, cases_in_view, counts_by_view
from tests.cases.factories import colleague, queued


def _all_pages(session: Session, view: View, now: datetime, user: int = 0) -> list[list[int]]:
    pages, after = [], None
    for _ in range(20):
        lines, after = cases_in_view(session, view, user_id=user, now=now, after=after)
        pages.append([line.id for line in lines])
        if after is None:
            return pages
        after = Cursor.read(str(after))  # as it comes back in an address
    raise AssertionError("paging does not end")


def _resolve_all(session: Session, ids: list[int], owner: int, at: list[datetime]) -> None:
    for case_id, moment in zip(ids, at, strict=True):
        session.execute(
            update(Case)
            .where(Case.id == case_id)
            .values(
                state=CaseState.RESOLVED,
                owner_id=owner,
                resolved_at=moment,
                root_cause="unknown",
                outcome=Outcome.SATISFIED,
            )
        )
    session.commit()


def test_every_case_stands_on_exactly_one_page_in_order(session: Session, now: datetime) -> None:
    hours = [float(number % 7) for number in range(2 * PAGE + 13)]  # most share their moment with others
    ids = queued(session, now, sort_hours=hours)
    expected = [case_id for _, case_id in sorted(zip(hours, ids, strict=True))]
    pages = _all_pages(session, View.OPEN, now)
    assert [len(page) for page in pages] == [PAGE, PAGE, 13]
    assert [case_id for page in pages for case_id in page] == expected


@pytest.mark.parametrize("size", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE])
def test_no_page_is_empty_but_the_only_one(session: Session, now: datetime, size: int) -> None:
    queued(session, now, sort_hours=[0.0] * size)
    pages = _all_pages(session, View.OPEN, now)
    assert sum(len(page) for page in pages) == size
    assert all(pages) or size == 0
    assert len(pages) == max(1, -(-size // PAGE))


def test_resolved_cases_come_newest_first_and_page_as_well(session: Session, now: datetime) -> None:
    ids = queued(session, now, sort_hours=[0.0] * (PAGE + 20))
    moments = [now + timedelta(minutes=number % 3) for number in range(len(ids))]
    _resolve_all(session, ids, colleague(session, "Ana", now), moments)
    expected = [case_id for _, case_id in sorted(zip(moments, ids, strict=True), reverse=True)]
    assert [case_id for page in _all_pages(session, View.RESOLVED, now) for case_id in page] == expected


def test_a_case_resolved_between_two_pages_hides_no_other(session: Session, now: datetime) -> None:
    ids = queued(session, now, sort_hours=[0.0] * (2 * PAGE))
    first, after = cases_in_view(session, View.OPEN, user_id=0, now=now, after=None)
    _resolve_all(session, ids[:10], colleague(session, "Ana", now), [now] * 10)
    second, _ = cases_in_view(session, View.OPEN, user_id=0, now=now, after=after)
    assert {line.id for line in first} | {line.id for line in second} == set(ids)


def test_the_zone_of_a_database_moves_no_page(engine: Engine, sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        ids = queued(session, now, sort_hours=[number / 10 for number in range(2 * PAGE)])
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"ALTER DATABASE {engine.url.database} SET timezone TO 'America/Sao_Paulo'"))
        engine.dispose()
    with sessions() as session:
        assert [case_id for page in _all_pages(session, View.OPEN, now) for case_id in page] == ids


def test_each_view_holds_what_it_says(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    late, due_now, early = queued(session, now, sort_hours=[-3, -2, 1])  # due two hours after their place
    mine = queued(session, now, sort_hours=[5], owner=ana, state=CaseState.IN_PROGRESS)[0]
    given = queued(session, now, sort_hours=[6], owner=ana)[0]
    theirs = queued(session, now, sort_hours=[-9], owner=ben, state=CaseState.IN_PROGRESS)[0]
    done = queued(session, now, sort_hours=[-9])
    _resolve_all(session, done, ana, [now])
    expected = {
        View.MINE: [mine, given],
        View.UNASSIGNED: [late, due_now, early],
        View.OPEN: [theirs, late, due_now, early, mine, given],
        View.LATE: [theirs, late, due_now],
        View.RESOLVED: done,
    }
    assert {view: _all_pages(session, view, now, ana)[0] for view in View} == expected
    counts = counts_by_view(session, user_id=ana, now=now)
    assert counts == {view: len(ids) for view, ids in expected.items()}


def test_what_lies_with_somebody_who_cannot_sign_in_is_unassigned(session: Session, now: datetime) -> None:
    """Nobody works on it; what they resolved stays resolved, and they keep it once they are let in again."""
    gone, here = colleague(session, "Gil", now), colleague(session, "Ana", now)
    nobodys = queued(session, now, sort_hours=[3])
    given = queued(session, now, sort_hours=[2], owner=gone)
    begun = queued(session, now, sort_hours=[1], owner=gone, state=CaseState.IN_PROGRESS)
    queued(session, now, sort_hours=[0], owner=here, state=CaseState.IN_PROGRESS)
    _resolve_all(session, queued(session, now, sort_hours=[0]), gone, [now])
    for active, expected in ((True, nobodys), (False, begun + given + nobodys), (True, nobodys)):
        set_active(session, gone, active=active)
        session.commit()
        assert _all_pages(session, View.UNASSIGNED, now) == [expected]
        assert counts_by_view(session, user_id=here, now=now)[View.UNASSIGNED] == len(expected)
        lines, _ = cases_in_view(session, View.OPEN, user_id=here, now=now, after=None)
        assert {line.owner_active for line in lines if line.owner == "Gil"} == {active}


def test_counting_stops_where_nobody_looks_any_more(session: Session, now: datetime) -> None:
    queued(session, now, sort_hours=[9.0] * (COUNT_CAP + 5))
    counts = counts_by_view(session, user_id=0, now=now)
    assert (counts[View.OPEN], counts[View.LATE]) == (COUNT_CAP, 0)


@pytest.mark.parametrize(
    "text_",
    [
        "",
        "x",
        "_",
        "2026-03-20_7",
        "2026-03-20T10:00:00_7",
        "2026-03-20T10:00:00+00:00",
        "2026-03-20T10:00:00+00:00_x",
        "0001-01-01T00:00:00+14:00_1",
        "9999-12-31T23:59:59-14:00_1",
        "2026-03-20T10:00:00+00:00_" + "9" * 5000,
        "\0",
    ],
)
def test_a_cursor_that_makes_no_sense_is_the_first_page(text_: str) -> None:
    assert Cursor.read(text_) is None


@pytest.mark.parametrize("number", ["-1", "-" + "9" * 40, "9" * 40])
def test_a_cursor_from_beyond_is_no_reason_to_fail(session: Session, now: datetime, number: str) -> None:
    ids = queued(session, now, sort_hours=[1, 2])
    after = Cursor.read(f"{now.isoformat()}_{number}")
    lines, _ = cases_in_view(session, View.OPEN, user_id=0, now=now, after=after)
    assert [line.id for line in lines] == ids


def test_a_cursor_survives_its_address() -> None:
    cursor = Cursor(datetime(2026, 3, 20, 10, 0, 0, 1, tzinfo=UTC), 7)
    assert Cursor.read(str(cursor)) == cursor


def test_a_case_of_nobody_known_is_listed_too(session: Session, now: datetime) -> None:
    """An answer may belong to no customer: its case must not vanish from the queue."""
    queued(session, now, sort_hours=[0])
    lines, _ = cases_in_view(session, View.OPEN, user_id=0, now=now, after=None)
    assert [(line.customer, line.owner, line.owner_active) for line in lines] == [(None, None, False)]
    assert session.scalars(select(Case.customer_id)).all() == [None]
