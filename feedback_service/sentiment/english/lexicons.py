"""The general lexicons behind the model, as plain tables: TextBlob's (Pattern's) and VADER's.

Their values are read from the model file, into which the training script copied them. Asking the two packages at run
time costs seven times as much per comment, and loading them brings all of NLTK along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feedback_service.sentiment.english.vocabulary import word_set
from feedback_service.sentiment.ngrams import CLAUSE_MARKS, marks_of

NEGATED_PATTERN = -0.5
"""What Pattern leaves of a negated polarity."""
NEGATED_VADER = -0.74
"""What VADER leaves of a negated valence."""

_REACH = 4  # words after a "not" that it turns round; a little wider than VADER's three

_MORE = word_set(
    """
    absolutely amazingly awfully completely considerably decidedly deeply enormously entirely especially exceptionally
    extremely fully greatly highly hugely incredibly intensely more most particularly purely quite really remarkably
    seriously so substantially super thoroughly totally tremendously truly unbelievably unusually utterly very
    """
)
_LESS = word_set(
    """
    almost barely bit fairly hardly kinda less little marginally mildly occasionally partly scarcely slightly somewhat
    sorta
    """
)
BOOSTERS: dict[str, float] = dict.fromkeys(_MORE, 1.3) | dict.fromkeys(_LESS, 0.7)
"""What a word makes of the valence that follows, after VADER's list."""


class Known(NamedTuple):
    """What Pattern's lexicon says of a word: polarity −1..1, subjectivity 0..1, and what it makes of the next word.

    ``intensity`` multiplies the opinion that follows an adverb ("very" 1.3); 0 where the word is none.
    """

    polarity: float
    subjectivity: float
    intensity: float


@dataclass(frozen=True)
class Lexicons:
    """Words in lower case: Pattern's with its values, VADER's with its valence divided by four (−1..1)."""

    pattern: dict[str, Known]
    vader: dict[str, float]


class Found(NamedTuple):
    """A word at ``position`` among the tokens that a lexicon knows, strengthened and negated as its neighbours say.

    ``others`` are the positions of what belongs to it: the rest of a phrase, the "not" that denies it.
    """

    position: int
    polarity: float
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scopes:
    """What stands around each word of a comment: whether a negation reaches it and how much it is strengthened."""

    negated: Sequence[bool]
    strength: Sequence[float]


def scopes(words: Sequence[str]) -> Scopes:
    """The scopes of ``words`` (lower-case tokens with clause marks between), in one pass."""
    marks = marks_of("en")
    negated: list[bool] = []
    strength: list[float] = []
    reach, boost = 0, 1.0
    for word in words:
        ends = word in CLAUSE_MARKS or word in marks.contrasts
        if ends:
            reach = 0
        negated.append(reach > 0)
        strength.append(boost)
        boost = BOOSTERS.get(word, 1.0)
        if word in marks.negators:
            reach = _REACH
        elif reach and word not in BOOSTERS:
            reach -= 1
    return Scopes(negated, strength)


def vader(words: Sequence[str], around: Scopes, table: dict[str, float]) -> list[Found]:
    """The words that VADER's table knows, its negation and boosters applied."""
    found = []
    for position, word in enumerate(words):
        if valence := table.get(word):
            value = valence * around.strength[position]
            found.append(Found(position, value * NEGATED_VADER if around.negated[position] else value))
    return found


def pattern(words: Sequence[str], around: Scopes, table: dict[str, Known]) -> tuple[list[Found], float]:
    """The words that Pattern's table knows, its negation and modifiers applied, and their mean subjectivity 0..1."""
    found: list[Found] = []
    subjectivities: list[float] = []
    intensity = 0.0
    for position, word in enumerate(words):
        known = table.get(word)
        if known is None:
            intensity = 0.0
            continue
        if intensity:  # "very good" is one opinion
            found.pop()
            subjectivities.pop()
        value = max(-1.0, min(1.0, known.polarity * (intensity or 1.0)))
        subjectivities.append(min(1.0, known.subjectivity * (intensity or 1.0)))
        intensity = known.intensity
        found.append(Found(position, value * NEGATED_PATTERN if around.negated[position] else value))
    return found, sum(subjectivities) / (len(found) or 1)
