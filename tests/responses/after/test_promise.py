"""Nobody is promised more than the routing of answers keeps, nor less than they asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.cases.rules.routing import Answer, route
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_rules
from feedback_service.responses.after.promise import Next, Promise, Said, promise
from feedback_service.responses.models import Remedy

RULES = read_rules(SURVEYS / "post_purchase_nps" / "survey.toml")  # 24 h for the unhappy, 8 h for whoever asks
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(score: int, *, wants_contact: bool = False, remedy: Remedy | None = None, reachable: bool = True) -> Promise:
    history = [Said(NOW, score, wants_contact)]
    return promise(RULES, history, score=score, wants_contact=wants_contact, remedy=remedy, reachable=reachable)


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
    assert promise(RULES, history, score=2, wants_contact=True, remedy=None, reachable=True).by == NOW + 9 * HOUR


def test_a_wish_that_comes_late_does_not_put_off_the_first_deadline() -> None:
    history = [Said(NOW, 3, False), Said(NOW + 20 * HOUR, 3, True)]
    assert promise(RULES, history, score=3, wants_contact=True, remedy=None, reachable=True).by == NOW + 24 * HOUR


def test_somebody_who_became_unhappy_later_is_counted_from_then() -> None:
    history = [Said(NOW, 9, False), Said(NOW + 5 * HOUR, 3, False)]
    assert promise(RULES, history, score=3, wants_contact=False, remedy=None, reachable=True).by == NOW + 29 * HOUR


states = st.lists(st.tuples(st.integers(0, 72), st.integers(0, 10), st.booleans()), min_size=1, max_size=6)


@given(states)
def test_no_day_is_promised_before_which_the_case_is_not_due(states: list[tuple[int, int, bool]]) -> None:
    history = [Said(NOW + hour * HOUR, score, wants) for hour, score, wants in sorted(states)]
    due = None
    for said in history:  # as each state is routed, at once
        decided = route(
            Answer(said.score, lowest=0, wants_contact=said.wants_contact),
            detractor_max=RULES.thresholds.detractor_max,
            due=timedelta(hours=RULES.routing.due_hours),
            contact_due=timedelta(hours=RULES.routing.contact_due_hours),
            now=said.at,
        )
        if decided is not None:
            due = decided.due_at if due is None else min(due, decided.due_at)
    last = history[-1]
    promised = promise(RULES, history, score=last.score, wants_contact=last.wants_contact, remedy=None, reachable=True)
    if promised.by is not None:
        assert due is not None
        assert promised.by >= due
