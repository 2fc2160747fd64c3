"""Reads the Olist files and writes them as the import files that this project documents."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

ZONE = "America/Sao_Paulo"
"""The files' times carry no zone; the shop's head office is in São Paulo."""

SURVEY = "delivery_csat"
SMALL = 300  # orders, the earliest ones

STATUSES = {
    "delivered": "delivered",
    "shipped": "shipped",
    "canceled": "cancelled",
    # Nobody has handed these to a carrier, and nobody has called them off: the buyer still waits for a parcel.
    **dict.fromkeys(("created", "approved", "invoiced", "processing", "unavailable"), "placed"),
}

ORDER_COLUMNS = (
    "order_id", "customer_id", "email", "locale", "time_zone", "ordered_at", "delivered_at", "promised_on",
    "amount", "currency", "status", "attr.region", "attr.category", "attr.seller_state", "attr.olist_status",
)  # fmt: skip
ANSWER_COLUMNS = ("answer_id", "survey", "order_id", "score", "comment", "answered_at", "locale")

Record = dict[str, str]


@dataclass(frozen=True)
class Order:
    """One order; times are the shop's wall clock, without a zone, as in the files."""

    id: str
    person: str
    status: str
    """In the import schema's words, as the order stands in the end."""
    ordered_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    settled_at: datetime
    """The last thing the file dates: when a cancellation is taken to have been known, since nothing dates that."""
    promised_on: date
    columns: Record
    """The columns that stay the same over the order's life."""

    def record(self, status: str, delivered_at: datetime | None) -> Record:
        """The order as a row of an import file, at some moment of its life."""
        return {**self.columns, "status": status, "delivered_at": _text(delivered_at)}

    @property
    def final(self) -> Record:
        """The row that says how it ended."""
        return self.record(self.status, self.delivered_at)

    def life(self) -> Iterator[tuple[datetime, Record]]:
        """The rows a shop would have exported, each with the moment from which it could; the last one is `final`."""
        rows = {self.ordered_at: self.record("placed", None)}
        ends = self.delivered_at if self.status == "delivered" and self.delivered_at else self.settled_at
        if self.status == "delivered" and self.shipped_at and self.ordered_at < self.shipped_at < ends:
            rows[self.shipped_at] = self.record("shipped", None)
        rows[ends] = self.final
        before: Record = {}
        for at, row in rows.items():
            if row != before:
                yield at, row
            before = row


@dataclass(frozen=True)
class Answer:
    """One real answer; its time is the shop's wall clock, without a zone."""

    id: str
    """The review's id and its order's: 28 review ids stand on more than one order."""
    order_id: str
    score: int
    comment: str
    answered_at: datetime

    @property
    def record(self) -> Record:
        """The answer as a row of an import file."""
        return {
            "answer_id": self.id,
            "survey": SURVEY,
            "order_id": self.order_id,
            "score": str(self.score),
            "comment": self.comment,
            "answered_at": _text(self.answered_at),
            "locale": "pt-BR",
        }


@dataclass(frozen=True)
class Sample:
    """What a run works on: orders by time of purchase, answers by time of answering."""

    orders: Sequence[Order]
    answers: Sequence[Answer]


def read_sample(folder: Path, *, small: bool) -> Sample:
    """Everything in `folder`, or the earliest orders with their answers. Raises OSError where a file is missing."""
    orders = sorted(_orders(folder), key=lambda order: (order.ordered_at, order.id))
    if small:
        orders = orders[:SMALL]
    kept = {order.id for order in orders}
    answers = [answer for answer in _answers(folder) if answer.order_id in kept]
    return Sample(orders, sorted(answers, key=lambda answer: (answer.answered_at, answer.id)))


def write_csv(path: Path, columns: Sequence[str], records: Iterable[Record]) -> Path:
    """Write an import file; gives `path` back."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(records)
    return path


def table(folder: Path, name: str) -> Iterator[Record]:
    """The rows of one of the files."""
    with (folder / f"olist_{name}_dataset.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def moment(text: str) -> datetime | None:
    """A time as the files write it, or None where the cell is empty."""
    return datetime.fromisoformat(text) if text else None


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _orders(folder: Path) -> Iterator[Order]:
    customers = {row["customer_id"]: row for row in table(folder, "customers")}
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in table(folder, "order_payments"):
        amounts[row["order_id"]] += Decimal(row["payment_value"])
    first_items = _first_items(folder)
    for row in table(folder, "orders"):
        columns = _columns(row, customers[row["customer_id"]], amounts[row["order_id"]])
        yield _order(row, columns | first_items.get(row["order_id"], {}))


def _first_items(folder: Path) -> dict[str, Record]:
    """What each order's first item says of it; 775 orders, mostly unavailable ones, have none."""
    categories = {row["product_id"]: row["product_category_name"] for row in table(folder, "products")}
    states = {row["seller_id"]: row["seller_state"] for row in table(folder, "sellers")}
    return {
        row["order_id"]: {
            "attr.category": categories.get(row["product_id"], ""),
            "attr.seller_state": states.get(row["seller_id"], ""),
        }
        for row in table(folder, "order_items")
        if row["order_item_id"] == "1"
    }


def _columns(row: Record, customer: Record, amount: Decimal) -> Record:
    person = customer["customer_unique_id"]
    return {
        "order_id": row["order_id"],
        "customer_id": person,
        "email": f"{person}@example.com",
        "locale": "pt-BR",
        "time_zone": ZONE,
        "ordered_at": _text(moment(row["order_purchase_timestamp"])),
        "promised_on": row["order_estimated_delivery_date"][:10],
        "amount": f"{amount:.2f}",
        "currency": "BRL",
        "attr.region": customer["customer_state"],
        "attr.olist_status": row["order_status"],
    }


def _order(row: Record, columns: Record) -> Order:
    delivered_at = moment(row["order_delivered_customer_date"])
    status = STATUSES[row["order_status"]]
    if status == "delivered" and delivered_at is None:
        status = "shipped"  # eight orders: delivered, says the file, but not when, and the trigger is a time
    dated = [
        moment(row[name])
        for name in (
            "order_purchase_timestamp", "order_approved_at", "order_delivered_carrier_date",
            "order_delivered_customer_date",
        )
    ]  # fmt: skip
    return Order(
        id=row["order_id"],
        person=columns["customer_id"],
        status=status,
        ordered_at=datetime.fromisoformat(row["order_purchase_timestamp"]),
        shipped_at=moment(row["order_delivered_carrier_date"]),
        delivered_at=delivered_at,
        settled_at=max(at for at in dated if at),
        promised_on=date.fromisoformat(columns["promised_on"]),
        columns=columns,
    )


def _answers(folder: Path) -> Iterator[Answer]:
    for row in table(folder, "order_reviews"):
        parts = (row["review_comment_title"].strip(), row["review_comment_message"].strip())
        yield Answer(
            id=f"{row['review_id']}:{row['order_id']}",
            order_id=row["order_id"],
            score=int(row["review_score"]),
            comment="\n".join(part for part in parts if part).replace("\r\n", "\n"),
            answered_at=datetime.fromisoformat(row["review_answer_timestamp"]),
        )
