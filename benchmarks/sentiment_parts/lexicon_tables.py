"""Reads the lexicons of the two packages that the model carries along: TextBlob's (Pattern's) and VADER's."""

from textblob.en import sentiment
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from feedback_service.sentiment.english.lexicons import Known, Lexicons

_LARGEST_VALENCE = 4.0


def package_lexicons() -> Lexicons:
    """The words of both lexicons that are made of letters; typed and drawn faces have a table of the model's own."""
    sentiment("good")  # it loads itself when first asked
    pattern = {}
    for word in sorted(sentiment):
        polarity, subjectivity, intensity = sentiment[word][None]
        # Only adverbs make something of the word that follows.
        pattern[word] = Known(polarity, subjectivity, intensity if "RB" in sentiment[word] else 0.0)
    vader = SentimentIntensityAnalyzer().lexicon
    return Lexicons(
        {word: known for word, known in pattern.items() if word.isalpha()},
        {word: vader[word] / _LARGEST_VALENCE for word in sorted(vader) if word.isalpha()},
    )
