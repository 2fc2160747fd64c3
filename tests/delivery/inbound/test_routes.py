"""Programs hand in what came back, each behind its own proof, and are answered in a line."""

import json
from base64 import b64encode
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.config import Settings
from feedback_service.customers.models import SuppressionReason
from feedback_service.delivery.inbound.routes import LARGEST_EVENTS, LARGEST_MAIL
from feedback_service.delivery.models import DeliveryEvent, Message, Reply
from tests.delivery import returned_mails as mails
from tests.delivery.factories import recipient
from tests.delivery.inbound.factories import address_now, evidence, message_id, sent
from tests.delivery.returned_mails import mail

TOKEN = "a token for tests only"
PASSWORD = "a webhook password for tests"

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop that takes mails and Postmark's events, and nothing else."""
    secrets = {"inbound_token": SecretStr(TOKEN), "postmark_token": SecretStr(PASSWORD)}
    return settings.model_copy(update=secrets)


@pytest.fixture
def shut(app: Flask, settings: Settings) -> None:
    """The same shop before anything was set."""
    app.extensions["feedback_settings"] = settings.model_copy(update={"inbound_token": None})


def hand_in(client: FlaskClient, raw: bytes, *, token: str = TOKEN, kind: str = "message/rfc822") -> TestResponse:
    return client.post(
        "/inbound/mail", data=raw, content_type=kind, headers={"Authorization": f"Bearer {token}"} if token else {}
    )


def postmark(client: FlaskClient, body: Any, *, password: str = PASSWORD) -> TestResponse:
    credentials = b64encode(f"feedback:{password}".encode()).decode()
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/inbound/postmark", data=data, headers={"Authorization": f"Basic {credentials}"})


def bounced(message: Message, **changes: object) -> dict[str, object]:
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 4323372036854775807,
        "Email": recipient(message),
        "BouncedAt": "2026-03-20T09:59:30.2735393-00:00",
        "Description": "The server was unable to deliver your message.",
        "Metadata": {"message-id": message_id(message)},
        **changes,
    }


# Raw mails


def test_a_bounce_by_http(session: Session, client: FlaskClient) -> None:
    message = sent(session)
    raw = mail(mails.POSTFIX, uid=message.uid, recipient=recipient(message))
    answers = [hand_in(client, raw) for _ in range(2)]
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (200, "bounce: counted\n"),
        (200, "bounce: seen before\n"),
    ]
    assert address_now(session).suppressed_reason == SuppressionReason.HARD_BOUNCE


def test_a_reply_by_http(session: Session, client: FlaskClient) -> None:
    assert hand_in(client, mail(mails.REPLY), kind="application/octet-stream").text == "reply: kept\n"
    assert session.scalars(select(Reply.words)).one().startswith("The lamp")


@pytest.mark.parametrize("token", ["", "x", TOKEN + "x", TOKEN[:-1], "é" * 8])
def test_without_the_token_nothing_is_taken(session: Session, client: FlaskClient, token: str) -> None:
    answer = hand_in(client, mail(mails.REPLY), token=token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert TOKEN not in answer.text
    assert session.scalars(select(Reply)).all() == []


def test_a_password_is_no_token(client: FlaskClient) -> None:
    headers = {"Authorization": "Basic " + b64encode(f"{TOKEN}:{TOKEN}".encode()).decode()}
    answer = client.post("/inbound/mail", data=mail(mails.REPLY), content_type="message/rfc822", headers=headers)
    assert answer.status_code == 401


@pytest.mark.usefixtures("shut")
def test_before_a_token_is_set_nobody_has_it(client: FlaskClient) -> None:
    for token in ("", "None", TOKEN):
        answer = hand_in(client, mail(mails.REPLY), token=token)
        assert (answer.status_code, "FEEDBACK_INBOUND_TOKEN" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("raw", "kind", "code", "says"),
    [
        (b"hello", "message/rfc822", 400, "This is no mail: it has neither a From nor a Received header.\n"),
        (b"", "message/rfc822", 400, "This is no mail: it has neither a From nor a Received header.\n"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "as it is"),
        (b"{}", "application/json", 415, "as it is"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    client: FlaskClient, raw: bytes, kind: str, code: int, says: str
) -> None:
    answer = hand_in(client, raw, kind=kind)
    assert (answer.status_code, answer.mimetype) == (code, "text/plain")
    assert says in answer.text


def test_a_mail_of_ten_megabytes_is_taken_and_one_of_very_many_is_not(session: Session, client: FlaskClient) -> None:
    assert hand_in(client, mail(mails.REPLY) + b"> quoted\n" * 1_200_000).text == "reply: kept\n"
    answer = hand_in(client, b"From: a@b.example\n\n" + b"x" * LARGEST_MAIL)
    assert (answer.status_code, answer.mimetype) == (413, "text/plain")
    assert len(session.scalars(select(Reply)).all()) == 1


# Events


def test_an_event_and_its_repetition(session: Session, client: FlaskClient) -> None:
    message = sent(session)
    answers = [postmark(client, bounced(message)) for _ in range(2)]
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "1 counted\n"), (200, "1 seen before\n")]
    assert address_now(session).suppressed_reason == SuppressionReason.HARD_BOUNCE
    assert [(kept.source, kept.at.second) for kept in evidence(session)] == [("postmark", 30)]


def test_an_event_without_proof_changes_nothing(session: Session, client: FlaskClient) -> None:
    message = sent(session)
    assert postmark(client, bounced(message), password="wrong").status_code == 403
    assert client.post("/inbound/postmark", data=json.dumps(bounced(message))).status_code == 403
    assert evidence(session) == []


@pytest.mark.parametrize("provider", ["ses", "mailgun", "sendgrid"])
def test_a_provider_that_is_not_set_up_is_said_to_be_none(client: FlaskClient, provider: str) -> None:
    answer = client.post(f"/inbound/{provider}", data=b"{}")
    assert answer.status_code == 404
    assert "once FEEDBACK_" in answer.text


def test_a_provider_that_nobody_knows(client: FlaskClient) -> None:
    assert client.post("/inbound/nobody", data=b"{}").status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"RecordType": 5.0}', b"\xff\xfe", b"[" * 9999]
)
def test_a_malformed_event_is_refused_in_a_sentence_or_ignored(client: FlaskClient, body: bytes) -> None:
    answer = postmark(client, body)
    assert answer.status_code in {200, 400}
    assert answer.text.count("\n") == 1
    assert answer.text.endswith(".\n")


def test_signs_that_no_database_takes_are_left_out(session: Session, client: FlaskClient) -> None:
    message = sent(session)
    strange = bounced(message, ID="a\x00b\ud800", Email="\x00", Description="c\x00d\ud800", Metadata={})
    assert postmark(client, strange).text == "1 not about a mail of ours\n"
    (kept,) = evidence(session)
    assert (kept.event_key, kept.detail) == ("Bounce:ab", "cd")


def test_an_event_that_nothing_follows_from_is_taken_so_that_it_does_not_come_again(
    session: Session, client: FlaskClient
) -> None:
    for record in ("Open", "Click", "SomethingNew"):
        answer = postmark(client, {"RecordType": record})
        assert (answer.status_code, answer.text) == (200, "Nothing follows from this.\n")
    assert session.scalars(select(DeliveryEvent)).all() == []


def test_events_have_a_bound(client: FlaskClient) -> None:
    assert postmark(client, b" " * (LARGEST_EVENTS + 1)).status_code == 413
