"""Ways in besides the mail, and people who come by them."""

from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service import clock
from feedback_service.customers.models import Address, Customer
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.models import Channel, Collector, Response
from feedback_service.responses.ways_in.collectors import NewCollector, open_collector
from tests.responses.factories import read

READING = timedelta(seconds=5)
"""How long somebody looks at a page before they press."""
MANAGER = "manager@corner-shop.example"
SHOP = "https://corner-shop.example"


def opened(
    session: Session,
    now: datetime,
    channel: Channel = Channel.LINK,
    *,
    name: str = "",
    survey: str = "post_purchase_nps",
    locale: str | None = None,
    origins: tuple[str, ...] = (SHOP,),
) -> Collector:
    """A way in that is open; committed."""
    new = NewCollector(name or f"{channel} in Lisbon", channel, locale, origins)
    definition = published_surveys(session)[survey].definition
    way = open_collector(session, new, definition, by=MANAGER, now=now)
    session.commit()
    return way


def bought(session: Session, now: datetime, number: str = "O-10042") -> Order:
    """An order of somebody with an address; committed."""
    session.add(Address(hash="a" * 64))
    session.flush()
    customer = Customer(source="shop", external_id="C-1", name="Ana Souza", address_hash="a" * 64, created_at=now)
    session.add(customer)
    session.flush()
    order = Order(
        source="shop",
        external_id=number,
        customer_id=customer.id,
        ordered_at=now,
        status=OrderStatus.DELIVERED,
        attributes={},
        created_at=now,
        updated_at=now,
    )
    session.add(order)
    session.commit()
    return order


def answers(session: Session) -> list[Response]:
    """Every answer, the oldest first, as it stands; no lock is left behind, which the next press would wait for."""
    session.rollback()
    found = list(session.scalars(select(Response).order_by(Response.id)))
    session.expunge_all()
    session.rollback()
    return found


def form_at(client: FlaskClient, path: str, reading: timedelta = READING, **changed: str) -> dict[str, str]:
    """The first form of a page as somebody has it who opened it a moment ago, with some fields changed."""
    moment = clock.now() - reading
    with clock.running_on(lambda: moment):
        form = {**read(client.get(path)).forms[0], **changed}
    form.pop(":action")
    return form


def come(client: FlaskClient, path: str, **changed: str) -> TestResponse:
    """Open a page, read it, change some fields of its form and press its button."""
    return client.post(path, data=form_at(client, path, **changed))
