"""Postmark's webhooks: one JSON object per event, behind the password that stands in the webhook's address."""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.provider import (
    LONGEST_KEY,
    BadBodyError,
    NotAuthenticError,
    a_text,
    an_object,
    from_iso,
    read_json,
)
from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.rules.reports import detail_of

BOUNCES = {
    "HardBounce": DeliveryEventKind.HARD_BOUNCE,
    "BadEmailAddress": DeliveryEventKind.HARD_BOUNCE,
    "SoftBounce": DeliveryEventKind.SOFT_BOUNCE,
    "DnsError": DeliveryEventKind.SOFT_BOUNCE,
    "Blocked": DeliveryEventKind.SOFT_BOUNCE,
    "DMARCPolicy": DeliveryEventKind.SOFT_BOUNCE,
    "VirusNotification": DeliveryEventKind.SOFT_BOUNCE,
    "Unknown": DeliveryEventKind.SOFT_BOUNCE,
    "SpamNotification": DeliveryEventKind.SOFT_BOUNCE,
    "SpamComplaint": DeliveryEventKind.COMPLAINT,
    "Unsubscribe": DeliveryEventKind.UNSUBSCRIBED,
    "AutoResponder": DeliveryEventKind.AUTO_REPLY,
    "ChallengeVerification": DeliveryEventKind.AUTO_REPLY,
}
"""Its types of bounces. A `Transient` one is tried again by Postmark, so nothing follows from it yet."""

SUPPRESSIONS = {
    "HardBounce": DeliveryEventKind.HARD_BOUNCE,
    "SpamComplaint": DeliveryEventKind.COMPLAINT,
    "ManualSuppression": DeliveryEventKind.UNSUBSCRIBED,
}


@dataclass(frozen=True)
class Postmark:
    """Postmark has no signature: `token` is the password of basic authentication in the webhook's address."""

    token: str

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Compare the password. Raises NotAuthenticError."""
        scheme, _, credentials = headers.get("Authorization", "").partition(" ")
        try:
            _, _, password = b64decode(credentials, validate=True).partition(b":")
        except ValueError:
            password = b""
        if scheme.lower() != "basic" or not hmac.compare_digest(password, self.token.encode()):
            raise NotAuthenticError("The password in the webhook's address is not FEEDBACK_POSTMARK_TOKEN.")

    def events(self, body: bytes) -> list[Event]:
        """The event of a webhook, or none. Raises BadBodyError."""
        told = an_object(read_json(body))
        record = a_text(told.get("RecordType"))
        if not record:
            raise BadBodyError("The body has no RecordType.")
        kind = _kind(record, told)
        if kind is None:
            return []
        at = from_iso(next((told[name] for name in ("BouncedAt", "DeliveredAt", "ChangedAt") if told.get(name)), None))
        own = a_text(told.get("ID")) or f"{a_text(told.get('MessageID'))}:{at.isoformat()}"
        return [
            Event(
                source="postmark",
                key=f"{record}:{own}"[:LONGEST_KEY],
                kind=kind,
                at=at,
                recipient=a_text(told.get("Email") or told.get("Recipient")),
                # Postmark writes a Message-ID of its own, but gives back what the sender adds to a mail.
                message_ids=_own_ids(told.get("Metadata")),
                detail=detail_of(f"{a_text(told.get('Description'))} {a_text(told.get('Details'))}"),
                signed=True,
            )
        ]


def _kind(record: str, told: Mapping[str, Any]) -> DeliveryEventKind | None:
    if record == "Delivery":
        return DeliveryEventKind.DELIVERED
    if record in {"Bounce", "SpamComplaint"}:
        return BOUNCES.get(a_text(told.get("Type")), DeliveryEventKind.COMPLAINT if record != "Bounce" else None)
    if record == "SubscriptionChange" and told.get("SuppressSending") is True:
        return SUPPRESSIONS.get(a_text(told.get("SuppressionReason")))
    return None


def _own_ids(metadata: object) -> tuple[str, ...]:
    own = a_text(metadata.get("message-id")) if isinstance(metadata, dict) else ""
    return (own.strip("<>"),) if own else ()
