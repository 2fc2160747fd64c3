"""How soon cases are answered and resolved, counted by hand."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import between
from feedback_service.accounts.calendars import hours_of
from feedback_service.accounts.models import Team
from feedback_service.accounts.teams import team_id
from feedback_service.cases.models import CaseKind
from feedback_service.insights.loop.measured import measured
from feedback_service.insights.loop.queries import case_times
from feedback_service.insights.loop.shown import FIGURES
from feedback_service.insights.loop.told import ages_told, deadlines_told, team_rows, times_told
from tests.cases.deadlines.factories import office_hours
from tests.cases.factories import colleague
from tests.insights.factories import LISBON
from tests.insights.loop.factories import case_of, reading
from tests.insights.plans import planned, walked

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_an_empty_shop_has_nothing_to_say(session: Session, now: datetime) -> None:
    empty = reading(session, now)
    assert times_told(empty) == deadlines_told(empty) == team_rows(empty) == []
    assert ages_told(empty) == "No case is open now."
    assert [name for name, make in FIGURES.items() if not make(empty).empty] == []


def test_hours_are_those_of_the_team(session: Session, now: datetime) -> None:
    """Friday at four, answered Monday at ten: three hours where the office is open from nine to six on weekdays."""
    office_hours(session)
    friday = now.replace(day=13, hour=16)
    case_of(session, friday, answered=66 * HOUR, resolved=67 * HOUR)
    session.commit()
    (case,) = reading(session, now).cases
    assert (case.response.hours, case.resolution.hours) == (3.0, 4.0)
    assert case.response.allowed == 2.0  # of the eight hours on the clock, two are the team's


def test_hours_are_those_of_business_hours(session: Session, now: datetime) -> None:
    """Over weekends, holidays and the nights on which the clocks change, whenever a case begins and ends."""
    office_hours(session, holidays=["2025-12-25", "2026-01-01"])
    for number in range(120):
        opened = now - (number * 79) * HOUR
        case_of(session, opened, answered=number % 11 * 7 * HOUR, resolved=number % 7 * 31 * HOUR)
    session.commit()
    hours = hours_of(session, team_id(session, "care"))
    found = case_times(session, (now - 400 * DAY, now + DAY))
    assert len(found) == 120
    for case, read in zip(found, measured(session, found, now, LISBON), strict=True):
        told = (read.response.hours, read.response.allowed, read.resolution.hours, read.resolution.allowed)
        ends = (case.response_done, case.response_due, case.resolution_done, case.resolution_due)
        assert told == tuple(between(hours, case.opened_at, end or now) / 60 for end in ends)


def test_a_dozen_cases_with_those_that_nobody_has_answered(session: Session, now: datetime) -> None:
    """Ten answered after 1 to 10 hours, three not. The one of three hours leaves before the fourth, so the share still
    waiting is 10/13 · 8/9 · 7/8 · 6/7 · 5/6, under a half, at seven; it ends at 10/13 · 2/9, over a tenth."""
    ana = colleague(session, "Ana", now)
    begin = now - 10 * DAY
    for hours in range(1, 11):
        case_of(session, begin, answered=hours * HOUR, resolved=2 * DAY, owner=ana)
    case_of(session, now - 3 * HOUR, team="care")  # three hours are not eight: it may yet be met
    case_of(session, now - 9 * DAY, late=True)
    case_of(session, now - 9 * DAY, late=True)
    case_of(session, begin, answered=HOUR, resolved=HOUR, kind=CaseKind.THANKS)  # nobody is owed anything
    case_of(session, now - 500 * DAY, answered=HOUR, resolved=HOUR)  # before these days
    session.commit()
    read = reading(session, now)
    march = FIGURES["first-response"](read)
    half, most = march.lines
    assert (half.marks[-1].label, half.marks[-1].n) == ("Mar 2026", 13)
    assert half.marks[-1].note == "not over yet, 3 not answered yet"
    assert half.marks[-1].value == 7
    assert most.marks[-1].value == 9 * 24
    assert most.marks[-1].note == "not over yet, 3 not answered yet, longer than shown"
    assert [mark.n for mark in half.marks[:-1]] == [0] * 12
    assert march.target == 8
    by_owner = FIGURES["colleagues"](read).lines[0].marks
    assert [(mark.label, mark.n, mark.value) for mark in by_owner] == [("Ana", 10, 5.5)]
    assert "Of 13 cases, half were answered within" in times_told(read)[0]
    assert "3 cases are not answered yet, and count with the time so far." in times_told(read)[0]


def test_a_month_may_change_until_it_is_over_and_all_of_its_cases_are_done(session: Session, now: datetime) -> None:
    """January is over and done; of February one is answered and not resolved, and one is neither."""
    for month in (1, 2, 3):
        for hours in range(1, 11):
            case_of(session, now.replace(month=month, day=2), answered=hours * HOUR, resolved=hours * HOUR)
    case_of(session, now.replace(month=2, day=3), answered=HOUR)
    case_of(session, now.replace(month=2, day=4))
    session.commit()
    read = reading(session, now, {"from": "2026-01-01", "to": "2026-03-31"})
    for figure, february in (("first-response", "1 not answered yet"), ("resolution", "2 not resolved yet")):
        half, _ = FIGURES[figure](read).lines
        assert [(mark.label, mark.enough, mark.immature, mark.note) for mark in half.marks] == [
            ("Jan 2026", True, False, ""),
            ("Feb 2026", True, True, february),
            ("Mar 2026", True, True, "not over yet"),
        ]


def test_teams_and_colleagues_of_one_name_are_not_added_up(session: Session, now: datetime) -> None:
    anas = [colleague(session, "Ana", now) for _ in range(2)]
    session.get_one(Team, team_id(session, "care")).name = session.get_one(Team, team_id(session, "stores")).name
    for hours in range(1, 5):
        case_of(
            session, now - 20 * DAY, answered=hours * HOUR, team=("care", "stores")[hours % 2], owner=anas[hours == 1]
        )
    session.commit()
    read = reading(session, now)
    assert sorted(mark.n for mark in FIGURES["colleagues"](read).lines[0].marks) == [1, 3]
    teams = {mark.label: mark.n for mark in FIGURES["teams"](read).lines[0].marks}
    name = session.get_one(Team, team_id(session, "care")).name
    assert teams == {f"{name} (care)": 2, f"{name} (stores)": 2}


def test_deadlines_met_by_team(session: Session, now: datetime) -> None:
    for hours in (1, 2, 9):
        case_of(session, now - 20 * DAY, answered=hours * HOUR, resolved=hours * DAY)
    case_of(session, now - 20 * DAY, late=True)
    case_of(session, now - HOUR)
    session.commit()
    read = reading(session, now)
    (response, resolution) = FIGURES["deadlines"](read).lines[0].marks
    assert response.label.endswith(": first response")
    assert (response.value, response.n, response.note, response.enough) == (50, 4, "1 not due yet", False)
    assert (resolution.value, resolution.n) == (50, 4)  # one day and two are within 72 hours, nine are not
    assert deadlines_told(read)[0] == "2 of 4 deadlines of first response were met, too few for a share."


def test_open_cases_by_how_old_they_are(session: Session, now: datetime) -> None:
    for age in (HOUR, 11 * HOUR, 2 * DAY, 3 * DAY, 29 * DAY, 30 * DAY, 400 * DAY):  # it is ten o'clock
        case_of(session, now - age)
    waits = case_of(session, now - 8 * DAY)
    waits.waiting_since = now - 7 * DAY
    case_of(session, now - 8 * DAY, resolved=DAY)
    session.commit()
    read = reading(session, now)
    marks = FIGURES["ageing"](read).lines[0].marks
    assert [(mark.label, mark.value, mark.note) for mark in marks] == [
        ("Today", 1, ""),
        ("1 to 2 days ago", 2, "2 late"),
        ("3 to 6 days ago", 1, "1 late"),
        ("7 to 13 days ago", 1, ""),
        ("14 to 29 days ago", 1, "1 late"),
        ("30 or more days ago", 2, "2 late"),
    ]
    assert ages_told(read) == "8 cases are open now, 6 of them late, whatever days are chosen above."


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_figure_walks_through_all_cases_or_answers(engine: Engine, session: Session, now: datetime) -> None:
    case_of(session, now - DAY, answered=HOUR, resolved=2 * HOUR)
    session.commit()
    with planned(engine) as steps:
        read = reading(session, now)
        for make in FIGURES.values():
            make(read)
        session.commit()
    great = ("cases", "responses", "messages", "invitations", "orders", "case_deadlines", "case_entries")
    found = [step for step in walked(steps, *great) if "ix_cases_queue" not in step and "ix_cases_resting" not in step]
    assert found == []
    assert any("ix_cases_opened" in step for step in steps)
    for index in ("ix_invitations_touchpoint_id", "ix_responses_customer_id", "ix_orders_customer_id"):
        assert any(index in step for step in steps)
