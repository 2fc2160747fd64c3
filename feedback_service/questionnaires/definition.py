"""A survey as values: its questions, its rules, and its words in every language."""

import hashlib
import json
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from feedback_service.questionnaires.models import SurveyKind

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


Words = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_known_placeholders)]
Line = Annotated[Words, Field(max_length=200, pattern=LINE_PATTERN)]


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


class Trigger(_Frozen):
    """The event that makes the survey ask, and when after it."""

    on: Literal["delivered", "delivered_or_promise_passed"]
    delay_days: Annotated[int, Field(ge=0, le=365)] = 3
    max_age_days: Annotated[int, Field(ge=1, le=730)] = 30
    """Older events are never asked about: the buyer has forgotten."""

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
    link_days: Annotated[int, Field(ge=1, le=365)] = 30
    correction_hours: Annotated[int, Field(ge=0, le=720)] = 24


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
    thresholds: Thresholds
    routing: Routing = Routing()


class MailWords(_Frozen):
    """The mail."""

    subject: Line
    preheader: Line
    greeting: Line
    greeting_without_name: Line
    intro: Words
    question: Line
    low: Line
    high: Line
    why: Words
    stop: Line
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
