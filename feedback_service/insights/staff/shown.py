"""What the page of colleagues says, in sentences and figures made of nothing but what may be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from feedback_service.formats import many
from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.overview import change_words, points
from feedback_service.insights.overview_figures import PARTS
from feedback_service.insights.rules.anonymity import Cell, Release, Standing
from feedback_service.insights.rules.metrics import MIN_ANONYMOUS, MetricKind, estimate
from feedback_service.insights.rules.verdicts import Verdict, compare

ENPS = MetricKind.ENPS
NOTES = {
    Standing.KEPT_BACK: "Kept back: too few answers",
    Standing.NO_ANSWERS: "No answers",
    Standing.NOT_YET: "Not told yet",
}
VERDICTS = {
    Verdict.REAL: "A real change from {earlier}.",
    Verdict.COULD_BE_CHANCE: "The change from {earlier} could be chance.",
    Verdict.TOO_FEW: "Too few answers to compare with {earlier}.",
}
DEFINITION = (
    "Share of promoters (9–10) less share of detractors (0–6) among colleagues who answered “would you recommend us as"
    " a place to work?”, in points from −100 to +100. The interval is the adjusted Wald of Rocks (2016) at 95 %."
)


@dataclass(frozen=True)
class Look:
    """What somebody looks at: some quarters, and whether month by month."""

    title: str
    by_month: bool
    releases: Sequence[Release]

    @property
    def cells(self) -> list[Cell]:
        """The periods, oldest first."""
        if self.by_month:
            return [month for each in self.releases for month in each.months]
        return [each.quarter for each in self.releases]

    @property
    def drawn(self) -> list[Cell]:
        """From the first that has anything to tell or keep back on; none where nothing can be told."""
        cells = self.cells
        at = next((at for at, cell in enumerate(cells) if cell.standing is Standing.TOLD), len(cells))
        while at and at < len(cells) and cells[at - 1].standing is Standing.KEPT_BACK:
            at -= 1
        return cells[at:]


def all_figures(look: Look) -> list[Figure]:
    """All of the page, in its order."""
    return [_trend(look), _shares(look)]


def _trend(look: Look) -> Figure:
    return Figure(
        name="enps",
        title=f"eNPS by {'month' if look.by_month else 'quarter'}, {look.title}",
        shape=Shape.TREND,
        scale=Scale.SCORE,
        lines=(Line("", tuple(_score(cell) for cell in look.drawn)),),
        value_name="eNPS",
    )


def _shares(look: Look) -> Figure:
    return Figure(
        name="enps-shares",
        title=f"Promoters, passives and detractors by {'month' if look.by_month else 'quarter'}, {look.title}",
        shape=Shape.SHARES,
        scale=Scale.PERCENT,
        lines=tuple(
            Line(name, tuple(_part(cell, range(low, high + 1)) for cell in look.drawn))
            for name, low, high in PARTS["nps"]
        ),
    )


def _score(cell: Cell) -> Mark:
    if cell.standing is not Standing.TOLD:
        return _untold(cell)
    told = estimate(ENPS, cell.scores)
    return Mark(cell.period.label, told.value, told.low, told.high, told.n)


def _part(cell: Cell, within: range) -> Mark:
    if cell.standing is not Standing.TOLD:
        return _untold(cell)
    n = _n(cell.scores)
    return Mark(cell.period.label, 100 * sum(cell.scores.get(score, 0) for score in within) / n, n=n)


def _untold(cell: Cell) -> Mark:
    kept_back = cell.standing in {Standing.KEPT_BACK, Standing.NOT_YET}
    return Mark(cell.period.label, None, enough=False, note=NOTES[cell.standing], kept_back=kept_back)


def headline(look: Look) -> SimpleNamespace | None:
    """The newest result that may be told, and how it compares with the one before; None while there is none."""
    told = [cell for cell in look.cells if cell.standing is Standing.TOLD]
    if not told:
        return None
    found = estimate(ENPS, told[-1].scores)
    return SimpleNamespace(
        name=f"eNPS {told[-1].period.when}",
        value=points(ENPS, found.value),
        n=many(found.n, "answer"),
        interval=f"{points(ENPS, found.low)} to {points(ENPS, found.high)}",
        text=DEFINITION,
        verdict=_change(told[-2], told[-1]) if len(told) > 1 else "Nothing earlier to compare with yet.",
    )


def _change(before: Cell, after: Cell) -> str:
    found = compare(ENPS, before.scores, after.scores)
    words = VERDICTS[found.verdict].format(earlier=before.period.label)
    return f"{words} {change_words(found, 'in each period')}".strip()


def sentences(look: Look) -> list[str]:
    """What is not told, and why."""
    said, cells = [], look.cells
    drawn = look.drawn or cells
    kept = [cell.period.label for cell in drawn if cell.standing is Standing.KEPT_BACK]
    if kept:
        said.append(
            f"Kept back: {_listed(kept)}. Fewer than {MIN_ANONYMOUS} colleagues answered, or fewer did in another month"
            " of the same quarter, which could be worked out from this one."
            if look.by_month
            else f"Kept back: {_listed(kept)}, since fewer than {MIN_ANONYMOUS} colleagues answered."
        )
    waiting = [cell.period.label for cell in cells if cell.standing is Standing.NOT_YET]
    if waiting:
        said.append(
            f"Not told yet: {_listed(waiting)}. A quarter appears, whole, once it is over and every link to its survey"
            " has ended."
        )
    return said


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _n(scores: Mapping[int, int]) -> int:
    return sum(scores.values())
