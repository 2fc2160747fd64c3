"""Which answers need a person, how urgently, and by when: the shipped rules, and what a shop's own may add."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.cases.queues.read_file import shipped_routing
from feedback_service.cases.rules.conditions import Conditions, Facts
from feedback_service.cases.rules.routing import (
    HIGH,
    HOURS_AHEAD,
    LOW,
    NORMAL,
    REVIEW,
    THANKS,
    URGENT,
    CaseReason,
    Route,
    Rule,
    first_minutes,
    route,
    sort_at,
)
from feedback_service.sentiment.safety import SafetyKind

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DETRACTOR, WISH = CaseReason.DETRACTOR, CaseReason.CONTACT_WISH
SHIPPED = [entry.rule for entry in shipped_routing().rules if entry.active]


def _facts(
    score: int, *, wish: bool = False, put_right: bool = False, lowest: int = 0, detractor_max: int = 6
) -> Facts:
    unhappy = score <= detractor_max
    return Facts(
        survey="post_purchase_nps",
        score=score,
        lowest=lowest,
        band="detractor" if unhappy else "promoter" if score > 8 else "passive",
        unhappy=unhappy,
        contact=wish,
        put_right=put_right,
    )


def _hours(decided: Route, facts: Facts, *, contact_hours: int = 8, queue: int | None = None) -> float:
    survey = {"survey": 24 * 60, "survey_contact": contact_hours * 60}
    return first_minutes(decided.rule, facts, queue=queue, **survey) / 60


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
    facts = _facts(score, wish=wish)
    decided = route(SHIPPED, facts)
    if reason is None:
        assert decided is None, why
        return
    assert decided is not None, why
    assert (decided.reason, decided.priority, _hours(decided, facts)) == (reason, priority, due_hours), why


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
    decided = route(SHIPPED, _facts(score, wish=wish, lowest=1, detractor_max=2))
    assert (decided.priority if decided else None) == priority, why


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            _facts(0, wish=True),
            "Low + 3: unhappy, asked to be contacted, lowest score there is; sorted 24 h ahead of its deadline",
        ),
        (_facts(3), "Low + 1: unhappy; sorted 2 h ahead of its deadline"),
        (_facts(9, wish=True), "Low + 1: asked to be contacted; sorted 2 h ahead of its deadline"),
        (
            replace(_facts(3, wish=True), top_tenth=True),
            "Low + 3: unhappy, asked to be contacted, top tenth by lifetime value; sorted 24 h ahead of its deadline",
        ),
        (
            replace(_facts(3), repeat=True),
            "Low + 2: unhappy, had a case within a year before; sorted 8 h ahead of its deadline",
        ),
        (
            replace(_facts(0, wish=True), top_tenth=True, repeat=True),
            (
                "Low + 5: unhappy, asked to be contacted, lowest score there is, had a case within a year before,"
                " top tenth by lifetime value; sorted 24 h ahead of its deadline"
            ),
        ),
    ],
)
def test_the_sum_behind_the_priority_is_printed(facts: Facts, words: str) -> None:
    decided = route(SHIPPED, facts)
    assert decided is not None
    assert decided.priority_words == words


def test_words_instead_of_an_answer_are_a_wish_to_be_contacted() -> None:
    facts = Facts(wrote=True)
    decided = route(SHIPPED, facts)
    assert decided is not None
    assert (decided.reason, decided.priority) == (CaseReason.WROTE, NORMAL)
    assert _hours(decided, facts) == 8
    assert sort_at(NOW, decided.priority) == NOW - timedelta(hours=2)


def test_what_somebody_wrote_is_read_even_where_no_rule_says_so() -> None:
    decided = route([], Facts(wrote=True))
    assert decided is not None
    assert decided.rule.name == "Wrote back to the mail"
    assert route([], _facts(0)) is None


def test_a_rule_may_keep_even_mails_from_opening_anything() -> None:
    out_of_office = Rule("Out of office", Conditions(wrote=True, words=("out of office",)), kind=None)
    rules = [out_of_office, *SHIPPED]
    assert route(rules, Facts(wrote=True, texts=("I am out of office until Monday.",))) is None
    assert route(rules, Facts(wrote=True, texts=("It broke.",))) is not None


def test_a_wish_never_makes_a_deadline_later() -> None:
    """A shop that gives itself longer for calls than for anything else still answers the unhappy in time."""
    facts = _facts(0, wish=True)
    decided = route(SHIPPED, facts)
    assert decided is not None
    assert _hours(decided, facts, contact_hours=72) == 24


def test_the_rules_own_time_comes_first_then_the_queues_then_the_surveys() -> None:
    facts = _facts(0)
    own = Rule("Mine", first_response_minutes=60)
    decided = route([own], facts)
    assert decided is not None
    assert _hours(decided, facts, queue=120) == 1
    plain = route([Rule("Plain")], facts)
    assert plain is not None
    assert (_hours(plain, facts, queue=120), _hours(plain, facts)) == (2, 24)


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
        (9, True, "Asked to have the order put right", "Low + 1: asked to have the order put right", "the graver one"),
    ],
)
def test_to_have_an_order_put_right_is_a_wish_to_hear_from_us(
    score: int, wish: bool, rule: str, words: str, why: str
) -> None:
    facts = _facts(score, wish=wish, put_right=True)
    decided = route(SHIPPED, facts)
    assert decided is not None, why
    assert (decided.rule.name, _hours(decided, facts)) == (rule, 8), why
    assert decided.priority_words.startswith(f"{words}; sorted"), why


def test_words_of_safety_are_urgent_under_whatever_rule_comes_first() -> None:
    facts = replace(_facts(10), alerts=(SafetyKind.INJURY,))
    for rules in (SHIPPED, [Rule("Everybody"), *SHIPPED]):
        decided = route(rules, facts)
        assert decided is not None
        assert (decided.reason, decided.priority) == (CaseReason.SAFETY, URGENT)
        assert decided.priority_words == "Urgent: speaks of injury or danger; sorted 24 h ahead of its deadline"
        assert _hours(decided, facts) == 8


@pytest.mark.parametrize(
    ("facts", "rule", "kind"),
    [
        (replace(_facts(10), contradiction="good_score_bad_words"), "A good score with bitter words", REVIEW),
        (replace(_facts(1), contradiction="bad_score_good_words"), "A low score with kind words", REVIEW),
        (replace(_facts(1, wish=True), contradiction="bad_score_good_words"), "Detractors", "follow_up"),
    ],
)
def test_score_and_words_that_disagree_are_reviewed_by_a_person(facts: Facts, rule: str, kind: str) -> None:
    decided = route(SHIPPED, facts)
    assert decided is not None
    assert (decided.rule.name, decided.kind) == (rule, kind)
    assert (decided.reason == CaseReason.CONTRADICTION) == (kind == REVIEW)


def test_nobody_waits_for_a_thank_you_call_or_to_be_drawn_by_chance() -> None:
    """So neither opens again what was closed; and a call of thanks is never urgent."""
    valued = replace(_facts(10), top_tenth=True, draw=0.0)
    everything = [entry.rule for entry in shipped_routing().rules]
    thanks, drawn = route(everything, valued), route(everything, replace(_facts(7), draw=0.0))
    assert thanks is not None
    assert drawn is not None
    assert (thanks.kind, thanks.reason, thanks.priority_words) == (THANKS, CaseReason.THANKS, "Low")
    assert (drawn.reason, drawn.priority) == (CaseReason.SAMPLED, LOW)
    assert not thanks.awaited
    assert not drawn.awaited
    unhappy = route(SHIPPED, _facts(0))
    assert unhappy is not None
    assert unhappy.awaited


def test_points_of_a_rule_are_added_and_said() -> None:
    decided = route([Rule("The shop in Porto", points=2)], _facts(3))
    assert decided is not None
    assert (decided.priority, decided.reason) == (URGENT, DETRACTOR)
    assert decided.priority_words == "Low + 3: unhappy, 2 by the rule; sorted 24 h ahead of its deadline"
    plain = route([Rule("Everybody")], _facts(8))
    assert plain is not None
    assert (plain.reason, plain.priority_words) == (CaseReason.RULE, "Low")
