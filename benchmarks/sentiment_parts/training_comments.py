"""The comments that the English model learns from, each with how far it leans to each side and how much it counts."""

import csv
from dataclasses import dataclass
from pathlib import Path

from sentiment_parts.written import written

SOURCES = ("pros_cons", "mams", "vader_movie", "vader_nyt")
GRADED = frozenset({"vader_movie", "vader_nyt"})
"""Sources whose score is the mean of twenty raters; their label only tells its sign."""

FULL_SCORE = 0.3
"""A mean rating from which a graded sentence counts as wholly on its side; halfway there it is half neutral."""

COUNTS: dict[str, float] = {"pros_cons": 0.5, "mams": 2.0, "vader_movie": 0.6, "vader_nyt": 1.0, "written": 2.0}
"""How much one comment of a source counts: restaurant sentences are few and the nearest to what customers write."""


@dataclass(frozen=True)
class Comment:
    """``shares`` is how much of it is negative, neutral and positive, adding up to 1."""

    text: str
    shares: tuple[float, float, float]
    source: str
    counts: float


def training_comments(folder: Path) -> list[Comment]:
    """The four files in ``folder`` and the comments written for the project; raises ``OSError`` without a file."""
    comments = [comment for source in SOURCES for comment in _of_file(folder / f"{source}.csv", source)]
    own = [Comment(text, _wholly(side), "written", COUNTS["written"]) for text, side in written()]
    return comments + own


def _of_file(path: Path, source: str) -> list[Comment]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Comment(
                row["text"],
                _graded(float(row["score"])) if source in GRADED else _wholly(row["label"]),
                source,
                COUNTS[source],
            )
            for row in csv.DictReader(file)
        ]


def _wholly(side: str) -> tuple[float, float, float]:
    return float(side == "neg"), float(side == "neu"), float(side == "pos")


def _graded(score: float) -> tuple[float, float, float]:
    share = min(1.0, abs(score) / FULL_SCORE)
    return (share if score < 0 else 0.0), 1.0 - share, (share if score > 0 else 0.0)
