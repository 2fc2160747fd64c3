"""Which answers need a person, how urgently, and by when."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.cases.rules.routing import (
    HIGH,
    HOURS_AHEAD,
    LOW,
    NORMAL,
    URGENT,
    Answer,
    CaseReason,
    Route,
    route,
    route_words,
    sort_at,
)

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DETRACTOR, WISH = CaseReason.DETRACTOR, CaseReason.CONTACT_WISH


def _route(
    score: int,
    *,
    wish: bool = False,
    put_right: bool = False,
    lowest: int = 0,
    detractor_max: int = 6,
    contact_hours: int = 8,
) -> Route | None:
    return route(
        Answer(score=score, lowest=lowest, wants_contact=wish, put_right=put_right),
        detractor_max=detractor_max,
        due=timedelta(hours=24),
        contact_due=timedelta(hours=contact_hours),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("score", "wish", "reason", "priority", "due_hours", "why"),
    [
        (0, False, DETRACTOR, HIGH, 24, "unhappy, and as unhappy as can be"),
        (0, True, DETRACTOR, URGENT, 8, "unhappy, the lowest score, and waiting for a call"),
        (1, False, DETRACTOR, NORMAL, 24, "unhappy"),
        (1, True, DETRACTOR, HIGH, 8, "unhappy, and waiting for a call"),
        (6, False, DETRACTOR, NORMAL, 24, "the last unhappy score"),
        (7, False, None, None, None, "a passive who asks for nothing"),
        (7, True, WISH, NORMAL, 8, "a passive who waits for a call"),
        (10, False, None, None, None, "a promoter who asks for nothing"),
        (10, True, WISH, NORMAL, 8, "a wish is a wish at any score"),
    ],
)
def test_recommendation(
    score: int, wish: bool, reason: CaseReason | None, priority: int | None, due_hours: int | None, why: str
) -> None:
    decided = _route(score, wish=wish)
    if reason is None:
        assert decided is None, why
        return
    assert decided is not None, why
    assert (decided.reason, decided.priority, decided.due_at - NOW) == (
        reason,
        priority,
        timedelta(hours=due_hours or 0),
    ), why


@pytest.mark.parametrize(
    ("score", "wish", "priority", "why"),
    [
        (1, False, HIGH, "1 is the lowest there is on this scale"),
        (2, False, NORMAL, "unhappy"),
        (3, False, None, "neutral"),
        (5, True, NORMAL, "satisfied, and waiting for a call"),
    ],
)
def test_satisfaction(score: int, wish: bool, priority: int | None, why: str) -> None:
    decided = _route(score, wish=wish, lowest=1, detractor_max=2)
    assert (decided.priority if decided else None) == priority, why


@pytest.mark.parametrize(
    ("score", "wish", "words"),
    [
        (0, True, "Low + 3: unhappy, asked to be contacted, lowest score there is"),
        (3, False, "Low + 1: unhappy"),
        (9, True, "Low + 1: asked to be contacted"),
    ],
)
def test_the_sum_behind_the_priority_is_printed(score: int, wish: bool, words: str) -> None:
    decided = _route(score, wish=wish)
    assert decided is not None
    assert decided.priority_words == words


def test_words_instead_of_an_answer_are_a_wish_to_be_contacted() -> None:
    decided = route_words(contact_due=timedelta(hours=8), now=NOW)
    assert (decided.reason, decided.priority) == (CaseReason.WROTE, NORMAL)
    assert (decided.due_at, decided.sort_at) == (NOW + timedelta(hours=8), NOW + timedelta(hours=6))


def test_a_wish_never_makes_a_deadline_later() -> None:
    """A shop that gives itself longer for calls than for anything else still answers the unhappy in time."""
    decided = _route(0, wish=True, contact_hours=72)
    assert decided is not None
    assert decided.due_at - NOW == timedelta(hours=24)


def test_the_place_in_the_queue_is_the_deadline_less_a_head_start() -> None:
    assert {priority: NOW - sort_at(NOW, priority) for priority in HOURS_AHEAD} == {
        URGENT: timedelta(hours=24),
        HIGH: timedelta(hours=8),
        NORMAL: timedelta(hours=2),
        LOW: timedelta(0),
    }


@pytest.mark.parametrize(
    ("score", "wish", "rule", "words", "why"),
    [
        (3, False, "Detractors", "Low + 2: unhappy, asked to have the order put right", "an order to be put right"),
        (3, True, "Detractors", "Low + 2: unhappy, asked to have the order put right", "which is one wish, not two"),
        (9, False, "Asked to have the order put right", "Low + 1: asked to have the order put right", "at any score"),
    ],
)
def test_to_have_an_order_put_right_is_a_wish_to_hear_from_us(
    score: int, wish: bool, rule: str, words: str, why: str
) -> None:
    decided = _route(score, wish=wish, put_right=True)
    assert decided is not None, why
    assert (decided.rule, decided.priority_words, decided.due_at - NOW) == (rule, words, timedelta(hours=8)), why
