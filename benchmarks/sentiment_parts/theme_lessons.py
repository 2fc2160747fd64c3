"""Measures what corrections teach about themes: restaurant sentences, with a deliberately poor list of phrases.

    python benchmarks/sentiment_parts/theme_lessons.py FOLDER

FOLDER holds mams.csv. The last line is one JSON object: micro-F1 on 1,027 sentences left out, by sentences corrected.
"""

import csv
import json
import random
import sys
from pathlib import Path

from feedback_service.sentiment.themes.head import Settled, ThemeHead, learn
from feedback_service.sentiment.themes.phrases import PhraseBook
from feedback_service.sentiment.themes.words import cut

PHRASES = {
    "food": "food dish* meal", "staff": "staff waiter* server", "service": "service", "menu": "menu",
    "price": "price* cheap expensive", "ambience": "atmosphere ambience decor", "place": "place restaurant",
}  # fmt: skip
CORRECTED = (0, 100, 300, 1_000, 2_500)
_BOOK = PhraseBook([(theme, phrase) for theme, phrases in PHRASES.items() for phrase in phrases.split()], "en")


def by_phrases(text: str) -> frozenset[str]:
    """The themes that the poor list finds."""
    return frozenset(hit.owner for hit in _BOOK.find(cut(text, "en").folded))


def _themes(text: str, head: ThemeHead | None) -> frozenset[str]:
    found = by_phrases(text)
    judged = head.judge(text, found) if head else {}
    sure = {theme for theme, verdict in judged.items() if verdict.chance >= 0.5}
    return frozenset((found - judged.keys()) | sure)


def lesson_figures(folder: Path) -> dict[str, float]:
    """Micro-F1 by the number of corrected sentences. Raises OSError where mams.csv is missing."""
    with (folder / "mams.csv").open(encoding="utf-8", newline="") as file:
        rows = [Settled(row["text"], frozenset(json.loads(row["aspects"]))) for row in csv.DictReader(file)]
    random.Random(1).shuffle(rows)
    left_out = rows[CORRECTED[-1] :]
    return {str(number): _micro_f1(left_out, learn(rows[:number], "en", by_phrases)[0]) for number in CORRECTED}


def _micro_f1(rows: list[Settled], head: ThemeHead | None) -> float:
    said = [_themes(row.text, head) for row in rows]
    both = sum(len(themes & row.themes) for themes, row in zip(said, rows, strict=True))
    return round(2 * both / sum(len(themes) + len(row.themes) for themes, row in zip(said, rows, strict=True)), 4)


if __name__ == "__main__":
    try:
        print(json.dumps(lesson_figures(Path(sys.argv[1]))))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}; FOLDER must hold mams.csv.")
