"""What the English model looks at in a comment: its word features, and a few dozen figures from the lexicons."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from feedback_service.sentiment.english.lexicons import Found, Lexicons, pattern, scopes, vader
from feedback_service.sentiment.english.opinions import find_opinions
from feedback_service.sentiment.english.vocabulary import CONTRASTS
from feedback_service.sentiment.plain_text import BREAK

_PER_LEXICON = ("sum", "after_but", "best", "worst", "mean", "mixed", "none")
PER_LEXICON = len(_PER_LEXICON)
"""How many figures each lexicon gives; they stand first, lexicon by lexicon."""
FIGURES: tuple[str, ...] = (
    *(f"{lexicon}_{figure}" for lexicon in ("own", "vader", "pattern") for figure in _PER_LEXICON),
    "denied_blame",
    "denied_praise",
    "subjectivity",
    "agree",
    "exclamations",
    "questions",
    "ends_asking",
    "digits",
    "length",
    "short",
    "opinion_share",
)
"""The names of the figures, in the order of ``Reading.figures``."""


class Reading(NamedTuple):
    """A comment as the model sees it: its figures (as ``FIGURES``, each about −1..1), and by lexicon what was found."""

    figures: list[float]
    found: tuple[list[Found], list[Found], list[Found]]
    subjectivity: float


def read(text: str, words: Sequence[str], lexicons: Lexicons) -> Reading:
    """The reading of ``words``, the tokens of ``text``."""
    around = scopes(words)
    contrast = max((at for at, word in enumerate(words) if word in CONTRASTS), default=-1)
    opinions = find_opinions(words, lexicons.pattern)
    own = [Found(opinion.position, opinion.polarity, opinion.others) for opinion in opinions]
    from_vader = vader(words, around, lexicons.vader)
    from_pattern, subjectivity = pattern(words, around, lexicons.pattern)
    count = sum(word != BREAK for word in words) or 1
    figures: list[float] = []
    for found in (own, from_vader, from_pattern):
        figures += _summed(found, contrast)
    denied = [opinion.polarity for opinion in opinions if opinion.denied]
    figures.append(_squashed(2.0 * sum(value for value in denied if value > 0)))
    figures.append(_squashed(2.0 * sum(value for value in denied if value < 0)))
    signs = sum(map(_sign, (figures[0], figures[7], figures[14])))
    figures += [subjectivity, signs / 3.0, *_surface(text), _squashed(math.log(count) / 2.0), 1.0 / count]
    figures.append(len(own) / count)
    return Reading(figures, (own, from_vader, from_pattern), subjectivity)


def _summed(found: Sequence[Found], contrast: int) -> list[float]:
    """The figures of one lexicon, as ``_PER_LEXICON``."""
    praise = blame = after = best = worst = 0.0
    for position, value, _ in found:
        if value > 0.0:
            praise += value
            best = max(best, value)
        else:
            blame -= value
            worst = min(worst, value)
        if position > contrast:
            after += value
    return [
        _squashed(praise - blame),
        _squashed(after),
        best,
        worst,
        (praise - blame) / (len(found) or 1),
        _squashed(min(praise, blame)),
        float(praise == blame == 0.0),
    ]


def _squashed(value: float) -> float:
    """``value`` drawn into −1..1, as VADER does: the tenth kind word adds less than the first."""
    return value / math.sqrt(value * value + 1.0)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _surface(text: str) -> list[float]:
    """Marks and digits. Capitals are left out: they tell nothing that the words do not, and some always shout."""
    return [
        min(text.count("!"), 4) / 4.0,
        min(text.count("?"), 4) / 4.0,
        float(text.rstrip().endswith("?")),
        min(sum(map(str.isdigit, text)), 6) / 6.0,
    ]
