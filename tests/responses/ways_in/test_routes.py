"""A manager makes ways in besides the mail, prints or copies them, and closes them again."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.responses.models import Channel, Collector, Response
from tests.accounts.factories import add_colleague, address, sign_in
from tests.responses.factories import later, press, read
from tests.responses.walk_in.factories import answers, come, opened


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    return client


def test_a_manager_makes_a_way_in(manager: FlaskClient, session: Session, now: datetime) -> None:
    made = press(manager, "/ways-in/", name="Receipts, Lisbon", survey="post_purchase_nps", channel="link")
    assert made.status_code == 303
    way = session.scalars(select(Collector)).one()
    assert (way.name, way.channel, way.locale, way.created_at) == ("Receipts, Lisbon", Channel.LINK, None, now)
    assert way.created_by == address(RoleName.MANAGER)
    page = read(manager.get(made.location)).text
    assert f"http://127.0.0.1:8000/c/{way.token}" in page
    assert "Receipts, Lisbon" in read(manager.get("/ways-in/")).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Say where it is"),
        ({"channel": "embed", "origins": ""}, "Say where the panel may be shown"),
        ({"channel": "embed", "origins": "shop.example/cart"}, "is no address such as"),
        ({"again_after_days": "0"}, "Give a number of days"),
        ({"locale": "ar", "survey": "delivery_csat"}, "has no words in ar"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    manager: FlaskClient, session: Session, changed: dict[str, str], said: str
) -> None:
    form = {"name": "Counter", "survey": "post_purchase_nps", "channel": "kiosk", **changed}
    refused = press(manager, "/ways-in/", **form)
    assert refused.status_code == 422
    assert said in read(refused).text
    assert session.scalars(select(Collector)).all() == []


def test_anonymous_surveys_are_not_offered(manager: FlaskClient) -> None:
    page = manager.get("/ways-in/").text
    assert "post_purchase_nps" in page
    assert "employee_pulse" not in page
    refused = press(manager, "/ways-in/", name="Canteen", survey="employee_pulse", channel="kiosk")
    assert refused.status_code == 422


def test_a_panel_is_shown_with_its_snippet_and_policy(manager: FlaskClient, session: Session, now: datetime) -> None:
    way = opened(session, now, Channel.EMBED)
    page = read(manager.get(f"/ways-in/{way.id}")).text
    assert f'<script src="http://127.0.0.1:8000/c/{way.token}/embed.js" async></script>' in page
    assert "script-src http://127.0.0.1:8000; frame-src http://127.0.0.1:8000" in page


def test_a_manager_closes_a_way_in(manager: FlaskClient, session: Session, now: datetime) -> None:
    way = opened(session, now)
    assert manager.get(f"/ways-in/{way.id}/close").status_code == 405
    with later(now, hours=1) as moment:
        manager.post(f"/ways-in/{way.id}/close", data=read(manager.get(f"/ways-in/{way.id}")).form(having="csrf_token"))
    session.rollback()
    closed = session.get_one(Collector, way.id, populate_existing=True)
    assert (closed.closed_at, closed.closed_by) == (moment, address(RoleName.MANAGER))
    assert manager.get(f"/c/{way.token}").status_code == 410


def test_the_list_counts_what_counts(manager: FlaskClient, session: Session, now: datetime) -> None:
    way = opened(session, now)
    for score in ("9", "3"):
        come(manager, f"/c/{way.token}", score=score)
    session.get_one(Response, answers(session)[0].id).withdrawn_at = now
    session.commit()
    cells = read(manager.get("/ways-in/")).words
    assert cells[cells.index("Link and QR code, Post-purchase NPS") + 1] == "1"


@pytest.mark.parametrize(("form", "kind"), [("svg", "image/svg+xml"), ("png", "image/png")])
def test_the_code_can_be_seen_and_saved(
    manager: FlaskClient, session: Session, now: datetime, form: str, kind: str
) -> None:
    way = opened(session, now)
    assert manager.get(f"/ways-in/{way.id}/code.{form}").mimetype == kind
    saved = manager.get(f"/ways-in/{way.id}/code.{form}?save=yes")
    assert saved.headers["Content-Disposition"] == f"attachment; filename=qr-{way.token}.{form}"


def test_a_card_is_in_the_language_of_its_readers(manager: FlaskClient, session: Session, now: datetime) -> None:
    way = opened(session, now, locale="de")
    card = manager.get(f"/ways-in/{way.id}/card/a6")
    assert '<html lang="de"' in card.text
    assert "Scannen und antworten" in read(card).text


def test_what_is_not_there_is_not_there(manager: FlaskClient) -> None:
    for number in (1, 2**70):
        assert manager.get(f"/ways-in/{number}").status_code == 404
