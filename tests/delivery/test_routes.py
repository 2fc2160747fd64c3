"""Mail as a manager sees it: going live, pausing, who was not asked, what nobody knows."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import add_user
from feedback_service.database import db
from feedback_service.delivery.models import Message, MessageState
from feedback_service.invitations.go_live import asking_since, go_live_at
from feedback_service.invitations.models import GoLive
from tests.delivery.factories import messages, outbox, recipient
from tests.invitations.factories import NOW, numbered, order, plan

pytestmark = pytest.mark.usefixtures("now")
PASSWORD = "a password of some length"


# --- mail as a manager sees it --------------------------------------------------------------------------------------


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    """Marta, signed in."""
    with app.app_context():
        add_user(
            db.session,
            email="marta@corner-shop.example",
            name="Marta",
            password=PASSWORD,
            role=RoleName.MANAGER,
            team=None,
            now=NOW,
        )
        db.session.commit()
    page = press(client, "/sign-in", "/sign-in", {"email": "marta@corner-shop.example", "password": PASSWORD})
    assert page.status_code == 302
    return client


def press(client: FlaskClient, page: str, action: str, fields: Mapping[str, str]) -> TestResponse:
    """Send a form that stands on a page, with that page's nonce."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(action, data={**fields, "csrf_token": found[1]})


def shown(page: TestResponse) -> str:
    """The words of a page without its markup."""
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_before_anything_was_imported_the_page_says_what_to_do(manager: FlaskClient) -> None:
    words = shown(manager.get("/mail/"))
    assert "Sending has not started." in words
    assert "No orders yet" in words


def test_a_manager_starts_sending(manager: FlaskClient, session: Session) -> None:
    answer = press(manager, "/mail/", "/mail/go-live", {"first_day": "2026-07-01", "opt_outs_settled": "y"})
    assert answer.status_code == 303
    words = shown(manager.get("/mail/"))
    assert "1 Jul 2026, 00:00" in words
    assert "Sending has not started." not in words
    assert go_live_at(session) == datetime(2026, 6, 30, 23, 0, tzinfo=UTC), "midnight in Lisbon, in summer"
    assert session.scalars(select(GoLive.set_by)).one() == "marta@corner-shop.example"


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30", "0026-03-29", "9999-12-31", "29.03.2026"])
def test_a_day_that_is_none_is_refused_and_nothing_starts(manager: FlaskClient, session: Session, day: str) -> None:
    answer = press(manager, "/mail/", "/mail/go-live", {"first_day": day, "opt_outs_settled": "y"})
    assert answer.status_code == 422
    assert go_live_at(session) is None


def test_earlier_opt_outs_come_first(manager: FlaskClient, session: Session) -> None:
    answer = press(manager, "/mail/", "/mail/go-live", {"first_day": "2026-07-01"})
    assert answer.status_code == 422
    assert "Take in earlier opt-outs first, then tick this" in answer.text
    assert go_live_at(session) is None


def test_once_they_are_settled_nobody_asks_again(manager: FlaskClient, session: Session) -> None:
    assert "opt_outs_settled" in manager.get("/mail/").text
    press(manager, "/mail/", "/mail/go-live", {"first_day": "2026-07-01", "opt_outs_settled": "y"})
    assert "opt_outs_settled" not in manager.get("/mail/").text
    assert press(manager, "/mail/", "/mail/go-live", {"first_day": "2026-08-01"}).status_code == 303
    assert go_live_at(session) == datetime(2026, 7, 31, 23, 0, tzinfo=UTC)


def test_a_manager_pauses_and_goes_on(manager: FlaskClient, session: Session) -> None:
    assert press(manager, "/mail/", "/mail/pause", {}).status_code == 303
    assert "Sending has not started yet." in shown(manager.get("/mail/"))
    press(manager, "/mail/", "/mail/go-live", {"first_day": "2026-03-01", "opt_outs_settled": "y"})
    press(manager, "/mail/", "/mail/pause", {})
    assert "Sending is paused since just now: nobody is asked and no mail leaves." in shown(manager.get("/mail/"))
    assert asking_since(session) is None
    session.rollback()
    press(manager, "/mail/", "/mail/go-on", {})
    assert "Pause sending" in shown(manager.get("/mail/"))
    session.expire_all()
    assert asking_since(session) == datetime(2026, 3, 1, tzinfo=UTC)


def test_the_page_says_who_was_not_asked_and_why(manager: FlaskClient, session: Session) -> None:
    outbox(session, 2)
    order(session, numbered(2), status="refunded")
    plan(session)
    words = shown(manager.get("/mail/"))
    assert "Delivery CSAT: who was asked, and who was not Outcome Orders Asked 2" in words
    assert "Not asked: the order was refunded 1" in words
    assert "Not asked: the event was not in the sample 2" in words
    assert "Waiting 2" in words


def _unknown(session: Session) -> Message:
    (message,) = outbox(session, 1)
    session.execute(update(Message).values(state=MessageState.UNKNOWN, detail="The line dropped <b>late</b>."))
    session.commit()
    return message


@pytest.mark.parametrize(
    ("fate", "state", "by"),
    [("arrived", MessageState.SENT, "it arrived"), ("lost", MessageState.PENDING, "sent again")],
)
def test_a_manager_settles_a_mail_of_which_nobody_knew(
    manager: FlaskClient, session: Session, fate: str, state: MessageState, by: str
) -> None:
    message = _unknown(session)
    page = manager.get("/mail/")
    assert recipient(message) in shown(page)
    assert "<b>late</b>" not in page.text
    answer = press(manager, "/mail/", f"/mail/{message.id}/{fate}", {})
    assert answer.status_code == 303
    (settled,) = messages(session)
    assert settled.state == state
    assert settled.detail.startswith("Settled by Marta:")
    assert by in settled.detail
    assert press(manager, "/mail/", f"/mail/{message.id}/arrived", {}).status_code == 303
    assert "Somebody settled this mail before you." in shown(manager.get("/mail/"))
    assert messages(session)[0].detail == settled.detail


def test_a_failed_mail_is_shown_with_its_reason_and_no_button(manager: FlaskClient, session: Session) -> None:
    outbox(session, 1)
    session.execute(update(Message).values(state=MessageState.FAILED, detail="550 No such user"))
    session.commit()
    page = manager.get("/mail/")
    assert "550 No such user" in shown(page)
    assert "/arrived" not in page.text


@pytest.mark.parametrize("path", ["/mail/1/forgotten", "/mail/x/lost"])
def test_there_is_no_third_fate(manager: FlaskClient, path: str) -> None:
    assert press(manager, "/mail/", path, {}).status_code == 404


def test_a_number_beyond_all_rows_is_no_error_of_ours(manager: FlaskClient) -> None:
    assert press(manager, "/mail/", "/mail/123456789/lost", {}).status_code == 303
    assert press(manager, "/mail/", f"/mail/{10**30}/lost", {}).status_code == 400


def test_without_the_pages_nonce_nothing_happens(manager: FlaskClient, session: Session) -> None:
    message = _unknown(session)
    assert manager.post(f"/mail/{message.id}/lost").status_code == 400
    assert manager.post("/mail/go-live", data={"first_day": "2026-01-01"}).status_code == 400
    assert messages(session)[0].state == MessageState.UNKNOWN


def test_nobody_else_sees_the_page(client: FlaskClient, sessions: sessionmaker[Session]) -> None:
    assert client.get("/mail/").status_code == 302
    assert client.post("/mail/1/lost").status_code in {400, 403}
