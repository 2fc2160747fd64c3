"""What the list is narrowed to, as it stands in its address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from feedback_service.cases.models import CaseKind
from feedback_service.cases.rules.routing import LOW, URGENT, CaseReason
from feedback_service.database import LARGEST_ID

LONGEST_SEARCH = 200  # characters
Value = TypeVar("Value")


class View(StrEnum):
    """A way to look at the queue."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OPEN = "open"
    LATE = "late"
    RESTING = "resting"
    """Waits for the customer, or for a day."""
    RESOLVED = "resolved"
    ALL = "all"
    """Whatever there is: what a search looks through."""


@dataclass(frozen=True)
class Filters:
    """A view and what it is narrowed by; each None where it is not."""

    view: View = View.OPEN
    queue: int | None = None
    owner: int | None = None
    priority: int | None = None
    reason: CaseReason | None = None
    kind: CaseKind | None = None
    text: str = ""
    """What somebody searches for; cases that hold it come newest first."""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Filters":
        """The filters in an address. What makes no sense is left out; an unknown view raises ValueError."""
        text = " ".join(args.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH]
        view = View(args["view"]) if args.get("view") else View.ALL if text else View.OPEN
        return cls(
            view=View.OPEN if view is View.ALL and not text else view,
            queue=_read(_id, args.get("queue")),
            owner=_read(_id, args.get("owner")),
            priority=_read(_priority, args.get("priority")),
            reason=_read(CaseReason, args.get("reason")),
            kind=_read(CaseKind, args.get("kind")),
            text=text,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything besides the view decides."""
        return self != replace(Filters(), view=self.view)

    def pairs(self) -> dict[str, str]:
        """As they stand in an address, always in one order; what is as ever is left out."""
        usual = View.ALL if self.text else View.OPEN
        told = {
            "view": "" if self.view is usual else self.view.value,
            "queue": self.queue,
            "owner": self.owner,
            "priority": self.priority,
            "reason": self.reason,
            "kind": self.kind,
            "q": self.text,
        }
        return {name: str(value) for name, value in told.items() if value}

    def __str__(self) -> str:
        return urlencode(self.pairs())


@dataclass(frozen=True)
class Viewer:
    """Who looks, at what they may see, and when."""

    user_id: int
    queues: frozenset[int] | None
    """Ids of the queues they see; None: all."""
    now: datetime


@dataclass(frozen=True)
class Place:
    """A case's place in the view's order: its time, then its id."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"

    @classmethod
    def read(cls, text: str | None) -> "Place | None":
        """The place in an address; None where there is none, or none that makes sense."""
        at, _, case_id = (text or "").partition("_")
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment.astimezone(UTC), min(max(int(case_id), 0), LARGEST_ID)) if moment.tzinfo else None
        except (ValueError, OverflowError):
            return None


def _read(reader: Callable[[str], Value], text: str | None) -> Value | None:
    try:
        return reader(text) if text else None
    except ValueError:
        return None


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
