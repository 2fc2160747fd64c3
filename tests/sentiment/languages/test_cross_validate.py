"""Trying a head on what it has not seen, and when one way is clearly better than another."""

import numpy as np
import pytest

from feedback_service.sentiment.languages.cross_validate import accuracy, balanced, clearly_better, folds, left_out
from feedback_service.sentiment.languages.features import counted
from feedback_service.sentiment.languages.learn import numbers
from tests.sentiment.languages.factories import comments


def test_every_fifth_has_its_share_of_each_label() -> None:
    labels = np.array([0] * 50 + [1] * 7 + [2] * 143)
    fold_of = folds(labels)
    for label, most in ((0, 10), (1, 2), (2, 29)):
        shares = np.bincount(fold_of[labels == label], minlength=5)
        assert shares.max() == most
        assert shares.max() - shares.min() <= 1
    assert folds(labels).tolist() == fold_of.tolist()


def test_what_can_be_learned_is_told_when_left_out_and_chance_is_not() -> None:
    some = comments(200)
    grams, labels = [counted(comment.text, "pt") for comment in some], numbers(comment.label for comment in some)
    counts = np.ones(len(some))
    assert balanced(left_out(grams, labels, "pt", counts), labels).value > 0.95
    shuffled = np.random.default_rng(1).permutation(labels)
    assert balanced(left_out(grams, shuffled, "pt", counts), shuffled).at_least < 0.55


def test_always_the_same_answer_gets_a_half() -> None:
    labels = np.array([0] * 10 + [2] * 990)
    always = np.tile([0.0, 0.1, 0.9], (1000, 1))
    assert balanced(always, labels).value == 0.5


def test_accuracy_has_wilsons_interval() -> None:
    found = accuracy(np.array([True] * 81 + [False] * 182))
    assert (found.value, found.at_least) == (pytest.approx(81 / 263), pytest.approx(0.2553, abs=1e-4))


@pytest.mark.parametrize(
    ("right", "than", "better", "why"),
    [
        ([True] * 60 + [False] * 40, [True] * 30 + [False] * 70, True, "thirty more of a hundred"),
        ([True] * 52 + [False] * 48, [True] * 51 + [False] * 49, False, "one more may be chance"),
        ([True] * 50, [True] * 50, False, "as good is not better"),
    ],
)
def test_clearly_better_is_beyond_chance(right: list[bool], than: list[bool], better: bool, why: str) -> None:
    assert clearly_better(np.array(right), np.array(than)) is better, why
