"""Reads surveys/routing.toml: calendars, queues and rules; a broken file is refused with file, place and reason."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from feedback_service.accounts.business_hours import CalendarError, read
from feedback_service.cases.queues.models import OwnerRule
from feedback_service.cases.rules.conditions import Conditions, ConditionsError, read_conditions
from feedback_service.cases.rules.routing import Rule
from feedback_service.paths import SURVEYS

FILE = "routing.toml"
KEY = r"^[a-z][a-z0-9_-]{0,63}$"
MINUTES_AT_MOST = 60 * 24 * 90
"""Three months without a pause; more is no deadline."""
RUNGS_AT_MOST = 12
Minutes = Annotated[int, Field(ge=1, le=MINUTES_AT_MOST)]
Title = Annotated[str, Field(min_length=1, max_length=120)]


class RoutingFileError(Exception):
    """A routing.toml that cannot be used; the message has a line per fault: file, place, reason."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class CalendarEntry(_Entry):
    """When teams work; an empty zone or country is the shop's."""

    name: Title
    zone: str = ""
    country: str = ""
    hours: dict[str, list[list[str]]]
    holidays: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _can_be_kept(self) -> "CalendarEntry":
        try:
            read(self.zone or "UTC", self.hours, self.country or None, self.holidays)
        except CalendarError as error:
            raise ValueError(str(error).removesuffix(".")) from None
        return self


class RungEntry(_Entry):
    """One step of a ladder: `minutes` after the deadline, before it where they are negative."""

    step: Literal["remind", "reassign", "manager"]
    of: Literal["first_response", "resolution"] = "first_response"
    minutes: Annotated[int, Field(ge=-MINUTES_AT_MOST, le=MINUTES_AT_MOST)]


class QueueEntry(_Entry):
    """A queue, and the team that answers for it."""

    key: Annotated[str, Field(pattern=KEY)]
    name: Title
    team: Annotated[str, Field(pattern=KEY)]
    calendar: Title | None = None
    owner_rule: OwnerRule | None = None
    owner_attribute: Title | None = None
    first_response_minutes: Minutes | None = None
    resolution_minutes: Minutes = 72 * 60
    needs_root_cause: bool = True
    needs_what_was_done: bool = True
    needs_reached: bool = True
    ladder: Annotated[tuple[RungEntry, ...], Field(max_length=RUNGS_AT_MOST)] = ()

    @model_validator(mode="after")
    def _names_its_attribute(self) -> "QueueEntry":
        if self.owner_rule is OwnerRule.BY_ATTRIBUTE and self.owner_attribute is None:
            raise ValueError('needs owner_attribute, such as owner_attribute = "region"')
        return self


class RuleEntry(_Entry):
    """A rule; `when` holds its conditions, `queue` the key of a queue, left out for the one of the survey's team."""

    name: Title
    active: bool = True
    when: dict[str, Any] = Field(default_factory=dict)
    kind: Literal["follow_up", "review", "thanks", "none"] = "follow_up"
    """none: it opens nothing, and keeps the rules below from doing so."""
    queue: Annotated[str, Field(pattern=KEY)] | None = None
    owner_rule: OwnerRule | None = None
    points: Annotated[int, Field(ge=0, le=3)] = 0
    tells_managers: bool = False
    first_response_minutes: Minutes | None = None
    resolution_minutes: Minutes | None = None

    @property
    def conditions(self) -> Conditions:
        """What must hold. Raises ConditionsError."""
        return read_conditions(self.when, f"rules.{self.name}.when")

    @property
    def rule(self) -> Rule:
        """The same as the rules know it; without its queue, which the database numbers."""
        return Rule(
            name=self.name,
            conditions=self.conditions,
            kind=None if self.kind == "none" else self.kind,
            points=self.points,
            owner_rule=self.owner_rule,
            first_response_minutes=self.first_response_minutes,
            resolution_minutes=self.resolution_minutes,
            tells_managers=self.tells_managers,
        )


class RoutingDocument(_Entry):
    """The whole file."""

    calendars: tuple[CalendarEntry, ...] = ()
    queues: tuple[QueueEntry, ...] = ()
    rules: tuple[RuleEntry, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> "RoutingDocument":
        for what, names in (
            ("calendars", [calendar.name for calendar in self.calendars]),
            ("queues", [queue.key for queue in self.queues]),
            ("rules", [rule.name for rule in self.rules]),
        ):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what}: “{twice[0]}” stands there twice; give each a name of its own")
        self._names_what_is_there()
        return self

    def _names_what_is_there(self) -> None:
        calendars, queues = {calendar.name for calendar in self.calendars}, {queue.key for queue in self.queues}
        for queue in self.queues:
            if queue.calendar is not None and queue.calendar not in calendars:
                raise ValueError(f"queues.{queue.key}.calendar: there is no calendar “{queue.calendar}” in this file")
        for rule in self.rules:
            if rule.queue is not None and rule.queue not in queues:
                raise ValueError(f"rules.{rule.name}.queue: there is no queue “{rule.queue}” in this file")


@cache
def shipped_routing() -> RoutingDocument:
    """The file that comes with the service."""
    return read_routing(SURVEYS)


def read_routing(folder: Path) -> RoutingDocument:
    """The file of a folder of surveys; the one that comes with the service where it has none of its own.

    Raises RoutingFileError naming what is wrong with it.
    """
    path = folder / FILE
    if not path.exists() and folder != SURVEYS:
        return shipped_routing()
    raw = _toml(path)
    try:
        document = RoutingDocument.model_validate(raw)
        for rule in document.rules:
            _ = rule.conditions
    except ValidationError as error:
        raise RoutingFileError("\n".join(_fault(path, raw, fault) for fault in error.errors())) from None
    except ConditionsError as error:
        raise RoutingFileError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None
    return document


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise RoutingFileError(f"{path}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise RoutingFileError(f"{path}: is not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise RoutingFileError(f"{path}: is no TOML: {error}.") from None


def _fault(path: Path, raw: Mapping[str, Any], fault: Any) -> str:
    place = ".".join(_named(raw, fault["loc"]))
    ours = {
        "missing": "is missing",
        "extra_forbidden": "is not a known key",
        "string_too_short": "is empty",
        "string_pattern_mismatch": "must be small letters, digits, - and _, with a letter first",
    }
    reason = ours.get(fault["type"]) or fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{path}: {place}: {reason}." if place else f"{path}: {reason}."


def _named(raw: Mapping[str, Any], where: tuple[int | str, ...]) -> list[str]:
    """A place as a person finds it: by the name of the rule or the queue, not by its number."""
    parts = [str(part) for part in where]
    if len(where) > 1 and isinstance(where[1], int):
        entries = raw.get(str(where[0]), ())
        entry = entries[where[1]] if isinstance(entries, list) and where[1] < len(entries) else None
        named = entry.get("key") or entry.get("name") if isinstance(entry, dict) else None
        parts[1] = str(named) if named else f"{where[1] + 1}"
    return parts
