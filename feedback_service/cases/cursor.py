"""Where a page of a long list begins, as its address has it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from feedback_service.database import LARGEST_ID


@dataclass(frozen=True)
class TimeCursor:
    """A place in an order by time, then by id."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"

    @classmethod
    def read(cls, text: str | None) -> "TimeCursor | None":
        """The place in an address; None where there is none, or none that makes sense."""
        at, _, row_id = (text or "").partition("_")
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment.astimezone(UTC), min(max(int(row_id), 0), LARGEST_ID)) if moment.tzinfo else None
        except (ValueError, OverflowError):
            return None
