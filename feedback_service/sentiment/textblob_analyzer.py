"""The comment model as a TextBlob analyzer; a module of its own, because TextBlob is slow to import."""

from textblob.base import CONTINUOUS, BaseSentimentAnalyzer

from feedback_service.sentiment.analyzer import FeedbackSentiment, score_text


class FeedbackAnalyzer(BaseSentimentAnalyzer):  # type: ignore[misc]  # TextBlob ships no types
    """For ``TextBlob(text, analyzer=FeedbackAnalyzer()).sentiment``; keeps no state, so threads may share it."""

    kind = CONTINUOUS
    RETURN_TYPE = FeedbackSentiment

    def analyze(self, text: str) -> FeedbackSentiment:
        """The verdict on ``text``, taken to be English; see ``score_text``."""
        return score_text(text)
