"""Who may be asked: every row says why."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.invitations.rules.eligibility import (
    Reachability,
    SkipReason,
    sampled_in,
    skip_reason,
    unreachable,
)

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FINE = Reachability(has_address=True, unsubscribed=False, suppressed=False)
NOWHERE = Reachability(has_address=False, unsubscribed=False, suppressed=False)
LEFT = Reachability(has_address=True, unsubscribed=True, suppressed=False)
DEAD = Reachability(has_address=True, unsubscribed=False, suppressed=True)
LEFT_AND_DEAD = Reachability(has_address=True, unsubscribed=True, suppressed=True)


@pytest.mark.parametrize(
    ("status", "address", "ordered", "event", "expected"),
    [
        ("delivered", FINE, NOW - 10 * DAY, NOW - DAY, None),
        ("shipped", FINE, NOW - 10 * DAY, NOW - DAY, None),
        ("delivered", FINE, NOW - 20 * DAY, NOW - DAY, None),  # the first order of the first day
        ("delivered", FINE, NOW - 20 * DAY - timedelta(seconds=1), NOW - DAY, SkipReason.BEFORE_GO_LIVE),
        ("delivered", FINE, NOW - 10 * DAY, NOW - 7 * DAY, None),  # as old as it may be
        ("delivered", FINE, NOW - 10 * DAY, NOW - 7 * DAY - timedelta(seconds=1), SkipReason.TOO_OLD),
        ("cancelled", FINE, NOW - 10 * DAY, NOW - DAY, SkipReason.ORDER_CANCELLED),
        ("refunded", FINE, NOW - 10 * DAY, NOW - DAY, SkipReason.ORDER_REFUNDED),
        ("delivered", NOWHERE, NOW - 10 * DAY, NOW - DAY, SkipReason.NO_ADDRESS),
        ("delivered", LEFT, NOW - 10 * DAY, NOW - DAY, SkipReason.UNSUBSCRIBED),
        ("delivered", DEAD, NOW - 10 * DAY, NOW - DAY, SkipReason.SUPPRESSED),
        ("delivered", LEFT_AND_DEAD, NOW - 10 * DAY, NOW - DAY, SkipReason.UNSUBSCRIBED),  # their word comes first
        ("refunded", LEFT, NOW - 90 * DAY, NOW - 90 * DAY, SkipReason.ORDER_REFUNDED),  # the first reason is kept
    ],
)
def test_every_no_has_its_reason(
    status: str, address: Reachability, ordered: datetime, event: datetime, expected: SkipReason | None
) -> None:
    found = skip_reason(
        order_status=status,
        address=address,
        ordered_at=ordered,
        event_at=event,
        go_live=NOW - 20 * DAY,
        max_age=7 * DAY,
        now=NOW,
    )
    assert found == expected


def test_a_mail_about_to_leave_is_stopped_by_the_same_facts() -> None:
    assert unreachable("delivered", FINE) is None
    assert unreachable("refunded", FINE) == SkipReason.ORDER_REFUNDED
    assert unreachable("delivered", LEFT) == SkipReason.UNSUBSCRIBED


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
