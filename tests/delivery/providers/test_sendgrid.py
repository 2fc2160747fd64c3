"""SendGrid's events are believed when its key signed them."""

import json

import pytest
from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.provider import BadBodyError, NotAuthenticError
from feedback_service.delivery.providers.sendgrid import MOST_EVENTS, SendGrid, public_key
from tests.delivery.providers.signing import NOW, Twilio

HARD, SOFT = DeliveryEventKind.HARD_BOUNCE, DeliveryEventKind.SOFT_BOUNCE
BOUNCE = {
    "email": "ana@buyers.example",
    "timestamp": 1774000769,
    "smtp-id": "<0123abcd@corner-shop.example>",
    "event": "bounce",
    "type": "bounce",
    "sg_event_id": "Ym91bmNlLTA",
    "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
    "status": "5.1.1",
    "reason": "550 5.1.1 <ana@buyers.example>: user unknown",
}


@pytest.fixture(scope="module")
def twilio() -> Twilio:
    return Twilio()


@pytest.fixture
def sendgrid(twilio: Twilio) -> SendGrid:
    return SendGrid(twilio.verification_key)


def test_a_list_of_events(sendgrid: SendGrid, twilio: Twilio) -> None:
    raw = json.dumps([BOUNCE, {"event": "open"}, {**BOUNCE, "event": "delivered", "sg_event_id": "2"}]).encode()
    sendgrid.verify(Headers(twilio.headers(raw)), raw, NOW)
    bounced, delivered = sendgrid.events(raw)
    assert (bounced.kind, bounced.recipient, bounced.signed) == (HARD, "ana@buyers.example", True)
    assert (bounced.key, bounced.message_ids) == ("Ym91bmNlLTA", ("0123abcd@corner-shop.example",))
    assert "@" not in bounced.detail
    assert delivered.kind == DeliveryEventKind.DELIVERED


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"type": "blocked"}, SOFT),
        ({"status": "5.2.2", "reason": "over quota"}, SOFT),
        ({"event": "dropped", "reason": "Bounced Address"}, HARD),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, DeliveryEventKind.COMPLAINT),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, DeliveryEventKind.UNSUBSCRIBED),
        ({"event": "dropped", "reason": "Recipient List over Package Quota"}, None),
        ({"event": "spamreport"}, DeliveryEventKind.COMPLAINT),
        ({"event": "unsubscribe"}, DeliveryEventKind.UNSUBSCRIBED),
        ({"event": "group_unsubscribe"}, DeliveryEventKind.UNSUBSCRIBED),
        ({"event": "group_resubscribe"}, None),
        ({"event": "deferred"}, None),
        ({"event": "processed"}, None),
        ({"event": "something_new"}, None),
    ],
)
def test_kinds(sendgrid: SendGrid, changes: dict[str, str], kind: DeliveryEventKind | None) -> None:
    found = sendgrid.events(json.dumps([{**BOUNCE, **changes}]).encode())
    assert [event.kind for event in found] == ([kind] if kind else [])


def test_whatever_was_changed_is_refused(sendgrid: SendGrid, twilio: Twilio) -> None:
    raw = json.dumps([BOUNCE]).encode()
    signed = twilio.headers(raw)
    signature, timestamp = signed.values()
    name, time = signed
    for headers, body in (
        (signed, raw + b" "),
        (signed, raw.replace(b"5.1.1", b"2.1.1")),
        ({**signed, time: "1774000771"}, raw),
        ({time: timestamp}, raw),
        ({name: signature}, raw),
        ({**signed, name: "AAAA"}, raw),
        ({**signed, name: "not base64!"}, raw),
        (Twilio().headers(raw), raw),
        ({}, raw),
    ):
        with pytest.raises(NotAuthenticError, match="FEEDBACK_SENDGRID_KEY"):
            sendgrid.verify(Headers(headers), body, NOW)


@pytest.mark.parametrize(
    "body",
    [b"{}", b"x", b"[1]", json.dumps([{**BOUNCE, "timestamp": "noon"}]).encode(), b"[" + b"{}," * MOST_EVENTS + b"{}]"],
    ids=["an object", "no json", "a number", "no time", "too many"],
)
def test_a_malformed_body_is_refused_in_a_sentence(sendgrid: SendGrid, body: bytes) -> None:
    with pytest.raises(BadBodyError, match=r"\.$"):
        sendgrid.events(body)


@pytest.mark.parametrize("text", ["", "x", "AAAA", "-----BEGIN PUBLIC KEY-----"])
def test_what_is_no_key_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="no verification key"):
        public_key(text)
