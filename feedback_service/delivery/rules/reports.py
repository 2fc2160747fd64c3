"""Reports that come as mails: bounces (RFC 3464, and those of servers older than it) and complaints (RFC 5965)."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from flufl.bounce import all_failures

from feedback_service.delivery.models import BounceKind, DeliveryEventKind
from feedback_service.delivery.rules.bounces import STATUS, bounce_of, speaks_of_no_mailbox
from feedback_service.delivery.rules.mime import (
    Mail,
    header,
    message_ids,
    one_line,
    parts,
    sender,
    text_of,
    without_addresses,
)

MOST_REPORTS = 100  # recipients of one report; our mails have one each
LONGEST_DETAIL = 300  # characters of a server's words
LOOKED_AT = 20_000  # characters of a part in which the head of our mail may be quoted
NOTICE = 4_000  # characters in which a server has said why; the copy of our mail comes after them

KINDS = {BounceKind.HARD: DeliveryEventKind.HARD_BOUNCE, BounceKind.SOFT: DeliveryEventKind.SOFT_BOUNCE}
DAEMONS = frozenset(
    {"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "mail-delivery-subsystem", "mdaemon"}
)
_COMPLAINTS = {"not-spam": None, "auth-failure": None, "dmarc": None, "opt-out": DeliveryEventKind.UNSUBSCRIBED}
_QUOTED_ID = re.compile(r"^[> \t]*(?:x-)?(?:original-)?message-id:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """What became of one mail to one recipient."""

    kind: DeliveryEventKind
    recipient: str
    message_ids: tuple[str, ...]
    detail: str


def read_reports(mail: Mail) -> list[Report] | None:
    """What a report says; an empty list where nothing follows from it, None where the mail is no report.

    A delayed mail is still on its way, so nothing follows.
    """
    kinds = {part.get_content_type(): part for part in reversed(list(parts(mail, attached=False)))}
    named = original_ids(mail)
    if "message/feedback-report" in kinds:
        return _complaint(mail, kinds["message/feedback-report"], named)
    if "message/delivery-status" in kinds:
        told = _statuses(kinds["message/delivery-status"])
        return _read_statuses(told, named) if told else _read_words(mail, named) or []
    return _read_words(mail, named) if from_a_mail_server(mail) else None


def from_a_mail_server(mail: Mail) -> bool:
    """Whether a mail says that a server wrote it: it has no return address, or a server's name."""
    return header(mail, "Return-Path") == "<>" or sender(mail).partition("@")[0].lower() in DAEMONS


def original_ids(mail: Mail) -> tuple[str, ...]:
    """The Message-IDs of the mails that a report is about, wherever its server put them."""
    found = [header(mail, "In-Reply-To"), header(mail, "References")]
    for part in parts(mail, attached=True):
        if part is not mail:
            found.append(str(part.get("Message-ID", "")))
        if part.get_content_maintype() == "text" or part.get_content_subtype().endswith("-headers"):
            found += _QUOTED_ID.findall(text_of(part)[:LOOKED_AT])
    return message_ids(" ".join(found))


def _statuses(part: Mail) -> list[Mail]:
    """The groups of fields about one recipient each (RFC 3464 2.3)."""
    inner = part.get_payload()
    blocks = [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []
    if len(blocks) <= 1:  # encoded, or without the empty line between its groups
        text = text_of(part) or "\n\n".join(str(block.get_payload() or block) for block in blocks)
        blocks += [HeaderParser().parsestr(group) for group in re.split(r"\n\s*\n", text) if group.strip()]
    return [block for block in blocks if block.get("Final-Recipient") or block.get("Original-Recipient")]


def _read_statuses(blocks: list[Mail], named: tuple[str, ...]) -> list[Report]:
    reports = []
    for block in blocks[:MOST_REPORTS]:
        status, words = header(block, "Status"), header(block, "Diagnostic-Code")
        action = header(block, "Action").partition(" ")[0].lower() or {"5": "failed", "2": "delivered"}.get(status[:1])
        kind = {"failed": KINDS[bounce_of(status, words)], "delivered": DeliveryEventKind.DELIVERED}.get(action or "")
        if kind is not None:
            recipient = _address(header(block, "Original-Recipient")) or _address(header(block, "Final-Recipient"))
            reports.append(Report(kind, recipient, named, detail_of(f"{status} {words}")))
    return reports


def _address(field: str) -> str:
    """The address of `rfc822; ana@example.com`; Exchange's own kinds of address are none."""
    kind, separator, address = field.rpartition(";")
    known = not separator or kind.strip().lower() in {"rfc822", "utf-8", "smtp"}
    return address.strip().strip("<>") if known and "@" in address else ""


def _complaint(mail: Mail, part: Mail, named: tuple[str, ...]) -> list[Report]:
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    fields = first if isinstance(first, Message) else HeaderParser().parsestr(text_of(part))
    kind = _COMPLAINTS.get(header(fields, "Feedback-Type").lower(), DeliveryEventKind.COMPLAINT)
    if kind is None:  # "not spam" takes back what was said elsewhere; the others are about our servers
        return []
    recipient = header(fields, "Original-Rcpt-To") or next(_recipients(mail), "")
    said = f"{header(fields, 'Feedback-Type')}, says {header(fields, 'User-Agent') or 'a mail provider'}"
    return [Report(kind, recipient.strip("<>"), named, detail_of(said))]


def _recipients(mail: Mail) -> Iterator[str]:
    """Whom the mail that is complained about was for."""
    for part in parts(mail, attached=True):
        if part is not mail and part.get("To"):
            yield header(part, "To").rpartition("<")[2].rstrip(">")


def _read_words(mail: Mail, named: tuple[str, ...]) -> list[Report] | None:
    """What a server says in words of its own."""
    words = "\n".join(text_of(part) for part in parts(mail, attached=False) if part.get_content_maintype() == "text")
    notice = words[:NOTICE]
    try:
        passing, failed = all_failures(_beginning(mail))
    except Exception:  # its many readers meet mails that nobody foresaw
        passing, failed = frozenset(), frozenset()
    if failed:
        kind = KINDS[bounce_of("", notice)]
        said = detail_of(_telling_line(notice))
        addresses = sorted(address.decode("utf-8", "replace") for address in failed)[:MOST_REPORTS]
        return [Report(kind, address, named, said) for address in addresses]
    if passing:
        return []
    if named and (speaks_of_no_mailbox(notice) or re.search(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])", notice)):
        return [Report(KINDS[bounce_of("", notice)], "", named, detail_of(_telling_line(notice)))]
    return None


def _beginning(mail: Mail) -> Mail:
    """A copy with LOOKED_AT characters in all of its parts: a dozen readers take their time over every line."""
    short, left = deepcopy(mail), LOOKED_AT
    for part in short.walk():
        payload = part.get_payload()
        if isinstance(payload, str):
            part.set_payload(payload[:left])
            left -= len(payload[:left])
    return short


def _telling_line(notice: str) -> str:
    """The line of a notice that says why."""
    lines = [line for line in notice.splitlines() if line.strip()]
    return next((line for line in lines if STATUS.search(line) or speaks_of_no_mailbox(line)), " ".join(lines[:3]))


def detail_of(words: str) -> str:
    """A server's words as they are kept: one line, bounded, without anybody's address."""
    return without_addresses(one_line(words))[:LONGEST_DETAIL]
