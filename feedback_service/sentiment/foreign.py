"""Tells that a comment is not English, so that its "fast" or "die" is not looked up in an English lexicon."""

from collections.abc import Sequence

from feedback_service.sentiment.english.vocabulary import word_set

_ENGLISH = word_set(
    """
    the a an and of to in is it was i my you we they for with that this but not on have be are very so as at
    """
)

# The small words no sentence does without, in German, French, Spanish, Dutch, Italian and Portuguese; left
# out are those that are English words too ("die", "pour", "plus", "con", "van").
_FOREIGN = word_set(
    """
    und nicht ist das der ich mit ein eine einen wurde auf sehr für zu bei wir sie noch aber kein keine leider
    le la les est pas et une des très je nous mais avec sur du au qui que bien tout
    el los las muy y una por para del todo pero es lo un se nos
    het een niet ik en zeer maar wij voor heel erg ook bij
    il gli di e molto che non sono ma anche
    não muito com uma da mas foi veio produto
    """
)

_ENOUGH = 2
"""Foreign small words that it takes: one may be a name or a slip."""


def seems_foreign(words: Sequence[str]) -> bool:
    """Whether ``words`` (lower case) hold more small words of other languages than of English."""
    foreign = sum(word in _FOREIGN for word in words)
    return foreign >= _ENOUGH and foreign > sum(word in _ENGLISH for word in words)
