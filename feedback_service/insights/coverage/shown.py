"""The figures of coverage."""

from collections.abc import Callable
from dataclasses import replace

from feedback_service.insights.coverage.reading import Reading
from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.frame import dimension_name, value_name
from feedback_service.insights.links import answers_url
from feedback_service.insights.rules.metrics import Estimate, NpsCounts
from feedback_service.insights.rules.rates import SendingCohort

MOST_STRATA = 20  # in one picture; those that weigh most
IMMATURE = "answers may still come"


def funnel(reading: Reading) -> Figure:
    """How far events came."""
    found = reading.total
    stages = (
        ("Decided", reading.asked + reading.skipped.total()),
        ("Asked", reading.asked),
        ("Mail sent", found.sent),
        ("Arrived", found.sent - found.bounced),
        ("Opened the form", found.opened),
        ("Answered", found.answered),
        ("With a comment", found.worded),
    )
    marks = [
        Mark(name, number, n=number, note=f"{100 * number / before:.0f} % of the line above" if before else "")
        for (name, number), before in zip(stages, (0, *(number for _, number in stages)), strict=False)
    ]
    return Figure(
        "funnel", "From event to answer", Shape.BARS, Scale.COUNT, (Line("", tuple(marks if stages[0][1] else ())),),
        first_column="Stage", count_of="Events",
    )  # fmt: skip


def response(reading: Reading) -> Figure:
    """Of what arrived, how much was answered."""
    return _rate(reading, "response", "Answered, of mails that arrived", lambda cohort: cohort.response)


def completion(reading: Reading) -> Figure:
    """Of who opened the form, who finished."""
    return _rate(reading, "completion", "Answered, of those who opened the form", lambda cohort: cohort.completion)


def not_asked(reading: Reading) -> Figure:
    """Why events were not asked about."""
    marks = [Mark(_capital(reason.words), number, n=number) for reason, number in reading.skipped.most_common()]
    return Figure(
        "not-asked", "Why nobody was asked", Shape.BARS, Scale.COUNT, (Line("", tuple(marks)),),
        first_column="Reason", count_of="Events",
    )  # fmt: skip


def weighted(reading: Reading) -> Figure:
    """The score as it was answered, and as it would be if those who answered were made up like all orders."""
    found = reading.weighing
    marks = []
    if found is not None and found.raw.n:
        name = dimension_name(found.dimension).lower()
        marks = [
            _estimated("As answered", found.raw.estimate()),
            _estimated(f"Weighed by {name}", found.weighted.estimate),
        ]
    return Figure(
        "weighted", "NPS, raw and weighed", Shape.WHISKERS, Scale.SCORE, (Line("", tuple(marks)),), first_column="NPS"
    )


def strata(reading: Reading) -> Figure:
    """The score of each part, with what it weighs."""
    found = reading.weighing
    marks: list[Mark] = []
    title = "NPS of each part"
    if found is not None:
        title = f"NPS by {dimension_name(found.dimension).lower()}"
        orders, n = sum(found.population.values()), found.raw.n
        most = sorted({*found.population, *found.answers}, key=lambda value: (-found.population.get(value, 0), value))[
            :MOST_STRATA
        ]
        for value in most:
            counts, weight = found.answers.get(value, NpsCounts()), found.population.get(value, 0)
            note = f"{_share(weight, orders)} of orders, {_share(counts.n, n)} of answers"
            first, last = reading.periods[0].first, reading.periods[-1].last
            url = answers_url(reading.page.scope, first, last, found.dimension, value) if counts.n else ""
            marks.append(_estimated(value_name(found.dimension, value), counts.estimate(), note, url))
    return Figure(
        "strata", title, Shape.WHISKERS, Scale.SCORE, (Line("", tuple(marks)),),
        first_column=dimension_name(found.dimension) if found else "Part",
    )  # fmt: skip


FIGURES: dict[str, Callable[[Reading], Figure]] = {
    "funnel": funnel,
    "response": response,
    "completion": completion,
    "not-asked": not_asked,
    "weighted": weighted,
    "strata": strata,
}
"""In the order of the page, each by its name."""


def all_figures(reading: Reading) -> list[Figure]:
    """All of the page, in its order."""
    return [make(reading) for make in FIGURES.values()]


def _rate(reading: Reading, name: str, title: str, rate: Callable[[SendingCohort], Estimate]) -> Figure:
    marks = []
    for period, cohort in zip(reading.periods, reading.cohorts, strict=True):
        young = cohort.sent > 0 and not reading.is_mature(period)
        mark = _estimated(period.label, rate(cohort), IMMATURE if young else "")
        marks.append(replace(mark, immature=young))
    return Figure(
        name, f"{title}, by when they were sent", Shape.TREND, Scale.PERCENT, (Line("", tuple(marks)),),
        first_column="Sent in", count_of="Mails" if name == "response" else "Forms",
    )  # fmt: skip


def _estimated(label: str, found: Estimate, note: str = "", url: str = "") -> Mark:
    return Mark(label, found.value, found.low, found.high, found.n, found.enough, url, note)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "0 %"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
