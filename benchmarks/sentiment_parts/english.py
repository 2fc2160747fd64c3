"""Plain TextBlob, VADER and the English model over the same labelled comments, and how fast each is."""

import csv
import re
import time
from collections.abc import Callable, Mapping, Sequence
from errno import ENOENT
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from textblob.en import sentiment
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from feedback_service.sentiment.analyzer import SentimentLabel, score_text
from feedback_service.sentiment.english.model import FILE
from sentiment_parts.scores import scored

OTHER_LANGUAGE = re.compile(r"_[a-z]{2}$")
"""How the names of sets end that are not in English."""
_SIDE = {"neg": -1.0, "neu": 0.0, "pos": 1.0}
_LABELS = {
    SentimentLabel.NEGATIVE: "neg",
    SentimentLabel.NEUTRAL: "neu",
    SentimentLabel.POSITIVE: "pos",
    SentimentLabel.UNSCORED: "unscored",
}
_SEEN_BY_VADER = 2_000
"""Characters: VADER's time grows with the square of the length."""

Verdict = tuple[str, float]


class Row(NamedTuple):
    """A comment and what people said of it."""

    text: str
    label: str
    score: float


def labelled(path: Path, most: int | None = None) -> list[Row]:
    """The comments of a file, or the first ``most`` of them; raises ``OSError`` where there is none."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Row(row["text"], row["label"], float(row.get("score") or _SIDE[row["label"]]))
            for row in csv.DictReader(file)
        ]
    return rows[:most]


def english_sets(folder: Path) -> list[Path]:
    """The files of English comments in a folder; raises ``OSError`` where there are none."""
    found = sorted(path for path in folder.glob("*.csv") if not OTHER_LANGUAGE.search(path.stem))
    if not found:
        raise FileNotFoundError(ENOENT, "no labelled comments in English there", str(folder))
    return found


def _plain_textblob(text: str) -> Verdict:
    polarity = float(sentiment(text)[0])
    return _by_band(polarity, 0.0), polarity


def _vader() -> Callable[[str], Verdict]:
    analyzer = SentimentIntensityAnalyzer()

    def verdict(text: str) -> Verdict:
        compound = float(analyzer.polarity_scores(text[:_SEEN_BY_VADER])["compound"])
        return _by_band(compound, 0.05), compound

    return verdict


def _by_band(polarity: float, band: float) -> str:
    """The label that VADER's authors give a compound score: neutral inside the ``band``."""
    if abs(polarity) <= band:
        return "neu"
    return "pos" if polarity > 0 else "neg"


def _feedback(text: str) -> Verdict:
    verdict = score_text(text)
    return _LABELS[verdict.label], verdict.polarity or 0.0


def methods() -> dict[str, Callable[[str], Verdict]]:
    """The methods compared, by name, loaded and warm."""
    all_methods = {"textblob": _plain_textblob, "vader": _vader(), "feedback": _feedback}
    for method in all_methods.values():
        method("A good start.")
    return all_methods


def english_figures(folder: Path, most: int | None = None) -> dict[str, Any]:
    """Per set and method the figures of ``scored``; then comments per second, 99th percentile and the model's size.

    Seconds are those of one core at work, not of the clock: other work on the machine does not count.
    """
    compared = methods()
    sets = {path.stem: labelled(path, most) for path in english_sets(folder)}
    seconds: dict[str, list[float]] = {name: [] for name in compared}
    figures: dict[str, Any] = {}
    for set_name, rows in sets.items():
        figures[set_name] = {
            name: _rounded(_measured(method, rows, seconds[name])) for name, method in compared.items()
        }
    rate = {name: round(len(taken) / sum(taken)) for name, taken in seconds.items()}
    return {
        "sets": figures,
        "comments_per_s": rate["feedback"],
        "comments_per_s_by_method": rate,
        "p99_ms": round(float(np.percentile(seconds["feedback"], 99)) * 1_000, 3),
        "model_kb": round(FILE.stat().st_size / 1024, 1),
    }


def _measured(method: Callable[[str], Verdict], rows: Sequence[Row], seconds: list[float]) -> dict[str, float]:
    said: list[Verdict] = []
    for row in rows:
        started = time.thread_time()
        verdict = method(row.text)
        seconds.append(time.thread_time() - started)
        said.append(verdict)
    labels = [label for label, _ in said]
    return scored([row.label for row in rows], [row.score for row in rows], labels, [value for _, value in said])


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


def print_english(figures: Mapping[str, Any]) -> None:
    """The figures as a table for people."""
    print(f"{'set':12}{'method':12}{'acc3':>8}{'f1_3':>8}{'acc2':>8}{'auc':>8}{'r':>8}")
    for set_name, by_method in figures["sets"].items():
        for method, values in by_method.items():
            print(f"{set_name:12}{method:12}" + "".join(f"{value:8.3f}" for value in values.values()))
    print(
        f"{figures['comments_per_s']:,} comments/s, p99 {figures['p99_ms']} ms, model {figures['model_kb']} kB;"
        f" by method {figures['comments_per_s_by_method']}"
    )
