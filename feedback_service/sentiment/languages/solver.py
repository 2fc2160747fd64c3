"""Minimises a smooth function of many numbers: limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4)."""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]
Objective = Callable[[Point], tuple[float, Point]]
"""From a point to the value there and the gradient."""

MEMORY = 8
"""How many steps the curvature is guessed from."""

MOST_STEPS = 150
"""A bound on the time; a head is done after some 30 to 60."""

_ENOUGH = 1e-4  # Armijo's share of the promised descent that a step must deliver.
_MOST_HALVINGS = 25


def minimise(objective: Objective, start: Point, precision: float = 2e-3) -> Point:
    """The point, from ``start`` on, where the gradient has shrunk to ``precision`` of the first one, or nearly.

    The same numbers in, the same numbers out: nothing here is random.
    """
    point, (value, gradient) = start, objective(start)
    goal = precision * float(np.linalg.norm(gradient))
    memory: deque[tuple[Point, Point, float]] = deque(maxlen=MEMORY)
    for _ in range(MOST_STEPS):
        length = float(np.linalg.norm(gradient))
        if length <= goal or length == 0.0:
            break
        direction = -_by_curvature(gradient, memory)
        slope = float(gradient @ direction)
        if slope >= 0.0:  # rounding spoiled the memory
            memory.clear()
            direction, slope = -gradient, -length * length
        size = 1.0 if memory else min(1.0, 1.0 / length)
        for _ in range(_MOST_HALVINGS):
            new_value, new_gradient = objective(point + size * direction)
            if new_value <= value + _ENOUGH * size * slope:
                break
            size /= 2
        else:
            break  # no lower place to be found: as good as it gets in this precision
        step, change = size * direction, new_gradient - gradient
        bend = float(step @ change)
        if bend > 1e-10 * float(change @ change):
            memory.append((step, change, bend))
        point, value, gradient = point + step, new_value, new_gradient
    return point


def _by_curvature(gradient: Point, memory: deque[tuple[Point, Point, float]]) -> Point:
    """The gradient times the inverse of the curvature, as far as the last steps showed it."""
    if not memory:
        return gradient
    rest = gradient.copy()
    shares = []
    for step, change, bend in reversed(memory):
        share = float(step @ rest) / bend
        shares.append(share)
        rest -= share * change
    _, change, bend = memory[-1]
    rest *= bend / float(change @ change)
    for (step, change, bend), share in zip(memory, reversed(shares), strict=True):
        rest += (share - float(change @ rest) / bend) * step
    return rest
