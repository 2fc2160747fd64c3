"""How good the addresses are: who can be reached, how many mails come back, and which addresses to correct."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import safe_cell
from feedback_service.customers.forbid import reinstate
from feedback_service.customers.models import Address, Customer, PersonKind, SuppressionReason
from feedback_service.delivery.models import Message
from feedback_service.invitations.models import Invitation

MONTHS = 6
SHOWN = 50  # addresses on the page; the file has all of them
FEWEST = 50  # mails; below that one bounce more or less is several per cent
PORTION = 1000  # rows that are fetched at once for the file

REASONS: Mapping[SuppressionReason, str] = {
    SuppressionReason.BAD_ADDRESS: "refused by the mail server",
    SuppressionReason.HARD_BOUNCE: "bounced for good",
    SuppressionReason.SOFT_BOUNCES: "came back several times in a row",
    SuppressionReason.COMPLAINT: "the person called a mail spam",
}


@dataclass
class Reach:
    """How many customers can be mailed, and why the others cannot; each is counted once."""

    customers: int = 0
    no_address: int = 0
    suppressed: dict[SuppressionReason, int] = field(default_factory=dict)
    unsubscribed: int = 0
    paused: int = 0

    @property
    def deliverable(self) -> int:
        """Customers with an address at which mail arrives, as far as is known; they may still not want any."""
        return self.customers - self.no_address - sum(self.suppressed.values())


@dataclass(frozen=True)
class Bounces:
    """The mails of one source's customers in one month."""

    month: date
    source: str
    sent: int
    bounced: int

    @property
    def too_few(self) -> bool:
        """Whether a share would say more than the mails do."""
        return self.sent < FEWEST


@dataclass(frozen=True)
class ToCorrect:
    """A customer at whose address no mail arrives."""

    source: str
    external_id: str
    name: str
    email: str
    reason: str
    since: datetime
    may_reinstate: bool
    """Whether a colleague may say that mail arrives there again; what a person said only they take back."""


def reach(session: Session, now: datetime) -> Reach:
    """Everybody who is known as a customer, by what stands between them and a mail; the gravest comes first."""
    unsubscribed, paused = Address.unsubscribed_at.is_not(None), func.coalesce(Address.paused_until > now, False)
    wishes = case((unsubscribed, "unsubscribed"), (paused, "paused"), else_="")
    rows = session.execute(
        select(_has_address(), Address.suppressed_reason, wishes, func.count())
        .select_from(Customer)
        .outerjoin(Address, Address.hash == Customer.address_hash)
        .where(Customer.kind == PersonKind.CUSTOMER)
        .group_by(_has_address(), Address.suppressed_reason, wishes)
    )
    found = Reach()
    for has_address, reason, wish, count in rows:
        found.customers += count
        if not has_address:
            found.no_address += count
        elif reason is not None:
            found.suppressed[reason] = found.suppressed.get(reason, 0) + count
        elif wish == "unsubscribed":
            found.unsubscribed += count
        elif wish == "paused":
            found.paused += count
    return found


def _has_address() -> ColumnElement[bool]:
    return Customer.email.is_not(None) & Customer.address_hash.is_not(None)


def bounces_by_month(session: Session, now: datetime, zone: ZoneInfo, months: int = MONTHS) -> list[Bounces]:
    """Per source and month of sending, newest first: mails that left, and those of them that came back.

    Months are the shop's. A mail that a server refused on the spot never left, and is not counted.
    """
    first = now.astimezone(zone).date().replace(day=1)
    found: list[Bounces] = []
    for _ in range(months):
        after = _next_month(first)
        rows = session.execute(
            select(Customer.source, func.count(), func.count(Message.bounced_at))
            .select_from(Message)
            .join(Invitation, Invitation.id == Message.invitation_id)
            .join(Customer, Customer.id == Invitation.customer_id)
            .where(Message.sent_at >= _midnight(first, zone), Message.sent_at < _midnight(after, zone))
            .group_by(Customer.source)
            .order_by(Customer.source)
        )
        found += [Bounces(first, source, sent, bounced) for source, sent, bounced in rows]
        first = _month_before(first)
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _next_month(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def _month_before(first: date) -> date:
    return first.replace(year=first.year - (first.month == 1), month=(first.month - 2) % 12 + 1)


def to_correct(session: Session, limit: int | None = None) -> Iterator[ToCorrect]:
    """Customers without an address or with a suppressed one, the latest first; all of them without a `limit`."""
    since = func.coalesce(Address.suppressed_at, Customer.created_at)
    rows = session.execute(
        select(Customer.source, Customer.external_id, Customer.name, Customer.email, Address.suppressed_reason, since)
        .outerjoin(Address, Address.hash == Customer.address_hash)
        .where(Customer.kind == PersonKind.CUSTOMER, or_(~_has_address(), Address.suppressed_at.is_not(None)))
        .order_by(since.desc(), Customer.id.desc())
        .limit(limit)
        .execution_options(yield_per=PORTION)
    )
    for source, external_id, name, email, reason, at in rows:
        words = REASONS[reason] if email and reason else "no address"
        yield ToCorrect(
            source, external_id, name, email or "", words, at, bool(email) and reason != SuppressionReason.COMPLAINT
        )


def csv_lines(lines: Iterable[ToCorrect], zone: ZoneInfo) -> Iterator[str]:
    """The list as a file for a spreadsheet: a line at a time, no cell of which is run as a formula."""
    yield "\ufeff" + _csv_line(("source", "customer_id", "name", "email", "reason", "since"))
    for line in lines:
        since = f"{line.since.astimezone(zone):%Y-%m-%d %H:%M}"
        yield _csv_line((line.source, line.external_id, line.name, line.email, line.reason, since))


def _csv_line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(map(safe_cell, cells))
    return out.getvalue()


class Reinstated(StrEnum):
    """What came of a colleague's word that mail arrives again."""

    DONE = "done"
    NOT_SUPPRESSED = "not_suppressed"
    COMPLAINED = "complained"


def reinstate_for_staff(session: Session, place: str, now: datetime, *, by: str) -> Reinstated:
    """Mail an address again, except where its person called a mail spam: that is a wish, and not a fault."""
    reason = session.scalar(select(Address.suppressed_reason).where(Address.hash == place))
    if reason == SuppressionReason.COMPLAINT:
        return Reinstated.COMPLAINED
    return Reinstated.DONE if reinstate(session, place, now, by=by) else Reinstated.NOT_SUPPRESSED
