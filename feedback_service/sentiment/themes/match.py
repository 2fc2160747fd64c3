"""Finds what a comment is about: its themes, the words that told, and what it says of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from feedback_service.sentiment.themes.clauses import clauses
from feedback_service.sentiment.themes.head import ThemeHead, Verdict
from feedback_service.sentiment.themes.phrases import Hit
from feedback_service.sentiment.themes.polarity import Score, polarities
from feedback_service.sentiment.themes.taxonomy import IGNORED, Taxonomy, shipped_themes
from feedback_service.sentiment.themes.words import Words, cut

MOST_WORDS = 6
"""Telling words kept per theme: as many as are marked in the text without painting all of it."""
LIKELY = 0.5
"""From this chance on a head says that a comment is about a theme."""
OPINION = 0.1
"""A comment without a theme is an opinion on the whole where its polarity is at least this far from 0."""


class ThemeFound(NamedTuple):
    """One theme of a comment: its key, its polarity −1..1 (None: nobody can tell), and the words that told."""

    key: str
    polarity: float | None
    words: tuple[str, ...]
    """As they stand in the comment, in their order, each once; empty where the whole comment told."""
    learned: bool = False
    """Found by what staff corrected, not by a phrase."""


def find_themes(
    text: str,
    language: str,
    sentiment: Score,
    *,
    whole: float | None = None,
    taxonomy: Taxonomy | None = None,
    head: ThemeHead | None = None,
) -> list[ThemeFound]:
    """The themes of ``text``, in the order of the file; none for a language without phrases and without a head.

    ``sentiment`` gives the polarity of any piece of the text, ``whole`` that of the whole where it is known already.
    Where staff taught it a theme, ``head`` has the last word on it. Reads the first 5,000 characters, and raises for no
    text.
    """
    chosen = taxonomy or shipped_themes()
    book = chosen.book(language)
    if (book is None and head is None) or not text.strip():
        return []
    words = cut(text, language)
    hits = [hit for hit in book.find(words.folded) if hit.owner != IGNORED] if book else []
    verdicts = head.judge(text, {hit.owner for hit in hits}) if head else {}
    hits = [hit for hit in hits if hit.owner not in verdicts or verdicts[hit.owner].chance >= LIKELY]
    said = sentiment(text) if whole is None else whole
    found = {theme.key: theme for theme in _learned(text, words, hits, verdicts, said)}
    if hits:
        themes_at: dict[int, list[str]] = {}
        for hit in hits:
            themes_at.setdefault(hit.at[0], []).append(hit.owner)
        polarity = polarities(text, clauses(text, words, themes_at, language), said, sentiment)
        found |= {key: ThemeFound(key, polarity.get(key), told) for key, told in _told(text, words, hits).items()}
    return [found[key] for key in chosen.themes if key in found] or _otherwise(chosen, said)


def _learned(
    text: str, words: Words, hits: Sequence[Hit], verdicts: Mapping[str, Verdict], whole: float | None
) -> Iterable[ThemeFound]:
    """The themes that only the head found; they have no clause of their own."""
    by_phrases = {hit.owner for hit in hits}
    for key, verdict in verdicts.items():
        if verdict.chance >= LIKELY and key not in by_phrases:
            places = (place for place, word in enumerate(words.folded) if word in verdict.words)
            quoted = dict.fromkeys(text[words.starts[place] : words.ends[place]] for place in places)
            yield ThemeFound(key, whole, tuple(quoted)[:MOST_WORDS], learned=True)


def _otherwise(taxonomy: Taxonomy, whole: float | None) -> list[ThemeFound]:
    """An opinion on nothing in particular is one on the whole."""
    if taxonomy.otherwise is None or whole is None or abs(whole) < OPINION:
        return []
    return [ThemeFound(taxonomy.otherwise, whole, ())]


def _told(text: str, words: Words, hits: Iterable[Hit]) -> dict[str, tuple[str, ...]]:
    """The words that told each theme, as they stand in the text."""
    told: dict[str, dict[str, str]] = {}
    for hit in hits:
        quoted = text[words.starts[hit.at[0]] : words.ends[hit.at[-1]]]
        told.setdefault(hit.owner, {}).setdefault(quoted.casefold(), quoted)
    return {key: tuple(quotes.values())[:MOST_WORDS] for key, quotes in told.items()}
