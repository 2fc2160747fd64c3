"""What the model looks at, figure by figure."""

import pytest

from feedback_service.sentiment.english.features import FIGURES, read
from feedback_service.sentiment.english.model import english_model
from feedback_service.sentiment.plain_text import plain_text, tokens


def _figures(text):
    return dict(zip(FIGURES, read(text, tokens(plain_text(text)), english_model().lexicons).figures, strict=True))


@pytest.mark.parametrize(
    ("text", "figure", "sign", "why"),
    [
        ("Hardly any issues", "denied_blame", 1, "blame denied"),
        ("It isn't great", "denied_praise", -1, "praise denied"),
        ("Great shop", "denied_blame", 0, "nothing denied"),
        ("Awful, but I love it", "own_after_but", 1, "what follows the but"),
        ("I love it, but it is awful", "own_after_but", -1, "either way"),
        ("Lovely staff, awful food", "own_mixed", 1, "both sides"),
        ("Lovely staff, lovely food", "own_mixed", 0, "one side"),
        ("The jacket is black", "own_none", 1, "no opinion"),
        ("Where is it?", "ends_asking", 1, "a question"),
        ("Where is it? Tell me.", "ends_asking", 0, "a question, but not to the last"),
        ("Good!!", "exclamations", 1, "a raised voice"),
        ("Two of 3", "digits", 1, "numbers"),
        ("Five stars", "own_sum", 1, "stars"),
        ("1/5", "own_sum", -1, "marks"),
        ("Still waiting for my parcel", "own_worst", -1, "a fact of delivery"),
    ],
)
def test_a_figure_says_what_it_is_named_for(text, figure, sign, why):
    value = _figures(text)[figure]
    assert (value > 0) - (value < 0) == sign, why


def test_every_figure_stays_small_however_much_is_said():
    for text in ("great " * 700, "not bad! " * 700, "awful? 1 " * 700, "x"):
        assert all(-1 <= value <= 1.5 for value in _figures(text).values())
