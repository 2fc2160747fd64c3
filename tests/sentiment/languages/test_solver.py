"""The search for the lowest place, on functions whose lowest place is known."""

import numpy as np

from feedback_service.sentiment.languages.solver import Point, minimise


def test_the_bottom_of_a_long_valley_is_found() -> None:
    steep = np.array([1.0, 10.0, 100.0, 1000.0])
    goal = np.array([3.0, -2.0, 1.0, 0.5])

    def valley(point: Point) -> tuple[float, Point]:
        return float(0.5 * steep @ (point - goal) ** 2), steep * (point - goal)

    assert np.allclose(minimise(valley, np.zeros(4), precision=1e-8), goal, atol=1e-5)


def test_a_curved_one_too() -> None:
    """Rosenbrock's banana: flat along a bend."""

    def banana(point: Point) -> tuple[float, Point]:
        x, y = point
        bend = y - x * x
        return float((1 - x) ** 2 + 100 * bend**2), np.array([-2 * (1 - x) - 400 * x * bend, 200 * bend])

    assert np.allclose(minimise(banana, np.array([-1.2, 1.0]), precision=1e-9), [1.0, 1.0], atol=1e-3)


def test_where_it_is_flat_nothing_moves() -> None:
    start = np.array([1.0, 2.0])
    assert minimise(lambda point: (0.0, np.zeros_like(point)), start).tolist() == start.tolist()
