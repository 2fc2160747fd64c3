"""How good the addresses are, in numbers that can be trusted, and a list that a spreadsheet can be given."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.csvfiles import Row
from feedback_service.customers.addresses import address_hash
from feedback_service.customers.forbid import pause, suppress, unsubscribe
from feedback_service.customers.import_employees import import_employees
from feedback_service.customers.models import Address, AddressChange, AddressFact, SuppressionReason
from feedback_service.delivery.address_health import Bounces, bounces_by_month, csv_lines, reach, to_correct
from feedback_service.delivery.models import BounceKind, Message, MessageState
from tests.accounts.factories import add_colleague, address, csrf_token, sign_in
from tests.delivery.factories import outbox
from tests.invitations.factories import LISBON, NOW, PRIVACY_KEY, order

DAY = timedelta(days=1)


def place(email: str) -> str:
    return address_hash(PRIVACY_KEY, email)


@pytest.fixture
def shop(session: Session) -> Session:
    """Eight customers: two without an address, three suppressed, one unsubscribed, one paused, one who is fine."""
    for name in ("bad", "bounced", "complained", "left", "paused", "fine"):
        order(session, name, email=f"{name}@example.com", name=name.capitalize())
    for name in ("nobody", "noone"):
        order(session, name, email=None, name=f"=cmd|'{name}'")
    suppress(session, place("bad@example.com"), SuppressionReason.BAD_ADDRESS, NOW - 2 * DAY)
    suppress(session, place("bounced@example.com"), SuppressionReason.HARD_BOUNCE, NOW - DAY)
    suppress(session, place("complained@example.com"), SuppressionReason.COMPLAINT, NOW - 3 * DAY)
    unsubscribe(session, place("bad@example.com"), NOW)
    unsubscribe(session, place("left@example.com"), NOW)
    pause(session, place("paused@example.com"), NOW + DAY, NOW)
    pause(session, place("fine@example.com"), NOW - DAY, NOW - 2 * DAY)
    session.commit()
    return session


def test_everybody_is_counted_once_by_the_gravest_reason(shop: Session) -> None:
    found = reach(shop, NOW)
    assert (found.customers, found.no_address, found.unsubscribed, found.paused) == (8, 2, 1, 1)
    assert found.suppressed == {
        SuppressionReason.BAD_ADDRESS: 1, SuppressionReason.HARD_BOUNCE: 1, SuppressionReason.COMPLAINT: 1,
    }  # fmt: skip
    assert found.deliverable == 3


def test_colleagues_are_no_customers(session: Session) -> None:
    row = Row(2, {"employee_id": "7"}, ["7"])
    import_employees(session, [row], source="staff", key=PRIVACY_KEY, shop_zone=LISBON, now=NOW)
    assert reach(session, NOW).customers == 0
    assert list(to_correct(session)) == []


def test_the_list_to_correct_is_the_latest_first_with_its_reason(shop: Session) -> None:
    lines = list(to_correct(shop))
    assert [(line.external_id.removeprefix("buyer of "), line.reason, line.may_reinstate) for line in lines] == [
        ("noone", "no address", False),
        ("nobody", "no address", False),
        ("bounced", "bounced for good", True),
        ("bad", "refused by the mail server", True),
        ("complained", "the person called a mail spam", False),
    ]
    assert [line.external_id for line in to_correct(shop, limit=1)] == ["buyer of noone"]


def test_no_cell_of_the_file_is_a_formula(shop: Session) -> None:
    text = "".join(csv_lines(to_correct(shop), LISBON))
    assert text.startswith("\ufeffsource,customer_id,name,email,reason,since\r\n")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["name"] == "'=cmd|'noone'"
    assert rows[2]["since"] == "2026-03-19 10:00"


def sent(session: Session, at: datetime, *, bounced: int = 0) -> None:
    session.execute(update(Message).values(state=MessageState.SENT, sent_at=at, detail="250"))
    ids = session.scalars(select(Message.id).order_by(Message.id).limit(bounced)).all()
    session.execute(update(Message).where(Message.id.in_(ids)).values(bounced_at=at, bounce=BounceKind.HARD))
    session.commit()


def test_bounces_are_counted_by_the_shops_month_and_by_source(session: Session) -> None:
    outbox(session, 4)
    sent(session, datetime(2025, 12, 31, 23, 30, tzinfo=UTC), bounced=1)
    assert bounces_by_month(session, NOW, LISBON) == [Bounces(date(2025, 12, 1), "shop", 4, 1)]
    sent(session, datetime(2025, 6, 30, 23, 30, tzinfo=UTC))
    assert bounces_by_month(session, datetime(2025, 8, 1, tzinfo=UTC), LISBON)[0].month == date(2025, 7, 1), "summer"
    assert bounces_by_month(session, NOW, LISBON) == [], "that is more than six months ago"


def test_a_share_of_few_mails_says_nothing() -> None:
    assert Bounces(date(2026, 3, 1), "shop", 49, 1).too_few
    assert not Bounces(date(2026, 3, 1), "shop", 50, 1).too_few


# --- on the page ----------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    return client


@pytest.mark.usefixtures("now")
def test_before_there_are_customers_the_page_says_what_to_do(manager: FlaskClient) -> None:
    assert "No customers yet" in manager.get("/mail/addresses").text


@pytest.mark.usefixtures("now")
def test_the_page_and_the_file_show_what_there_is(shop: Session, manager: FlaskClient) -> None:
    page = manager.get("/mail/addresses").text
    assert "37.5 %" in page
    assert "3 of 8 customers" in page
    file = manager.get("/mail/addresses.csv")
    assert file.headers["Content-Disposition"] == "attachment; filename=addresses-to-correct.csv"
    assert len(file.text.splitlines()) == 6
    assert "\r\n" in file.text
    assert shop.is_active


def reinstate(manager: FlaskClient, email: str) -> str:
    token = csrf_token(manager, "/mail/addresses")
    answer = manager.post("/mail/addresses/reinstate", data={"csrf_token": token, "email": email})
    assert answer.status_code == 303
    return manager.get("/mail/addresses").text


@pytest.mark.usefixtures("now")
def test_a_manager_says_that_mail_arrives_again(shop: Session, manager: FlaskClient) -> None:
    assert "Mail goes to this address again." in reinstate(manager, " Bounced@example.com ")
    found = shop.get_one(Address, place("bounced@example.com"), populate_existing=True)
    assert found.suppressed_at is None
    last = shop.scalars(select(AddressChange).order_by(AddressChange.id.desc())).first()
    assert last is not None
    assert (last.fact, last.by) == (AddressFact.REINSTATED, address(RoleName.MANAGER))


@pytest.mark.usefixtures("now")
def test_but_not_for_whoever_called_a_mail_spam(shop: Session, manager: FlaskClient) -> None:
    assert "Only they can take that back" in reinstate(manager, "complained@example.com")
    assert shop.get_one(Address, place("complained@example.com"), populate_existing=True).suppressed_at is not None
    shop.rollback()
    assert "Nothing was held against this address." in reinstate(manager, "stranger@example.com")


@pytest.mark.usefixtures("now")
def test_no_address_is_an_error_that_names_the_field(shop: Session, manager: FlaskClient) -> None:
    token = csrf_token(manager, "/mail/addresses")
    answer = manager.post("/mail/addresses/reinstate", data={"csrf_token": token, "email": ""})
    assert answer.status_code == 422
    assert "Give the address, such as ana@example.com." in answer.text
    assert shop.is_active
