"""A person says, from the link in a mail, what they may be asked: by one click of a mail program, or on the page."""

from datetime import datetime, timedelta
from http.client import HTTPConnection
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from feedback_service.customers.models import Address, AddressChange, AddressFact, Customer, SuppressionReason
from feedback_service.delivery.preferences.choose import PAUSE, Choice, choose, standing
from feedback_service.invitations.links import token
from feedback_service.invitations.models import Invitation, LinkScope, LinkVisit
from feedback_service.invitations.rules.visits import VisitSuspicion
from tests.evidence import write_evidence
from tests.guards.factories import fingerprint
from tests.invitations.factories import LINK_KEYS, NOW, go_live, invitation, numbered, order, outcome, plan
from tests.invitations.factories import decide as decide_now
from tests.responses.factories import later, read

pytestmark = pytest.mark.usefixtures("now")
DAY = timedelta(days=1)


@pytest.fixture
def asked(session: Session) -> Invitation:
    return invitation(session)


@pytest.fixture
def path(asked: Invitation) -> str:
    return f"/u/{token(LINK_KEYS, LinkScope.UNSUBSCRIBE, asked.uid, 1)}"


def address(session: Session, asked: Invitation) -> Address:
    found = session.get_one(Address, asked.address_hash, populate_existing=True)
    session.commit()
    return found


def facts(session: Session) -> list[AddressFact]:
    found = session.scalars(select(AddressChange.fact).order_by(AddressChange.id)).all()
    session.commit()
    return list(found)


# RFC 8058: a mail program's one click


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
        {"data": b"", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"List-Unsubscribe=One-Click", "content_type": "text/plain"},
        {},
    ],
    ids=["as the RFC has it", "as multipart", "empty", "as text", "nothing at all"],
)
def test_one_click_ends_all_mail_at_once_without_cookie_token_or_redirect(
    client: FlaskClient, session: Session, asked: Invitation, path: str, sent: dict[str, object]
) -> None:
    answer = client.post(path, **sent)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert address(session, asked).unsubscribed_at == NOW
    assert facts(session) == [AddressFact.UNSUBSCRIBED]


def test_a_bare_http_client_is_enough(app: Flask, session: Session, asked: Invitation, path: str) -> None:
    """What a mail host sends: no browser, no cookie, no page opened before."""
    server = make_server("127.0.0.1", 0, app)
    serving = Thread(target=server.handle_request)
    serving.start()
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, "List-Unsubscribe=One-Click", form)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    serving.join(timeout=20)
    server.server_close()
    assert answer.status == 200
    assert address(session, asked).unsubscribed_at == NOW


def test_clicking_twice_is_one_unsubscribing(
    client: FlaskClient, session: Session, asked: Invitation, path: str
) -> None:
    client.post(path)
    with later(NOW, days=3):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert address(session, asked).unsubscribed_at == NOW
    assert facts(session) == [AddressFact.UNSUBSCRIBED]


def test_an_erased_person_can_still_press_the_button(
    client: FlaskClient, session: Session, asked: Invitation, path: str
) -> None:
    asked.customer.email = asked.customer.address_hash = None
    session.commit()
    assert client.post(path).status_code == 200


def test_the_link_works_for_ever(client: FlaskClient, session: Session, asked: Invitation, path: str) -> None:
    with later(NOW, days=4000):
        assert client.get(path).status_code == 200
        assert client.get(f"{path}/why").status_code == 200
        assert client.post(path).status_code == 200
    assert address(session, asked).unsubscribed_at == NOW + 4000 * DAY


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_the_page_changes_nothing_that_anybody_said(
    client: FlaskClient, engine: Engine, path: str, method: str
) -> None:
    before = fingerprint(engine, evidence=False)
    for end in ("", "?choice=never", "?List-Unsubscribe=One-Click", "/why"):
        assert client.open(path + end, method=method).status_code == 200
    assert fingerprint(engine, evidence=False) == before


@pytest.mark.parametrize("end", ["", "/why"])
def test_a_wrong_link_is_said_so_and_leaves_nothing(client: FlaskClient, engine: Engine, path: str, end: str) -> None:
    before = fingerprint(engine)
    wrong = f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}{end}"
    assert client.get(wrong).status_code == 404
    assert client.post(wrong).status_code in {404, 405}
    assert fingerprint(engine) == before


# The page


@pytest.mark.parametrize(
    ("choice", "holds", "unsubscribed", "paused_until", "purchases_only"),
    [
        ("anything", "We may ask you about purchases, and now and then in general.", False, None, False),
        ("purchases_only", "We ask you after purchases only.", False, None, True),
        ("pause", "We ask you nothing until June 18, 2026.", False, NOW + PAUSE, False),
        ("never", "We do not ask you any more.", True, None, False),
    ],
)
@pytest.mark.parametrize("before", list(Choice))
def test_a_choice_takes_the_place_of_the_one_before_and_is_said_in_words(
    client: FlaskClient,
    session: Session,
    asked: Invitation,
    path: str,
    before: Choice,
    choice: str,
    holds: str,
    unsubscribed: bool,
    paused_until: datetime | None,
    purchases_only: bool,
) -> None:
    client.post(path, data={"choice": before})
    page = read(client.post(path, data={"choice": choice}))
    assert f"Saved. {holds}" in page.text
    assert page.form(having="choice")["choice"] == choice, "what holds is preselected, and can be changed"
    assert read(client.get(path)).form(having="choice")["choice"] == choice
    found = address(session, asked)
    assert (found.unsubscribed_at is not None) == unsubscribed
    assert unsubscribed or found.paused_until == paused_until
    # A pause interrupts "only after purchases" and does not end it; and whoever leaves need not say more.
    if choice != "never" and not (choice == "pause" and before == Choice.PURCHASES_ONLY):
        assert found.purchases_only == purchases_only


def test_a_pause_ends_by_itself(client: FlaskClient, session: Session, asked: Invitation, path: str) -> None:
    client.post(path, data={"choice": "pause"})
    with later(NOW, days=90):
        assert read(client.get(path)).form(having="choice")["choice"] == "anything"
    assert standing(session, asked, NOW + PAUSE - timedelta(seconds=1)).choice == Choice.PAUSE


def test_a_choice_that_does_not_stand_on_the_page_is_asked_for_again(
    client: FlaskClient, engine: Engine, path: str
) -> None:
    before = fingerprint(engine)
    refused = client.post(path, data={"choice": "sometimes"})
    assert refused.status_code == 422
    assert "Choose one of these first, then press the button." in read(refused).text
    assert fingerprint(engine) == before


def test_the_choice_holds_for_a_new_address_too(
    client: FlaskClient, session: Session, asked: Invitation, path: str
) -> None:
    session.add(Address(hash="f" * 64))
    session.flush()
    session.execute(update(Customer).where(Customer.id == asked.customer_id).values(address_hash="f" * 64))
    session.commit()
    client.post(path, data={"choice": "purchases_only"})
    assert address(session, asked).purchases_only
    assert session.get_one(Address, "f" * 64).purchases_only


def test_where_mail_comes_back_the_page_says_so(
    client: FlaskClient, session: Session, asked: Invitation, path: str
) -> None:
    session.execute(update(Address).values(suppressed_at=NOW, suppressed_reason=SuppressionReason.COMPLAINT))
    session.commit()
    page = read(client.post(path, data={"choice": "anything"}))
    assert "reported as spam, so we send no questions there" in page.text
    assert address(session, asked).suppressed_at == NOW


def test_the_page_speaks_the_mails_language(client: FlaskClient, session: Session) -> None:
    asked = invitation(session, locale="pt-BR")
    path = f"/u/{token(LINK_KEYS, LinkScope.UNSUBSCRIBE, asked.uid, 1)}"
    page = client.get(path, headers={"Accept-Language": "en"})
    assert '<html lang="pt-BR"' in page.text
    assert "Pausa de 90 dias" in read(page).text
    assert "Nenhuma pergunta até 18 de junho de 2026." in read(page).text


# It is honoured


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("never", "unsubscribed"), ("pause", "paused"), ("purchases_only", "invited"), ("anything", "invited")],
)
def test_what_was_chosen_decides_about_the_next_purchase(session: Session, choice: str, expected: str) -> None:
    asked = invitation(session)
    choose(session, asked, Choice(choice), NOW)
    session.commit()
    when = NOW + 60 * DAY
    again = order(
        session,
        numbered(1),
        customer_id=asked.customer.external_id,
        email=asked.customer.email,
        ordered_at=when - 12 * DAY,
        delivered_at=when - 2 * DAY,
    )
    go_live(session)
    plan(session, when)
    decide_now(session, when)
    assert outcome(session, again) == expected


# The visit as evidence


def test_a_look_at_the_page_is_evidence_and_no_opening_of_the_form(
    client: FlaskClient, session: Session, asked: Invitation, path: str
) -> None:
    client.get(path, headers={"User-Agent": "Mozilla/5.0 Firefox/136.0"})
    with later(NOW, seconds=30):
        client.get(f"{path}/why", headers={"User-Agent": "curl/8.5.0"})
    write_evidence(client.application)
    visits = session.scalars(select(LinkVisit).order_by(LinkVisit.id)).all()
    assert [(visit.scope, visit.method, visit.suspected) for visit in visits] == [
        (LinkScope.UNSUBSCRIBE, "GET", None),
        (LinkScope.UNSUBSCRIBE, "GET", VisitSuspicion.KNOWN_AGENT),
    ]
    assert session.get_one(Invitation, asked.id, populate_existing=True).opened_at is None
