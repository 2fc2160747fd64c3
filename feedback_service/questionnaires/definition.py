"""A survey as values: its questions, its rules, and its words in every language."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from feedback_service.questionnaires.questions import KEY_PATTERN, OTHER, WORDLESS, Question, QuestionType, Structure
from feedback_service.questionnaires.words import Frozen, QuestionWords, Wording


class TriggerEvent(StrEnum):
    """What can make a survey ask."""

    ORDERED = "ordered"
    DELIVERED = "delivered"
    PROMISE_PASSED = "promise_passed"
    DELIVERED_OR_PROMISE_PASSED = "delivered_or_promise_passed"
    SUPPORT_CLOSED = "support_closed"
    LEFT = "left"
    """A customer has cancelled."""
    CASE_RESOLVED = "case_resolved"
    """Did we put it right? Exempt from fatigue, never from what was forbidden."""
    CHECK_IN = "check_in"
    """Customers, every so many months."""
    PULSE = "pulse"
    """Employees, every so many months."""


class Weekday(StrEnum):
    """The days, in the order in which `date.weekday()` counts them."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[Decimal, Field(ge=0, le=10**12, max_digits=16)]
"""In whole units of its currency, such as 12.50."""


def _wall_clock(given: object) -> object:
    """Take 09:00 and TOML's own local time; a bare number would be read as seconds."""
    if isinstance(given, time) and given.tzinfo is None:
        return given
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", given) if isinstance(given, str) else None
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 99)
    if (hour, minute) == (24, 0):
        return time(0)
    if hour > 23 or minute > 59:  # noqa: PLR2004 - the clock's own numbers
        raise ValueError(f'{given!r} is no time of day such as "09:00"')
    return time(hour, minute)


WallClock = Annotated[time, BeforeValidator(_wall_clock)]


class Trigger(Frozen):
    """The event that makes the survey ask, and when after it."""

    on: TriggerEvent
    delay_days: Annotated[int, Field(ge=0, le=365)] = 3
    max_age_days: Annotated[int, Field(ge=1, le=730)] = 30
    """Older events are never asked about: the buyer has forgotten."""
    every_months: Annotated[int, Field(ge=1, le=36)] | None = None
    """For a check-in, counted from the first purchase; for a pulse, the same months for every colleague."""
    active_months: Annotated[int, Field(ge=1, le=60)] = 12
    """A check-in is for whoever bought something within so many months."""

    @property
    def by_calendar(self) -> bool:
        """Whether no event but the calendar asks."""
        return self.on in {TriggerEvent.CHECK_IN, TriggerEvent.PULSE}

    @property
    def by_order(self) -> bool:
        """Whether a purchase is what is asked about."""
        return not self.by_calendar and not self.by_touchpoint

    @property
    def by_touchpoint(self) -> bool:
        """Whether another moment than a purchase is what is asked about."""
        return self.on in {TriggerEvent.SUPPORT_CLOSED, TriggerEvent.LEFT, TriggerEvent.CASE_RESOLVED}

    @model_validator(mode="after")
    def _months_with_the_calendar(self) -> "Trigger":
        if self.by_calendar != (self.every_months is not None):
            needs = "needs every_months" if self.by_calendar else "has every_months, which only check_in and pulse read"
            raise ValueError(f"{needs}, such as every_months = 6" if self.by_calendar else needs)
        return self

    @model_validator(mode="after")
    def _asks_before_it_is_too_late(self) -> "Trigger":
        if self.delay_days > self.max_age_days:
            raise ValueError(
                f"delay_days {self.delay_days} is beyond max_age_days {self.max_age_days}: nobody is asked"
            )
        return self


class Asking(Frozen):
    """How often and how hard to ask."""

    priority: Annotated[int, Field(ge=0, le=1000)] = 10
    sample_one_in: Annotated[int, Field(ge=1, le=10_000)] = 1
    quarantine_days: Annotated[int, Field(ge=0, le=730)] = 30
    """Nobody is asked within so many days after being asked by any survey."""
    quarantine_after_answer_days: Annotated[int, Field(ge=0, le=730)] = 30
    """Nor within so many days after answering one."""
    daily_cap: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """How many people are asked on one day of the shop's at most; 0 for no cap."""
    reminders: Annotated[int, Field(ge=0, le=3)] = 1
    reminder_after_days: Annotated[int, Field(ge=1, le=60)] = 4
    consent: Literal["not_needed", "needed"] = "not_needed"
    """Where it is needed, only people whose consent was taken in are asked."""
    link_days: Annotated[int, Field(ge=1, le=365)] = 30
    correction_hours: Annotated[int, Field(ge=0, le=720)] = 24


class Window(Frozen):
    """When mails may go out, by the customer's clock; the shop's where theirs is not known."""

    weekdays: tuple[Weekday, ...] = tuple(Weekday)
    from_: Annotated[WallClock, Field(alias="from")] = time(8)
    until: WallClock = time(20)
    """Midnight, which may be written as 24:00, is the end of the day."""
    holidays: bool = False
    """Whether mails go out on public holidays too."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    @field_validator("weekdays")
    @classmethod
    def _at_least_one(cls, weekdays: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if not weekdays:
            raise ValueError("names no day, so nothing would ever be sent")
        return tuple(day for day in Weekday if day in weekdays)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "Window":
        if self.until != time(0) and self.from_ >= self.until:
            raise ValueError(f"opens at {self.from_:%H:%M} and closes at {self.until:%H:%M}: it must open first")
        return self


class Filter(Frozen):
    """Which events are asked about; an empty filter lets all through."""

    min_value: dict[Currency, Money] = Field(default_factory=dict)
    """The least an order must be worth, per currency; orders in other currencies pass."""
    max_value: dict[Currency, Money] = Field(default_factory=dict)
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Attributes of which one of the values must be there, whatever its case."""
    never: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Attributes of which none of the values may be there."""


class Thresholds(Frozen):
    """Which scores open a case."""

    detractor_max: Annotated[int, Field(ge=0, le=10)]


class Routing(Frozen):
    """Who answers for an unhappy buyer, and by when."""

    team: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")] = "care"
    owner: Literal["round_robin", "unassigned"] = "round_robin"
    due_hours: Annotated[int, Field(ge=1, le=720)] = 24
    contact_due_hours: Annotated[int, Field(ge=1, le=720)] = 8


class SurveyStatus(StrEnum):
    """Whether a survey asks, and whether it still takes answers."""

    OPEN = "open"
    PAUSED = "paused"
    """It asks nobody by itself; links that are out there go on."""
    CLOSED = "closed"
    """It takes no answers either."""


class Rules(Frozen):
    """Everything that may change without changing what an answer means."""

    status: SurveyStatus = SurveyStatus.OPEN
    title: Annotated[str, Field(min_length=1, max_length=120)]
    default_locale: str = "en"
    trigger: Trigger
    asking: Asking = Asking()
    window: Window = Window()
    filter: Filter = Filter()
    thresholds: Thresholds
    routing: Routing = Routing()

    @property
    def asks(self) -> bool:
        """Whether the survey asks anybody by itself at present."""
        return self.status is SurveyStatus.OPEN


class SurveyDefinition(Frozen):
    """A survey as it is asked."""

    key: Annotated[str, Field(pattern=KEY_PATTERN)]
    metric: Annotated[str, Field(pattern=KEY_PATTERN)]
    structure: Structure
    rules: Rules
    wordings: dict[str, Wording]

    @model_validator(mode="after")
    def _fits_together(self) -> "SurveyDefinition":
        if self.rules.default_locale not in self.wordings:
            raise ValueError(f"has no wording for its default locale {self.rules.default_locale}")
        if self.rules.thresholds.detractor_max not in self.structure.scale:
            raise ValueError(
                f"thresholds.detractor_max {self.rules.thresholds.detractor_max} is not on the scale"
                f" {self.structure.scale[0]} to {self.structure.scale[-1]}"
            )
        for locale, wording in self.wordings.items():
            problems = unfit_words(self.structure.questions, wording.questions)
            if problems:
                raise ValueError("; ".join(f"wording.{locale}: {place} {reason}" for place, reason in problems.items()))
        return self

    def locale_for(self, wanted: str | None) -> str:
        """The nearest wording's locale: the same, else the same language, else the default."""
        if wanted in self.wordings:
            return str(wanted)
        language = (wanted or "").replace("_", "-").split("-")[0].lower()
        near = sorted(locale for locale in self.wordings if locale.split("-")[0].lower() == language)
        return near[0] if near else self.rules.default_locale

    @property
    def structure_hash(self) -> str:
        """Hash of what makes answers comparable."""
        return digest(canonical(self.structure))

    @property
    def content_hash(self) -> str:
        """Hash of the questions and of every word in every language."""
        words = {locale: digest(canonical(wording)) for locale, wording in self.wordings.items()}
        return digest(json.dumps([self.structure_hash, words], sort_keys=True))


def unfit_words(questions: Iterable[Question], words: Mapping[str, QuestionWords]) -> dict[str, str]:
    """What the words for these questions lack, or say about ones that are not asked: the reason, by its place."""
    asked = {question.key: question for question in questions if question.type not in WORDLESS}
    problems = {f"questions.{key}": "is not asked" for key in words if key not in asked}
    for key, question in asked.items():
        if key not in words:
            problems[f"questions.{key}"] = "is missing"
            continue
        wanted, said = _wanted_words(question), _optional_words(words[key])
        problems |= {f"questions.{key}.{name}": "is missing" for name in sorted(wanted - said)}
        problems |= {f"questions.{key}.{name}": "is not asked" for name in sorted(said - wanted)}
    return problems


def _wanted_words(question: Question) -> set[str]:
    wanted = {f"options.{option}" for option in question.options}
    wanted |= {OTHER} if question.other else set()
    return wanted | ({"low", "high"} if question.type == QuestionType.RATING else set())


def _optional_words(words: QuestionWords) -> set[str]:
    own = {"other": words.other, "low": words.low, "high": words.high}
    return {f"options.{option}" for option in words.options} | {name for name, said in own.items() if said is not None}


def canonical(part: BaseModel) -> str:
    """JSON that is the same for the same content."""
    return json.dumps(part.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(document: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(document.encode()).hexdigest()
