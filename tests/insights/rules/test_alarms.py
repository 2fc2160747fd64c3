"""A manager is called when something is wrong, and left in peace when nothing is."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator, default_rng

from feedback_service.insights.rules.alarms import (
    FEWEST_BASELINE_WEEKS,
    MOST_BASELINE_WEEKS,
    NEW_USUAL_WEEKS,
    WEEKS_A_YEAR,
    WIDTHS,
    Baseline,
    Episode,
    Outcome,
    Signal,
    Tally,
    episodes,
    is_calm,
    level_for,
    surprise,
)
from feedback_service.insights.rules.metrics import CsatCounts, NpsCounts
from feedback_service.insights.rules.tails import guarded_z, normal_tail

SERIES = 10
"""Watched together in the simulated shops: an ordinary number of surveys, themes and queues."""
HISTORY = MOST_BASELINE_WEEKS

USUAL, LOW = NpsCounts(120, 50, 30), NpsCounts(80, 50, 70)  # +45 and +5, of 200 answers
LEVEL = level_for(SERIES)

Week = Callable[[Generator], NpsCounts | CsatCounts | Tally]


def nps_week(random: Generator, answers: int, nps: float, wobble: float = 0.0) -> NpsCounts:
    """A week of a shop with a quarter of passives, whose true score wobbles by so many points from week to week."""
    true = min(max(nps + wobble * random.standard_normal(), -74.0), 74.0)
    promoters = 0.375 + true / 200
    drawn = random.multinomial(answers, (promoters, 0.25, 0.75 - promoters))
    return NpsCounts(*map(int, drawn))


def share_week(random: Generator, answers: int, share: float) -> CsatCounts:
    return CsatCounts(int(random.binomial(answers, share)), answers)


def false_alarms(random: Generator, signal: Signal, week: Week, years: int, level: float) -> int:
    """Alarms of one series of a steady shop, after a first half year to know it by."""
    weeks = [week(random) for _ in range(HISTORY + years * WEEKS_A_YEAR)]
    return sum(found.raised >= HISTORY for found in episodes(signal, weeks, level))


def false_alarms_a_year(signal: Signal, week: Week, years: int = 60) -> float:
    """Of a shop that watches so many series as steady as this one, from so many years of one of them."""
    return false_alarms(default_rng(20260511), signal, week, years, LEVEL) / years * SERIES


def test_the_level_shares_one_false_alarm_among_all_looks_of_a_year() -> None:
    assert level_for(10) == pytest.approx(1 / (10 * 53 * 2))
    assert level_for(10, alarms_a_year=0.5) == level_for(20)
    assert level_for(1) * WEEKS_A_YEAR * len(WIDTHS) == 1
    with pytest.raises(ValueError, match="Alarms need a series to watch, not 0"):
        level_for(0)


def test_two_hundred_steady_years_raise_at_most_one_alarm_a_year() -> None:
    """Fifty shops, four years each, all series of a shop together: in fact one alarm in eight years."""
    random = default_rng(20260511)
    shop: list[tuple[Signal, Week]] = [
        (Signal.NPS_DROP, lambda random: nps_week(random, 200, 45)),
        (Signal.CSAT_DROP, lambda random: share_week(random, 60, 0.9)),
        (Signal.THEME_SURGE, lambda random: share_week(random, 200, 0.05)),
        (Signal.QUIET_FAILURE, lambda random: Tally(int(random.poisson(80)))),
    ]
    alarms = sum(
        false_alarms(random, signal, week, 4, level_for(len(shop))) for _ in range(50) for signal, week in shop
    )

    assert alarms <= 200 / 2


@pytest.mark.parametrize(
    ("answers", "wobble"),
    [(15, 0.0), (200, 8.0)],
    ids=["a small shop", "good and bad weeks, more than chance makes"],
)
def test_other_steady_shops_are_left_in_peace_too(answers: int, wobble: float) -> None:
    assert false_alarms_a_year(Signal.NPS_DROP, lambda random: nps_week(random, answers, 45, wobble)) <= 1


@pytest.mark.parametrize(
    ("signal", "answers", "share"),
    [(Signal.CSAT_DROP, 12, 0.8), (Signal.THEME_SURGE, 80, 0.03), (Signal.QUEUE_AGEING, 25, 0.1)],
)
def test_steady_shares_are_left_in_peace(signal: Signal, answers: int, share: float) -> None:
    assert false_alarms_a_year(signal, lambda random: share_week(random, answers, share)) <= 1


def test_a_steady_stream_that_ebbs_and_flows_is_no_quiet_failure() -> None:
    """Orders by the week, whose number varies three times as much as chance would make it."""
    assert false_alarms_a_year(Signal.QUIET_FAILURE, ebbing_week) <= 1


def ebbing_week(random: Generator) -> Tally:
    return Tally(int(random.negative_binomial(20, 1 / 3)))


def test_a_fall_of_twenty_points_is_found_within_three_weeks() -> None:
    """With 200 answers a week, in at least 19 of 20 shops, most of them in the first two weeks."""
    random = default_rng(4)
    found_in: list[int] = []
    for _ in range(200):
        weeks = [nps_week(random, 200, 45) for _ in range(HISTORY)] + [nps_week(random, 200, 25) for _ in range(3)]
        found_in += [one.raised - HISTORY for one in episodes(Signal.NPS_DROP, weeks, LEVEL) if one.raised >= HISTORY]

    assert len(found_in) >= 190
    assert sum(week < 2 for week in found_in) > 130


def test_a_theme_that_doubles_is_found_within_three_weeks() -> None:
    """From 5 to 12 % of 200 comments a week, in at least nine of ten shops."""
    random = default_rng(8)
    found = 0
    for _ in range(100):
        before, after = (
            [share_week(random, 200, share) for _ in range(n)] for share, n in ((0.05, HISTORY), (0.12, 3))
        )
        found += any(one.raised >= HISTORY for one in episodes(Signal.THEME_SURGE, before + after, LEVEL))

    assert found >= 90


@pytest.mark.parametrize(
    ("signal", "before", "after"),
    [
        (Signal.NPS_DROP, USUAL, LOW),
        (Signal.CSAT_DROP, CsatCounts(180, 200), CsatCounts(150, 200)),
        (Signal.THEME_SURGE, CsatCounts(6, 200), CsatCounts(30, 200)),
        (Signal.QUEUE_AGEING, CsatCounts(4, 40), CsatCounts(20, 40)),
        (Signal.QUIET_FAILURE, Tally(100), Tally(0)),
    ],
)
def test_each_signal_is_raised_when_it_gets_worse_and_not_when_it_gets_better(
    signal: Signal, before: NpsCounts, after: NpsCounts
) -> None:
    assert [one.raised for one in episodes(signal, [before] * 20 + [after] * 3, LEVEL)] == [20]
    assert episodes(signal, [after] * 20 + [before] * 3, LEVEL) == []


def test_an_episode_tells_what_raised_it_and_what_was_usual() -> None:
    (alarm,) = episodes(Signal.NPS_DROP, [USUAL] * 10 + [LOW], LEVEL)

    assert alarm == Episode(10, 1, LOW, NpsCounts(1_200, 500, 300), pytest.approx(alarm.p_value))
    assert alarm.p_value == pytest.approx(normal_tail(-guarded_z(LOW, alarm.usual)))
    assert (alarm.outcome, alarm.ended) == (Outcome.OPEN, None)


def test_a_slide_too_small_for_one_week_shows_in_three() -> None:
    (alarm,) = episodes(Signal.NPS_DROP, [USUAL] * 26 + [NpsCounts(105, 50, 45)] * 3, LEVEL)

    assert (alarm.raised, alarm.width, alarm.window.n) == (28, 3, 600)


def test_one_alarm_until_it_is_over_and_a_new_one_after() -> None:
    weeks = [USUAL] * 12 + [LOW] * 5 + [USUAL] * 6 + [LOW] * 2

    first, second = episodes(Signal.NPS_DROP, weeks, LEVEL)

    assert (first.raised, first.ended, first.outcome) == (12, 18, Outcome.RECOVERED)
    assert (second.raised, second.outcome) == (23, Outcome.OPEN)
    # The bad weeks are no part of what is usual: twelve before them, and four of the six after their end.
    assert second.usual == NpsCounts(120 * 16, 50 * 16, 30 * 16)


def test_half_way_back_is_not_over() -> None:
    """Weeks that would not raise an alarm do not end one either, or it would come and go."""
    half_way = NpsCounts(108, 50, 42)
    assert episodes(Signal.NPS_DROP, [USUAL] * 12 + [half_way], LEVEL) == []

    (alarm,) = episodes(Signal.NPS_DROP, [USUAL] * 12 + [LOW] * 2 + [half_way] * 8, LEVEL)

    assert alarm.outcome is Outcome.OPEN


def test_one_good_week_is_not_over() -> None:
    (alarm,) = episodes(Signal.NPS_DROP, [USUAL] * 12 + [LOW, USUAL, LOW, USUAL, LOW], LEVEL)

    assert alarm.outcome is Outcome.OPEN


def test_what_stays_for_half_a_year_is_the_new_usual_and_can_get_worse() -> None:
    worse = NpsCounts(40, 50, 110)
    weeks = [USUAL] * 12 + [LOW] * (1 + NEW_USUAL_WEEKS) + [LOW] * 4 + [worse]

    first, second = episodes(Signal.NPS_DROP, weeks, LEVEL)

    assert (first.outcome, first.ended) == (Outcome.NEW_USUAL, 12 + NEW_USUAL_WEEKS)
    assert second.raised == len(weeks) - 1
    assert second.usual.estimate().value == LOW.estimate().value


def test_a_young_shop_has_no_usual_to_fall_from() -> None:
    assert episodes(Signal.NPS_DROP, [USUAL] * (FEWEST_BASELINE_WEEKS - 1) + [LOW], LEVEL) == []
    assert len(episodes(Signal.NPS_DROP, [USUAL] * FEWEST_BASELINE_WEEKS + [LOW], LEVEL)) == 1


def test_a_handful_of_answers_raises_no_alarm_by_itself() -> None:
    """Nine angry ones are too few to say anything; with those of the next weeks they are enough."""
    angry = NpsCounts(0, 0, 9)
    assert episodes(Signal.NPS_DROP, [USUAL] * 12 + [angry], LEVEL) == []

    (alarm,) = episodes(Signal.NPS_DROP, [USUAL] * 12 + [angry] * 3, LEVEL)

    assert (alarm.width, alarm.window.n) == (3, 27)


def test_a_week_without_answers_is_no_fall() -> None:
    weeks = [USUAL] * 12 + [NpsCounts()] * 6

    assert episodes(Signal.NPS_DROP, weeks, LEVEL) == []
    (alarm,) = episodes(Signal.NPS_DROP, [*weeks, LOW], LEVEL)
    assert alarm.raised == 18


def test_a_small_stream_that_stops_is_not_news_until_it_has_stopped_for_long() -> None:
    """Two mails a week are often none; ten are not."""
    assert episodes(Signal.QUIET_FAILURE, [Tally(2)] * 26 + [Tally(0)], LEVEL) == []
    assert len(episodes(Signal.QUIET_FAILURE, [Tally(15)] * 26 + [Tally(0)], LEVEL)) == 1


def test_weeks_that_differ_by_themselves_make_a_bad_one_less_surprising() -> None:
    up, down = NpsCounts(150, 50, 0), NpsCounts(90, 50, 60)  # +75 and +15, around the usual +45
    steady, restless = Baseline((USUAL,) * 12), Baseline((up, down) * 6)
    bad = NpsCounts(85, 50, 65)

    assert steady.dispersion == 0
    # 30 points away each, of a variance of 0.5475 in 200 answers, twelve times over eleven degrees.
    assert restless.dispersion == pytest.approx(200 * 0.09 / 0.5475 * 12 / 11, rel=0.01)
    assert surprise(Signal.NPS_DROP, bad, steady) < LEVEL < surprise(Signal.NPS_DROP, bad, restless)
    assert is_calm(Signal.NPS_DROP, NpsCounts(105, 50, 45), restless)
    assert not is_calm(Signal.NPS_DROP, NpsCounts(105, 50, 45), steady)


def test_tallies_add_up_as_weeks() -> None:
    two = Tally(30) + Tally(10)

    assert (two, two.n, two.observed.mean, two.observed.variance) == (Tally(40, weeks=2), 2, 20, 20)
    assert two.adjusted.variance == 20.5


drawn_weeks = st.lists(st.builds(NpsCounts, *[st.integers(0, 60)] * 3), max_size=80)


@given(drawn_weeks)
@settings(max_examples=60)
def test_episodes_follow_one_another(weeks: Sequence[NpsCounts]) -> None:
    found = episodes(Signal.NPS_DROP, weeks, 0.05)

    for one in found:
        assert one.p_value < 0.05
        assert weeks[one.raised].n > 0
        assert one.window.n >= Signal.NPS_DROP.fewest
        assert one.ended is None or one.ended > one.raised
    for one, following in pairwise(found):
        assert one.outcome is not Outcome.OPEN
        assert one.ended is not None
        assert one.ended < following.raised


@given(drawn_weeks, st.integers(0, 80))
@settings(max_examples=60)
def test_what_comes_later_does_not_change_what_was_raised(weeks: list[NpsCounts], until: int) -> None:
    """So a page and a mail that were made on different Mondays tell the same story."""
    earlier = [(one.raised, one.p_value) for one in episodes(Signal.NPS_DROP, weeks[:until], 0.05)]

    later = [(one.raised, one.p_value) for one in episodes(Signal.NPS_DROP, weeks, 0.05)]

    assert later[: len(earlier)] == earlier
