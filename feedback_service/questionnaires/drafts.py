"""A survey that is being edited: one document, which may be half finished and keeps whatever was typed.

A document has the three parts of a `SurveyDefinition`, structure, rules and wordings, in its JSON form. Where a value
was typed that cannot be, the text that was typed stands in its place.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from feedback_service.questionnaires.definition import Rules, SurveyDefinition, digest, unfit_words
from feedback_service.questionnaires.questions import Question, Structure
from feedback_service.questionnaires.words import LINE_PATTERN, QuestionWords, Wording

M = TypeVar("M", bound=BaseModel)
Document = dict[str, Any]
Path = tuple[str, ...]
"""Where something stands in a document; a question goes by its key, not by its place."""


@dataclass(frozen=True)
class Fault:
    """What keeps a draft from being published."""

    path: Path
    sentence: str


def document_of(definition: SurveyDefinition) -> Document:
    """A survey as a document."""
    return definition.model_dump(mode="json", include={"structure", "rules", "wordings"}, exclude_none=True)


def settled(key: str, metric: str, document: Document) -> SurveyDefinition | None:
    """The survey that a document describes; None where it is not finished."""
    try:
        return SurveyDefinition.model_validate({"key": key, "metric": metric, **document})
    except ValidationError:
        return None


def rules_of(document: Document) -> Rules | None:
    """Its rules alone; None where they are not finished."""
    return _valid(Rules, document["rules"])


def mark_of(document: object) -> str:
    """Changes whenever a document, or a part of one, does: what somebody saw is compared by it."""
    return digest(json.dumps(document, sort_keys=True))[:16]


def faults(document: Document) -> list[Fault]:
    """All that is missing or cannot be, in the order of the document; empty where it can be published."""
    structure, rules, wordings = document["structure"], document["rules"], document["wordings"]
    keys = [str(question.get("key", "")) for question in structure["questions"]]
    found = [*_faults_of(Structure, structure, ("structure",), keys), *_faults_of(Rules, rules, ("rules",))]
    questions = [question for raw in structure["questions"] if (question := _valid(Question, raw)) is not None]
    for locale, wording in wordings.items():
        found += _faults_of(Wording, wording, ("wordings", locale))
        found += _unfit(questions, keys, wording.get("questions", {}), locale)
    return found or _at_odds(document)


def _faults_of(model: type[BaseModel], raw: Any, at: Path, keys: list[str] | None = None) -> Iterator[Fault]:
    try:
        model.model_validate(raw)
    except ValidationError as error:
        for problem in error.errors():
            yield Fault((*at, *_by_key(problem["loc"], keys or [])), sentence(problem))


def _by_key(place: tuple[int | str, ...], keys: list[str]) -> Path:
    """A place with the question's key instead of its number."""
    named = [
        keys[part] if isinstance(part, int) and number == 1 and place[0] == "questions" else str(part)
        for number, part in enumerate(place)
    ]
    return tuple(named)


def _valid(model: type[M], raw: Any) -> M | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def _unfit(questions: list[Question], keys: list[str], raw: dict[str, Any], locale: str) -> Iterator[Fault]:
    """Words that are missing or that nobody asks for; what is wrong in itself was said already."""
    words = {key: valid for key, said in raw.items() if (valid := _valid(QuestionWords, said)) is not None}
    fine = [question for question in questions if question.key in words or question.key not in raw]
    judged = words.keys() & ({question.key for question in fine} | words.keys() - set(keys))
    for place, reason in unfit_words(fine, {key: words[key] for key in words if key in judged}).items():
        yield Fault(("wordings", locale, *place.split(".")), MISSING if reason == "is missing" else NOT_ASKED)


def _at_odds(document: Document) -> list[Fault]:
    """What only shows once every part is fine by itself."""
    rules, structure = Rules.model_validate(document["rules"]), Structure.model_validate(document["structure"])
    found = []
    if rules.default_locale not in document["wordings"]:
        found.append(Fault(("rules", "default_locale"), "There are no words in this language."))
    if rules.thresholds.detractor_max not in structure.scale:
        scale = f"{structure.scale[0]} and {structure.scale[-1]}"
        found.append(Fault(("rules", "thresholds", "detractor_max"), f"Give a score between {scale}."))
    return found


MISSING = "Write something here."
NOT_ASKED = "Nobody is asked this any more. Take it out, or ask it again."


def sentence(problem: ErrorDetails) -> str:
    """One of pydantic's errors as somebody at a form reads it."""
    bounds = problem.get("ctx", {})
    kind = problem["type"]
    if kind == "value_error":
        said = problem["msg"].removeprefix("Value error, ")
        return f"{said[:1].upper()}{said[1:]}."
    words = {
        "missing": MISSING,
        "string_too_short": MISSING,
        "string_too_long": f"Use at most {bounds.get('max_length')} characters.",
        "too_long": f"Choose at most {bounds.get('max_length')}.",
        "string_pattern_mismatch": "Write it in one line."
        if bounds.get("pattern") == LINE_PATTERN
        else "Use small letters, digits and _, with a letter first.",
        "int_parsing": "Give a whole number.",
        "int_from_float": "Give a whole number.",
        "decimal_parsing": "Give an amount, such as 22.50.",
        "greater_than_equal": f"Give {bounds.get('ge')} or more.",
        "less_than_equal": f"Give {bounds.get('le')} or less.",
        "enum": "Choose one of those offered.",
        "literal_error": "Choose one of those offered.",
        "extra_forbidden": NOT_ASKED,
    }
    return words.get(kind, f"{problem['msg'].removeprefix('Input ').capitalize()}.")
