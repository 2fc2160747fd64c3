"""Which words of a comment weighed most: what its n-grams add, shared out among the words they were cut from."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages.features import key_of, letter_keys
from feedback_service.sentiment.ngrams import CLAUSE_MARKS, CONTRASTED, NEGATED, grams

SHOWN_WORDS = 6
"""How many of them are named, strongest first."""

_LEAST_SHARE = 0.06  # Nearly every word weighs a little, and a reader learns nothing from it.
_BESIDE_THE_STRONGEST = 1 / 3


def weightiest(
    written: Sequence[str],
    plain: Sequence[str],
    language: str,
    keys: NDArray[np.uint32],
    added: NDArray[np.floating],
) -> tuple[tuple[str, float], ...]:
    """Words with their share of all that was added to the side of a comment, −1..1, below 0 for a complaint.

    written, plain: its words as they stand there, and as they are read, one for one. keys, added: its n-grams that are
    known, and what each adds.
    """
    if not len(keys):
        return ()
    shown = {word: there for there, word in zip(reversed(written), reversed(plain), strict=True)}
    words = [word for word in shown if word not in CLAUSE_MARKS]
    owners, theirs = _owned(words, plain, language)
    order = np.argsort(keys)
    places = np.minimum(np.searchsorted(keys[order], theirs), len(keys) - 1)
    hit = keys[order][places] == theirs
    owners, places = owners[hit], places[hit]
    # What several words have in common is shared out among them.
    parts = added[order][places] / np.bincount(places, minlength=len(keys))[places]
    sums = np.bincount(owners, parts, minlength=len(words))
    total = float(np.abs(sums).sum()) or 1.0
    shares = [(shown[word], float(share) / total) for word, share in zip(words, sums, strict=True)]
    strongest = sorted(shares, key=lambda pair: (-abs(pair[1]), pair[0]))[:SHOWN_WORDS]
    least = max(_LEAST_SHARE, _BESIDE_THE_STRONGEST * abs(strongest[0][1])) if strongest else 0.0
    return tuple((word, round(share, 3)) for word, share in strongest if abs(share) >= least)


def _owned(words: Sequence[str], plain: Sequence[str], language: str) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Pairs of a word's place in ``words`` and the key of an n-gram that it has a part in."""
    place_of = {word: place for place, word in enumerate(words)}
    pairs = [
        (place_of[word], key_of(gram))
        for gram in grams(plain, language)
        for word in _words_in(gram)
        if word in place_of  # a sign in the text may look like a mark of ours
    ]
    runs = [letter_keys(word) for word in words]
    owners = [place for place, _ in pairs], np.repeat(np.arange(len(words)), [len(keys) for keys in runs])
    theirs = np.array([key for _, key in pairs], np.uint32), *runs
    return np.concatenate(owners).astype(np.int64), np.concatenate(theirs)


def _words_in(gram: str) -> Iterator[str]:
    yield from gram.removeprefix(NEGATED).removeprefix(CONTRASTED).split(" ")
