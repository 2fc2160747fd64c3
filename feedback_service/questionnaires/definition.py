"""A survey as values: its questions, its rules, and its words in every language."""

import hashlib
import json
import re
from datetime import time
from decimal import Decimal
from enum import StrEnum
from string import Formatter
from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from feedback_service.questionnaires.models import SurveyKind


class TriggerEvent(StrEnum):
    """What can make a survey ask."""

    ORDERED = "ordered"
    DELIVERED = "delivered"
    PROMISE_PASSED = "promise_passed"
    DELIVERED_OR_PROMISE_PASSED = "delivered_or_promise_passed"
    SUPPORT_CLOSED = "support_closed"
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


SCALES = {SurveyKind.NPS: range(11), SurveyKind.CSAT: range(1, 6)}
KEY_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
LINE_PATTERN = r"^[^\r\n]+$"
PLACEHOLDERS = frozenset({"name", "shop", "order", "score"})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _known_placeholders(words: str) -> str:
    """Refuse a wording whose braces cannot be filled, before a customer sees them."""
    try:
        fields = [field for field in Formatter().parse(words) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"has a brace that does not close ({error})") from None
    for _, name, spec, conversion in fields:
        if name not in PLACEHOLDERS:
            raise ValueError(f"has the unknown placeholder {{{name}}}; known are {', '.join(sorted(PLACEHOLDERS))}")
        if spec or conversion:
            raise ValueError(f"has more than a name between the braces of {{{name}}}")
    return words


def _bare_address(address: str) -> str:
    try:
        return validate_email(
            address, check_deliverability=False, test_environment=True, allow_smtputf8=False
        ).normalized
    except EmailNotValidError:
        raise ValueError("is no bare address such as hello@example.com") from None


Words = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_known_placeholders)]
Line = Annotated[Words, Field(max_length=200, pattern=LINE_PATTERN)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[Decimal, Field(ge=0, le=10**12, max_digits=16)]
"""In whole units of its currency, such as 12.50."""


class Question(_Frozen):
    """One thing that is asked."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    type: Literal["score", "text", "contact_wish"]


class Structure(_Frozen):
    """What makes two answers comparable: the scale and the questions."""

    kind: SurveyKind
    questions: tuple[Question, ...]

    @model_validator(mode="after")
    def _one_score(self) -> "Structure":
        keys = [question.key for question in self.questions]
        if len(set(keys)) != len(keys):
            raise ValueError("has two questions with one key")
        if [question.type for question in self.questions].count("score") != 1:
            raise ValueError("needs exactly one question of type score")
        return self

    @property
    def scale(self) -> range:
        """The scores a buyer may choose."""
        return SCALES[self.kind]

    def asks(self, kind: str) -> bool:
        """Whether a question of this type is asked."""
        return any(question.type == kind for question in self.questions)


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


class Trigger(_Frozen):
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
        return not self.by_calendar and self.on != TriggerEvent.SUPPORT_CLOSED

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


class Asking(_Frozen):
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


class Window(_Frozen):
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


class Filter(_Frozen):
    """Which events are asked about; an empty filter lets all through."""

    min_value: dict[Currency, Money] = {}
    """The least an order must be worth, per currency; orders in other currencies pass."""
    max_value: dict[Currency, Money] = {}
    only: dict[str, tuple[str, ...]] = {}
    """Attributes of which one of the values must be there, whatever its case."""
    never: dict[str, tuple[str, ...]] = {}
    """Attributes of which none of the values may be there."""


class Thresholds(_Frozen):
    """Which scores open a case."""

    detractor_max: Annotated[int, Field(ge=0, le=10)]


class Routing(_Frozen):
    """Who answers for an unhappy buyer, and by when."""

    team: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")] = "care"
    owner: Literal["round_robin", "unassigned"] = "round_robin"
    due_hours: Annotated[int, Field(ge=1, le=720)] = 24
    contact_due_hours: Annotated[int, Field(ge=1, le=720)] = 8


class Rules(_Frozen):
    """Everything that may change without changing what an answer means."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    default_locale: str = "en"
    trigger: Trigger
    asking: Asking = Asking()
    window: Window = Window()
    filter: Filter = Filter()
    thresholds: Thresholds
    routing: Routing = Routing()


class MailWords(_Frozen):
    """The mail."""

    sender_name: Line | None = None
    """Who writes; the shop where it is empty."""
    sender_address: Annotated[str, AfterValidator(_bare_address)] | None = None
    """From where; the installation's address where it is empty."""
    subject: Line
    reminder_subject: Line | None = None
    """The reminder's own subject and first words; the mail's where they are empty."""
    reminder_intro: Words | None = None
    preheader: Line
    greeting: Line
    greeting_without_name: Line
    intro: Words
    question: Line
    low: Line
    high: Line
    why: Words
    why_more: Line | None = None
    """The link to the page that explains it in full."""
    stop: Line
    privacy_label: Line | None = None
    kept_label: Line | None = None
    """What stands before the privacy notice's address, and before how long answers are kept."""
    signature: Words


class PageWords(_Frozen):
    """The page behind the link."""

    question: Line
    low: Line
    high: Line
    send: Line
    change: Line
    why: Words


class MoreWords(_Frozen):
    """The page after the score."""

    heading: Line
    question: Line
    contact: Line
    save: Line


class ThanksWords(_Frozen):
    """The last page."""

    heading: Line
    text: Words


class Wording(_Frozen):
    """One language's words."""

    mail: MailWords
    page: PageWords
    more: MoreWords
    thanks: ThanksWords


class SurveyDefinition(_Frozen):
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


def canonical(part: BaseModel) -> str:
    """JSON that is the same for the same content."""
    return json.dumps(part.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(document: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(document.encode()).hexdigest()
