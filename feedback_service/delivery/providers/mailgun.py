"""Mailgun's webhooks: one JSON object per event, with a signature over a time and a random token."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.provider import (
    LONGEST_KEY,
    NotAuthenticError,
    a_text,
    an_object,
    from_timestamp,
    read_json,
)
from feedback_service.delivery.rules.bounces import bounce_of, refused_for_good
from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.rules.reports import KINDS, detail_of

TOLERANCE = timedelta(hours=12)
"""Mailgun tries again for eight hours where we were away; one that is replayed within it is known by its event's id."""

EVENTS = {
    "delivered": DeliveryEventKind.DELIVERED,
    "complained": DeliveryEventKind.COMPLAINT,
    "unsubscribed": DeliveryEventKind.UNSUBSCRIBED,
}
REASONS = {
    "suppress-bounce": DeliveryEventKind.HARD_BOUNCE,
    "suppress-complaint": DeliveryEventKind.COMPLAINT,
    "suppress-unsubscribe": DeliveryEventKind.UNSUBSCRIBED,
}
"""Why Mailgun did not even try: what it had learned before we did."""


@dataclass(frozen=True)
class Mailgun:
    """`key` is the HTTP webhook signing key."""

    key: str

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Check the signature and its age. Raises NotAuthenticError or BadBodyError."""
        signature = an_object(an_object(read_json(body)).get("signature"), "The signature")
        timestamp, token = a_text(signature.get("timestamp")), a_text(signature.get("token"))
        expected = hmac.new(self.key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), a_text(signature.get("signature")).encode()):
            raise NotAuthenticError("The signature was not made with FEEDBACK_MAILGUN_KEY.")
        if abs(now - from_timestamp(timestamp)) > TOLERANCE:
            raise NotAuthenticError("The signature is older than twelve hours, or this machine's clock is wrong.")

    def events(self, body: bytes) -> list[Event]:
        """The event of a webhook, or none. Raises BadBodyError."""
        told = an_object(an_object(read_json(body)).get("event-data"), "event-data")
        status = _object(told.get("delivery-status"))
        said = " ".join(filter(None, (a_text(status.get("message")), a_text(status.get("description")))))
        kind = _kind(told, a_text(status.get("code")), said)
        if kind is None:
            return []
        message_id = a_text(_object(_object(told.get("message")).get("headers")).get("message-id")).strip("<>")
        at = from_timestamp(told.get("timestamp"))
        return [
            Event(
                source="mailgun",
                # Its ids are promised to be unique for a day only.
                key=f"{a_text(told.get('id'))[:LONGEST_KEY]}:{at:%Y%m%d}",
                kind=kind,
                at=at,
                recipient=a_text(told.get("recipient")),
                message_ids=(message_id,) if message_id else (),
                detail=detail_of(said or a_text(told.get("reason"))),
                signed=True,
            )
        ]


def _kind(told: Mapping[str, Any], reply: str, said: str) -> DeliveryEventKind | None:
    """A temporary failure is tried again by Mailgun, so nothing follows from it yet."""
    event = a_text(told.get("event"))
    if event != "failed" or a_text(told.get("severity")) != "permanent":
        return EVENTS.get(event)
    if known := REASONS.get(a_text(told.get("reason"))):
        return known
    return DeliveryEventKind.HARD_BOUNCE if refused_for_good(reply, said) else KINDS[bounce_of("", f"{reply} {said}")]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
