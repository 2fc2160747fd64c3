"""What a comment says of each of its themes: the clauses that name it, blended with the whole comment."""

from collections.abc import Callable, Mapping, Sequence

from feedback_service.sentiment.themes.clauses import Clause

Score = Callable[[str], float | None]
"""The polarity −1..1 of a text; None where nobody can tell."""

OWN_SHARE = 0.7
"""How much of a theme's polarity its own clauses decide; the whole comment decides the rest."""
MOST_CLAUSES = 12
"""Clauses that are listened to: the first ones, which bounds the time a long comment takes."""


def polarities(text: str, clauses: Sequence[Clause], whole: float | None, score: Score) -> Mapping[str, float]:
    """The polarity −1..1 of every theme named in ``clauses``; a theme is missing where nothing can be told."""
    heard: dict[str, list[float]] = {}
    for clause in clauses[:MOST_CLAUSES]:
        said = whole if len(clauses) == 1 else score(text[clause.start : clause.end])
        if said is not None:
            for theme in clause.themes:
                heard.setdefault(theme, []).append(said)
    named = {theme for clause in clauses for theme in clause.themes}
    blended = {theme: _blended(heard.get(theme, ()), whole) for theme in named}
    return {theme: polarity for theme, polarity in blended.items() if polarity is not None}


def _blended(own: Sequence[float], whole: float | None) -> float | None:
    if not own:
        return whole
    mean = sum(own) / len(own)
    return mean if whole is None else OWN_SHARE * mean + (1 - OWN_SHARE) * whole
