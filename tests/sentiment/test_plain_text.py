"""Comments are pasted, typed on telephones and copied from pages: only the words are to be read."""

import pytest

from feedback_service.sentiment.plain_text import MAX_CHARACTERS, plain_text, tokens, was_cut


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("It isn’t Great", ["it", "is", "not", "great"], "one spelling of a negation, small letters"),
        ("I can't, won't, didnt", ["i", "can", "not", ".", "will", "not", ".", "did", "not"], "typed in any way"),
        ("<p>Fine<br>day</p>", [".", "fine", ".", "day", "."], "markup ends a clause or is nothing"),
        ("Tom &amp; Jane", ["tom", "jane"], "entities are signs"),
        ("see https://example.com/a?b now", ["see", "now"], "an address says nothing"),
        ("👍🏽👍🏽", ["👍"], "a face of any colour, once"),
        ("5/5", ["5", "stars"], "marks out of five"),
        ("9/10!", ["4", "stars", "."], "and out of ten"),
        ("12/10/2025", ["12", "10", "2025"], "but a day is none"),
        ("★★★☆☆", ["3", "stars"], "stars that are drawn"),
        ("Really?!", ["really", ".", "."], "every mark ends a clause"),
    ],
)
def test_only_the_words_remain(text, words, why):
    assert tokens(plain_text(text)) == words, why


def test_a_long_text_is_cut_and_says_so():
    text = "word " * MAX_CHARACTERS
    assert was_cut(text)
    assert len(plain_text(text)) <= MAX_CHARACTERS
    assert not was_cut("word")
