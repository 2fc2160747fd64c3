"""The median and the 90th percentile of how long things take, with those that are not over yet.

Left out, the slow ones would be missing just because they are slow, and the worst week would look the quickest.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import isclose

from feedback_service.insights.rules.metrics import MIN_ANSWERS
from feedback_service.insights.rules.survival import Curve, Step, Times, kaplan_meier

MEDIAN = 0.5
NINETIETH = 0.9


@dataclass(frozen=True)
class Percentile:
    """The time within which a share of all is over, in the unit of the durations.

    ``value`` is None while it is not reached yet: then ``more_than`` is the least that it can be, unless there is
    nothing to measure at all. ``low`` and ``high`` are the 95 % interval, None where it is open.
    """

    share: float
    value: float | None
    low: float | None
    high: float | None
    more_than: float | None


@dataclass(frozen=True)
class Durations:
    """How long ``n`` things take, ``still_open`` of which are not over; below ten not ``enough`` to say."""

    n: int
    still_open: int
    median: Percentile
    ninetieth: Percentile
    enough: bool


def measure(over: Times, still_open: Times) -> Durations:
    """Measure durations: of what is `over`, how long it took, and of what is `still_open`, how long it has been.

    Raises ValueError for a negative duration.
    """
    curve = kaplan_meier(over, still_open)
    return Durations(
        curve.n,
        curve.not_yet.total(),
        percentile(curve, MEDIAN),
        percentile(curve, NINETIETH),
        enough=curve.n >= MIN_ANSWERS,
    )


def percentile(curve: Curve, share: float) -> Percentile:
    """When `share` of all, between 0 and 1, is over.

    The first time at which the curve is down at 1 - share; where it lies exactly there for a while, the middle of that
    while, which for a median without open ones is the ordinary one. The interval is that of Brookmeyer and Crowley,
    Biometrics 38 (1982) 29-41: the times at which the curve's own interval holds 1 - share.
    """
    if not 0 < share < 1:
        raise ValueError(f"A percentile lies between 0 and 1, not at {share}.")
    left = 1 - share
    intervals = [(step.at, *step.interval()) for step in curve.steps]
    value = _reached(curve.steps, left)
    return Percentile(
        share,
        value,
        low=next((at for at, low, _ in intervals if low <= left), None),
        high=next((at for at, _, high in intervals if high <= left), None),
        more_than=curve.longest if value is None else None,
    )


def _reached(steps: tuple[Step, ...], left: float) -> float | None:
    for step, following in pairwise((*steps, None)):
        if step is None:
            continue
        if isclose(step.survival, left, abs_tol=1e-9):
            return (step.at + following.at) / 2 if following else step.at
        if step.survival < left:
            return step.at
    return None
