"""The queue shows every case exactly once, most pressing first, on any way through its pages."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import User
from feedback_service.accounts.people import set_active
from feedback_service.accounts.teams import team_id
from feedback_service.cases.count_up_to import COUNT_CAP
from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk.counts import counts_by_view
from feedback_service.cases.desk.filters import NEWEST_FIRST, OFF_THE_BAR, Filters, View, Viewer
from feedback_service.cases.desk.lines import PAGE, Page, page_of_queue
from feedback_service.cases.models import Case, CaseKind, CaseOrigin, CaseState, Outcome
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules.routing import CaseReason, sort_at
from tests.cases.factories import colleague, queued

LISBON = ZoneInfo("Europe/Lisbon")


def _page(session: Session, view: View, now: datetime, user: int = 0, after: TimeCursor | None = None) -> Page:
    return page_of_queue(session, Filters(view=view), Viewer(user, None, now), after=after)


def _all_pages(session: Session, view: View, now: datetime, user: int = 0) -> list[list[int]]:
    pages, after = [], None
    for _ in range(20):
        page = _page(session, view, now, user, after)
        pages.append([line.id for line in page.lines])
        if page.after is None:
            return pages
        after = TimeCursor.read(str(page.after))  # as it comes back in an address
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
    first = _page(session, View.OPEN, now)
    _resolve_all(session, ids[:10], colleague(session, "Ana", now), [now] * 10)
    second = _page(session, View.OPEN, now, after=first.after)
    assert {line.id for line in first.lines} | {line.id for line in second.lines} == set(ids)


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
    waiting, asleep = queued(session, now, sort_hours=[-4, -5], owner=ana)
    session.execute(update(Case).where(Case.id == waiting).values(waiting_since=now))
    session.execute(update(Case).where(Case.id == asleep).values(snoozed_until=now))
    session.commit()
    expected = {
        View.MINE: [mine, given],
        View.UNASSIGNED: [late, due_now, early],
        View.OPEN: [theirs, late, due_now, early, mine, given],
        View.LATE: [theirs, late, due_now],
        View.RESTING: [asleep, waiting],
        View.RESOLVED: done,
    }
    assert {view: _all_pages(session, view, now, ana)[0] for view in expected} == expected
    counts = counts_by_view(session, Viewer(ana, None, now))
    assert counts == {view: len(ids) for view, ids in expected.items()}


def test_a_line_says_whether_its_owner_can_sign_in(session: Session, now: datetime) -> None:
    gone = colleague(session, "Gil", now)
    queued(session, now, sort_hours=[2], owner=gone)
    for active in (True, False):
        set_active(session, gone, active=active)
        session.commit()
        assert [line.owner_active for line in _page(session, View.OPEN, now).lines] == [active]


def test_counting_stops_where_nobody_looks_any_more(session: Session, now: datetime) -> None:
    queued(session, now, sort_hours=[9.0] * (COUNT_CAP + 5))
    counts = counts_by_view(session, Viewer(0, None, now))
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
def test_a_place_that_makes_no_sense_is_the_first_page(text_: str) -> None:
    assert TimeCursor.read(text_) is None


@pytest.mark.parametrize("number", ["-1", "-" + "9" * 40, "9" * 40])
def test_a_place_from_beyond_is_no_reason_to_fail(session: Session, now: datetime, number: str) -> None:
    ids = queued(session, now, sort_hours=[1, 2])
    after = TimeCursor.read(f"{now.isoformat()}_{number}")
    assert [line.id for line in _page(session, View.OPEN, now, after=after).lines] == ids


def test_a_place_survives_its_address() -> None:
    place = TimeCursor(datetime(2026, 3, 20, 10, 0, 0, 1, tzinfo=UTC), 7)
    assert TimeCursor.read(str(place)) == place


def test_a_case_of_nobody_known_is_listed_too(session: Session, now: datetime) -> None:
    """An answer may belong to no customer: its case must not vanish from the queue."""
    queued(session, now, sort_hours=[0])
    lines = _page(session, View.OPEN, now).lines
    assert [(line.customer, line.owner, line.owner_active) for line in lines] == [(None, None, None)]
    assert session.scalars(select(Case.customer_id)).all() == [None]


# Any way through the pages


@dataclass(frozen=True)
class Told:
    """A case as the property below makes it."""

    queue: int
    owner: int | None
    priority: int
    hours: int
    state: CaseState
    resting: bool
    kind: CaseKind
    reason: CaseReason
    cause: str


TOLD = st.builds(
    Told,
    queue=st.integers(0, 3),
    owner=st.sampled_from([None, 0, 1]),
    priority=st.integers(1, 4),
    hours=st.integers(-30, 3),  # so few that many share theirs
    state=st.sampled_from([CaseState.OPEN, CaseState.OPEN, CaseState.RESOLVED]),
    resting=st.sampled_from([False, False, False, True]),
    kind=st.sampled_from(CaseKind),
    reason=st.sampled_from([CaseReason.DETRACTOR, CaseReason.SAFETY]),
    cause=st.sampled_from(["damaged", "lost_parcel", "price"]),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(TOLD, max_size=160),
    view=st.sampled_from(View),
    seen=st.one_of(st.none(), st.sets(st.integers(0, 3))),
    narrowed=st.fixed_dictionaries(
        {},
        optional={
            "queue": st.integers(0, 3), "owner": st.integers(0, 1), "priority": st.integers(1, 4),
            "kind": st.sampled_from(CaseKind), "reason": st.just(CaseReason.SAFETY), "team": st.integers(0, 3),
        },
    ),
    days=st.tuples(*[st.one_of(st.none(), st.dates(date(2026, 3, 18), date(2026, 3, 21)))] * 2),
    cause=st.sampled_from([None, "damaged", "delivery"]),
)  # fmt: skip
def test_each_case_that_fits_comes_once_forwards_and_backwards(
    session: Session,
    now: datetime,
    told: list[Told],
    view: View,
    seen: set[int] | None,
    narrowed: dict[str, Any],
    days: tuple[date | None, date | None],
    cause: str | None,
) -> None:
    session.rollback()
    session.execute(delete(Case))
    queues, owners = _places(session, now)
    cases = _as_told(session, told, queues, owners, now)
    teams = [session.get_one(Queue, queue).team_id for queue in queues]
    named = {"queue": queues, "owner": owners, "team": teams}
    narrowed = {name: named[name][value] if name in named else value for name, value in narrowed.items()}
    if view in NEWEST_FIRST:
        narrowed |= {"first": days[0], "last": days[1], "cause": cause if view is View.RESOLVED else None}
    filters = Filters(view=view, **narrowed)
    viewer = Viewer(owners[0], None if seen is None else frozenset(queues[number] for number in seen), now, LISBON)
    fitting = [case for case in cases if _fits(case, filters, viewer)]
    expected = [
        case.id for case in sorted(fitting, key=lambda each: (_time(each, view), each.id), reverse=view in NEWEST_FIRST)
    ]
    forwards, places = [], []
    page = page_of_queue(session, filters, viewer)
    while True:
        forwards += [line.id for line in page.lines]
        places.append(page)
        if page.after is None:
            break
        page = page_of_queue(session, filters, viewer, after=page.after)
    assert forwards == expected
    for earlier in reversed(places[:-1]):
        assert page.before is not None
        page = page_of_queue(session, filters, viewer, before=page.before)
        assert [line.id for line in page.lines] == [line.id for line in earlier.lines]
    counts = counts_by_view(session, viewer)
    assert counts.keys() == set(View) - OFF_THE_BAR
    for each, count in counts.items():
        assert count == sum(_fits(case, Filters(view=each), viewer) for case in cases)


def _places(session: Session, now: datetime) -> tuple[list[int], list[int]]:
    """Four queues and two owners, made once."""
    queues = [queue_of_team(session, team_id(session, f"team_{number}")) for number in range(4)]
    owners = list(session.scalars(select(User.id).where(User.password == "none").order_by(User.id)))
    if not owners:
        owners = [colleague(session, name, now) for name in ("Ana", "Ben")]
    return queues, owners


def _as_told(session: Session, told: list[Told], queues: list[int], owners: list[int], now: datetime) -> list[Case]:
    cases = [
        Case(
            origin_kind=CaseOrigin.MANUAL,
            origin_key=str(number),
            queue_id=queues[each.queue],
            owner_id=None if each.owner is None else owners[each.owner],
            kind=each.kind,
            reason=each.reason,
            state=each.state,
            rule="By hand",
            priority=each.priority,
            priority_words="",
            opened_at=now + timedelta(hours=each.hours % 7 * each.hours),
            due_at=now + timedelta(hours=each.hours),
            sort_at=sort_at(now + timedelta(hours=each.hours), each.priority),
            waiting_since=now if each.resting and each.state is CaseState.OPEN else None,
            resolved_at=now + timedelta(hours=each.hours) if each.state is CaseState.RESOLVED else None,
            outcome=Outcome.SATISFIED if each.state is CaseState.RESOLVED else None,
            root_cause=each.cause if each.state is CaseState.RESOLVED else None,
        )
        for number, each in enumerate(told)
    ]
    session.add_all(cases)
    session.commit()
    return cases


def _time(case: Case, view: View) -> datetime:
    if view is View.RESOLVED:
        return case.resolved_at or case.sort_at
    return case.opened_at if view in NEWEST_FIRST else case.sort_at


def _fits(case: Case, filters: Filters, viewer: Viewer) -> bool:
    """The same question without an index."""
    resolved, resting = case.state is CaseState.RESOLVED, case.waiting_since is not None
    in_view = {
        View.MINE: not resolved and not resting and case.owner_id == viewer.user_id,
        View.UNASSIGNED: not resolved and not resting and case.owner_id is None,
        View.OPEN: not resolved and not resting,
        View.LATE: not resolved and not resting and case.due_at <= viewer.now,
        View.RESTING: resting,
        View.RESOLVED: resolved,
        View.STANDING: not resolved,
        View.ALL: True,
    }[filters.view]
    day = _time(case, filters.view).astimezone(viewer.zone).date()
    within = (filters.first or date.min) <= day <= (filters.last or date.max)
    about = {None: True, "delivery": case.root_cause in {"damaged", "lost_parcel"}}
    seen = viewer.queues is None or filters.view is View.MINE or case.queue_id in viewer.queues
    wanted = [
        (filters.queue, case.queue_id),
        (filters.owner, case.owner_id),
        (filters.priority, case.priority),
        (filters.reason, case.reason),
        (filters.kind, case.kind),
        (filters.team, case.queue.team_id),
    ]
    in_view = in_view and within and about.get(filters.cause, case.root_cause == filters.cause)
    return in_view and seen and all(value is None or value == has for value, has in wanted)


def test_a_page_that_is_shown_already_can_be_asked_for_again(session: Session, now: datetime) -> None:
    """Whatever came between its first and its last line is there, and nothing of the next page."""
    queued(session, now, sort_hours=[float(number) for number in range(3 * PAGE)])
    viewer = Viewer(0, None, now)
    second = page_of_queue(session, Filters(), viewer, after=_page(session, View.OPEN, now).after)
    between = queued(session, now, sort_hours=[PAGE + 0.5, PAGE + 0.6])
    again = page_of_queue(session, Filters(), viewer, after=second.since, until=second.after)
    assert {line.id for line in again.lines} == {line.id for line in second.lines} | set(between)
    assert again.after == second.after
