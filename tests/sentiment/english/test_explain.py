"""Staff see which words weighed: they must stand in the comment as the customer wrote them."""

import pytest

from feedback_service.sentiment.english.explain import SHOWN_WORDS, weightiest
from feedback_service.sentiment.plain_text import plain_text, tokens


@pytest.mark.parametrize(
    ("text", "weights", "shown", "why"),
    [
        ("Never received it", [-2, -2, 0], ["never received"], "neighbours of one mind are one phrase"),
        ("Great, awful", [2, 0, -1], ["great", "awful"], "the strongest first"),
        ("It isn't great", [0, 0, -1, -1], ["isn't great"], "a contraction as it was typed"),
        ("It isn’t great", [0, 0, -1, -1], ["isn’t great"], "with the apostrophe that was typed"),
        ("bad. bad", [-1, 0, -1], ["bad"], "the same word twice is named once"),
        ("good bad", [1, -1], ["good", "bad"], "two minds are two words"),
        ("fine <b>shop</b>", [1, 1], ["fine <b>shop"], "nothing is taken out of what was written"),
        ("so so", [0, 0], [], "words without a weight are not named"),
    ],
)
def test_phrases_are_shown_as_written(text, weights, shown, why):
    words = tokens(plain_text(text))
    assert [phrase for phrase, _ in weightiest(text, words, weights)] == shown, why


def test_shares_say_how_much_of_all_that_weighed_a_phrase_is():
    assert weightiest("good but bad", ["good", "but", "bad"], [3.0, 0.0, -1.0]) == (("good", 0.75), ("bad", -0.25))


def test_only_the_strongest_are_kept():
    words = [f"word{letter}" for letter in "abcdefghijklmnop"]
    spaced = [token for word in words for token in (word, ".")]
    found = weightiest(". ".join(words), spaced, [1.0, 0.0] * len(words))
    assert len(found) == SHOWN_WORDS
