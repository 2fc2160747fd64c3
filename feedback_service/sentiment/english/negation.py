"""Which opinion a "not" turns round: the next one in its clause, however many small words lie between."""

from collections.abc import Sequence
from typing import NamedTuple

from feedback_service.sentiment.english.phrases import NEGATED_PHRASES
from feedback_service.sentiment.english.vocabulary import FACES, NEGATED_WORDS, NEGATORS, SCOPE_ENDS
from feedback_service.sentiment.plain_text import BREAK

REACH = 7
"""Words a negation reaches over: enough for "not at all happy", too few for the next thought."""

NEGATED_SHARE = -0.5
"""What negation leaves of an opinion: "not bad" is faint praise, "not great" a mild complaint (as in Pattern)."""

# "Never been so pleased" praises: a comparison with every other time, not a denial.
_COMPARISONS = frozenset({"so", "such", "more", "better"})
# "Cannot recommend them enough" praises as well.
_NEVER_ENOUGH = frozenset({"recommend", "praise", "thank"})


class Opinion(NamedTuple):
    """A word, phrase or face at ``position`` among the tokens; ``polarity`` −1..1, ``subjectivity`` 0..1.

    A polarity of 0 marks a word that only means something once negated ("arrived"); ``denied`` tells that it was.
    ``others`` are the positions of its other words and of what denies it.
    """

    position: int
    phrase: str
    polarity: float
    subjectivity: float
    denied: bool = False
    others: tuple[int, ...] = ()

    def negated(self, by: str, at: int) -> "Opinion":
        """The same words after the negator ``by``, which stands ``at`` a position."""
        known = NEGATED_WORDS.get(self.phrase, NEGATED_PHRASES.get(self.phrase))
        polarity = self.polarity * NEGATED_SHARE if known is None else known
        return self._replace(phrase=f"{by} {self.phrase}", polarity=polarity, denied=True, others=(*self.others, at))


def turn_negated(words: Sequence[str], opinions: Sequence[Opinion], ignore: frozenset[int]) -> list[Opinion]:
    """``opinions`` in their order, with those turned round that a negator among ``words`` reaches.

    ``ignore`` holds positions inside phrases, whose own "not" has already been counted. Where two opinions
    share a position the later in the list holds.
    """
    at = {opinion.position: opinion for opinion in opinions}
    for start, word in enumerate(words):
        if word in NEGATORS and start not in ignore:
            for position in _reached(words, start, at):
                at[position] = at[position].negated(word, start)
    return [at[position] for position in sorted(at)]


def _reached(words: Sequence[str], start: int, at: dict[int, Opinion]) -> list[int]:
    """Positions of the opinions that the negator at ``start`` turns round."""
    scope = _scope(words, start)
    if "enough" in scope and not _NEVER_ENOUGH.isdisjoint(scope):
        return []
    reached: list[int] = []
    spent = False
    for position, word in enumerate(scope, start + 1):
        if words[start] == "never" and word in _COMPARISONS:
            break
        if word == "or":
            spent = False
        elif position in at and not spent:
            # A bare fact does not spend the "not": "never received good service" denies both. A second
            # one adds nothing: "never received my order" is one complaint.
            bare = at[position].polarity == 0.0
            if not (bare and reached):
                reached.append(position)
            spent = not bare
    return reached


def _scope(words: Sequence[str], start: int) -> list[str]:
    """The words after the negator at ``start`` that belong to its thought."""
    scope: list[str] = []
    for word in words[start + 1 : start + 1 + REACH]:
        # A face says how the writer feels about all of it: "nobody picks up the phone 😡" is no praise.
        if word == BREAK or word in SCOPE_ENDS or word in NEGATORS or word in FACES:
            break
        scope.append(word)
    return scope
