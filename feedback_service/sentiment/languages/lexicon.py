"""The lexicon at hand for a language that nobody made one for: the English model, which reads its faces and stars."""

from feedback_service.sentiment.analyzer import score_text


def read_as_english(text: str) -> str:
    """The label of ``text`` taken for English. A head that does no better than this has learned nothing."""
    return score_text(text, "en").label.value
