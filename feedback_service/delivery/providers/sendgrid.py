"""SendGrid's Event Webhook: a list of events, with an ECDSA signature over a time and the raw body."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.provider import (
    LONGEST_KEY,
    BadBodyError,
    NotAuthenticError,
    a_text,
    an_object,
    from_timestamp,
    read_json,
)
from feedback_service.delivery.rules.bounces import bounce_of
from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.rules.reports import KINDS, detail_of

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
MOST_EVENTS = 5_000  # in one request; SendGrid sends what gathered within seconds

EVENTS = {
    "delivered": DeliveryEventKind.DELIVERED,
    "spamreport": DeliveryEventKind.COMPLAINT,
    "unsubscribe": DeliveryEventKind.UNSUBSCRIBED,
    "group_unsubscribe": DeliveryEventKind.UNSUBSCRIBED,
}
DROPPED = {
    "bounced address": DeliveryEventKind.HARD_BOUNCE,
    "invalid": DeliveryEventKind.HARD_BOUNCE,
    "spam reporting address": DeliveryEventKind.COMPLAINT,
    "unsubscribed address": DeliveryEventKind.UNSUBSCRIBED,
}
"""Why SendGrid did not even try: what it had learned before we did."""


def public_key(text: str) -> EllipticCurvePublicKey:
    """The verification key as SendGrid's settings show it. Raises ValueError."""
    try:
        key = load_der_public_key(b64decode(text, validate=True))
        if isinstance(key, EllipticCurvePublicKey):
            return key
    except (ValueError, UnsupportedAlgorithm):
        pass
    raise ValueError("is no verification key as SendGrid's settings show it")


@dataclass(frozen=True)
class SendGrid:
    """`key` is the verification key of the signed event webhook."""

    key: str

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Check the signature over time and body. Raises NotAuthenticError.

        However old it is: an event that comes again is known by its id, and counts once.
        """
        try:
            signature = b64decode(headers.get(SIGNATURE, ""), validate=True)
            signed = headers.get(TIMESTAMP, "").encode() + body
            public_key(self.key).verify(signature, signed, ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            raise NotAuthenticError("The signature does not fit FEEDBACK_SENDGRID_KEY.") from None

    def events(self, body: bytes) -> list[Event]:
        """The events of a request, in their order. Raises BadBodyError."""
        listed = read_json(body)
        if not isinstance(listed, list):
            raise BadBodyError("The body is not a list of events.")
        if len(listed) > MOST_EVENTS:
            raise BadBodyError(f"The body has more than {MOST_EVENTS:,} events.")
        told = [an_object(each, "An event") for each in listed]
        return [event for each in told if (event := _event(each)) is not None]


def _event(told: Mapping[str, Any]) -> Event | None:
    kind = _kind(told)
    if kind is None:
        return None
    message_id = a_text(told.get("smtp-id")).strip("<>")
    own = a_text(told.get("sg_event_id")) or f"{a_text(told.get('sg_message_id'))}:{a_text(told.get('event'))}"
    return Event(
        source="sendgrid",
        key=own[:LONGEST_KEY],
        kind=kind,
        at=from_timestamp(told.get("timestamp")),
        recipient=a_text(told.get("email")),
        message_ids=(message_id,) if message_id else (),
        detail=detail_of(f"{a_text(told.get('status'))} {a_text(told.get('reason'))}"),
        signed=True,
    )


def _kind(told: Mapping[str, Any]) -> DeliveryEventKind | None:
    event, reason = a_text(told.get("event")), a_text(told.get("reason"))
    if event == "bounce":
        if a_text(told.get("type")) == "blocked":  # by a filter, or for the moment
            return DeliveryEventKind.SOFT_BOUNCE
        return KINDS[bounce_of(a_text(told.get("status")), reason)]
    if event == "dropped":
        return DROPPED.get(reason.lower())
    return EVENTS.get(event)
