"""How fast mail may go, second by second."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.delivery.rules.rates import (
    FIRST_REST,
    LONGEST_REST,
    PATIENCE,
    Bucket,
    Domain,
    concerns_the_domain,
)
from feedback_service.delivery.rules.refusals import Stage
from feedback_service.delivery.throttle import LONGEST_PAUSE, Throttle


class Clock:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


# --- the bucket -----------------------------------------------------------------------------------------------------


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(0) for _ in range(5)] == [0, 0, 0, 0.5, 1.0], "places ahead make those behind wait"
    assert bucket.wait(0) == 1.5
    assert bucket.wait(1.5) == 0
    assert bucket.room(100, within=0) == 3, "it never holds more than its burst"
    assert bucket.room(100, within=5) == 13


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    bucket = Bucket(rate=1, burst=1)
    bucket.take(10)
    assert bucket.wait(5) == 1
    assert bucket.wait(10) == 1


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0.5)])
def test_a_bucket_without_a_rate_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Bucket(rate, burst)


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.floats(0.1, 50),
    st.floats(1, 20),
    st.lists(st.floats(0, 10), min_size=1, max_size=60),
)
def test_no_stretch_of_time_sees_more_than_burst_and_rate_allow(rate: float, burst: float, gaps: list[float]) -> None:
    bucket, at, sent = Bucket(rate, burst), 0.0, []
    for gap in gaps:
        at += gap
        if bucket.wait(at) == 0:
            bucket.take(at)
            sent.append(at)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            assert last - first + 1 <= burst + rate * (sent[last] - sent[first]) + 1e-6


# --- one domain -----------------------------------------------------------------------------------------------------


def test_mails_that_must_wait_are_each_told_another_time() -> None:
    domain = Domain(Bucket(rate=0.5, burst=1))
    assert [domain.wait(100) for _ in range(4)] == [0, 2, 4, 6]
    assert domain.wait(102) == 0, "the first of them, at its time"
    assert domain.wait(102) == 6, "behind those that were told before"


def test_a_domain_rests_after_several_deferrals_in_a_row_and_longer_each_time() -> None:
    domain, at = Domain(), 0.0
    for _ in range(PATIENCE - 1):
        domain.deferred_one(at)
        assert domain.wait(at) == 0
    rests = []
    for _ in range(8):
        domain.deferred_one(at)
        rests.append(domain.wait(at))
        domain.deferred_one(at)  # of a mail that was under way: it says nothing new
        at += rests[-1]
        assert domain.wait(at) == 0
    assert rests == [60, 120, 240, 480, 960, 1800, 1800, 1800]
    assert (rests[0], rests[-1]) == (FIRST_REST, LONGEST_REST)


def test_a_mail_that_is_taken_ends_the_rest() -> None:
    domain = Domain()
    for _ in range(PATIENCE):
        domain.deferred_one(0)
    assert not domain.is_fresh(0)
    domain.took_one()
    assert (domain.wait(0), domain.is_fresh(0)) == (0, True)


@pytest.mark.parametrize(
    ("stage", "code", "text", "concerns", "reason"),
    [
        (Stage.RECIPIENT, 421, "4.7.0 Too many connections", True, "the host is busy"),
        (Stage.RECIPIENT, 451, "4.3.2 System not accepting messages", True, "the host, by its code"),
        (Stage.RECIPIENT, 451, "Try later", True, "451 alone"),
        (Stage.RECIPIENT, 450, "4.7.1 Rate limited", True, "policy of the host"),
        (Stage.FINAL, 452, "4.3.1 Disk full", True, "the host's disk"),
        (Stage.RECIPIENT, 452, "4.2.2 Mailbox full", False, "one person's mailbox"),
        (Stage.RECIPIENT, 450, "4.1.1 Unverified address", False, "one address"),
        (Stage.RECIPIENT, 450, "Mailbox busy", False, "450 is about a mailbox"),
        (Stage.RECIPIENT, 451, "4.7.1 Greylisted, come back", False, "each mail has to come twice"),
        (Stage.RECIPIENT, 450, "Gray-listed", False, "in other words"),
        (Stage.SENDER, 451, "4.3.0 Busy", False, "the relay itself, not the domain"),
        (Stage.CONNECT, 421, "Busy", False, "the relay itself"),
        (Stage.RECIPIENT, 550, "5.1.1 Unknown", False, "for good, and one address"),
        (Stage.RECIPIENT, 451, "server 14.2.3.4 is busy", True, "an address in the text is no code"),
    ],
)
def test_which_deferrals_are_about_a_whole_domain(
    stage: Stage, code: int, text: str, concerns: bool, reason: str
) -> None:
    assert concerns_the_domain(stage, code, text) is concerns, reason


# --- remembered between runs ----------------------------------------------------------------------------------------


def test_without_rates_nothing_waits_and_nothing_is_remembered() -> None:
    throttle = Throttle()
    assert throttle.room(200) == 200
    assert [throttle.turn(), throttle.wait_for("a@x.example"), throttle.rest_of("a@x.example")] == [0, 0, 0]
    throttle.took_one("a@x.example")


def test_a_run_takes_up_what_it_can_send_within_its_patience() -> None:
    clock = Clock()
    throttle = Throttle(2, clock=clock)
    room = throttle.room(200)
    assert room == 2 + 2 * LONGEST_PAUSE
    waits = [throttle.turn() for _ in range(room)]
    assert waits[:2] == [0, 0]
    assert max(waits) == LONGEST_PAUSE
    assert throttle.room(200) == 0, "not before the next sweep"
    clock.seconds += LONGEST_PAUSE
    assert throttle.room(200) == 2 * LONGEST_PAUSE
    assert throttle.room(3) == 3


def test_a_domain_is_one_whatever_its_case_and_its_people() -> None:
    clock = Clock()
    throttle = Throttle(per_domain=6, clock=clock)
    assert throttle.wait_for("zoe@x.example") == 0
    assert throttle.wait_for("ben@X.Example") == 10
    assert throttle.wait_for("zoe@y.example") == 0


def test_domains_of_which_nothing_is_known_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_service.delivery.throttle.DOMAINS_KEPT", 3)
    clock = Clock()
    throttle = Throttle(per_domain=6, clock=clock)
    for _ in range(PATIENCE):
        throttle.deferred_one("zoe@busy.example")
    for number in range(10):
        assert throttle.wait_for(f"zoe@{number}.example") == 0
        clock.seconds += 10
    assert throttle.rest_of("ben@busy.example") == 0
    throttle.deferred_one("zoe@busy.example")
    assert throttle.rest_of("ben@busy.example") == 2 * FIRST_REST, "it was remembered: the second rest is longer"
