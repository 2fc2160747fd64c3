"""On real orders and answers late delivery is the strongest driver, and figures are what the csv module finds alone."""

import csv
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import fmean

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.config import Settings
from tests.cases.factories import hire, signed_in
from tests.insights.why.factories import answered_all, count_all, sold
from tests.responses.factories import CSAT, Page, read

ROOT = Path(__file__).resolve().parents[3]
ADDRESS = "/insights/why?survey=delivery_csat&grain=quarter&from=2016-10-01&to=2018-12-31"
ATTRIBUTES = ("region", "category", "lot")
LOTS = 200


@pytest.fixture(scope="module")
def olist() -> Path:
    """The folder of the Olist files."""
    folder = Path(os.environ.get("FEEDBACK_OLIST_FOLDER") or ROOT.parent / "shared" / "data" / "olist")
    if not (folder / "olist_orders_dataset.csv").is_file():
        pytest.skip("no Olist files: FEEDBACK_OLIST_FOLDER names no folder that holds them")
    return folder


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop that tells answers apart by where a buyer lives, what was bought, and by something meaningless."""
    return settings.model_copy(update={"dimensions": ",".join(ATTRIBUTES)})


def table(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the files."""
    with (folder / f"olist_{name}_dataset.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def days_late(order: dict[str, str]) -> int | None:
    """Days from the promised to the delivered one."""
    delivered, promised = order["order_delivered_customer_date"][:10], order["order_estimated_delivery_date"][:10]
    return (date.fromisoformat(delivered) - date.fromisoformat(promised)).days if delivered else None


def replay(session: Session, folder: Path, now: datetime) -> None:
    """Every order and answer of the files, and on each order one of 200 lots by lot."""
    rng = random.Random(1)
    states = {row["customer_id"]: row["customer_state"] for row in table(folder, "customers")}
    kinds = {row["product_id"]: row["product_category_name"] for row in table(folder, "products")}
    bought = {row["order_id"]: kinds.get(row["product_id"], "") for row in table(folder, "order_items")}
    orders = list(table(folder, "orders"))
    facts = [
        (
            {
                "region": states[order["customer_id"]],
                "category": bought.get(order["order_id"], ""),
                "lot": f"lot {rng.randrange(LOTS)}",
            },
            days_late(order),
        )
        for order in orders
    ]
    ids = dict(zip((order["order_id"] for order in orders), sold(session, now, facts), strict=True))
    answers = [
        (
            ids[row["order_id"]],
            int(row["review_score"]),
            datetime.fromisoformat(row["review_answer_timestamp"]).replace(tzinfo=UTC),
        )
        for row in table(folder, "order_reviews")
    ]
    answered_all(session, answers, CSAT)
    count_all(session, now, ATTRIBUTES)


@pytest.fixture
def told_page(app: Flask, session: Session, now: datetime, olist: Path) -> Page:
    """What a manager reads."""
    replay(session, olist, now)
    manager: FlaskClient = signed_in(app, hire(app, session, "Maria", now, role=RoleName.MANAGER, team=None))
    return read(manager.get(ADDRESS))


def row(page: Page, name: str, after: str) -> list[str]:
    """The cells that follow a name in a table."""
    start = page.words.index(name, page.words.index(after))
    return page.words[start + 1 :]


def satisfied(scores: list[int]) -> str:
    """CSAT, as the page writes it."""
    return f"{round(100 * sum(score >= 4 for score in scores) / len(scores))} %"


def test_late_delivery_is_the_strongest_driver_and_no_lot_is_one(told_page: Page, olist: Path) -> None:
    page = told_page
    late: dict[str, list[int]] = {"late": [], "on time": []}
    states: dict[str, list[int]] = defaultdict(list)
    orders = {order["order_id"]: order for order in table(olist, "orders")}
    homes = {row["customer_id"]: row["customer_state"] for row in table(olist, "customers")}
    answers = list(table(olist, "order_reviews"))
    for answer in answers:
        order, score = orders[answer["order_id"]], int(answer["review_score"])
        states[homes[order["customer_id"]]].append(score)
        if order["order_delivered_customer_date"]:
            by = order["order_delivered_customer_date"][:10] > order["order_estimated_delivery_date"][:10]
            late["late" if by else "on time"].append(score)

    assert f"{len(answers):,} answers" in page.text
    assert f"CSAT {satisfied([int(answer['review_score']) for answer in answers])}" in page.text
    below = page.words[page.words.index("Below the others") :]
    assert below[1] == "Late delivery"  # the first of all that stands out
    assert "Late delivery costs most" in page.text
    for name, scores in (("Late delivery", late["late"]), ("Delivery on time", late["on time"])):
        n, told, mean = row(page, name, "All that was looked at")[:3]
        assert (n, mean) == (f"{len(scores):,}", f"{fmean(scores):.2f}")
        assert told.startswith(f"{satisfied(scores)} (")
    assert (round(fmean(late["late"]), 2), round(fmean(late["on time"]), 2)) == (2.18, 4.27)
    for state in ("SP", "RJ", "MG"):
        n, told, mean = row(page, f"Region {state}", "All that was looked at")[:3]
        assert (n, mean) == (f"{len(states[state]):,}", f"{fmean(states[state]):.2f}")
        assert told.startswith(f"{satisfied(states[state])} (")
    said = page.text[page.text.index("What stands out") : page.text.index("All that was looked at")]
    assert "Lot lot" not in said
    assert "lot" in said  # but looked at they were
