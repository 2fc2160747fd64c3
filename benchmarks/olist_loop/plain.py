"""The baseline: the same figures from the files as they are, with nothing but the csv module."""

import csv
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figures:
    """CSAT in per cent over all answers, and the mean score (1 to 5) of late and punctual deliveries."""

    answers: int
    csat: float
    late: int
    late_mean: float
    ontime: int
    ontime_mean: float

    def __str__(self) -> str:
        return (
            f"CSAT {self.csat:.2f} % of {self.answers:,} answers; delivered late {self.late_mean:.2f} ({self.late:,}),"
            f" in time {self.ontime_mean:.2f} ({self.ontime:,})"
        )


def figures(scores: list[int], late: list[int], ontime: list[int]) -> Figures:
    """Sum up: every score, and those about orders delivered late or in time."""
    satisfied = sum(score >= 4 for score in scores)
    return Figures(
        answers=len(scores),
        csat=100 * satisfied / len(scores),
        late=len(late),
        late_mean=sum(late) / len(late) if late else 0.0,
        ontime=len(ontime),
        ontime_mean=sum(ontime) / len(ontime) if ontime else 0.0,
    )


def plain_figures(folder: Path, order_ids: Container[str]) -> Figures:
    """The figures over the answers to these orders. Late: delivered on a later date than promised."""
    with (folder / "olist_orders_dataset.csv").open(encoding="utf-8", newline="") as file:
        dates = {
            row["order_id"]: (row["order_delivered_customer_date"][:10], row["order_estimated_delivery_date"][:10])
            for row in csv.DictReader(file)
        }
    scores: list[int] = []
    late: list[int] = []
    ontime: list[int] = []
    with (folder / "olist_order_reviews_dataset.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["order_id"] not in order_ids:
                continue
            scores.append(int(row["review_score"]))
            delivered, promised = dates[row["order_id"]]
            if delivered:
                (late if delivered > promised else ontime).append(scores[-1])
    return figures(scores, late, ontime)
