"""The words that weighed most in a judgement, neighbours of one mind put together: "never received", "isn't great"."""

from collections.abc import Iterator, Sequence

from feedback_service.sentiment.english.spans import phrases
from feedback_service.sentiment.english.vocabulary import word_set
from feedback_service.sentiment.plain_text import BREAK

SHOWN_WORDS = 8
"""How many words or phrases are kept, strongest first."""

LEAST_SHARE = 0.05
"""A word that made up less of all that weighed is not named: nearly every word weighs a little."""

_SMALL = word_set(
    """
    a an the and or of to in on at for with from by as is it its was were be been are am i me my we our us you your he
    she they them their this that these those there here so if do did does has have had will would can could
    about before after again then when where what who which how while some someone think get got go
    """
)
"""They weigh a little, and a reader learns nothing from them; not shown but beside another word."""

_WORDS = 4  # in one phrase


def weightiest(text: str, words: Sequence[str], weights: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """Phrases of ``text`` with their share (−1..1) of all that weighed; ``weights`` has one number per token."""
    total = sum(map(abs, weights))
    if not total:
        return ()
    runs = sorted(_runs(words, [weight / total for weight in weights]), key=lambda run: -abs(run[2]))
    shares: dict[str, float] = {}
    for phrase, share in zip(phrases(text, words, [run[:2] for run in runs]), (run[2] for run in runs), strict=True):
        shares[phrase] = shares.get(phrase, 0.0) + share
    kept = [(phrase, max(-1.0, min(1.0, share))) for phrase, share in shares.items() if abs(share) >= LEAST_SHARE]
    return tuple(sorted(kept, key=lambda item: -abs(item[1]))[:SHOWN_WORDS])


def _runs(words: Sequence[str], shares: Sequence[float]) -> Iterator[tuple[int, int, float]]:
    """First and last token and share of each run of neighbours that weigh on one side, weak ones left out."""
    least = max(max(map(abs, shares)) / 5.0, LEAST_SHARE / 2.0)
    first, share = -1, 0.0
    for position, weight in enumerate((*shares, 0.0)):
        weighs = position < len(words) and words[position] != BREAK and abs(weight) >= least
        if first >= 0 and (not weighs or weight * share < 0 or position - first >= _WORDS):
            if not _SMALL.issuperset(words[first:position]):
                yield first, position - 1, share
            first, share = -1, 0.0
        if weighs:
            first = position if first < 0 else first
            share += weight
