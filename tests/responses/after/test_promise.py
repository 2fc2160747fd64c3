"""Nobody is promised more than the routing of answers keeps, nor less than they asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.accounts.business_hours import BusinessHours, later, read
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import Rule, first_minutes
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_rules
from feedback_service.responses.after.promise import Next, Promise, Said, promise
from feedback_service.responses.models import Remedy

RULES = read_rules(SURVEYS / "post_purchase_nps" / "survey.toml")  # 24 h for the unhappy, 8 h for whoever asks
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = read("Europe/Lisbon", {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}, None, [])


def told(score: int, *, wants_contact: bool = False, remedy: Remedy | None = None, reachable: bool = True) -> Promise:
    history = [Said(NOW, score, wants_contact)]
    return promise(
        RULES, history, score=score, wants_contact=wants_contact, remedy=remedy, reachable=reachable, hours=None
    )


@pytest.mark.parametrize(
    ("score", "wants_contact", "remedy", "next_step", "hours", "why"),
    [
        (10, False, None, Next.NOBODY, None, "content, and asked for nothing"),
        (7, False, None, Next.NOBODY, None, "so is a passive"),
        (9, True, None, Next.CONTACT, 8, "content, and asked for it"),
        (3, False, None, Next.LOOKED_INTO, 24, "unhappy, and said no more"),
        (3, False, Remedy.NOTE, Next.NOTED, None, "unhappy, and wants nothing done"),
        (3, True, Remedy.CONTACT, Next.CONTACT, 8, "unhappy, and asked for it"),
        (3, False, Remedy.PUT_RIGHT, Next.PUT_RIGHT, 24, "unhappy about an order"),
        (9, False, Remedy.PUT_RIGHT, Next.NOBODY, None, "happy since: the remedy was the unhappy score's"),
        (9, False, Remedy.NOTE, Next.NOBODY, None, "likewise"),
    ],
)
def test_what_is_told_to_whom(
    score: int, wants_contact: bool, remedy: Remedy | None, next_step: Next, hours: int | None, why: str
) -> None:
    promised = told(score, wants_contact=wants_contact, remedy=remedy)
    assert promised.next is next_step, why
    assert promised.by == (None if hours is None else NOW + hours * HOUR), why


def test_whoever_cannot_be_reached_is_not_told_that_they_will_be() -> None:
    assert told(3, wants_contact=True, remedy=Remedy.CONTACT, reachable=False).next is Next.LOOKED_INTO
    assert told(3, remedy=Remedy.PUT_RIGHT, reachable=False).next is Next.LOOKED_INTO
    assert told(3, wants_contact=True, reachable=False).by == NOW + 8 * HOUR, "the case is due all the same"


def test_looking_again_later_moves_no_deadline() -> None:
    history = [Said(NOW, 3, False), Said(NOW + HOUR, 3, True), Said(NOW + 2 * HOUR, 2, True)]
    assert (
        promise(RULES, history, score=2, wants_contact=True, remedy=None, reachable=True, hours=None).by
        == NOW + 9 * HOUR
    )


def test_a_wish_that_comes_late_does_not_put_off_the_first_deadline() -> None:
    history = [Said(NOW, 3, False), Said(NOW + 20 * HOUR, 3, True)]
    assert (
        promise(RULES, history, score=3, wants_contact=True, remedy=None, reachable=True, hours=None).by
        == NOW + 24 * HOUR
    )


def test_somebody_who_became_unhappy_later_is_counted_from_then() -> None:
    history = [Said(NOW, 9, False), Said(NOW + 5 * HOUR, 3, False)]
    assert (
        promise(RULES, history, score=3, wants_contact=False, remedy=None, reachable=True, hours=None).by
        == NOW + 29 * HOUR
    )


def test_a_team_that_goes_home_on_friday_promises_monday() -> None:
    friday = [Said(NOW, 3, True)]
    promised = promise(RULES, friday, score=3, wants_contact=True, remedy=None, reachable=True, hours=OFFICE)
    assert promised.by == datetime(2026, 3, 20, 18, 0, tzinfo=UTC), "eight hours of work end with the day"
    evening = [Said(NOW + 7 * HOUR, 3, True)]
    promised = promise(RULES, evening, score=3, wants_contact=True, remedy=None, reachable=True, hours=OFFICE)
    assert promised.by == datetime(2026, 3, 23, 16, 0, tzinfo=UTC), "one of them on Friday, seven on Monday"


states = st.lists(st.tuples(st.integers(0, 72), st.integers(0, 10), st.booleans()), min_size=1, max_size=6)


@given(states, st.sampled_from([None, OFFICE]))
def test_no_day_is_promised_before_which_the_case_is_not_due(
    states: list[tuple[int, int, bool]], hours: BusinessHours | None
) -> None:
    history = [Said(NOW + hour * HOUR, score, wants) for hour, score, wants in sorted(states)]
    due = None
    for said in history:  # as each state is routed, at once
        unhappy = said.score <= RULES.thresholds.detractor_max
        if unhappy or said.wants_contact:
            facts = Facts(score=said.score, unhappy=unhappy, contact=said.wants_contact)
            survey, contact = RULES.routing.due_hours * 60, RULES.routing.contact_due_hours * 60
            minutes = first_minutes(Rule("Any"), facts, queue=None, survey=survey, survey_contact=contact)
            at = later(hours, said.at, minutes)
            due = at if due is None else min(due, at)
    last = history[-1]
    promised = promise(
        RULES,
        history,
        score=last.score,
        wants_contact=last.wants_contact,
        remedy=None,
        reachable=True,
        hours=hours,
    )
    if promised.by is not None:
        assert due is not None
        assert promised.by >= due
