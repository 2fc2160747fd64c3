"""Measures how well themes are found: the shipped phrases against the experts' aspects of fabsa.csv.

    python benchmarks/sentiment_parts/themes.py FOLDER [--small]

FOLDER holds fabsa.csv, which is measured against and never learned from. The last line is one JSON object.
"""

import argparse
import csv
import json
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedback_service.sentiment.analyzer import score_text
from feedback_service.sentiment.themes.match import OPINION, ThemeFound, find_themes

ASPECTS = {
    "speed": "logistics-rides.speed",
    "product_quality": "company-brand.general-satisfaction",
    "price": "value.price-value-for-money",
    "discounts": "value.discounts-promotions",
    "staff": "staff-support.attitude-of-staff",
    "phone": "staff-support.phone",
    "email": "staff-support.email",
    "website": "online-experience.app-website",
    "ease": "purchase-booking-experience.ease-of-use",
    "account": "account-management.account-access",
    "trust": "company-brand.general-satisfaction",
    "competitors": "company-brand.competitor",
    "reviews": "company-brand.reviews",
    "overall": "company-brand.general-satisfaction",
}
"""Which of the twelve aspects a shipped theme is. Delivery, range, packaging, billing, communication and returns have
no like among them: the organisations are an online bank, brokers, comparison sites, a travel site and a shoe shop."""
THEMES = "fabsa.csv"
SMALL = 400
_FREQUENT = 3  # The baseline that reads nothing says these many most frequent aspects of every comment.

Gold = Mapping[str, int]
Found = Mapping[str, float]


@dataclass(frozen=True)
class Comment:
    """A comment and what the experts said of each aspect: −1, 0 or 1."""

    text: str
    aspects: Gold
    looked_at: bool
    """In the half whose errors were looked at while the phrases were written; the other half never was."""


def read_fabsa(folder: Path, limit: int | None = None) -> list[Comment]:
    """The comments of fabsa.csv, the first ``limit`` of them. Raises OSError where it is missing."""
    with (folder / THEMES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:limit]
    return [
        Comment(row["text"], json.loads(row["aspects"]), looked_at=zlib.crc32(row["text"].encode()) % 2 == 0)
        for row in rows
    ]


def theme_figures(folder: Path, limit: int | None = None) -> dict[str, Any]:
    """Every figure on themes. Raises OSError where fabsa.csv is missing."""
    comments = read_fabsa(folder, limit)
    found = [by_aspect(find_themes(comment.text, "en", _polarity)) for comment in comments]
    seen = [_polarity(comment.text) or 0.0 for comment in comments]
    whole = [dict.fromkeys(themes, polarity) for themes, polarity in zip(found, seen, strict=True)]
    frequent = Counter(aspect for comment in comments for aspect in comment.aspects).most_common(_FREQUENT)
    always = [dict.fromkeys((aspect for aspect, _ in frequent), 1.0)] * len(comments)
    unseen = [pair for pair in zip(comments, found, strict=True) if not pair[0].looked_at]
    return {
        "comments": len(comments),
        "themes": agreement(comments, found),
        "themes_unseen_half": agreement(*map(list, zip(*unseen, strict=True))),
        "always_the_most_frequent": agreement(comments, always),
        "polarity": polarity_agreement(comments, found),
        "polarity_unseen_half": polarity_agreement(*map(list, zip(*unseen, strict=True))),
        "polarity_of_the_whole_comment": polarity_agreement(comments, whole),
        "polarity_always_good": polarity_agreement(comments, [dict.fromkeys(themes, 1.0) for themes in found]),
        "comments_per_s": _speed(comments),
    }


def _polarity(text: str) -> float | None:
    return score_text(text).polarity


def by_aspect(themes: Iterable[ThemeFound]) -> dict[str, float]:
    """The mean polarity by aspect of the themes that are one of the twelve; 0 where nobody can tell."""
    heard: dict[str, list[float]] = {}
    for theme in themes:
        if theme.key in ASPECTS:
            heard.setdefault(ASPECTS[theme.key], []).append(theme.polarity or 0.0)
    return {aspect: sum(said) / len(said) for aspect, said in heard.items()}


def agreement(comments: Sequence[Comment], found: Sequence[Found]) -> dict[str, object]:
    """Micro and macro F1 over (comment, aspect) pairs, and each aspect's precision, recall and F1."""
    both, said, true = Counter[str](), Counter[str](), Counter[str]()
    for comment, themes in zip(comments, found, strict=True):
        both.update(themes.keys() & comment.aspects.keys())
        said.update(themes.keys())
        true.update(comment.aspects.keys())
    aspects = {aspect: _f1(both[aspect], said[aspect], true[aspect]) for aspect in sorted(set(ASPECTS.values()))}
    return {
        **{f"micro_{name}": value for name, value in _f1(both.total(), said.total(), true.total()).items()},
        "macro_f1": round(sum(values["f1"] for values in aspects.values()) / len(aspects), 4),
        "aspects": aspects,
    }


def _f1(both: int, said: int, true: int) -> dict[str, float]:
    return {
        "f1": round(2 * both / max(1, said + true), 4),
        "precision": round(both / max(1, said), 4),
        "recall": round(both / max(1, true), 4),
    }


def polarity_agreement(comments: Sequence[Comment], found: Sequence[Found]) -> dict[str, float]:
    """Over the aspects that both name: how often the polarity is right.

    ``acc2`` over good and bad, a zero being wrong; ``acc3`` with the few aspects that are neither, which is within
    ``OPINION`` of zero; ``mixed`` as ``acc2`` over the comments that praise one thing and blame another.
    """
    two, three, mixed = list[bool](), list[bool](), list[bool]()
    for comment, themes in zip(comments, found, strict=True):
        torn = {1, -1} <= set(comment.aspects.values())
        for aspect in themes.keys() & comment.aspects.keys():
            true, polarity = comment.aspects[aspect], themes[aspect]
            three.append(true == (polarity > OPINION) - (polarity < -OPINION))
            if true:
                two.append(true * polarity > 0)
                mixed.extend([two[-1]] if torn else [])
    shares = {"acc2": two, "acc3": three, "mixed": mixed}
    return {
        **{name: round(sum(right) / max(1, len(right)), 4) for name, right in shares.items()},
        "aspects": len(two),
    }


def _speed(comments: Sequence[Comment]) -> int:
    """Comments a second on one core, the scoring of their clauses apart, which is as fast as the analyzer is."""
    started = time.process_time()
    for comment in comments:
        find_themes(comment.text, "en", lambda _: 0.5, whole=0.5)
    return round(len(comments) / (time.process_time() - started))


def print_themes(figures: Mapping[str, Any]) -> None:
    """The figures as a table for people."""
    for name in ("themes", "themes_unseen_half", "always_the_most_frequent"):
        values = figures[name]
        print(f"{name:32} micro-F1 {values['micro_f1']:.3f}  macro-F1 {values['macro_f1']:.3f}")
    for name in ("polarity", "polarity_unseen_half", "polarity_of_the_whole_comment", "polarity_always_good"):
        values = figures[name]
        print(f"{name:32} acc2 {values['acc2']:.3f}  acc3 {values['acc3']:.3f}  mixed {values['mixed']:.3f}")
    for aspect, of_it in figures["themes"]["aspects"].items():
        print(f"  {aspect:40}" + "".join(f"  {key} {value:.2f}" for key, value in of_it.items()))
    print(f"{figures['comments_per_s']:,} comments/s")


def main() -> int:
    """Measure and print; 2 when the file is missing."""
    parser = argparse.ArgumentParser(description="How well themes are found.")
    parser.add_argument("folder", type=Path, help="where fabsa.csv lies")
    parser.add_argument("--small", action="store_true", help=f"only the first {SMALL} comments")
    chosen = parser.parse_args()
    try:
        figures = theme_figures(chosen.folder, SMALL if chosen.small else None)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}; FOLDER must hold the labelled comments.")
        return 2
    print_themes(figures)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
