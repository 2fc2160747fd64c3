"""Links for parcels come from the terminal: one for each order of a file."""

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from feedback_service.responses.models import Channel
from tests.cli.conftest import Run
from tests.responses.walk_in.factories import bought, opened

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A shop's list of parcels, one of which is not imported yet."""
    file = tmp_path / "orders.csv"
    file.write_text("order_id;weight\nO-10042;2\nO-7;1\nO-10042;2\n", encoding="utf-8")
    return file


def links(printed: str) -> dict[str, str]:
    return {row["order_id"]: row["link"] for row in csv.DictReader(StringIO(printed))}


def test_every_order_gets_the_link_that_proves_it(run: Run, app: Flask, session: Session, orders: Path) -> None:
    bought(session, NOW, "O-10042")
    way = opened(session, NOW)
    said = run("ways-in", "order-links", way.token, orders)
    assert said.code == 0
    assert "1 of 2 orders are not known yet" in said.err
    printed = links(said.out)
    assert list(printed) == ["O-10042", "O-7"]
    path = printed["O-10042"].removeprefix("http://127.0.0.1:8000")
    assert "This is about order O-10042." in app.test_client().get(path).text


def test_the_column_may_be_called_something_else(run: Run, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "parcels.csv"
    file.write_text("parcel,Order no\n1,A 1\n", encoding="utf-8")
    said = run("ways-in", "order-links", opened(session, NOW).token, file, "--column", "Order no")
    assert list(links(said.out)) == ["A 1"]


@pytest.mark.parametrize("channel", [Channel.KIOSK, Channel.EMBED, None])
def test_only_a_link_has_parcels(run: Run, session: Session, orders: Path, channel: Channel | None) -> None:
    token = opened(session, NOW, channel).token if channel else "nobody"
    said = run("ways-in", "order-links", token, orders)
    assert said.code == 2
    assert "There is no link named" in said.err


def test_a_file_without_orders_says_what_is_missing(run: Run, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "parcels.csv"
    file.write_text("parcel\n1\n", encoding="utf-8")
    said = run("ways-in", "order-links", opened(session, NOW).token, file)
    assert said.code == 2
    assert "order_id" in said.err
