"""People type on telephones: a slip must not hide an opinion, and a name must stay a name."""

import pytest

from feedback_service.sentiment.english.spelling import Spelling

SPELLING = Spelling.of(
    [{"so", "good", "love", "the", "chicken"}],
    ["excellent", "terrible", "disappointed", "reliable", "failed", "weakly"],
)


@pytest.mark.parametrize(
    ("typed", "meant", "why"),
    [
        ("excelent", "excellent", "a letter typed once that stands twice"),
        ("terible", "terrible", "in a short word as well"),
        ("dissapointed", "disappointed", "the wrong letter doubled"),
        ("relaible", "reliable", "vowels changed about, in a long word"),
        ("sooooo", "so", "letters drawn out"),
        ("goooood", "good", "down to two where that is a word"),
        ("looove", "love", "or to one"),
        ("gr8", "great", "shorthand"),
        ("good", "good", "a word that is known"),
        ("chicken", "chicken", "whatever it resembles"),
        ("filed", "filed", "another word with other vowels: too short to tell"),
        ("weekly", "weekly", "the same"),
        ("Zalando", "Zalando", "a name"),
        ("000", "000", "a number"),
        ("", "", "nothing"),
    ],
)
def test_only_slips_are_put_right(typed, meant, why):
    assert SPELLING.corrected(typed) == meant, why
