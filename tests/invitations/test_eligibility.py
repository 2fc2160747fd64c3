"""Who may be asked: every row says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.invitations.rules.eligibility import (
    Patience,
    Question,
    Reachability,
    SkipReason,
    out_of_patience,
    sampled_in,
    too_early_or_late,
    unreachable,
)

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FINE = Reachability(has_address=True, unsubscribed=False, suppressed=False)
NOWHERE = Reachability(has_address=False, unsubscribed=False, suppressed=False)
LEFT = Reachability(has_address=True, unsubscribed=True, suppressed=False)
DEAD = Reachability(has_address=True, unsubscribed=False, suppressed=True)
LEFT_AND_DEAD = Reachability(has_address=True, unsubscribed=True, suppressed=True)


PURCHASE = Question(about_purchase=True, needs_consent=False)
CHECK_IN = Question(about_purchase=False, needs_consent=False)
WITH_CONSENT = Question(about_purchase=True, needs_consent=True)


@pytest.mark.parametrize(
    ("status", "address", "question", "expected"),
    [
        ("delivered", FINE, PURCHASE, None),
        ("shipped", FINE, PURCHASE, None),
        (None, FINE, CHECK_IN, None),
        ("cancelled", FINE, PURCHASE, SkipReason.ORDER_CANCELLED),
        ("refunded", FINE, PURCHASE, SkipReason.ORDER_REFUNDED),
        ("delivered", NOWHERE, PURCHASE, SkipReason.NO_ADDRESS),
        ("delivered", LEFT, PURCHASE, SkipReason.UNSUBSCRIBED),
        ("delivered", DEAD, PURCHASE, SkipReason.SUPPRESSED),
        ("delivered", LEFT_AND_DEAD, PURCHASE, SkipReason.UNSUBSCRIBED),  # their word comes first
        ("refunded", LEFT, PURCHASE, SkipReason.ORDER_REFUNDED),  # the first reason is kept
        ("delivered", replace(FINE, paused_until=NOW + DAY), PURCHASE, SkipReason.PAUSED),
        ("delivered", replace(FINE, paused_until=NOW), PURCHASE, None),  # over at its very moment
        ("delivered", replace(FINE, purchases_only=True), PURCHASE, None),
        (None, replace(FINE, purchases_only=True), CHECK_IN, SkipReason.PURCHASES_ONLY),
        ("delivered", FINE, WITH_CONSENT, SkipReason.NO_CONSENT),
        ("delivered", replace(FINE, consented=True), WITH_CONSENT, None),
        ("delivered", replace(FINE, consented=True, unsubscribed=True), WITH_CONSENT, SkipReason.UNSUBSCRIBED),
        ("delivered", replace(FINE, open_case=True), PURCHASE, SkipReason.OPEN_CASE),
    ],
)
def test_every_no_has_its_reason(
    status: str | None, address: Reachability, question: Question, expected: SkipReason | None
) -> None:
    assert unreachable(status, address, question, NOW) == expected


@pytest.mark.parametrize(
    ("happened", "event", "expected"),
    [
        (NOW - 10 * DAY, NOW - DAY, None),
        (NOW - 20 * DAY, NOW - DAY, None),  # the first order of the first day
        (NOW - 20 * DAY - timedelta(seconds=1), NOW - DAY, SkipReason.BEFORE_GO_LIVE),
        (NOW - 10 * DAY, NOW - 7 * DAY, None),  # as old as it may be
        (NOW - 10 * DAY, NOW - 7 * DAY - timedelta(seconds=1), SkipReason.TOO_OLD),
        (NOW - 30 * DAY, NOW - 30 * DAY, SkipReason.BEFORE_GO_LIVE),
    ],
)
def test_an_event_can_be_out_of_time(happened: datetime, event: datetime, expected: SkipReason | None) -> None:
    found = too_early_or_late(happened_at=happened, event_at=event, go_live=NOW - 20 * DAY, max_age=7 * DAY, now=NOW)
    assert (found and found.reason) == expected


@pytest.mark.parametrize(
    ("asked", "answered", "expected"),
    [
        (None, None, None),
        (NOW - 30 * DAY, None, None),  # to the second
        (NOW - 30 * DAY + timedelta(seconds=1), None, SkipReason.ASKED_RECENTLY),
        (NOW - 31 * DAY, NOW - 10 * DAY, SkipReason.ANSWERED_RECENTLY),
        (None, NOW - 60 * DAY, None),
        (NOW + DAY, None, SkipReason.ASKED_RECENTLY),  # the clock was set back: no reason to ask again
    ],
)
def test_patience_is_not_used_up_twice(
    asked: datetime | None, answered: datetime | None, expected: SkipReason | None
) -> None:
    found = out_of_patience(Patience(asked, answered), quarantine=30 * DAY, after_answer=60 * DAY, now=NOW)
    assert (found and found.reason) == expected


def test_staff_can_read_every_reason() -> None:
    words = [reason.words for reason in SkipReason]
    assert len(set(words)) == len(SkipReason)
    assert all(sentence and "_" not in sentence for sentence in words)


def test_a_sample_is_the_same_on_every_machine_and_for_ever() -> None:
    drawn = [number for number in range(20) if sampled_in(f"order:shop:A{number}", "post_purchase_nps", 2)]
    assert drawn == DRAWN, "an order that was in the sample yesterday is in it today"


DRAWN = [0, 1, 2, 3, 7, 8, 9, 10, 11, 15, 16]


@pytest.mark.parametrize(("one_in", "share"), [(1, 1.0), (2, 0.5), (10, 0.1)])
def test_a_sample_of_one_in_n_is_that_large(one_in: int, share: float) -> None:
    drawn = sum(sampled_in(f"order:shop:{number}", "post_purchase_nps", one_in) for number in range(10_000))
    assert drawn / 10_000 == pytest.approx(share, abs=0.02)


def test_two_surveys_draw_samples_of_their_own() -> None:
    both = sum(
        sampled_in(f"order:shop:{number}", "one", 2) and sampled_in(f"order:shop:{number}", "two", 2)
        for number in range(10_000)
    )
    assert both / 10_000 == pytest.approx(0.25, abs=0.02)
