"""The fields of the editor's pages: each stands for one place in the document."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from feedback_service.formats import language_name
from feedback_service.questionnaires.drafts import Document, Path
from feedback_service.questionnaires.editing.labels import (
    FOR_BANDS,
    MAIL,
    MORE,
    PAGE,
    QUESTION,
    QUESTION_WORDS,
    RULES,
    SHOW,
    THANKS,
    TYPES,
    Choices,
    Kind,
    Section,
    Spec,
)
from feedback_service.questionnaires.editing.places import QUESTIONS, follow_ups, question_at, questions_of, value_at
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.questions import CHOICES, COMMENT, NO, OTHER, RATING, WORDLESS, YES, QuestionType

CHANGEABLE = (
    QuestionType.TEXT,
    QuestionType.CHOICE_ONE,
    QuestionType.CHOICE_MANY,
    QuestionType.RATING,
    QuestionType.YES_NO,
)
"""Types that a question may be changed between; the others have a key, and a place for the answer, of their own."""


@dataclass(frozen=True)
class Field:
    """One value on a page: `value` is a text, a truth or a list of texts, as its kind has it."""

    path: Path
    spec: Spec
    value: Any
    error: str = ""
    reference: str = ""
    """The same in the survey's own language, for whoever translates."""

    @property
    def name(self) -> str:
        """Its name in the form."""
        return ".".join(self.path)

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "f-" + re.sub(r"[^A-Za-z0-9_-]", "-", self.name)


@dataclass(frozen=True)
class Group:
    """Fields under one heading; `errors` are about them together."""

    title: str
    hint: str
    fields: tuple[Field, ...]
    errors: tuple[str, ...] = ()
    path: Path = ()

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "g-" + "-".join(self.path)


def shown(kind: Kind, value: Any) -> Any:
    """A value of the document as its field shows it."""
    match kind:
        case Kind.TICK:
            return value is True
        case Kind.TICKS:
            return [str(part) for part in value] if isinstance(value, list) else []
        case Kind.TIME:
            return re.sub(r"^(\d\d:\d\d):00$", r"\1", str(value or ""))
        case Kind.AMOUNTS:
            return _lines(value, " ")
        case Kind.ATTRIBUTES:
            return _lines(value, " = ")
        case _:
            return "" if value is None else str(value)


def _lines(value: Any, between: str) -> str:
    pairs = value.items() if isinstance(value, dict) else ()
    return "\n".join(
        f"{name}{between}{part}" if part != "" else str(name)
        for name, parts in pairs
        for part in (parts if isinstance(parts, list) else [parts])
    )


def rules_groups(document: Document) -> list[Group]:
    """All rules."""
    spoken = tuple((locale, language_name(locale)) for locale in document["wordings"])
    groups = []
    for section in RULES:
        at: Path = ("rules", section.name) if section.name else ("rules",)
        specs = {
            name: replace(spec, choices=spoken) if name == "default_locale" else spec
            for name, spec in section.specs.items()
        }
        groups.append(_group(document, at, section, specs))
    return groups


def words_groups(document: Document, locale: str) -> list[Group]:
    """All words of one language, in the order in which they are read."""
    at: Path = ("wordings", locale)
    questions = [
        Group(
            question_title(document, question["key"]),
            TYPES.get(question["type"], ""),
            question_words(document, question, locale),
            path=(*at, "questions", question["key"]),
        )
        for question in follow_ups(document)
        if question["type"] not in WORDLESS
    ]
    mail, page, more, thanks = (
        _group(document, (*at, section.name), section, section.specs) for section in (MAIL, PAGE, MORE, THANKS)
    )
    return [mail, page, more, *questions, thanks]


def question_words(document: Document, question: Mapping[str, Any], locale: str) -> tuple[Field, ...]:
    """The words of one question in one language."""
    at: Path = ("wordings", locale, "questions", question["key"])
    specs = {name: spec for name, spec in QUESTION_WORDS.items() if _has(question, name, document)}
    fields = [_field(document, (*at, name), spec) for name, spec in specs.items()]
    options = [
        _field(document, (*at, "options", option), Spec(f"Option {number}"))
        for number, option in enumerate(question.get("options", []), start=1)
    ]
    others = [field for field in fields if field.path[-1] == OTHER]
    return (*(field for field in fields if field.path[-1] != OTHER), *options, *others)


def _has(question: Mapping[str, Any], name: str, document: Document) -> bool:
    """Whether a question of this type has such words."""
    if name in {"low", "high"}:
        return bool(question["type"] == QuestionType.RATING)
    if name in FOR_BANDS:
        bands = question.get("show", {}).get("band") or FOR_BANDS
        return name in bands and not is_anonymous(document)
    return name != OTHER or question.get(OTHER) is True


def question_fields(document: Document, question: Mapping[str, Any]) -> tuple[Field, ...]:
    """What is asked by one question, when, and whether it must be answered; without its words."""
    at: Path = (*QUESTIONS, question["key"])
    return (
        *(_field(document, (*at, name), spec) for name, spec in _question_specs(question).items()),
        *(_field(document, (*at, "show", name), spec) for name, spec in _show_specs(document, question).items()),
    )


def _question_specs(question: Mapping[str, Any]) -> dict[str, Spec]:
    own = question["type"] not in CHANGEABLE or question["key"] == COMMENT
    choices: Choices = () if own else tuple((kind.value, TYPES[kind]) for kind in CHANGEABLE)
    specs = {} if own else {"type": replace(QUESTION["type"], choices=choices)}
    if question["type"] != QuestionType.CONTACT_WISH:  # a tick that must be given is no wish
        specs["required"] = QUESTION["required"]
    if question["type"] in CHOICES:
        specs |= {name: QUESTION[name] for name in (OTHER, "driver")}
    return specs


def _show_specs(document: Document, question: Mapping[str, Any]) -> dict[str, Spec]:
    """An anonymous survey is answered on one page, so nothing in it can hang on an answer."""
    if is_anonymous(document):
        return {}
    earlier = {key: possible for key, possible in answers_before(document, question["key"]).items() if possible}
    specs = {"band": SHOW["band"]}
    if earlier:
        titles = tuple((key, question_title(document, key)) for key in earlier)
        specs["question"] = replace(SHOW["question"], choices=(("", "Whatever was answered"), *titles))
    before = question.get("show", {}).get("question")
    if before in earlier:
        specs["answers"] = replace(SHOW["answers"], choices=earlier[before])
    return specs


def answers_before(document: Document, key: str) -> dict[str, Choices]:
    """The questions before one, with what can be answered to each, in the survey's own language."""
    found: dict[str, Choices] = {}
    for question in questions_of(document):
        if question["key"] == key:
            break
        found[question["key"]] = _possible(document, question)
    return found


def _possible(document: Document, question: Mapping[str, Any]) -> Choices:
    words = own_words(document).get("questions", {}).get(question["key"], {})
    if question["type"] in CHOICES:
        options = tuple((key, words.get("options", {}).get(key) or key) for key in question.get("options", []))
        return (*options, (OTHER, words.get(OTHER) or "Other")) if question.get(OTHER) else options
    if question["type"] == QuestionType.RATING:
        return tuple((str(step), str(step)) for step in RATING)
    return ((YES, "Yes"), (NO, "No")) if question["type"] == QuestionType.YES_NO else ()


def own_words(document: Document) -> dict[str, Any]:
    """The words in the survey's own language."""
    found: dict[str, Any] = document["wordings"][own_locale(document)]
    return found


def own_locale(document: Document) -> str:
    """The survey's own language."""
    default = document["rules"].get("default_locale")
    return str(default if default in document["wordings"] else next(iter(document["wordings"])))


def question_title(document: Document, key: str) -> str:
    """A question as staff recognise it: its words in the survey's own language."""
    question = question_at(document, key)
    label = own_words(document).get("questions", {}).get(key, {}).get("label")
    return str(label or (TYPES.get(question["type"], key) if question else key))


def is_anonymous(document: Document) -> bool:
    """Whether nobody may learn who answered."""
    return bool(document["structure"].get("kind") == SurveyKind.ENPS)


def _group(document: Document, at: Path, section: Section, specs: Mapping[str, Spec]) -> Group:
    fields = tuple(_field(document, (*at, name), spec) for name, spec in specs.items())
    return Group(section.title, section.hint, fields, path=at)


def _field(document: Document, path: Path, spec: Spec) -> Field:
    reference = ""
    if path[0] == "wordings" and path[1] != (own := own_locale(document)):
        reference = str(value_at(document, ("wordings", own, *path[2:])) or "")
    return Field(path, spec, shown(spec.kind, value_at(document, path)), reference=reference)


def all_fields(document: Document) -> Iterator[Field]:
    """Every value of a document that can be changed, in the order of the pages."""
    for group in rules_groups(document):
        yield from group.fields
    for question in follow_ups(document):
        yield from question_fields(document, question)
    for locale in document["wordings"]:
        for group in words_groups(document, locale):
            yield from group.fields
