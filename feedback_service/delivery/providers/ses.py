"""Amazon SES through SNS: notifications and event publishing, which differ in one name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from werkzeug.datastructures import Headers

from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.providers.fetch import Fetch, fetch_from_sns, is_at, sns_host
from feedback_service.delivery.providers.provider import (
    LONGEST_KEY,
    BadBodyError,
    NotAuthenticError,
    a_text,
    an_object,
    from_iso,
    read_json,
)
from feedback_service.delivery.providers.sns import NOTIFICATION, Certificates, check_signature
from feedback_service.delivery.rules.bounces import bounce_of
from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.rules.reports import KINDS, detail_of

SUBSCRIPTION = "SubscriptionConfirmation"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ses:
    """`topic` is the ARN of the one topic that is believed: anybody can have Amazon sign for a topic of their own."""

    topic: str
    fetch: Fetch = fetch_from_sns
    certificates: Certificates = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificates", Certificates(self.fetch, sns_host(self.topic)))

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Check topic and signature. Raises NotAuthenticError, BadBodyError or FetchError."""
        told = an_object(read_json(body))
        if told.get("TopicArn") != self.topic:
            raise NotAuthenticError("The topic is not FEEDBACK_SNS_TOPIC.")
        check_signature(told, self.certificates, now)

    def events(self, body: bytes) -> list[Event]:
        """What a verified body reports; a subscription is confirmed. Raises BadBodyError or FetchError."""
        told = an_object(read_json(body))
        if told.get("Type") == SUBSCRIPTION:
            self._confirm(a_text(told.get("SubscribeURL")))
        if told.get("Type") != NOTIFICATION:
            return []
        try:
            report = an_object(read_json(a_text(told.get("Message")).encode()), "Message")
        except BadBodyError:  # Amazon says hello in plain words when a topic is connected
            return []
        return list(_events(report))

    def _confirm(self, url: str) -> None:
        if not is_at(url, sns_host(self.topic)):
            raise BadBodyError("SubscribeURL does not lie at Amazon SNS.")
        self.fetch(url)
        log.info("subscription confirmed", topic=self.topic)


def _events(report: Mapping[str, Any]) -> Iterator[Event]:
    """One event per recipient."""
    name = a_text(report.get("eventType") or report.get("notificationType"))
    reader = _READERS.get(name)
    if reader is None:
        return
    mail = an_object(report.get("mail"), "mail")
    about = an_object(report.get(name.lower()), name.lower())
    at = from_iso(about.get("timestamp") or mail.get("timestamp"))
    own = f"{name}:{a_text(mail.get('messageId'))}:{a_text(about.get('feedbackId'))}"[:LONGEST_KEY]
    for number, (kind, recipient, said) in enumerate(reader(about, mail)):
        yield Event(
            source="ses",
            key=f"{own}:{number}",
            kind=kind,
            at=at,
            recipient=recipient,
            message_ids=_original_ids(mail),
            detail=detail_of(said),
            signed=True,
        )


Told = tuple[DeliveryEventKind, str, str]


def _bounce(about: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[Told]:
    kind, subtype = a_text(about.get("bounceType")), a_text(about.get("bounceSubType"))
    for each in _objects(about.get("bouncedRecipients")):
        said = f"{a_text(each.get('status'))} {a_text(each.get('diagnosticCode'))}"
        # Amazon's "permanent" is its own judgment, also of addresses that it no longer tries.
        fate = (
            DeliveryEventKind.HARD_BOUNCE
            if kind == "Permanent"
            else KINDS[bounce_of(a_text(each.get("status")), said)]
            if kind == "Undetermined"
            else DeliveryEventKind.SOFT_BOUNCE
        )
        yield fate, a_text(each.get("emailAddress")), f"{kind} {subtype} {said}"


def _complaint(about: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[Told]:
    feedback = a_text(about.get("complaintFeedbackType"))
    if feedback == "not-spam":
        return
    for each in _objects(about.get("complainedRecipients")):
        yield DeliveryEventKind.COMPLAINT, a_text(each.get("emailAddress")), feedback or "no reason given"


def _delivery(about: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[Told]:
    recipients = about.get("recipients")
    for each in recipients if isinstance(recipients, list) else ():
        yield DeliveryEventKind.DELIVERED, a_text(each), a_text(about.get("smtpResponse"))


def _subscription(about: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[Told]:
    chosen = about.get("newTopicPreferences")
    recipients = mail.get("destination")
    if isinstance(chosen, dict) and chosen.get("unsubscribeAll") is True and isinstance(recipients, list):
        for each in recipients:
            yield DeliveryEventKind.UNSUBSCRIBED, a_text(each), a_text(about.get("source"))


_READERS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[Told]]] = {
    "Bounce": _bounce,
    "Complaint": _complaint,
    "Delivery": _delivery,
    "Subscription": _subscription,
}
"""A delivery that is delayed, an opening or a click: nothing follows from them."""


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _original_ids(mail: Mapping[str, Any]) -> tuple[str, ...]:
    """Our Message-ID, which SES replaces; it stands only among the original headers, where those are sent at all."""
    found = [
        a_text(each.get("value")).strip("<> ")
        for each in _objects(mail.get("headers"))
        if a_text(each.get("name")).lower() == "message-id"
    ]
    return tuple(each for each in found if each)
