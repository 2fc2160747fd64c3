"""Every answer that counts and has a name to it, newest first; and a page takes the same time however rare it is."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from feedback_service.cases.inbox import queries
from feedback_service.cases.inbox.dimensions import Dimension
from feedback_service.cases.inbox.queries import PAGE, Band, Filters, Show, answers, count_unseen
from feedback_service.cases.inbox.seen import mark_read
from feedback_service.invitations.models import Invitation
from feedback_service.responses.collect import confirm_score
from feedback_service.responses.models import Response
from feedback_service.responses.rules.presses import PressSuspicion
from tests.cases.factories import colleague, opened
from tests.responses.factories import CSAT, NPS, answered, asked


def _ids(session: Session, filters: Filters = Filters(), user_id: int = 1) -> list[int]:  # noqa: B008 - frozen
    """Of all pages together, in their order."""
    found: list[int] = []
    following: int | None = None
    while True:
        page = answers(session, filters.from_here(following), user_id=user_id)
        found += [line.response.id for line in page.lines]
        following = page.following
        if following is None:
            session.commit()
            return found


def test_newest_first_page_by_page(session: Session, now: datetime) -> None:
    ids = [answered(session, now, 9).id for _ in range(2 * PAGE + 3)]
    first = answers(session, Filters(), user_id=1)
    assert [line.response.id for line in first.lines] == ids[: -PAGE - 1 : -1]
    assert _ids(session) == ids[::-1]


def test_who_answered_in_confidence_a_machine_and_what_was_taken_back_are_left_out(
    session: Session, now: datetime
) -> None:
    shown, machine, withdrawn = (answered(session, now, 3) for _ in range(3))
    machine.suspected = PressSuspicion.TOO_FAST
    withdrawn.withdrawn_at = now
    in_confidence = Response(
        id=-7, channel="link", survey_key=NPS, locale="en", score=2, answered_at=now, counted_on=now.date()
    )
    in_confidence.channel = shown.channel
    session.add(in_confidence)
    session.commit()
    for show in Show:
        assert _ids(session, Filters(show)) == [shown.id]


@pytest.mark.parametrize("window", [4, 5_000])
def test_filters(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    monkeypatch.setattr(queries, "WINDOW", window)
    scores = [(9, NPS), (7, NPS), (6, NPS), (5, CSAT), (3, CSAT), (1, CSAT)] * 2
    made = [
        answered(session, now, score, survey=survey, comment="Well." if place < 6 else "")
        for place, (score, survey) in enumerate(scores)
    ]
    ids = [response.id for response in made]

    def of(*places: int) -> list[int]:
        return sorted((ids[place] for place in places), reverse=True)

    assert _ids(session, Filters(survey=CSAT)) == of(3, 4, 5, 9, 10, 11)
    assert _ids(session, Filters(words=True)) == of(0, 1, 2, 3, 4, 5)
    assert _ids(session, Filters(band=Band.PROMOTER)) == of(0, 3, 6, 9)
    assert _ids(session, Filters(band=Band.PASSIVE)) == of(1, 4, 7, 10)
    assert _ids(session, Filters(band=Band.DETRACTOR, words=True)) == of(2, 5)
    assert _ids(session, Filters(band=Band.DETRACTOR, survey=NPS, words=True)) == of(2)
    assert _ids(session, Filters(survey="no_such")) == []


def test_a_page_that_is_not_full_says_how_far_it_looked(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "WINDOW", 3)
    old = answered(session, now, 2, comment="Long ago.")
    later = [answered(session, now, 9).id for _ in range(5)]
    first = answers(session, Filters(words=True), user_id=1)
    assert (first.lines, first.following, first.looked_through) == ([], later[2], 3)
    second = answers(session, Filters(words=True).from_here(first.following), user_id=1)
    assert ([line.response.id for line in second.lines], second.looked_through) == ([old.id], 3)


def test_unread_by_me_and_by_nobody(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    ids = [answered(session, now, 9).id for _ in range(4)]
    mark_read(session, ids[:2], user_id=ana, now=now)
    mark_read(session, ids[1:3], user_id=ben, now=now)
    session.commit()
    assert _ids(session, Filters(Show.UNREAD), ana) == [ids[3], ids[2]]
    assert _ids(session, Filters(Show.UNREAD), ben) == [ids[3], ids[0]]
    assert _ids(session, Filters(Show.UNSEEN), ana) == [ids[3]]
    assert count_unseen(session) == 1


def test_the_case_stands_beside_its_answer(session: Session, now: datetime) -> None:
    case = opened(session, now)
    answered(session, now, 9)
    happy, unhappy = answers(session, Filters(), user_id=1).lines
    assert happy.case is None
    assert unhappy.case is not None
    assert (unhappy.case.id, unhappy.case.queue_id) == (case.id, case.queue_id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(Show.UNSEEN), Filters(Show.UNREAD), Filters(words=True, band=Band.DETRACTOR, survey=NPS),
     Filters(Show.UNSEEN, words=True, before=10**6)],
    ids=str,
)  # fmt: skip
def test_no_page_walks_the_answers(engine: Engine, session: Session, now: datetime, filters: Filters) -> None:
    """However many there are, a page reads so many in the order of their ids and stops."""
    ana = colleague(session, "Ana", now)
    for number in range(40):
        answered(session, now + timedelta(minutes=number), number % 11)
    session.execute(text("ANALYZE"))
    session.commit()
    said: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: said.append((sql, values)))
    answers(session, filters, user_id=ana)
    count_unseen(session)
    session.commit()
    asked = [sql for sql, _ in said if "FROM responses" in sql or "FROM cases" in sql]
    assert [sql for sql in asked if "LIMIT" not in sql and " IN (" not in sql] == []
    with engine.connect() as connection:
        plans = [
            f"{row.detail}  <-  {sql}"
            for sql, values in list(said)
            if sql.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    walks = [plan for plan in plans if re.match(r"SCAN (cases|seen_answers)\b", plan)]
    sorts = [
        plan for plan in plans if "TEMP B-TREE FOR ORDER BY" in plan and " IN (" not in plan and not filters.narrow
    ]
    assert (walks, sorts) == ([], []), "only what belongs to one page's answers may be sorted"


def _on(session: Session, day: date, score: int, **more: object) -> int:
    """An answer that counts for a day."""
    at = datetime.combine(day, time(12), UTC)
    response = answered(session, at, score, **more)
    response.counted_on = day
    session.commit()
    return response.id


@pytest.mark.parametrize("window", [4, 5_000])
def test_the_answers_behind_a_number(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    """Days and scores as they count, walked by day: an imported answer may be older than the ones that came before."""
    del now
    monkeypatch.setattr(queries, "WINDOW", window)
    days = [date(2026, 2, day) for day in (3, 1, 2, 2, 28, 1)]
    ids = [_on(session, day, score) for day, score in zip(days, (9, 0, 6, 7, 10, 3), strict=True)]
    other = _on(session, date(2026, 2, 2), 5, survey=CSAT)
    february = Filters(survey=NPS, first=date(2026, 2, 1), last=date(2026, 2, 27))
    assert _ids(session, february) == [ids[0], ids[3], ids[2], ids[5], ids[1]]
    assert _ids(session, replace(february, low=0, high=6)) == [ids[2], ids[5], ids[1]]
    assert _ids(session, replace(february, low=7)) == [ids[0], ids[3]]
    assert _ids(session, replace(february, last=None)) == [ids[4], ids[0], ids[3], ids[2], ids[5], ids[1]]
    assert _ids(session, Filters(survey=NPS, last=date(2026, 2, 1))) == [ids[5], ids[1]]
    assert _ids(session, replace(february, survey=None)) == [other, ids[5], ids[3], ids[2], ids[1], ids[0]]
    assert answers(session, replace(february, before=10**6), user_id=1).lines == [], "an answer that nobody gave"
    corrected = session.get_one(Response, ids[0])
    corrected.latest_score = 1  # said too late to count
    session.commit()
    assert ids[0] in _ids(session, replace(february, low=9))


@pytest.mark.parametrize("window", [2, 5_000])
def test_the_answers_of_one_segment(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(queries, "WINDOW", window)
    made = []
    for number, carrier in enumerate(["Swift", "Slow", "Swift", "Slow", "Slow"]):
        person = asked(session, now - timedelta(days=2), attributes={"carrier": carrier})
        invitation = session.get_one(Invitation, person.invitation_id)
        confirm_score(session, invitation, number, window=timedelta(days=1), zone=ZoneInfo("UTC"), now=now)
        session.commit()
        made.append(session.scalars(select(Response.id).where(Response.invitation_id == invitation.id)).one())
    nobody = answered(session, now, 3, locale="de").id
    slow = Filters(by="order.carrier", value="Slow")
    assert _ids(session, slow) == [made[4], made[3], made[1]]
    day = now.date()
    assert _ids(session, replace(slow, survey=NPS, first=day, last=day, high=3)) == [made[3], made[1]]
    assert _ids(session, replace(slow, value="Steady")) == []
    assert _ids(session, Filters(by=Dimension.LANGUAGE, value="de")) == [nobody]
    assert _ids(session, Filters(by=Dimension.TOUCHPOINT, value="none")) == [nobody]
    assert _ids(session, Filters(by=Dimension.REASON, value="delivery")) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_days_of_a_survey_are_walked_in_an_index(engine: Engine, session: Session, now: datetime) -> None:
    del now
    for day in range(1, 25):
        _on(session, date(2026, 2, day), 9)
    session.execute(text("ANALYZE"))
    session.commit()
    said: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: said.append((sql, values)))
    answers(session, Filters(survey=NPS, first=date(2026, 2, 2), last=date(2026, 2, 9), low=3), user_id=1)
    session.commit()
    sql, values = next(each for each in said if "looked_through" in each[0])
    with engine.connect() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    walks = [step for step in plan if "responses" in step]
    assert walks
    assert all("ix_responses_survey_key_counted_on_id (survey_key=? AND counted_on>?" in step for step in walks), plan
