"""A high score with bitter words, or a low one with kind words, is flagged; what may well agree is not."""

import pytest

from feedback_service.questionnaires.words import Band
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.contradictions import contradiction
from feedback_service.sentiment.models import Contradiction

L = SentimentLabel
BITTER, KIND = Contradiction.GOOD_SCORE_BAD_WORDS, Contradiction.BAD_SCORE_GOOD_WORDS


@pytest.mark.parametrize(
    ("band", "label", "p_neg", "p_pos", "staff", "found", "why"),
    [
        ("promoter", L.NEGATIVE, 0.9, 0.05, False, BITTER, "a 9 with bitter words"),
        ("detractor", L.POSITIVE, 0.1, 0.8, False, KIND, "a 2 with kind words"),
        ("promoter", L.NEGATIVE, 0.5, 0.3, False, None, "the model is not sure"),
        ("promoter", L.NEGATIVE, None, None, True, BITTER, "staff are"),
        ("detractor", L.POSITIVE, 0.6, 0.2, True, KIND, "against the model"),
        ("passive", L.NEGATIVE, 0.9, 0.05, False, None, "a 7 goes with any words"),
        ("promoter", L.POSITIVE, 0.1, 0.8, False, None, "they agree"),
        ("promoter", L.NEUTRAL, 0.3, 0.3, False, None, "neutral words contradict nothing"),
        ("promoter", L.UNSCORED, None, None, False, None, "nothing is known"),
    ],
)
def test_contradictions(
    band: Band,
    label: SentimentLabel,
    p_neg: float | None,
    p_pos: float | None,
    staff: bool,
    found: Contradiction | None,
    why: str,
) -> None:
    assert contradiction(band, label, p_neg=p_neg, p_pos=p_pos, by_staff=staff) is found, why
