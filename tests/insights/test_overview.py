"""What a manager reads: the number, its interval, its count, and whether a change is real."""

from collections.abc import Mapping
from datetime import date

import pytest

from feedback_service.insights.overview import Headline, headline, period_told, side_by_side
from feedback_service.insights.queries import PeriodOfScores
from feedback_service.insights.rules.periods import Grain, Period, period_of

TODAY = date(2026, 3, 20)
GOOD, BAD = {9: 60, 7: 25, 3: 15}, {9: 45, 7: 30, 3: 25}


def _month(year: int, month: int) -> Period:
    return period_of(Grain.MONTH, date(year, month, 1))


def _told(kind: str, before: Mapping[int, int], shown: Mapping[int, int]) -> Headline:
    """February against January."""
    january, february = _month(2026, 1), _month(2026, 2)
    return headline(kind, PeriodOfScores(january, dict(before)), PeriodOfScores(february, dict(shown)))


def test_the_newest_period_that_is_over_is_told() -> None:
    january, february, march = (_month(2026, month) for month in (1, 2, 3))
    assert period_told([(january, 5), (february, 100), (march, 400)], TODAY) == february
    assert period_told([(january, 5), (february, 0), (march, 400)], TODAY) == january
    assert period_told([(january, 0), (february, 0), (march, 3)], TODAY) == march, "the first answers of all"
    assert period_told([(january, 0), (february, 0), (march, 0)], TODAY) == february
    assert period_told([(march, 0)], TODAY) == march
    lately = period_of(Grain.ROLLING_30, TODAY)
    assert period_told([(lately.previous, 9), (lately, 7)], TODAY) == lately, "a rolling one is always about today"


def test_a_headline() -> None:
    found = _told("nps", BAD, GOOD)
    assert (found.name, found.value_text, found.n) == ("NPS in Feb 2026", "+45", "100 answers")
    assert found.interval_text == "+29 to +58"  # 43.7 ± 14.3 on the adjusted counts
    assert "Rocks (2016)" in found.definition


@pytest.mark.parametrize(
    ("before", "after", "verdict", "change", "why"),
    [
        (BAD, GOOD, "A real change from Jan 2026.", "+25 points, between +3 and +46.", "numbers.md: z = 2.24"),
        (GOOD, BAD, "A real change from Jan 2026.", "−25 points, between −46 and −3.", "the same, downwards"),
        (
            {9: 40, 7: 35, 3: 25},
            {9: 50, 7: 30, 3: 20},
            "The change from Jan 2026 could be chance.",
            "more answers in each period would tell, if it stays what it is.",
            "numbers.md: z = 1.33",
        ),
        (
            {9: 3},
            GOOD,
            "Too few answers to compare with Jan 2026.",
            "7 more answers in the smaller of the two would tell.",
            "three answers say nothing",
        ),
        ({}, GOOD, "No answers in Jan 2026 to compare.", "", "an empty month says less"),
        (GOOD, {}, "No answers in Feb 2026 to compare.", "", "nor does it tell what became of it"),
        (BAD, {9: 61, 7: 21, 3: 18}, "A real change from Jan 2026.", "between +0.6 and +44.", "not as if none"),
        (
            {9: 500},
            {9: 9},
            "Too few answers to compare with Jan 2026.",
            "1 more answer in the smaller of the two would tell.",
            "the larger month lacks nothing",
        ),
    ],
)
def test_the_verdict_is_one_of_three(
    before: Mapping[int, int], after: Mapping[int, int], verdict: str, change: str, why: str
) -> None:
    found = _told("nps", before, after)
    assert found.verdict_words == verdict, why
    assert change in found.change_text, why


def test_too_few_answers_show_their_count_and_no_number() -> None:
    found = _told("nps", {}, {9: 9})
    assert (found.value_text, found.interval_text, found.n) == ("Too few to say", "", "9 answers")


def test_satisfaction_is_told_in_per_cent() -> None:
    found = _told("csat", {}, {5: 60, 4: 21, 3: 19})
    assert (found.name, found.value_text) == ("CSAT in Feb 2026", "81\N{NO-BREAK SPACE}%")
    assert found.interval_text.endswith("\N{NO-BREAK SPACE}%")


def test_effort_is_told_as_a_share_and_a_mean() -> None:
    found = _told("ces", {}, {7: 30, 5: 30, 4: 20, 1: 20})
    assert (found.name, found.value_text) == ("CES in Feb 2026", "60\N{NO-BREAK SPACE}%")
    assert found.n == "100 answers, 4.6 of 7 on average"  # (7·30 + 5·30 + 4·20 + 1·20) / 100


def test_few_answers_have_no_mean_either() -> None:
    assert _told("ces", {}, {7: 2, 1: 1}).n == "3 answers"


def test_zero_has_no_sign_and_large_counts_are_grouped() -> None:
    found = _told("nps", {}, {9: 500_000, 3: 500_000})
    assert (found.value_text, found.n) == ("0", "1,000,000 answers")


def test_two_segments_beside_each_other() -> None:
    names = "Swift", "Slow"
    assert side_by_side("nps", names, GOOD, BAD, apart=True) == "Swift lies 25 points above Slow (3 to 46)."
    assert side_by_side("nps", names, BAD, GOOD, apart=True) == "Swift lies 25 points below Slow (3 to 46)."
    assert "could be chance" in side_by_side("nps", names, GOOD, GOOD, apart=True)
    assert side_by_side("nps", names, GOOD, {9: 2}, apart=True) == (
        "Too few answers to compare Swift with Slow. 8 more answers in the smaller of the two would tell."
    )
    assert "cannot be told" in side_by_side("nps", names, GOOD, BAD, apart=False), "one answer may have both themes"
