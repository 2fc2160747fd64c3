"""The layers of a trend chart, each drawn where the plan says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from feedback_service.insights.palette import Palette
from feedback_service.insights.trend_plan import (
    BAR_PX,
    BODY,
    HUGE,
    INSET,
    LARGE,
    NO_ANSWERS_YET,
    PADDING,
    ROW,
    SMALL,
    TITLE_ROW,
    Plan,
    Told,
    TrendPoint,
    label_group,
    label_head,
    runs,
    tellable,
)

# What covers what.
BAND, GRID, LINE, DOTS, TEXT = range(1, 6)


def draw_trend(axes: Axes, plan: Plan, points: Sequence[TrendPoint], colours: Palette) -> None:
    """Draw `points` on `axes`, whose data coordinates are the plan's pixels."""
    drawing = _Drawing(axes, plan, colours)
    told = tellable(points)
    drawing.header()
    drawing.grid()
    drawing.foot(points)
    drawing.line(told)
    drawing.hollow(points)
    if told:
        drawing.latest(told[-1])
    if not any(point.estimate.n for point in points):
        drawing.empty()


@dataclass(frozen=True)
class _Drawing:
    axes: Axes
    plan: Plan
    colours: Palette

    def header(self) -> None:
        """The subject, and what the marks mean."""
        y = self.plan.height - PADDING - BODY
        for line in self.plan.title:
            self._write(PADDING, y, line, size=BODY, weight="bold")
            y -= TITLE_ROW
        for line in self.plan.note:
            self._write(PADDING, y, line, color=self.colours.muted)
            y -= ROW

    def grid(self) -> None:
        """Thin lines; zero, against which the others are read, a little stronger."""
        plan = self.plan
        for tick in plan.scale.ticks:
            y = plan.y(tick)
            colour = self.colours.line if tick else self.colours.muted
            self._line([plan.left, plan.right], [y, y], color=colour, linewidth=1, zorder=GRID)
            self._middle(plan.left - 8, y, plan.scale.write(tick), color=self.colours.muted, ha="right")

    def line(self, told: Sequence[Told]) -> None:
        """The line and its band, broken wherever a period has too little to say."""
        for run in runs(told):
            x, y = [self.plan.x(point.at) for point in run], [self.plan.y(point.value) for point in run]
            self._band(x, run)
            self._line(x, y, color=self.colours.accent, linewidth=2, zorder=LINE)
            self._dots(x, y, markersize=min(5, 0.4 * self.plan.spacing), color=self.colours.accent)

    def _band(self, x: Sequence[float], run: Sequence[Told]) -> None:
        low, high = [self.plan.y(point.low) for point in run], [self.plan.y(point.high) for point in run]
        if len(run) == 1:  # a band of no width would not be seen
            x, low, high = [x[0] - 4, x[0] + 4], low * 2, high * 2
        self.axes.fill_between(x, low, high, color=self.colours.band, linewidth=0, zorder=BAND, clip_on=False)

    def hollow(self, points: Sequence[TrendPoint]) -> None:
        """Periods with too few answers: seen, but joined to nothing."""
        few = [
            (self.plan.x(at), self.plan.y(point.estimate.value))
            for at, point in enumerate(points)
            if point.estimate.value is not None and not point.estimate.enough
        ]
        self._dots(
            [x for x, _ in few],
            [y for _, y in few],
            markersize=7,
            markerfacecolor=self.colours.surface,
            markeredgecolor=self.colours.passive,
            markeredgewidth=1.5,
        )

    def latest(self, told: Told) -> None:
        """The latest value that can be told, in figures."""
        plan = self.plan
        self._dots(
            [plan.x(told.at)],
            [plan.y(told.value)],
            markersize=9 if plan.narrow else 11,
            markerfacecolor=self.colours.accent,
            markeredgecolor=self.colours.surface,
            markeredgewidth=2,
        )
        if told.at == plan.count - 1:
            self._latest_beside(told)
        else:
            self._latest_over(told)

    def _latest_beside(self, told: Told) -> None:
        plan = self.plan
        x, y = plan.x(told.at) + INSET + 6, plan.y(told.value)
        self._middle(x, y, plan.scale.write(told.value), size=LARGE if plan.narrow else HUGE, weight="bold")
        if not plan.narrow:
            interval = plan.scale.write_range(told.low, told.high)
            self._middle(x, y - ROW, interval, color=self.colours.muted)

    def _latest_over(self, told: Told) -> None:
        """Later periods stand where the figure would: put it over the band, or under it at the very top."""
        plan = self.plan
        over = plan.y(told.high) + LARGE
        y = over if over < plan.top else plan.y(told.low) - LARGE
        # A plate behind the figure, where a line of the grid would run through it.
        plate = {"facecolor": self.colours.surface, "linewidth": 0, "pad": 1}
        text = plan.scale.write(told.value)
        self._middle(plan.x(told.at), y, text, size=LARGE, weight="bold", ha="center", bbox=plate)

    def foot(self, points: Sequence[TrendPoint]) -> None:
        """Under each point its period and its count; where not every figure fits, bars for all."""
        plan, group = self.plan, ""
        for at in sorted(range(plan.count - 1, -1, -plan.step)):
            self._foot(at, plan.labels_y, label_head(points[at].label))
            if label_group(points[at].label) != group:
                group = label_group(points[at].label)
                self._foot(at, plan.groups_y, group)
            self._foot(at, PADDING, f"{points[at].estimate.n:,}")
        if points:
            self._write(PADDING, PADDING, "n" if plan.narrow else "Answers", color=self.colours.muted)
        if plan.step > 1:
            self._bars([point.estimate.n for point in points])

    def _foot(self, at: int, y: float, text: str) -> None:
        self._write(self.plan.x(at), y, text, color=self.colours.muted, ha="center")

    def _bars(self, counts: Sequence[int]) -> None:
        plan, floor, most = self.plan, PADDING + SMALL + 2, max(1, *counts)
        for at, n in enumerate(counts):
            x = plan.x(at)
            self._line(
                [x, x],
                [floor, floor + BAR_PX * n / most],
                color=self.colours.passive,
                linewidth=min(4, 0.4 * plan.spacing),
            )

    def empty(self) -> None:
        """What stands where the line will be."""
        plan = self.plan
        x, y = (plan.left + plan.right) / 2, (plan.y(plan.scale.ticks[-2]) + plan.top) / 2
        self._middle(x, y, NO_ANSWERS_YET, size=BODY, color=self.colours.muted, ha="center")

    def _middle(self, x: float, y: float, text: str, *, size: int = SMALL, **style: Any) -> None:
        # Figures and capitals are about 0.7 of their size high. Reckoned rather than measured, so that the place
        # does not depend on the fonts of the machine that draws.
        self._write(x, y - 0.36 * size, text, size=size, **style)

    def _write(self, x: float, y: float, text: str, *, size: int = SMALL, **style: Any) -> None:
        self.axes.text(x, y, text, size=size, va="baseline", zorder=TEXT, **{"color": self.colours.ink, **style})

    def _line(self, x: Sequence[float], y: Sequence[float], **style: Any) -> None:
        self.axes.plot(x, y, solid_capstyle="butt", clip_on=False, **style)

    def _dots(self, x: Sequence[float], y: Sequence[float], **style: Any) -> None:
        self.axes.plot(x, y, linestyle="", marker="o", zorder=DOTS, clip_on=False, **style)
