"""What every mail provider's webhook is: something to verify, and events to read out of it."""

import json
from datetime import UTC, datetime
from typing import Any, Protocol

from werkzeug.datastructures import Headers

from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.rules.mime import visible

LONGEST_KEY = 180  # characters of a provider's own id that are kept


class NotAuthenticError(Exception):
    """The request does not prove that the provider sent it; the message says why, and repeats no secret."""


class BadBodyError(ValueError):
    """The body is not what the provider sends; the message is one sentence."""


class Provider(Protocol):
    """One mail provider's webhook."""

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Return if the provider sent this. Raises NotAuthenticError, or BadBodyError where nothing can be checked."""

    def events(self, body: bytes) -> list[Event]:
        """What a verified body reports; kinds of events that nothing follows from are left out. Raises BadBodyError."""


def read_json(body: bytes) -> Any:
    """The body as JSON. Raises BadBodyError."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadBodyError("The body is not JSON.") from None


def an_object(value: Any, what: str = "The body") -> dict[str, Any]:
    """`value` as a JSON object. Raises BadBodyError naming `what`."""
    if not isinstance(value, dict):
        raise BadBodyError(f"{what} is not a JSON object.")
    return value


def a_text(value: Any) -> str:
    """`value` where it is a text or a number, as text that a database takes; else nothing."""
    return visible(str(value)) if isinstance(value, str | int | float) else ""


def from_timestamp(value: Any) -> datetime:
    """Seconds since 1970. Raises BadBodyError."""
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise BadBodyError("The time of an event is no number of seconds since 1970.") from None


def from_iso(value: Any) -> datetime:
    """A time such as 2026-03-20T10:00:00Z, with as many digits of a second as Postmark writes. Raises BadBodyError."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadBodyError("The time of an event is none such as 2026-03-20T10:00:00Z.") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
