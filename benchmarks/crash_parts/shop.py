"""A shop with as many orders as buyers, set up by the commands that anybody would give."""

import csv
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedback_service.cli.main import feedback

from .people import Buyer

SURVEY = "post_purchase_nps"
DELIVERED_AGO = timedelta(days=6)  # a day more than the survey waits
MANAGER, PASSWORD = "manager@example.com", secrets.token_urlsafe()
OUR_RULES: Mapping[str, str] = {
    "sample_one_in": "1",
    "reminders": "0",
    "from": '"00:00"',
    "until": '"24:00"',
    "holidays": "true",
}
"""The shipped rules but for these: every order is asked about, once, at any hour."""


class ShippedRulesError(Exception):
    """The shipped survey is not what this run changes."""


def secret_keys() -> dict[str, str]:
    """Fresh secrets, as `feedback new-keys` prints them."""
    return {f"FEEDBACK_{name}": secrets.token_urlsafe() for name in ("SECRET_KEY", "LINK_KEYS", "PRIVACY_KEY")}


def own_surveys(folder: Path, shipped: Path) -> Path:
    """A surveys folder with the one survey and `OUR_RULES`."""
    shutil.copytree(shipped / SURVEY, folder / SURVEY)
    for words in shipped.glob("common.*.toml"):
        shutil.copy(words, folder)
    file = folder / SURVEY / "survey.toml"
    rules = file.read_text(encoding="utf-8")
    for name, value in OUR_RULES.items():
        rules, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", rules)
        if found != 1:
            raise ShippedRulesError(f"{file} no longer says {name} once; look at what this run should change")
    file.write_text(rules, encoding="utf-8")
    return folder


def set_up(environment: Mapping[str, str], folder: Path, orders: int) -> None:
    """Tables, a manager, orders that are due, and sending switched on: by the commands, without a process for each."""
    _orders_file(folder / "orders.csv", orders)
    first_day = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    with _inside(environment):
        for words in (
            ("migrate",),
            ("users", "add", MANAGER, "--name", "Mia", "--role", "manager", "--password", PASSWORD),
            ("import", "orders", str(folder / "orders.csv")),
            ("go-live", first_day, "--opt-outs-settled"),
        ):
            feedback.main(words, prog_name="feedback", standalone_mode=False)


@contextmanager
def _inside(environment: Mapping[str, str]) -> Iterator[None]:
    """Let this process have the installation's settings for a while."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _orders_file(file: Path, orders: int) -> None:
    delivered = datetime.now(UTC) - DELIVERED_AGO
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(("order_id", "customer_id", "email", "name", "ordered_at", "delivered_at", "status"))
        for number in range(orders):
            ordered = delivered - timedelta(days=3)
            writer.writerow(
                (f"O{number:06d}", f"C{number:06d}", Buyer(number).address, "Zoe", ordered.isoformat(),
                 delivered.isoformat(), "delivered")
            )  # fmt: skip
