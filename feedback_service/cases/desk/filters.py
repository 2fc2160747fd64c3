"""What the list is narrowed to, as it stands in its address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from feedback_service.cases.inbox.dimensions import LONGEST_VALUE, is_dimension
from feedback_service.cases.models import CaseKind
from feedback_service.cases.rules.routing import LOW, URGENT, CaseReason
from feedback_service.database import LARGEST_ID

LONGEST_SEARCH = 200  # characters
LONGEST_KEY = 64  # characters of a cause's or a survey's key
Value = TypeVar("Value")
_UTC = ZoneInfo("UTC")


class View(StrEnum):
    """A way to look at the queue."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OPEN = "open"
    LATE = "late"
    RESTING = "resting"
    """Waits for the customer, or for a day."""
    RESOLVED = "resolved"
    STANDING = "standing"
    """Open or resting, in the order in which they were opened."""
    ALL = "all"
    """Whatever there is: what a search looks through, and whatever was opened in some days."""


NEWEST_FIRST = frozenset({View.RESOLVED, View.STANDING, View.ALL})
"""In these a case stands by when it was resolved, or opened; in the others by when it is due."""
OFF_THE_BAR = frozenset({View.STANDING, View.ALL})
"""Nobody goes there but by a search, or from a number of insights."""


@dataclass(frozen=True)
class Filters:
    """A view and what it is narrowed by; each None where it is not."""

    view: View = View.OPEN
    queue: int | None = None
    owner: int | None = None
    priority: int | None = None
    reason: CaseReason | None = None
    kind: CaseKind | None = None
    team: int | None = None
    cause: str | None = None
    """The key of a root cause, or of a group of them."""
    survey: str | None = None
    """The key of the one whose answers the cases are about."""
    by: str = ""
    """A dimension of these answers."""
    value: str = ""
    """Only cases about answers of this value of it; where there is a survey and a dimension."""
    first: date | None = None
    last: date | None = None
    """The days, both included, on which a case was resolved, in the view of these; or else opened."""
    text: str = ""
    """What somebody searches for; cases that hold it come newest first."""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Filters":
        """The filters in an address. What makes no sense is left out; an unknown view raises ValueError."""
        text = " ".join(args.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH]
        first, last = (_read(_day, args.get(name)) for name in ("from", "to"))
        everything = bool(text or first or last)
        view = View(args["view"]) if args.get("view") else View.ALL if everything else View.OPEN
        view = View.OPEN if view is View.ALL and not everything else view
        dated = view in NEWEST_FIRST
        # Each case's answer is looked up, which is only done for those of some days.
        survey = _text(args, "survey", LONGEST_KEY) if dated and (first or last) else ""
        by, value = _text(args, "by", LONGEST_VALUE), _text(args, "is", LONGEST_VALUE)
        apart = bool(survey and value and is_dimension(by))
        return cls(
            view=view,
            queue=_read(_id, args.get("queue")),
            owner=_read(_id, args.get("owner")),
            priority=_read(_priority, args.get("priority")),
            reason=_read(CaseReason, args.get("reason")),
            kind=_read(CaseKind, args.get("kind")),
            team=_read(_id, args.get("team")),
            # An open case has no cause yet, and one that is due has no place by its opening.
            cause=_text(args, "cause", LONGEST_KEY) or None if view is View.RESOLVED else None,
            survey=survey or None,
            by=by if apart else "",
            value=value if apart else "",
            first=first if dated else None,
            last=last if dated else None,
            text=text,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything besides the view decides."""
        return self != replace(Filters(), view=self.view)

    def _plain(self) -> dict[str, object]:
        """What goes by one name in addresses and in statements."""
        return {
            "queue": self.queue,
            "owner": self.owner,
            "priority": self.priority,
            "reason": self.reason,
            "kind": self.kind,
            "team": self.team,
            "cause": self.cause,
            "survey": self.survey,
        }

    def pairs(self) -> dict[str, str]:
        """As they stand in an address, always in one order; what is as ever is left out."""
        usual = View.ALL if self.text or self.first or self.last else View.OPEN
        told = {
            "view": "" if self.view is usual else self.view.value,
            **self._plain(),
            "by": self.by,
            "is": self.value,
            "from": self.first,
            "to": self.last,
            "q": self.text,
        }
        return {name: str(value) for name, value in told.items() if value}

    def values(self, zone: ZoneInfo) -> dict[str, object]:
        """What the list is narrowed by, each by its name; days as the moments between which they lie."""
        told = {
            **self._plain(),
            "value": self.value or None,
            "first": self.first and _midnight(self.first, zone),
            "last": self.last and _midnight(self.last + timedelta(days=1), zone),
        }
        return {name: value for name, value in told.items() if value is not None}

    def __str__(self) -> str:
        return urlencode(self.pairs())


@dataclass(frozen=True)
class Viewer:
    """Who looks, at what they may see, and when."""

    user_id: int
    queues: frozenset[int] | None
    """Ids of the queues they see; None: all."""
    now: datetime
    zone: ZoneInfo = _UTC
    """The shop's, in which its days begin."""


def _read(reader: Callable[[str], Value], text: str | None) -> Value | None:
    try:
        return reader(text) if text else None
    except ValueError:
        return None


def _text(args: Mapping[str, str], name: str, longest: int) -> str:
    return args.get(name, "").replace("\0", "")[:longest]


def _id(text: str) -> int:
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(text)
    return number


def _priority(text: str) -> int:
    number = int(text)
    if not URGENT <= number <= LOW:
        raise ValueError(text)
    return number


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not date(2000, 1, 1) <= day < date(2200, 1, 1):
        raise ValueError(text)
    return day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
