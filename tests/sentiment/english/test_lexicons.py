"""The lexicons behind the model must read a word as the packages do that they were copied from."""

import pytest
from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from feedback_service.sentiment.english.lexicons import pattern, scopes, vader
from feedback_service.sentiment.english.model import english_model

LEXICONS = english_model().lexicons
STEP = 1 / 127  # the file keeps 8 bits of a value


@pytest.mark.parametrize("words", ["good", "very good", "not good", "a terrible shop", "good but slow", "really bad"])
def test_patterns_words_weigh_what_textblob_says(words):
    found, subjectivity = pattern(words.split(), scopes(words.split()), LEXICONS.pattern)
    expected = TextBlob(words).sentiment
    assert sum(one.polarity for one in found) / len(found) == pytest.approx(expected.polarity, abs=2 * STEP)
    assert subjectivity == pytest.approx(expected.subjectivity, abs=2 * STEP)


@pytest.mark.parametrize("word", ["good", "terrible", "scam", "helpful", "lol"])
def test_vaders_words_have_its_valence(word):
    assert LEXICONS.vader[word] * 4 == pytest.approx(SentimentIntensityAnalyzer().lexicon[word], abs=4 * STEP)


@pytest.mark.parametrize(
    ("text", "sign", "why"),
    [
        ("good", 1, "as it stands"),
        ("not good", -1, "a not before it"),
        ("not at all a very good", -1, "boosters do not use up the reach of a not"),
        ("not today . good", 1, "a clause ends its reach"),
        ("not here but good", 1, "and so does a but"),
    ],
)
def test_a_negation_reaches_to_the_end_of_its_clause(text, sign, why):
    words = text.split()
    [found] = [one for one in vader(words, scopes(words), LEXICONS.vader) if words[one.position] == "good"]
    assert found.polarity * sign > 0, why


def test_a_booster_strengthens_the_next_word_only():
    words = ["very", "good", "good"]
    first, second = vader(words, scopes(words), LEXICONS.vader)
    assert first.polarity > second.polarity
