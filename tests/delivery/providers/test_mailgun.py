"""Mailgun's events are believed when its key signed them within the last hours."""

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.mailgun import TOLERANCE, Mailgun
from feedback_service.delivery.providers.provider import BadBodyError, NotAuthenticError
from tests.delivery.providers.signing import NOW, mailgun_signature

KEY = "a signing key for tests only"
HARD, SOFT = DeliveryEventKind.HARD_BOUNCE, DeliveryEventKind.SOFT_BOUNCE
FAILED: dict[str, Any] = {
    "id": "G9Bn5sl1TC6nu79C8C0bwg",
    "timestamp": 1774000769.262908,
    "event": "failed",
    "severity": "permanent",
    "reason": "bounce",
    "recipient": "ana@buyers.example",
    "delivery-status": {"code": 550, "message": "5.1.1 <ana@buyers.example> user unknown", "description": ""},
    "message": {"headers": {"to": "ana@buyers.example", "message-id": "0123abcd@corner-shop.example"}},
}
MAILGUN = Mailgun(KEY)


def body(event: object, at: Any = NOW, key: str = KEY) -> bytes:
    return json.dumps({"signature": mailgun_signature(key, at), "event-data": event}).encode()


def test_a_bounce() -> None:
    raw = body(FAILED)
    MAILGUN.verify(Headers(), raw, NOW)
    (event,) = MAILGUN.events(raw)
    assert (event.kind, event.recipient, event.signed) == (HARD, "ana@buyers.example", True)
    assert (event.key, event.message_ids) == ("G9Bn5sl1TC6nu79C8C0bwg:20260320", ("0123abcd@corner-shop.example",))
    assert event.detail == "5.1.1 <address> user unknown"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"severity": "temporary"}, None),
        ({"delivery-status": {"code": 552, "message": "5.2.2 mailbox full"}}, SOFT),
        ({"reason": "old", "delivery-status": {"code": 602, "message": "Too old"}}, SOFT),
        ({"delivery-status": None}, SOFT),
        ({"delivery-status": {"code": 550, "message": "gone"}}, HARD),
        ({"delivery-status": {"code": 550, "message": "blocked by our policy"}}, SOFT),
        ({"delivery-status": {"code": 550, "message": "5.7.1 not from you"}}, SOFT),
        ({"reason": "suppress-bounce", "delivery-status": {"code": 605}}, HARD),
        ({"reason": "suppress-complaint"}, DeliveryEventKind.COMPLAINT),
        ({"reason": "suppress-unsubscribe"}, DeliveryEventKind.UNSUBSCRIBED),
        ({"event": "delivered"}, DeliveryEventKind.DELIVERED),
        ({"event": "complained"}, DeliveryEventKind.COMPLAINT),
        ({"event": "unsubscribed"}, DeliveryEventKind.UNSUBSCRIBED),
        ({"event": "opened"}, None),
        ({"event": "something new"}, None),
    ],
)
def test_kinds(changes: dict[str, object], kind: DeliveryEventKind | None) -> None:
    assert [event.kind for event in MAILGUN.events(body({**FAILED, **changes}))] == ([kind] if kind else [])


@pytest.mark.parametrize("name", ["timestamp", "token", "signature"])
@pytest.mark.parametrize("value", ["1", "", None, "é", {}])
def test_whatever_was_changed_is_refused(name: str, value: object) -> None:
    told = json.loads(body(FAILED))
    told["signature"][name] = value
    with pytest.raises(NotAuthenticError, match="FEEDBACK_MAILGUN_KEY"):
        MAILGUN.verify(Headers(), json.dumps(told).encode(), NOW)


def test_another_s_key_is_refused() -> None:
    with pytest.raises(NotAuthenticError):
        MAILGUN.verify(Headers(), body(FAILED, key="another key"), NOW)


@pytest.mark.parametrize("seconds", [-43_201, 43_201])
def test_an_old_signature_is_refused(seconds: int) -> None:
    raw = body(FAILED)
    MAILGUN.verify(Headers(), raw, NOW + TOLERANCE)
    MAILGUN.verify(Headers(), raw, NOW + timedelta(hours=8))  # as long as Mailgun tries again
    with pytest.raises(NotAuthenticError, match="older than twelve hours"):
        MAILGUN.verify(Headers(), raw, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"signature": 1}', b'{"signature": []}'])
def test_what_holds_no_signature_is_refused_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(BadBodyError, match=r"\.$"):
        MAILGUN.verify(Headers(), raw, NOW)


@pytest.mark.parametrize("event", [None, [], "x", {**FAILED, "timestamp": None}, {**FAILED, "timestamp": "1e999"}])
def test_a_malformed_event_is_refused_in_a_sentence(event: object) -> None:
    with pytest.raises(BadBodyError, match=r"\.$"):
        MAILGUN.events(body(event))
