"""A friend comes to the shop, a manager looks at that and at words that may be shown."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.advocacy import models
from feedback_service.advocacy.models import ReferralClick, ShownWhere, SignedAs
from feedback_service.advocacy.testimonials import Consent, allow, withdraw
from feedback_service.config import Settings
from feedback_service.orders.models import OrderStatus
from tests.accounts.factories import add_colleague, address, sign_in
from tests.advocacy.factories import A_BROWSER, clicked, code_of, customer, ordered
from tests.responses.factories import asked, everything, read

FIREFOX = {"User-Agent": A_BROWSER}
CONSENT = Consent("Lovely lamp", SignedAs.FIRST_NAME, ShownWhere.ANYWHERE, "I allow Corner Shop to show these words.")


@pytest.fixture
def shop(app: Flask, settings: Settings) -> Settings:
    """The shop has an address."""
    told = settings.model_copy(update={"shop_url": "https://corner-shop.example/?lang=pt"})
    app.extensions["feedback_settings"] = told
    return told


def own_code(session: Session, now: datetime) -> str:
    return code_of(session, customer(session, now), now)


def clicks(session: Session) -> list[tuple[str, bool]]:
    session.rollback()
    rows = session.execute(select(ReferralClick.agent, ReferralClick.suspected).order_by(ReferralClick.id)).all()
    session.rollback()
    return [(agent, suspected is not None) for agent, suspected in rows]


# A friend


@pytest.mark.usefixtures("shop")
def test_a_friends_link_leads_to_the_shop_with_the_code(client: FlaskClient, session: Session, now: datetime) -> None:
    code = own_code(session, now)
    went = client.get(f"/go/{code}", headers=FIREFOX)
    assert (went.status_code, went.location) == (302, f"https://corner-shop.example/?lang=pt&ref={code}")
    assert went.headers["Cache-Control"] == "no-store", "or the second friend's click would not be seen"
    assert client.get(f"/go/{code.lower()}", headers=FIREFOX).location == went.location, "typed in small letters"
    assert clicks(session) == [(A_BROWSER, False)] * 2


@pytest.mark.usefixtures("shop")
def test_a_preview_is_kept_as_a_machines(client: FlaskClient, session: Session, now: datetime) -> None:
    code = own_code(session, now)
    assert client.get(f"/go/{code}", headers={"User-Agent": "WhatsApp/2.23.20.0"}).status_code == 302
    assert client.head(f"/go/{code}", headers=FIREFOX).status_code == 302
    assert clicks(session) == [("WhatsApp/2.23.20.0", True), (A_BROWSER, True)]


@pytest.mark.usefixtures("shop")
def test_nothing_about_the_visitor_is_kept_but_what_they_call_themselves(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    code = own_code(session, now)
    client.get(f"/go/{code}", headers=FIREFOX, environ_base={"REMOTE_ADDR": "203.0.113.77"})
    assert "203.0.113.77" not in everything(engine)
    assert {column.name for column in models.ReferralClick.__table__.columns} == {
        "id",
        "referral_id",
        "at",
        "agent",
        "suspected",
    }


@pytest.mark.usefixtures("shop", "now")
@pytest.mark.parametrize("code", ["BCDFGHJ", "nothing", "%00", "x" * 300, "..%2F..", "https:%2F%2Fevil.example"])
def test_an_unknown_code_keeps_nobody_from_the_shop(client: FlaskClient, session: Session, code: str) -> None:
    went = client.get(f"/go/{code}", headers=FIREFOX)
    assert went.status_code in (302, 404), "a slash makes another address"
    if went.status_code == 302:
        assert went.location == "https://corner-shop.example/?lang=pt"
    assert clicks(session) == []


def test_where_the_shop_has_no_address_the_code_is_told(client: FlaskClient, session: Session, now: datetime) -> None:
    code = own_code(session, now)
    page = client.get(f"/go/{code}", headers=FIREFOX | {"Accept-Language": "pt"})
    assert page.status_code == 200
    assert read(page).text.count(code) == 1
    assert "Alguém indica Corner Shop para você." in page.text
    unknown = client.get("/go/BCDFGHJ", headers=FIREFOX)
    assert unknown.status_code == 404
    assert "We do not know this link." in unknown.text


# Managers


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    return client


def test_an_empty_page_says_what_will_stand_there(manager: FlaskClient, now: datetime) -> None:
    page = manager.get("/advocacy/").text
    assert "No referrals yet" in page
    assert "No words yet" in page
    assert "set <code>FEEDBACK_SHOP_URL</code>" in page


@pytest.mark.usefixtures("shop")
def test_a_manager_sees_links_with_clicks_and_orders(manager: FlaskClient, session: Session, now: datetime) -> None:
    ana, bo = customer(session, now, "Ana <b>Souza"), customer(session, now)
    code = code_of(session, ana, now)
    clicked(session, session.scalars(select(models.Referral.id)).one(), now)
    ordered(session, bo, now, code, 1250)
    ordered(session, bo, now, code, 900, "JPY")
    ordered(session, bo, now, code, status=OrderStatus.CANCELLED)
    page = manager.get("/advocacy/")
    assert f"Ana <b>Souza {code} 1 2 €12.50, ¥900" in read(page).text
    assert "FEEDBACK_SHOP_URL" not in page.text
    file = manager.get("/advocacy/referrals.csv")
    assert f"{ana.external_id},{code},2026-03-20,1,1,12.50,EUR" in file.text
    assert "attachment" in file.headers["Content-Disposition"]


def test_a_manager_sees_words_that_may_be_shown_and_no_others(
    manager: FlaskClient, session: Session, now: datetime
) -> None:
    ana, bo = asked(session, now, name="Ana Souza"), asked(session, now, name="Bo Berg", locale="pt-BR")
    allow(session, ana.invitation_id, CONSENT, now)
    allow(session, bo.invitation_id, Consent("Withdrawn words", SignedAs.NOBODY, ShownWhere.SHOP, "Yes."), now)
    withdraw(session, bo.invitation_id, now + timedelta(hours=1))
    session.commit()
    for path in ("/advocacy/", "/advocacy/testimonials.csv"):
        shown = manager.get(path).text
        assert "Lovely lamp" in shown
        assert "Ana" in shown
        assert "Souza" not in shown, "signed with the first name"
        assert "I allow Corner Shop to show these words." in shown
        assert "Withdrawn words" not in shown
    assert "1 consent was taken back" in manager.get("/advocacy/").text
