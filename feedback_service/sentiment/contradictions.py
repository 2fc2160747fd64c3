"""Whether a score and the words beside it go together: a 9 with bitter words is worth a look, and so is a kind 2."""

from feedback_service.questionnaires.words import Band
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import Contradiction

SURE = 0.6  # probability from which a model's label is set against a score; below, words and score may well agree


def contradiction(
    band: Band, label: SentimentLabel, *, p_neg: float | None, p_pos: float | None, by_staff: bool
) -> Contradiction | None:
    """How the band of a score and the label of the words contradict each other; None where they do not.

    A passive score goes with any words. What staff said needs no probability.
    """
    if band == "promoter" and label is SentimentLabel.NEGATIVE and (by_staff or (p_neg or 0.0) >= SURE):
        return Contradiction.GOOD_SCORE_BAD_WORDS
    if band == "detractor" and label is SentimentLabel.POSITIVE and (by_staff or (p_pos or 0.0) >= SURE):
        return Contradiction.BAD_SCORE_GOOD_WORDS
    return None
