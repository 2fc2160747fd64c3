"""The demo shop's one story, a carrier that went bad in one region for two months, is told by the page by itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.accounts.models import RoleName
from feedback_service.config import Settings
from feedback_service.csvfiles import Row
from feedback_service.demo.catalogue import BAD_CARRIER, BAD_REGION
from feedback_service.demo.shop import generate
from feedback_service.insights.rules.metrics import MetricKind
from feedback_service.insights.why.findings import why_of
from feedback_service.insights.why.queries import Answers
from feedback_service.orders.import_orders import import_orders
from feedback_service.responses.import_answers import import_answers
from tests.cases.factories import hire, signed_in
from tests.responses.factories import read

TODAY = date(2026, 9, 15)
NOON = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)
OTHER_DAYS = [date(2026, 3, 20), date(2026, 11, 22), date(2026, 12, 24), date(2027, 2, 28), date(2027, 6, 3)]


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The day on which the demo's shop is opened."""
    with clock.running_on(lambda: NOON):
        yield NOON


@pytest.fixture
def manager(app: Flask, session: Session, settings: Settings, noon: datetime) -> FlaskClient:
    """A manager's browser, in the demo's shop with its past."""
    shop = generate(TODAY)
    import_orders(
        session, rows(shop.orders), source="demo", key=settings.privacy_secret, shop_zone=settings.zone, now=noon
    )
    import_answers(
        session, rows(shop.answers), source="demo", shop_zone=settings.zone, shop_locale=settings.shop_locale, now=noon
    )
    session.commit()
    return signed_in(app, hire(app, session, "Maria", noon, role=RoleName.MANAGER, team=None))


def rows(records: list[dict[str, str]]) -> list[Row]:
    """Generated records as the rows of a file."""
    return [Row(line, record, list(record.values())) for line, record in enumerate(records, start=2)]


def test_the_page_names_the_bad_carrier_and_its_region(manager: FlaskClient) -> None:
    """Nobody asked for either, and nobody chose the months."""
    page = read(manager.get("/insights/why")).text
    below = page[page.index("Below the others") : page.index("Above the others")]
    for_a_time = page[page.index("For a time") : page.index("with at least 10 answers were looked at")]

    for name in (f"Carrier {BAD_CARRIER}", f"Region {BAD_REGION}", "Late delivery"):
        assert name in below
    assert f"Region {BAD_REGION}" in for_a_time
    assert "in Jan 2026" in for_a_time
    assert "Late delivery costs most" in page


@pytest.mark.parametrize("today", OTHER_DAYS)
def test_on_whichever_day_the_demo_is_opened(today: date) -> None:
    """Among the last thirteen months, by what is on the orders alone."""
    shop = generate(today)
    orders = {order["order_id"]: order for order in shop.orders}
    months = [(today.year * 12 + today.month - 1 - back) for back in range(13, -1, -1)]  # the first is before
    by: dict[str, dict[str, dict[int, dict[int, int]]]] = {"order.carrier": {}, "order.region": {}}
    total: dict[int, dict[int, int]] = {}
    for answer in shop.answers:
        month = int(answer["answered_at"][:4]) * 12 + int(answer["answered_at"][5:7]) - 1
        if answer["survey"] != "post_purchase_nps" or month not in months:
            continue
        at, score, order = months.index(month), int(answer["score"]), orders[answer["order_id"]]
        places = [values.setdefault(order[f"attr.{name[6:]}"], {}).setdefault(at, {}) for name, values in by.items()]
        for place in (*places, total.setdefault(at, {})):
            place[score] = place.get(score, 0) + 1
    why = why_of(MetricKind.NPS, Answers(tuple((today, today) for _ in months), total, by))

    lower = {spell.finding.value for spell in why.spells if (spell.finding.comparison.change or 0) < 0}
    assert {BAD_CARRIER, BAD_REGION} <= lower
