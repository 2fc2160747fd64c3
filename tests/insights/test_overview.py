"""What a manager reads: the number, its interval, its count, and whether a change is real."""

from collections.abc import Mapping
from datetime import date

import pytest

from feedback_service.insights.overview import headline, month_rows, trend_points
from feedback_service.insights.queries import MonthOfScores, shown_months

TODAY = date(2026, 3, 20)
GOOD, BAD = {9: 60, 7: 25, 3: 15}, {9: 45, 7: 30, 3: 25}


def _months(*counts: Mapping[int, int], imported: int = 0) -> list[MonthOfScores]:
    """Months in a row, the last being February 2026."""
    firsts = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)][-len(counts) :]
    return [MonthOfScores(first, dict(each), imported) for first, each in zip(firsts, counts, strict=True)]


def test_no_answer_no_headline() -> None:
    assert headline("nps", [], TODAY) is None
    assert month_rows("nps", [], TODAY) == []
    assert trend_points("nps", []) == []


def test_the_newest_month_that_is_over_is_the_headline() -> None:
    months = [*_months(BAD, GOOD), MonthOfScores(date(2026, 3, 1), {0: 400}, 0)]
    found = headline("nps", months, TODAY)
    assert found is not None
    assert (found.name, found.value_text, found.n) == ("NPS in Feb 2026", "+45", "100 answers")
    assert found.interval_text == "+29 to +58"  # 43.7 ± 14.3 on the adjusted counts
    assert "Rocks (2016)" in found.definition


def test_the_first_month_of_all_is_shown_though_it_is_not_over() -> None:
    found = headline("nps", [MonthOfScores(date(2026, 3, 1), GOOD, 0)], TODAY)
    assert found is not None
    assert found.name == "NPS in Mar 2026"
    assert found.verdict_words == "No earlier month to compare with."


@pytest.mark.parametrize(
    ("before", "after", "verdict", "change", "why"),
    [
        (BAD, GOOD, "A real change from Jan 2026.", "+25 points, between +3 and +46.", "numbers.md: z = 2.24"),
        (GOOD, BAD, "A real change from Jan 2026.", "−25 points, between −46 and −3.", "the same, downwards"),
        (
            {9: 40, 7: 35, 3: 25},
            {9: 50, 7: 30, 3: 20},
            "The change from Jan 2026 could be chance.",
            "more answers in each month would tell",
            "numbers.md: z = 1.33",
        ),
        (
            {9: 3},
            GOOD,
            "Too few answers to compare with Jan 2026.",
            "Each month needs at least 10 answers for a comparison.",
            "three answers say nothing",
        ),
        (
            {},
            GOOD,
            "Too few answers to compare with Jan 2026.",
            "Each month needs at least 10 answers for a comparison.",
            "an empty month says less",
        ),
        (
            {9: 500},
            {9: 1},
            "Too few answers to compare with Jan 2026.",
            "Each month needs at least 10 answers for a comparison.",
            "the larger month lacks nothing",
        ),
    ],
)
def test_the_verdict_is_one_of_three(
    before: Mapping[int, int], after: Mapping[int, int], verdict: str, change: str, why: str
) -> None:
    found = headline("nps", _months(before, after), TODAY)
    assert found is not None
    assert found.verdict_words == verdict, why
    assert change in found.change_text, why


def test_too_few_answers_show_their_count_and_no_number() -> None:
    found = headline("nps", _months({9: 9}), TODAY)
    assert found is not None
    assert (found.value_text, found.interval_text, found.n) == ("Too few to say", "", "9 answers")
    row = month_rows("nps", _months({9: 1}), TODAY)[0]
    assert (row.n, row.value, row.low, row.note) == ("1", "–", "–", "Too few to say (under 10)")


@pytest.mark.parametrize(
    ("month", "note"),
    [
        (MonthOfScores(date(2026, 2, 1), GOOD, 0), ""),
        (MonthOfScores(date(2026, 3, 1), GOOD, 0), "Not over yet"),
        (MonthOfScores(date(2026, 2, 1), {}, 0), "No answers"),
        (MonthOfScores(date(2026, 2, 1), GOOD, 100), "Imported"),
        (MonthOfScores(date(2026, 2, 1), GOOD, 40), "40 imported"),
        (MonthOfScores(date(2026, 3, 1), {9: 3}, 3), "Not over yet, Too few to say (under 10), Imported"),
    ],
)
def test_a_row_says_what_is_special_about_its_month(month: MonthOfScores, note: str) -> None:
    assert month_rows("nps", [month], TODAY)[0].note == note


def test_the_table_is_the_chart_in_words_newest_first() -> None:
    months = _months(BAD, GOOD)
    rows = month_rows("nps", months, TODAY)
    points = trend_points("nps", months)
    assert [row.month for row in rows] == ["Feb 2026", "Jan 2026"] == [point.label for point in reversed(points)]
    assert [(row.promoters, row.passives, row.detractors) for row in rows] == [("60", "25", "15"), ("45", "30", "25")]
    assert [row.value for row in rows] == ["+45", "+20"]
    assert {row.satisfied for row in rows} == {None}


def test_satisfaction_is_told_in_per_cent() -> None:
    months = _months({5: 60, 4: 21, 3: 19})
    found = headline("csat", months, TODAY)
    assert found is not None
    assert (found.name, found.value_text) == ("CSAT in Feb 2026", "81 %")
    assert found.interval_text.endswith(" %")
    row = month_rows("csat", months, TODAY)[0]
    assert (row.satisfied, row.promoters) == ("81", None)


def test_effort_is_told_as_a_share_and_a_mean() -> None:
    found = headline("ces", _months({7: 30, 5: 30, 4: 20, 1: 20}), TODAY)
    assert found is not None
    assert (found.name, found.value_text) == ("CES in Feb 2026", "60 %")
    assert found.n == "100 answers, 4.6 of 7 on average"  # (7·30 + 5·30 + 4·20 + 1·20) / 100
    (row,) = month_rows("ces", _months({7: 30, 5: 30, 4: 20, 1: 20}), TODAY)
    assert (row.satisfied, row.promoters) == ("60", None)


@pytest.mark.parametrize(("answers", "shown"), [({10: 4}, False), ({10: 5}, True), ({9: 3, 0: 1}, False), ({}, True)])
def test_colleagues_are_shown_from_five_answers_on(answers: dict[int, int], shown: bool) -> None:
    (month,) = shown_months("enps", _months(answers))
    assert month.counts == (answers if shown else {})
    (row,) = month_rows("enps", [month], TODAY)
    assert (row.n == "–") is not shown
    assert ("Fewer than 5" in row.note) is not shown
    (point,) = trend_points("enps", [month])
    assert point.estimate.n == (sum(answers.values()) if shown else 0)
    assert point.estimate.enough is (shown and bool(answers)), "five are enough where nobody may be told apart"


def test_customers_months_are_shown_whatever_they_hold() -> None:
    assert shown_months("nps", _months({10: 1})) == _months({10: 1})


def test_zero_has_no_sign() -> None:
    found = headline("nps", _months({9: 50, 3: 50}), TODAY)
    assert found is not None
    assert found.value_text == "0"


def test_large_counts_are_grouped() -> None:
    assert month_rows("nps", _months({9: 1_234_567}), TODAY)[0].n == "1,234,567"
