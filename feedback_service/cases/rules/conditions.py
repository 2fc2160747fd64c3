"""What an answer must be like for a rule: conditions as values, and whether facts fulfil them, all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from feedback_service.cases.rules.words_for_people import listed
from feedback_service.sentiment.safety import SafetyKind
from feedback_service.sentiment.themes.words import base_language, cut

Band = Literal["promoter", "passive", "detractor"]
Label = Literal["positive", "negative", "neutral", "unscored"]
Mismatch = Literal["good_score_bad_words", "bad_score_good_words"]
ChannelName = Literal["mail", "link", "kiosk", "embed", "phone", "import"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[Decimal, Field(ge=0, le=10**12, max_digits=16)]
"""In whole units of its currency, such as 12.50."""
Name = Annotated[str, Field(min_length=1, max_length=120)]
Score = Annotated[int, Field(ge=0, le=10)]
REPEAT_DAYS = 365
"""A case so long ago makes the next one a repeated one."""


class ConditionsError(Exception):
    """Conditions that cannot be used; the message has a sentence per fault, each naming its place."""


class Conditions(BaseModel):
    """What must hold, all of it; what is left out does not matter. True must be so, False must not be so.

    Where several values stand in a list, one of them is enough.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    surveys: tuple[Name, ...] = ()
    score_min: Score | None = None
    score_max: Score | None = None
    bands: tuple[Band, ...] = ()
    unhappy: bool | None = None
    """The score is at most the survey's detractor_max."""
    sentiment: tuple[Label, ...] = ()
    """Of the comment; an answer without one has none of them."""
    contradiction: tuple[Mismatch, ...] = ()
    themes: tuple[Name, ...] = ()
    words: tuple[Name, ...] = ()
    """Whole words or phrases, whatever their case and accents."""
    contact: bool | None = None
    put_right: bool | None = None
    wrote: bool | None = None
    """A mail that was written back instead of an answer."""
    safety: bool | None = None
    """The words speak of safety, law or a threat."""
    order_value_min: dict[Currency, Money] = Field(default_factory=dict)
    """Per currency; an order in another one does not match."""
    lifetime_value_min: dict[Currency, Money] = Field(default_factory=dict)
    top_tenth: bool | None = None
    """Among the tenth of customers who bought most."""
    attributes: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    """Of the order: each attribute must have one of its values, whatever its case."""
    repeat: bool | None = None
    """The customer had a case within `REPEAT_DAYS` before."""
    channels: tuple[ChannelName, ...] = ()
    languages: tuple[Name, ...] = ()
    """Such as "de"; "pt-BR" leaves other Portuguese out."""
    sample: Annotated[float, Field(gt=0, le=1)] | None = None
    """The share that chance draws of all this; the same answers whenever it is asked."""

    @field_validator("words")
    @classmethod
    def _words_with_letters(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for phrase in words:
            if not any(cut(phrase, "en").folded):
                raise ValueError(f"“{phrase}” has no word in it")
        return words

    @model_validator(mode="after")
    def _scores_in_order(self) -> "Conditions":
        if self.score_min is not None and self.score_max is not None and self.score_min > self.score_max:
            raise ValueError(f"score_min {self.score_min} is above score_max {self.score_max}: no answer is both")
        return self

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The words as they are compared."""
        return tuple(_spaced(cut(phrase, "en").folded) for phrase in self.words)


@dataclass(frozen=True)
class Facts:
    """What is known of an answer, or of a mail that was written back, at the time of routing."""

    survey: str = ""
    score: int | None = None
    lowest: int = 0
    band: str | None = None
    unhappy: bool = False
    contact: bool = False
    put_right: bool = False
    wrote: bool = False
    alerts: tuple[SafetyKind, ...] = ()
    """The gravest first."""
    sentiment: str | None = None
    contradiction: str | None = None
    themes: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    channel: str = ""
    language: str = ""
    order_value: tuple[str, Decimal] | None = None
    """Currency and whole units."""
    lifetime_value: tuple[str, Decimal] | None = None
    top_tenth: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Name by value as the order has them."""
    repeat: bool = False
    draw: float = 1.0
    """A number in [0, 1) that stays the answer's own."""

    @property
    def asks(self) -> bool:
        """Whether somebody waits to hear from us."""
        return self.contact or self.put_right

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The texts as they are compared; in French an apostrophe parts two words."""
        language = "fr" if base_language(self.language) == "fr" else "en"
        return tuple(_spaced(cut(text, language).folded) for text in self.texts)


def read_conditions(raw: Mapping[str, Any], place: str) -> Conditions:
    """Conditions as a file or the database has them. Raises ConditionsError, whose sentences begin with `place`."""
    try:
        return Conditions.model_validate(dict(raw))
    except ValidationError as error:
        raise ConditionsError("\n".join(_fault(place, fault) for fault in error.errors())) from None


def stored(conditions: Conditions) -> dict[str, Any]:
    """The same as JSON, without what does not matter."""
    return conditions.model_dump(mode="json", exclude_defaults=True)


def matches(conditions: Conditions, facts: Facts) -> bool:
    """Whether everything that is asked for is so."""
    return all(check(conditions, facts) for check in _CHECKS)


_TRUTHS = ("unhappy", "contact", "put_right", "wrote", "top_tenth", "repeat")
_ONE_OF = (
    ("surveys", "survey"),
    ("bands", "band"),
    ("sentiment", "sentiment"),
    ("contradiction", "contradiction"),
    ("channels", "channel"),
)
"""Conditions that name several values, each with the fact that must be one of them."""


def _truths(wanted: Conditions, facts: Facts) -> bool:
    asked = ((getattr(wanted, name), getattr(facts, name)) for name in _TRUTHS)
    return all(want is None or want == is_so for want, is_so in asked)


def _one_of(wanted: Conditions, facts: Facts) -> bool:
    asked = ((getattr(wanted, names), getattr(facts, name)) for names, name in _ONE_OF)
    return all(not some or is_so in some for some, is_so in asked)


def _scored(wanted: Conditions, facts: Facts) -> bool:
    if wanted.score_min is None and wanted.score_max is None:
        return True
    lowest = wanted.score_min if wanted.score_min is not None else 0
    highest = wanted.score_max if wanted.score_max is not None else 10
    return facts.score is not None and lowest <= facts.score <= highest


def _unsafe(wanted: Conditions, facts: Facts) -> bool:
    return wanted.safety is None or wanted.safety == bool(facts.alerts)


def _themed(wanted: Conditions, facts: Facts) -> bool:
    return not wanted.themes or not facts.themes.isdisjoint(wanted.themes)


def _worded(wanted: Conditions, facts: Facts) -> bool:
    return not wanted.words or any(phrase in text for text in facts.said for phrase in wanted.phrases)


def _valued(wanted: Conditions, facts: Facts) -> bool:
    asked = ((wanted.order_value_min, facts.order_value), (wanted.lifetime_value_min, facts.lifetime_value))
    return all(not least or _at_least(least, value) for least, value in asked)


def _at_least(least: Mapping[str, Decimal], value: tuple[str, Decimal] | None) -> bool:
    return value is not None and value[0] in least and value[1] >= least[value[0]]


def _attributed(wanted: Conditions, facts: Facts) -> bool:
    if not wanted.attributes:
        return True
    known = {name.strip().casefold(): value.strip().casefold() for name, value in facts.attributes.items()}
    return all(
        known.get(name.casefold()) in {value.casefold() for value in values}
        for name, values in wanted.attributes.items()
    )


def _spoken(wanted: Conditions, facts: Facts) -> bool:
    if not wanted.languages:
        return True
    spoken = facts.language.replace("_", "-").casefold()
    asked = {language.replace("_", "-").casefold() for language in wanted.languages}
    return bool(spoken) and (spoken in asked or base_language(spoken) in asked)


def _drawn(wanted: Conditions, facts: Facts) -> bool:
    return wanted.sample is None or facts.draw < wanted.sample


_CHECKS: tuple[Callable[[Conditions, Facts], bool], ...] = (
    _truths,
    _one_of,
    _scored,
    _unsafe,
    _drawn,
    _themed,
    _valued,
    _attributed,
    _spoken,
    _worded,
)
"""Cheap ones first: the words of an answer are cut only for a rule that all the rest fits."""


def _spaced(folded: Sequence[str]) -> str:
    """Words with a space around each, and two where a clause ends, which no phrase reaches across."""
    return f" {' '.join(folded)} "


def _fault(place: str, fault: Any) -> str:
    where = [str(part) for part in fault["loc"]]
    known = ", ".join(Conditions.model_fields)
    ours = {
        "extra_forbidden": f"is no condition; known are {known}",
        "string_too_short": "is empty",
        "string_pattern_mismatch": "must be a currency in three capital letters, such as EUR",
    }
    reason = ours.get(fault["type"]) or fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{'.'.join([place, *(part for part in where if part != '[key]')])}: {reason}."


def in_words(conditions: Conditions) -> str:
    """What must hold, as a manager reads it, such as "unhappy, and asks to be contacted"; "every answer" for all."""
    said = [words for say in _SAID if (words := say(conditions))]
    return listed(said, "and") if said else "every answer"


_TRUTH_WORDS = {
    "unhappy": ("unhappy by the survey's threshold", "not unhappy"),
    "contact": ("asks to be contacted", "does not ask to be contacted"),
    "put_right": ("asks to have the order put right", "does not ask to have the order put right"),
    "wrote": ("a mail that was written back", "no mail that was written back"),
    "safety": ("speaks of safety, law or a threat", "speaks of no danger"),
    "top_tenth": ("top tenth by lifetime value", "not top tenth by lifetime value"),
    "repeat": ("had a case within a year before", "had no case within a year before"),
}
MISMATCH_WORDS = {
    "good_score_bad_words": "a good score with bad words",
    "bad_score_good_words": "a bad score with good words",
}


def _truth_words(name: str) -> Callable[[Conditions], str]:
    def say(conditions: Conditions) -> str:
        wanted = getattr(conditions, name)
        return "" if wanted is None else _TRUTH_WORDS[name][0 if wanted else 1]

    return say


def _list_words(name: str, before: str) -> Callable[[Conditions], str]:
    def say(conditions: Conditions) -> str:
        values = getattr(conditions, name)
        return f"{before} {listed([str(value).replace('_', ' ') for value in values], 'or')}" if values else ""

    return say


def _score_words(conditions: Conditions) -> str:
    lowest, highest = conditions.score_min, conditions.score_max
    if lowest is None and highest is None:
        return ""
    if lowest is None or highest is None:
        return f"score {highest} or less" if lowest is None else f"score {lowest} or more"
    return f"score {lowest}" if lowest == highest else f"score {lowest} to {highest}"


def _word_words(conditions: Conditions) -> str:
    quoted = [f"“{word}”" for word in conditions.words]
    return f"says {listed(quoted, 'or')}" if quoted else ""


def _money_words(name: str, before: str) -> Callable[[Conditions], str]:
    def say(conditions: Conditions) -> str:
        amounts = [f"{currency} {amount:,}" for currency, amount in getattr(conditions, name).items()]
        return f"{before} of at least {listed(amounts, 'or')}" if amounts else ""

    return say


def _attribute_words(conditions: Conditions) -> str:
    return listed([f"{name} {listed(values, 'or')}" for name, values in conditions.attributes.items()], "and")


def _sample_words(conditions: Conditions) -> str:
    share = conditions.sample
    if share is None or share == 1:
        return ""
    one_in = round(1 / share)
    exact = abs(share * one_in - 1) < 0.02  # noqa: PLR2004 - one in three is 0.33 for most who write it
    return f"one in {one_in:,}, drawn by chance" if exact else f"{share:.0%}, drawn by chance"


_SAID: tuple[Callable[[Conditions], str], ...] = (
    _truth_words("safety"),
    _truth_words("wrote"),
    _list_words("surveys", "survey"),
    _list_words("bands", "a"),
    _score_words,
    _truth_words("unhappy"),
    lambda conditions: listed([MISMATCH_WORDS[each] for each in conditions.contradiction], "or"),
    _list_words("sentiment", "comment reads as"),
    _list_words("themes", "speaks of"),
    _word_words,
    _truth_words("contact"),
    _truth_words("put_right"),
    _truth_words("repeat"),
    _truth_words("top_tenth"),
    _money_words("order_value_min", "an order"),
    _money_words("lifetime_value_min", "a lifetime value"),
    _attribute_words,
    _list_words("channels", "came by"),
    _list_words("languages", "written in"),
    _sample_words,
)
