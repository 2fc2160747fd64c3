"""Takes in one raw mail, whatever it is: a bounce, a complaint, an automatic answer, or a person's words."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.delivery.inbound.take_event import Taken, take_event
from feedback_service.delivery.inbound.take_reply import take_reply
from feedback_service.delivery.models import DeliveryEventKind
from feedback_service.delivery.rules.automatic import why_automatic
from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.rules.mime import Mail, header, message_ids, read_mail, sender
from feedback_service.delivery.rules.reports import Report, detail_of, original_ids, read_reports

SOURCE = "mail"
AS_MUCH_AS_IS_READ = 20 * 1024 * 1024  # bytes; files of LARGEST_TOGETHER in base64, and all that stands around them

KIND_WORDS = {
    DeliveryEventKind.DELIVERED: "delivery",
    DeliveryEventKind.HARD_BOUNCE: "bounce",
    DeliveryEventKind.SOFT_BOUNCE: "passing bounce",
    DeliveryEventKind.COMPLAINT: "complaint",
    DeliveryEventKind.UNSUBSCRIBED: "opt-out",
    DeliveryEventKind.AUTO_REPLY: "automatic reply",
}


def take_mail(session: Session, raw: bytes, now: datetime, *, key: bytes) -> str:
    """Take in a mail; what became of it, in a line without anybody's address. Raises BadMailError.

    A mail longer than AS_MUCH_AS_IS_READ is read up to there; whoever hands it in gives at least one byte more, so that
    no file without its end is kept.
    """
    complete = len(raw) <= AS_MUCH_AS_IS_READ
    mail = read_mail(raw[:AS_MUCH_AS_IS_READ])
    mail_key = _key(mail, raw)
    reports = read_reports(mail)
    if reports is not None:
        return _take_reports(session, reports, mail_key, now, key)
    why = why_automatic(mail)
    if why is not None:
        return _take_automatic(session, mail, why, mail_key, now, key)
    new = take_reply(session, mail, mail_key, now, key=key, complete=complete)
    return f"reply: {'kept' if new else Taken.SEEN_BEFORE}"


def _key(mail: Mail, raw: bytes) -> str:
    """The same for the same mail, also where a server handed it over twice and wrote different Received lines."""
    named = message_ids(header(mail, "Message-ID"))
    return hashlib.sha256(named[0].encode() if named else raw).hexdigest()


def _take_reports(session: Session, reports: list[Report], mail_key: str, now: datetime, key: bytes) -> str:
    said = []
    for number, report in enumerate(reports):
        event = Event(
            source=SOURCE,
            key=f"{mail_key}:{number}",
            kind=report.kind,
            at=now,
            recipient=report.recipient,
            message_ids=report.message_ids,
            detail=report.detail,
        )
        said.append(f"{KIND_WORDS[report.kind]}: {take_event(session, event, now, key=key)}")
    return "; ".join(dict.fromkeys(said)) or "report: nothing follows from it"


def _take_automatic(session: Session, mail: Mail, why: str, mail_key: str, now: datetime, key: bytes) -> str:
    """An automatic answer is counted, since it says that a mailbox exists, and dropped."""
    event = Event(
        source=SOURCE,
        key=mail_key,
        kind=DeliveryEventKind.AUTO_REPLY,
        at=now,
        recipient=sender(mail),
        message_ids=original_ids(mail),
        detail=detail_of(why),
    )
    return f"automatic reply ({event.detail}): {take_event(session, event, now, key=key)}"
