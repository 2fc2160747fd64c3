"""Figures as pages make them, and any that could be made."""

from datetime import date
from random import Random

from hypothesis import strategies as st

from feedback_service.insights.figures.figure import Event, Figure, Line, Mark, Scale, Shape
from feedback_service.insights.rules.metrics import MIN_ANSWERS, NpsCounts
from feedback_service.insights.rules.periods import Grain, Period, period_of

THE_ANSWERS = "/answers/?survey=nps"
ODD = (
    "$x_1$ or $2",
    '<script>alert("&")</script>',
    "😀 smiles",
    "مرحبا بالعالم",
    "日本語",
    "=1+1",
    "-12",
    "]]> \x00 --> \ue000",
)


def periods(count: int, grain: Grain = Grain.MONTH) -> list[Period]:
    """So many up to March 2026."""
    found = [period_of(grain, date(2026, 3, 20))]
    while len(found) < count:
        found.append(found[-1].previous)
    return found[::-1]


def nps_mark(label: str, promoters: int = 0, passives: int = 0, detractors: int = 0, note: str = "") -> Mark:
    """One period's NPS."""
    told = NpsCounts(promoters, passives, detractors).estimate()
    url = THE_ANSWERS if told.n else ""
    return Mark(label, told.value, told.low, told.high, told.n, told.enough, url, note)


def trend_of(*marks: Mark, title: str = "NPS by month", **more: object) -> Figure:
    """The only line of a trend."""
    lines = (Line("", marks),)
    return Figure("nps", title, Shape.TREND, Scale.SCORE, lines, value_name="NPS", **more)


def a_year() -> Figure:
    """Steady months, of which the fourth has too few answers and the fifth none."""
    labels = [period.label for period in periods(12)]
    counts = [(50 + 2 * at, 30, 20) for at in range(12)]
    counts[3], counts[4] = (4, 2, 1), (0, 0, 0)
    return trend_of(*(nps_mark(label, *each) for label, each in zip(labels, counts, strict=True)))


odd_words = st.one_of(st.text(max_size=24), st.sampled_from(ODD))


ENDS = {Scale.SCORE: (-100, 100), Scale.POINTS: (-80, 80), Scale.PERCENT: (0, 100), Scale.COUNT: (0, 30_000)}


def a_mark(random: Random, label: str, scale: Scale) -> Mark:
    """One value with or without interval, or too few to say, or none."""
    lowest, highest = ENDS.get(scale, (0, 400))
    n, note = random.choice([0, 3, 45, 1_234, 9_876_543]), random.choice(["", "", "", "not over yet"])
    if not n:
        return Mark(label, None, enough=False, note=note)
    reach = random.choice([1, 1, 0.1, 0])
    low, value, high = sorted(round(reach * random.uniform(lowest, highest), 2) + 0.0 for _ in range(3))
    if scale is Scale.COUNT:
        low, value, high = int(low), int(value), int(high)
    interval = random.choice([(None, None), (low, high)])
    enough, url = random.random() < 0.8, random.choice(["", THE_ANSWERS])
    return Mark(label, value, *interval, n, enough, url, note, immature=bool(note) and random.random() < 0.5)


@st.composite
def figures(draw: st.DrawFn, shape: Shape | None = None, most: int = 60, odd: bool = False) -> Figure:
    """Any figure of up to so many marks on up to three lines; its numbers by a seed, which is quicker to draw."""
    shape = shape or draw(st.sampled_from(Shape))
    scale = Scale.PERCENT if shape is Shape.SHARES else draw(st.sampled_from(Scale))
    count, random = draw(st.integers(1, most)), Random(draw(st.integers(0, 2**32)))
    labels = [draw(odd_words) for _ in range(count)] if odd else _labels(shape, draw(st.sampled_from(Grain)), count)
    if shape is Shape.SHARES:
        lines = _parts(random, labels)
    else:
        names = draw(st.sampled_from([("",), ("North", "South"), ("Promoters", "Passives", "Detractors")]))
        lines = tuple(Line(name, tuple(a_mark(random, label, scale) for label in labels)) for name in names)
    words = odd_words if odd else st.sampled_from(["New packaging", "A second courier for all of the north"])
    places = draw(st.lists(st.integers(0, count - 1), max_size=5))
    events = tuple(Event(draw(words), at, random.choice(["", "/improvements/1"])) for at in places)
    title = draw(words) if odd else "What buyers think of parcels that the neighbours took in, by month"
    target, counted = random.choice([None, None, 40.0]), random.choice(["Answers", "Cases"])
    return Figure("any", title, shape, scale, lines, events, "Period", counted, target)


def _labels(shape: Shape, grain: Grain, count: int) -> list[str]:
    if shape is Shape.STEPS:
        return [f"{15 * at} days" for at in range(count)]
    if shape in {Shape.WHISKERS, Shape.BARS}:
        return [f"Carrier {at} of a region whose name goes on and on"[: 10 + 3 * (at % 14)] for at in range(count)]
    return [period.label for period in periods(count, grain)]


def _parts(random: Random, labels: list[str]) -> tuple[Line, ...]:
    counts = [[random.randrange(random.choice([1, 5, 400])) for _ in range(3)] for _ in labels]
    return tuple(
        Line(name, tuple(_part(label, each[place], sum(each)) for label, each in zip(labels, counts, strict=True)))
        for place, name in enumerate(("Detractors", "Passives", "Promoters"))
    )


def _part(label: str, part: int, whole: int) -> Mark:
    share = 100 * part / whole if whole else None
    return Mark(label, share, n=whole, enough=whole >= MIN_ANSWERS, url=THE_ANSWERS if part else "")
