"""Where the tokens stand in the text, so that the words that weighed can be shown as they were written."""

from collections.abc import Sequence

from feedback_service.sentiment.plain_text import BREAK

_GAP = 60
"""How far ahead a token is looked for: further away it is another word of the same spelling."""
_LONGEST = 60  # characters of a phrase that is shown; beyond it markup lies between its words


def phrases(text: str, words: Sequence[str], runs: Sequence[tuple[int, int]]) -> list[str]:
    """For first and last token of each run the words as they stand in ``text``, in lower case."""
    lowered = text.lower()
    joined = [" ".join(words[first : last + 1]) for first, last in runs]
    if all(phrase in lowered for phrase in joined):  # most comments hold nothing that had to be rewritten
        return joined
    places = _places(lowered, words)
    return [
        phrase if phrase in lowered else _cut_out(lowered, places[first], places[last]) or phrase
        for phrase, (first, last) in zip(joined, runs, strict=True)
    ]


def _cut_out(lowered: str, begin: tuple[int, int] | None, end: tuple[int, int] | None) -> str:
    """The text from one place to another; none where either is unknown or they are far apart."""
    if not begin or not end or not 0 < end[1] - begin[0] <= _LONGEST:
        return ""
    start = begin[0]
    while start and lowered[start - 1].isalpha():  # the "n't" of an "isn't"
        start -= 1
    return " ".join(lowered[start : end[1]].split())


def _places(lowered: str, words: Sequence[str]) -> list[tuple[int, int] | None]:
    """Start and end of each token in ``lowered`` (the raw text in lower case); ``None`` where it was rewritten."""
    places: list[tuple[int, int] | None] = []
    cursor = 0
    for word in words:
        place = None if word == BREAK else _found(lowered, word, cursor)
        if place:
            cursor = place[1]
        places.append(place)
    return places


def _found(lowered: str, word: str, cursor: int) -> tuple[int, int] | None:
    """``word`` from ``cursor`` on; a "not" may be the end of a contraction."""
    for spelling in (word, "n't", "n’t", "nt") if word == "not" else (word,):
        start = lowered.find(spelling, cursor, cursor + _GAP + len(spelling))
        if start >= 0:
            return start, start + len(spelling)
    return None
