"""A buyer takes an answer back: a page that erases nothing, a mail, and a button that does, once."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.delivery.models import WITHDRAWAL_LASTS, Message
from feedback_service.demo.mailbox import Mailbox
from feedback_service.invitations.models import Invitation, InvitationLink, LinkScope
from feedback_service.responses.models import Response, ResponseChange, ResponseRevision
from feedback_service.responses.withdraw import AGAIN_AFTER, ask_by_mail
from tests.conftest import NOW
from tests.delivery.factories import send
from tests.invitations.factories import LINK_KEYS
from tests.responses.factories import READING, at_once, everything, later, press, read
from tests.responses.withdrawing.factories import (
    PLANTED,
    answer,
    asked,
    forget_addresses,
    fresh,
    secret,
    suppress_all,
    walk_in_secret,
)

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def made(session: Session) -> Invitation:
    return asked(session)


@pytest.fixture
def response(session: Session, made: Invitation) -> Response:
    return answer(session, made)


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box


def wish(made: Invitation) -> str:
    """Where the status page leads."""
    return f"/w/{secret(made, LinkScope.STATUS)}/ask"


def mailed(session: Session, made: Invitation, at: datetime = NOW) -> str:
    """What stands in the mail, once it was asked for."""
    ask_by_mail(session, made, LINK_KEYS, at)
    session.commit()
    return f"/w/{secret(made, LinkScope.WITHDRAW)}"


def test_the_whole_way_by_a_real_mail(
    session: Session,
    sessions: sessionmaker[Session],
    client: FlaskClient,
    mailbox: Mailbox,
    made: Invitation,
    response: Response,
) -> None:
    page = read(client.get(wish(made)))
    assert "What is erased" in page.text
    assert "this page alone erases nothing" in page.text
    sent = press(client, wish(made))
    assert sent.status_code == 303
    assert "Please look into your mailbox." in read(client.get(sent.location)).text
    assert fresh(session, response).withdrawn_at is None

    assert send(sessions, mailbox.start()) == 1
    (mail,) = mailbox.mails()
    (printed,) = re.findall(r"https?://\S+", mailbox.read(mail.id).text)
    path = urlsplit(printed).path
    assert "Erase your answer for good?" in read(client.get(path)).text
    assert fresh(session, response).withdrawn_at is None, "opening it is not pressing it"
    erased = press(client, path)
    assert erased.status_code == 303
    assert "Your answer is erased." in read(client.get(erased.location)).text
    left = fresh(session, response)
    assert (left.withdrawn_at, left.comment, left.contact_phone) == (NOW, "", None)
    for address in (path, wish(made)):
        assert "Your answer is erased." in read(client.get(address)).text, "and nothing is left to press"


def test_the_pages_say_nothing_of_their_person(
    session: Session, client: FlaskClient, made: Invitation, response: Response
) -> None:
    for path in (wish(made), mailed(session, made)):
        said = client.get(path).text
        assert not re.search(rf"Zoe|{PLANTED}|@|\b{made.order.external_id if made.order else 'A'}\b", said)


def test_a_get_erases_nothing_and_sends_nothing(
    session: Session, engine: Engine, client: FlaskClient, made: Invitation, response: Response
) -> None:
    paths = wish(made), mailed(session, made)
    before = everything(engine)
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.open(path, method=method).status_code == 200
    assert everything(engine) == before


@pytest.mark.parametrize("nonce", ["", "made up"])
def test_a_press_without_the_pages_nonce_does_nothing(
    session: Session, engine: Engine, client: FlaskClient, made: Invitation, response: Response, nonce: str
) -> None:
    path = mailed(session, made)
    with later(NOW, hours=2):
        before = everything(engine)
        for address in (wish(made), path):
            refused = client.post(address, data={"csrf_token": nonce})
            assert refused.status_code == 422
            assert "press the button once more" in read(refused).text
        assert everything(engine) == before


def test_the_nonce_of_one_page_presses_no_other(
    session: Session, client: FlaskClient, made: Invitation, response: Response
) -> None:
    with later(NOW, hours=2):
        form = read(client.get(wish(made))).form(having="csrf_token")
        assert client.post(mailed(session, made), data={"csrf_token": form["csrf_token"]}).status_code == 422
    assert fresh(session, response).withdrawn_at is None


def test_asking_twice_within_an_hour_says_so(
    session: Session, client: FlaskClient, made: Invitation, response: Response
) -> None:
    press(client, wish(made))
    again = read(client.get(wish(made)))
    assert "before that we send no second one" in again.text
    assert again.forms == []
    assert session.scalar(select(func.count()).select_from(Message)) == 1
    session.commit()
    with later(NOW, seconds=(AGAIN_AFTER + READING).total_seconds()):
        assert press(client, wish(made)).status_code == 303
    assert session.scalar(select(func.count()).select_from(Message)) == 2
    session.commit()


@pytest.mark.parametrize("happens", [suppress_all, forget_addresses])
def test_whoever_takes_no_mail_reads_whom_to_write_to(
    session: Session, client: FlaskClient, made: Invitation, response: Response, happens: Callable[[Session], None]
) -> None:
    happens(session)
    page = client.get(wish(made))
    assert page.status_code == 200
    assert "Please write to Corner Shop" in page.text
    assert 'href="mailto:hello@corner-shop.example"' in page.text
    assert read(page).forms == []


def test_a_link_that_had_its_time_erases_nothing_and_says_where_to_ask_again(
    session: Session, client: FlaskClient, made: Invitation, response: Response
) -> None:
    path = mailed(session, made)
    form = read(client.get(path)).form(having="csrf_token")
    with later(NOW, seconds=WITHDRAWAL_LASTS.total_seconds()):
        for ended in (client.get(path), client.post(path, data={"csrf_token": form["csrf_token"]})):
            assert ended.status_code == 410
            assert "It worked for 2 days. Nothing was erased" in ended.text
            assert wish(made) in ended.text
    assert fresh(session, response).withdrawn_at is None


def test_without_an_answer_there_is_nothing_to_erase(session: Session, client: FlaskClient, made: Invitation) -> None:
    page = client.get(wish(made))
    assert page.status_code == 200
    assert "There is nothing to erase." in page.text


def test_no_other_link_opens_these_doors(
    session: Session, client: FlaskClient, made: Invitation, response: Response
) -> None:
    assert session.scalars(select(InvitationLink).where(InvitationLink.scope == LinkScope.WITHDRAW)).all() == []
    session.commit()
    known = {scope: secret(made, scope) for scope in LinkScope}
    mailed(session, made)
    wrong = {
        *(f"/w/{known[scope]}/ask" for scope in LinkScope if scope is not LinkScope.STATUS),
        *(f"/w/{known[scope]}" for scope in LinkScope if scope is not LinkScope.WITHDRAW),
        "/w/nothing",
        "/w/nothing/ask",
        f"/w/{walk_in_secret(response)}",
        f"/w/{walk_in_secret(answer(session))}x/ask",
    }
    pages = [client.get(path) for path in sorted(wrong)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1, "the same for every wrong link"


# --- people nobody asked by mail ------------------------------------------------------------------------------------


def test_a_walk_in_is_warned_and_erases_at_once(session: Session, client: FlaskClient) -> None:
    walked_in = answer(session)
    path = f"/w/{walk_in_secret(walked_in)}/ask"
    page = read(client.get(path))
    assert "there is no address to ask at" in page.text
    assert "What stays" in page.text
    assert press(client, path).status_code == 303
    assert "Your answer is erased." in read(client.get(path)).text
    left = fresh(session, walked_in)
    assert (left.withdrawn_at, left.comment, left.claimed_order) == (NOW, "", None)
    assert session.scalars(select(Message)).all() == []
    session.commit()


# --- races ----------------------------------------------------------------------------------------------------------


def test_two_devices_press_at_once_and_it_is_done_once(
    app: Flask, session: Session, made: Invitation, response: Response
) -> None:
    path = mailed(session, made)
    devices = [app.test_client() for _ in range(3)]
    tokens = [read(device.get(path)).form(having="csrf_token")["csrf_token"] for device in devices]
    pressed = at_once(
        *(
            lambda device=device, token=token: device.post(path, data={"csrf_token": token}).status_code
            for device, token in zip(devices, tokens, strict=True)
        )
    )
    assert set(pressed) <= {200, 303}, "the slower ones read that it is done"
    assert session.scalar(select(func.sum(ResponseChange.delta))) == 0
    assert session.scalar(select(func.count()).select_from(ResponseRevision)) == 3
    session.commit()


# --- languages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["ar", "de", "en", "es", "fr", "pt-BR"])
def test_every_page_speaks_the_language_of_the_answer(
    session: Session, client: FlaskClient, made: Invitation, response: Response, locale: str
) -> None:
    response.locale = locale
    session.commit()
    for path in (wish(made), mailed(session, made), wish(made)):
        said = client.get(path).text
        assert f'lang="{locale}"' in said
        assert f'dir="{"rtl" if locale == "ar" else "ltr"}"' in said
        assert "{" not in read(client.get(path)).text
    chosen = client.get(f"{wish(made)}?lang=fr")
    assert 'lang="fr"' in chosen.text


def test_pages_are_never_kept_by_a_cache(client: FlaskClient, made: Invitation, response: Response) -> None:
    assert client.get(wish(made)).headers["Cache-Control"] == "no-store"


def test_a_withdrawal_takes_no_longer_than_its_time() -> None:
    assert timedelta(hours=48) == WITHDRAWAL_LASTS
