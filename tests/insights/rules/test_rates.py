"""Rates belong to the days on which mails were sent, and say when they are final."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.insights.rules.rates import Recovery, SendingCohort, is_mature, matures_at, recovery, share

END_OF_MARCH = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
TWO_WEEKS = timedelta(days=14)

numbers = st.integers(0, 500)


def test_each_rate_has_its_own_whole() -> None:
    march = SendingCohort(sent=1_000, bounced=40, opened=320, confirmed=240)

    assert march.delivered == 960
    assert (march.delivery.value, march.delivery.n) == (96.0, 1_000)
    assert (march.response.value, march.response.n) == (25.0, 960)
    assert (march.completion.value, march.completion.n) == (75.0, 320)


def test_a_rate_has_wilson_s_interval() -> None:
    """Newcombe (1998): 81 of 263."""
    told = SendingCohort(sent=263, opened=100, confirmed=81).response

    assert (told.low, told.high) == pytest.approx((25.53, 36.62), abs=0.005)


def test_a_cohort_nobody_was_sent_has_no_rates() -> None:
    nothing = SendingCohort(sent=0)

    assert [rate.value for rate in (nothing.delivery, nothing.response, nothing.completion)] == [None, None, None]


def test_a_cohort_of_which_every_mail_came_back_has_no_response_rate() -> None:
    assert SendingCohort(sent=12, bounced=12).response.value is None


@pytest.mark.parametrize(
    ("numbers_of", "why"),
    [
        ({"sent": 5, "bounced": 6}, "more bounced than sent"),
        ({"sent": 5, "bounced": 1, "opened": 5}, "somebody opened what came back"),
        ({"sent": 5, "opened": 1, "confirmed": 2}, "somebody confirmed on a form that was not opened"),
        ({"sent": 5, "confirmed": -1}, "less than nobody"),
        ({"sent": 5, "bounced": -1}, "less than none came back"),
    ],
)
def test_a_cohort_only_narrows(numbers_of: dict[str, int], why: str) -> None:
    with pytest.raises(ValueError, match="A cohort narrows"):
        SendingCohort(**numbers_of)
    assert why


def test_a_cohort_is_immature_until_its_last_mail_can_no_longer_be_answered() -> None:
    assert matures_at(END_OF_MARCH, TWO_WEEKS) == datetime(2026, 4, 14, 22, 0, tzinfo=UTC)
    assert not is_mature(END_OF_MARCH, TWO_WEEKS, datetime(2026, 4, 14, 21, 59, tzinfo=UTC))
    assert is_mature(END_OF_MARCH, TWO_WEEKS, datetime(2026, 4, 14, 22, 0, tzinfo=UTC))


def test_seven_and_above_is_recovered_and_silence_is_not() -> None:
    told = recovery("nps", {10: 4, 7: 5, 6: 2, 0: 1}, closed=40)

    assert told == Recovery(recovered=9, answers=12, closed=40)
    assert (told.of_answers.value, told.of_answers.n) == (75.0, 12)
    assert (told.of_closed.value, told.of_closed.n) == (22.5, 40)


@pytest.mark.parametrize(("kind", "lowest"), [("nps", 7), ("csat", 4), ("ces", 5)])
def test_on_another_scale_it_is_the_same_share(kind: str, lowest: int) -> None:
    assert recovery(kind, {lowest: 1, lowest - 1: 1}, closed=2).recovered == 1


def test_nobody_answers_about_a_case_that_was_not_closed() -> None:
    with pytest.raises(ValueError, match="Recovered, answered and closed cases narrow"):
        recovery("nps", {9: 3}, closed=2)


def test_a_score_off_the_scale_is_no_recovery() -> None:
    with pytest.raises(ValueError, match="NPS scores run from 0 to 10"):
        recovery("nps", {11: 1}, closed=2)


@given(numbers, numbers, numbers, numbers)
def test_rates_lie_on_the_scale_within_their_intervals(unread: int, lost: int, dropped: int, confirmed: int) -> None:
    opened = confirmed + dropped
    cohort = SendingCohort(opened + unread + lost, bounced=lost, opened=opened, confirmed=confirmed)

    for told, whole in (
        (cohort.delivery, cohort.sent), (cohort.response, cohort.delivered), (cohort.completion, opened),
    ):  # fmt: skip
        assert told.n == whole
        assert whole == 0 or 0 <= told.low <= told.value <= told.high <= 100


@given(numbers, numbers)
def test_a_share_and_what_is_missing_to_it_make_a_hundred(part: int, rest: int) -> None:
    if part + rest:
        assert share(part, part + rest).value + share(rest, part + rest).value == pytest.approx(100)
