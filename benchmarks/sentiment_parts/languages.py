"""Measures how well a language is learned from a shop's own answers, by how many there are: the learning curve.

    python benchmarks/sentiment_parts/languages.py COMMENTS OLIST [--small]

COMMENTS holds semeval16_es.csv, semeval16_fr.csv and semeval16_nl.csv, OLIST the file of Olist's reviews. Nothing of
them is kept. The last line is one JSON object.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_service.sentiment.languages.cross_validate import FOLDS
from feedback_service.sentiment.languages.learn import learn
from feedback_service.sentiment.languages.train import label_of_score

LABELS = ("negative", "neutral", "positive")
SIZES = (100, 300, 1_000, 3_000)
DRAWS = 3
"""How often the comments to learn from are drawn anew; the figures are means."""
SMALL = 400
"""Comments of each language with ``--small``."""
_OFTEN = 300  # comments whose scoring is timed
_EVENLY = 9  # a seed; any would do

Labels = NDArray[np.int64]
Numbers = NDArray[np.float64]
Method = Callable[[Sequence[str], Labels, Sequence[str], str], Numbers]
"""From texts to learn from, their labels and texts to judge: P(negative), P(neutral), P(positive) of the latter."""


class Labelled(NamedTuple):
    """Comments of one language, with places in ``LABELS``."""

    language: str
    texts: Sequence[str]
    labels: Labels


@dataclass(frozen=True)
class Figures:
    """acc3: share of three labels right; acc2 and auc: of the two sides, by polarity, leaving the neutral out."""

    acc3: float
    acc2: float
    auc: float

    def rounded(self) -> dict[str, float]:
        """For JSON; what cannot be said is null there."""
        return {name: round(value, 4) for name, value in vars(self).items() if not np.isnan(value)}


def read_olist(folder: Path, limit: int | None = None) -> Labelled:
    """Olist's comments in the order of the file, labelled by their scores. Raises OSError where it is missing."""
    with (folder / "olist_order_reviews_dataset.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (row["review_comment_message"], label_of_score("csat", int(row["review_score"])))
            for row in csv.DictReader(file)
            if row["review_comment_message"].strip()
        ]
    return _labelled("pt", rows[:limit])


def read_restaurants(folder: Path, language: str, limit: int | None = None) -> Labelled:
    """The first 1,000 sentences about restaurants in "es", "fr" or "nl". Raises OSError where they are missing."""
    names = {"neg": "negative", "neu": "neutral", "pos": "positive"}
    with (folder / f"semeval16_{language}.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], names[row["label"]]) for row in csv.DictReader(file)]
    return _labelled(language, rows[: limit or 1_000])


def _labelled(language: str, rows: Sequence[tuple[str, str]]) -> Labelled:
    return Labelled(language, [text for text, _ in rows], np.array([LABELS.index(label) for _, label in rows]))


def head_learned(texts: Sequence[str], labels: Labels, others: Sequence[str], language: str) -> Numbers:
    """What the service learns and makes of others."""
    head = learn(texts, [LABELS[label] for label in labels], language)
    return np.array([head.score(text).probabilities for text in others])


def most_frequent(_texts: Sequence[str], labels: Labels, others: Sequence[str], _language: str) -> Numbers:
    """The baseline that reads nothing."""
    return np.tile(np.bincount(labels, minlength=3) / len(labels), (len(others), 1))


METHODS: Mapping[str, Method] = {"most frequent": most_frequent, "head": head_learned}


def curve(data: Labelled, method: Method) -> dict[str, Figures]:
    """Figures by the number of comments learned from, tried on all the rest; "all" is cross-validated."""
    drawn = np.random.default_rng(_EVENLY)
    orders = [np.arange(len(data.texts)), *(drawn.permutation(len(data.texts)) for _ in range(DRAWS - 1))]
    found = {
        f"{size}": _mean([_tried(data, method, order[:size], order[size:]) for order in orders])
        for size in SIZES
        if size < len(data.texts) * 0.9
    }
    return {**found, "all": cross_validated(data, method)}


def cross_validated(data: Labelled, method: Method) -> Figures:
    """Each comment judged by what was learned from the four fifths that it is not in."""
    order = np.random.default_rng(_EVENLY).permutation(len(data.texts))
    fifths = [order[fold::FOLDS] for fold in range(FOLDS)]
    return _mean([_tried(data, method, np.setdiff1d(order, fifth), fifth) for fifth in fifths])


def _tried(data: Labelled, method: Method, seen: Labels, unseen: Labels) -> Figures:
    texts, others = [data.texts[at] for at in seen], [data.texts[at] for at in unseen]
    return figures(method(texts, data.labels[seen], others, data.language), data.labels[unseen])


def figures(chances: Numbers, labels: Labels) -> Figures:
    """The figures of so many verdicts (n, 3); a polarity of 0 is wrong."""
    polarity, sided = chances[:, 2] - chances[:, 0], labels != 1
    right = np.where(labels == 2, polarity > 0, polarity < 0)
    return Figures(
        float((chances.argmax(axis=1) == labels).mean()),
        float(right[sided].mean()),
        _auc(polarity[labels == 2], polarity[labels == 0]),
    )


def _auc(above: Numbers, below: Numbers) -> float:
    """The chance that praise gets the higher polarity (Mann and Whitney), ties counting half; nan if one-sided."""
    if not len(above) or not len(below):
        return float("nan")
    ordered = np.sort(below)
    less, up_to = np.searchsorted(ordered, above, "left"), np.searchsorted(ordered, above, "right")
    return float((less + up_to).sum() / (2.0 * len(above) * len(below)))


def _mean(several: Sequence[Figures]) -> Figures:
    return Figures(*(float(np.mean([getattr(each, name) for each in several])) for name in ("acc3", "acc2", "auc")))


def costs(data: Labelled) -> dict[str, float]:
    """Seconds of one processor to learn all of it, milliseconds to score one comment, kilobytes to keep."""
    began = time.process_time()
    head = learn(data.texts, [LABELS[label] for label in data.labels], data.language)
    learned = time.process_time()
    for text in data.texts[:_OFTEN]:
        head.score(text)
    scored = time.process_time() - learned
    return {
        "learn_s": round(learned - began, 2),
        "score_ms": round(1_000 * scored / min(_OFTEN, len(data.texts)), 3),
        "head_kb": round(len(head.to_bytes()) / 1_000, 1),
    }


def languages_figures(comments: Path, olist: Path, limit: int | None = None) -> dict[str, Any]:
    """The learning curves by language, method and size, and what learning costs. Raises OSError for a missing file."""
    several = [read_olist(olist, limit), *(read_restaurants(comments, each, limit) for each in ("es", "fr", "nl"))]
    curves = {
        data.language: {
            name: {size: each.rounded() for size, each in curve(data, method).items()}
            for name, method in METHODS.items()
        }
        for data in several
    }
    return {"learning_curve": curves, "learning_costs": {data.language: costs(data) for data in several}}


def print_languages(found: Mapping[str, Any]) -> None:
    """The same as tables."""
    curves, by_language = found["learning_curve"], found["learning_costs"]
    print(f"{'language':10}{'method':16}{'comments':>9}{'acc3':>8}{'acc2':>8}{'auc':>8}")
    for language, by_method in curves.items():
        for method, by_size in by_method.items():
            for size, values in by_size.items():
                cells = "".join(
                    f"{values[name]:8.3f}" if name in values else f"{'':8}" for name in ("acc3", "acc2", "auc")
                )
                print(f"{language:10}{method:16}{size:>9}{cells}")
    for language, each in by_language.items():
        print(f"{language}: learned in {each['learn_s']} s, {each['score_ms']} ms a comment, {each['head_kb']} kB")


def main() -> int:
    """Measure and print; 2 when a file is missing."""
    parser = argparse.ArgumentParser(description="How well languages are learned from a shop's own answers.")
    parser.add_argument("comments", type=Path, help="where semeval16_es.csv, _fr.csv and _nl.csv lie")
    parser.add_argument("olist", type=Path, help="where olist_order_reviews_dataset.csv lies")
    parser.add_argument("--small", action="store_true", help=f"only the first {SMALL} comments of each language")
    chosen = parser.parse_args()
    try:
        found = languages_figures(chosen.comments, chosen.olist, SMALL if chosen.small else None)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}; the folders must hold the labelled comments.")
        return 2
    print_languages(found)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
