"""Postmark's events are believed when they come with the password of the webhook's address."""

import json
from base64 import b64encode

import pytest
from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.postmark import Postmark
from feedback_service.delivery.providers.provider import BadBodyError, NotAuthenticError
from tests.delivery.providers.signing import NOW

TOKEN = "a webhook password for tests"
POSTMARK = Postmark(TOKEN)
BOUNCE: dict[str, object] = {
    "RecordType": "Bounce",
    "MessageStream": "outbound",
    "ID": 4323372036854775807,
    "Type": "HardBounce",
    "TypeCode": 1,
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
    "Metadata": {"message-id": "<0123abcd@corner-shop.example>"},
    "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
    "Details": "smtp;550 5.1.1 <ana@buyers.example> user unknown",
    "Email": "ana@buyers.example",
    "BouncedAt": "2026-03-20T05:58:10.2735393-04:00",
    "Inactive": True,
}


def body(**changes: object) -> bytes:
    return json.dumps({**BOUNCE, **changes}).encode()


def headers(password: str, scheme: str = "Basic") -> Headers:
    return Headers({"Authorization": f"{scheme} {b64encode(f'feedback:{password}'.encode()).decode()}"})


def test_a_bounce() -> None:
    POSTMARK.verify(headers(TOKEN), body(), NOW)
    (event,) = POSTMARK.events(body())
    assert (event.kind, event.recipient) == (DeliveryEventKind.HARD_BOUNCE, "ana@buyers.example")
    assert (event.key, event.message_ids) == ("Bounce:4323372036854775807", ("0123abcd@corner-shop.example",))
    assert event.at.isoformat() == "2026-03-20T09:58:10.273539+00:00"
    assert "@" not in event.detail


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"Type": "SoftBounce"}, DeliveryEventKind.SOFT_BOUNCE),
        ({"Type": "Transient"}, None),
        ({"Type": "AutoResponder"}, DeliveryEventKind.AUTO_REPLY),
        ({"Type": "SomethingNew"}, None),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, DeliveryEventKind.COMPLAINT),
        ({"RecordType": "Delivery", "DeliveredAt": "2026-03-20T09:58:10Z"}, DeliveryEventKind.DELIVERED),
        (
            {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"},
            DeliveryEventKind.UNSUBSCRIBED,
        ),
        ({"RecordType": "SubscriptionChange", "SuppressSending": False, "SuppressionReason": None}, None),
        ({"RecordType": "Open"}, None),
    ],
)
def test_kinds(changes: dict[str, object], kind: DeliveryEventKind | None) -> None:
    assert [event.kind for event in POSTMARK.events(body(**changes))] == ([kind] if kind else [])


def test_without_an_id_of_its_own_an_event_is_known_by_its_mail_and_time() -> None:
    delivery = {"RecordType": "Delivery", "ID": None, "BouncedAt": None, "DeliveredAt": "2026-03-20T09:58:10Z"}
    (event,) = POSTMARK.events(body(**delivery, Metadata={}))
    assert event.key == "Delivery:883953f4-6105-42a2-a16a-77a8eac79483:2026-03-20T09:58:10+00:00"
    assert event.message_ids == ()


@pytest.mark.parametrize(
    "wrong",
    [
        Headers(),
        headers(""),
        headers(TOKEN + "x"),
        headers(TOKEN, "Bearer"),
        Headers({"Authorization": f"Basic {TOKEN}"}),
        Headers({"Authorization": "Basic " + b64encode(TOKEN.encode()).decode()}),
        Headers({"Authorization": "Basic é"}),
    ],
)
def test_a_wrong_password_is_refused(wrong: Headers) -> None:
    with pytest.raises(NotAuthenticError, match="FEEDBACK_POSTMARK_TOKEN"):
        POSTMARK.verify(wrong, body(), NOW)


@pytest.mark.parametrize("raw", [b"[]", b"x", b"{}", body(BouncedAt="noon"), body(BouncedAt=None)])
def test_a_malformed_event_is_refused_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(BadBodyError, match=r"\.$"):
        POSTMARK.events(raw)
