"""Takes in what people forbade, or agreed to, elsewhere: before anything is sent, and as often as you like.

It only ever adds: an import takes back no opt-out, shortens no pause and lifts no restriction. Consent beside an
opt-out is kept as the fact that it is, and the opt-out decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import ImportCounts, Row, RowError
from feedback_service.customers.addresses import address_hash
from feedback_service.customers.cells import parse_email, parse_time
from feedback_service.customers.forbid import consent, pause, purchases_only, unsubscribe
from feedback_service.customers.models import Address, AddressChange
from feedback_service.database import insert_new

REQUIRED = ("email",)
OPTIONAL = ("choice", "at", "until", "by")
USUAL_PAUSE = timedelta(days=90)  # as long as the pause on the preference page
FILE = "file "
"""How the `by` of every change begins that came from a file: so it is known that earlier opt-outs are here."""


class Choice(StrEnum):
    """What somebody said, as a file has it."""

    NEVER = "never"
    PAUSE = "pause"
    PURCHASES = "purchases"
    CONSENT = "consent"


@dataclass(frozen=True)
class OptOutRow:
    """One choice, checked."""

    email: str
    choice: Choice
    at: datetime | None
    until: datetime | None
    by: str


def is_column(name: str) -> bool:
    """Whether a file of opt-outs may have a column of that name."""
    return name in REQUIRED or name in OPTIONAL


def whose(row: Row) -> str:
    """What keeps the rows about one address together."""
    return row.text("email").casefold()


def opt_outs_taken_in(session: Session) -> bool:
    """Whether a file of opt-outs or consent was ever taken in."""
    found = select(AddressChange.id).where(AddressChange.by.startswith(FILE)).limit(1)
    return session.scalar(found) is not None


def import_opt_outs(
    session: Session, rows: Sequence[Row], *, file: str, key: bytes, shop_zone: ZoneInfo, now: datetime
) -> ImportCounts:
    """Store one batch of rows; the caller commits. `file`: its name, kept with what it says.

    Of several rows with the same choice for the same address the last one counts; different choices all hold, and
    the strictest decides when it comes to asking.
    """
    counts = ImportCounts()
    latest: dict[tuple[str, Choice], OptOutRow] = {}
    for row in rows:
        try:
            parsed = parse_opt_out(row, shop_zone, now)
        except RowError as error:
            counts.refused.append((row, str(error)))
            continue
        said = (address_hash(key, parsed.email), parsed.choice)
        counts.repeated += said in latest
        latest[said] = parsed
    addresses, new = _addresses(session, {place for place, _ in latest})
    for (place, _), opt_out in sorted(latest.items(), key=_place):  # locked in the order in which asking locks them
        if not _keep(session, addresses[place], opt_out, file, now):
            counts.unchanged += 1
        elif place in new:
            counts.added += 1
        else:
            counts.updated += 1
    session.flush()
    return counts


def _place(said: tuple[tuple[str, Choice], OptOutRow]) -> str:
    return said[0][0]


def parse_opt_out(row: Row, shop_zone: ZoneInfo, now: datetime) -> OptOutRow:
    """Read one row. Times without an offset are in the shop's time zone. Raises RowError."""
    row.check_width()
    row.required("email")
    choice = _choice(row)
    at, until = parse_time(row, "at", shop_zone), parse_time(row, "until", shop_zone)
    if at is not None and at > now:
        raise RowError(f"at {row.text('at')} lies in the future; leave it empty if it is unknown")
    if until is not None and choice is not Choice.PAUSE:
        raise RowError(f"until {row.text('until')} belongs to a pause, and choice is {choice}")
    return OptOutRow(parse_email(row) or "", choice, at, until, row.text("by"))


def _choice(row: Row) -> Choice:
    text = row.text("choice").lower() or Choice.NEVER
    try:
        return Choice(text)
    except ValueError:
        raise RowError(f"choice {row.text('choice')!r} is none of {', '.join(Choice)}") from None


def _addresses(session: Session, hashes: set[str]) -> tuple[dict[str, Address], frozenset[str]]:
    """The rows of these addresses, and which of them are new."""
    if not hashes:
        return {}, frozenset()
    new = session.scalars(
        insert_new(session, Address).returning(Address.hash), [{"hash": place} for place in sorted(hashes)]
    ).all()
    found = session.scalars(select(Address).where(Address.hash.in_(hashes)))
    return {address.hash: address for address in found}, frozenset(new)


def _keep(session: Session, address: Address, opt_out: OptOutRow, file: str, now: datetime) -> bool:
    """Write down what is stricter, or more, than what is known; whether anything was."""
    at, by = opt_out.at or now, FILE + (f"{file}, {opt_out.by}" if opt_out.by else file)
    match opt_out.choice:
        case Choice.NEVER:
            return unsubscribe(session, address.hash, at, by=by)
        case Choice.PURCHASES:
            return purchases_only(session, address.hash, at, by=by)
        case Choice.CONSENT:
            return consent(session, address.hash, at, by=by, at=at)
        case Choice.PAUSE:
            until = _until(address, opt_out, now)
            return until is not None and pause(session, address.hash, until, at, by=by)


def _until(address: Address, opt_out: OptOutRow, now: datetime) -> datetime | None:
    """The end of a pause that is still ahead."""
    if opt_out.until is None and opt_out.at is None and address.paused_until is not None:
        return None  # the same file again, a week later, must not make a pause longer
    until = opt_out.until or (opt_out.at or now) + USUAL_PAUSE
    return until if until > now else None
