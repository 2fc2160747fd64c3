"""Takes what was typed into the editor's pages over into the document, whether it can be or not."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict

from feedback_service.questionnaires.drafts import Document
from feedback_service.questionnaires.editing.fields import (
    Field,
    is_anonymous,
    own_locale,
    question_fields,
    question_words,
    rules_groups,
    words_groups,
)
from feedback_service.questionnaires.editing.labels import Kind
from feedback_service.questionnaires.editing.places import copied, put, questions_of
from feedback_service.questionnaires.questions import CHOICES, QUESTION_KEY_PATTERN, WORDLESS, QuestionType

Form = MultiDict[str, str]
ORDER = "questions"
"""The name under which a page sends the keys and types of its questions, in their order; with a question's key after
it, the keys of its options."""
MOST_QUESTIONS, MOST_OPTIONS = 40, 40
"""More would be no survey any more, and no page."""
KEY = re.compile(QUESTION_KEY_PATTERN)
FOLLOW_UPS = frozenset(QuestionType) - {QuestionType.SCORE}


def read_rules(document: Document, form: Form) -> Document:
    """The document with the rules as they were typed."""
    return _read(document, form, [field for group in rules_groups(document) for field in group.fields])


def read_words(document: Document, form: Form, locale: str) -> Document:
    """The document with one language's words as they were typed."""
    return _read(document, form, [field for group in words_groups(document, locale) for field in group.fields])


def read_questions(document: Document, form: Form) -> Document:
    """The document with its questions as they were typed, and their words in the survey's own language."""
    typed = copied(document)
    _read_order(typed, form)
    _read_types(typed, form)
    for question in questions_of(typed):
        if question["type"] == QuestionType.SCORE:
            continue
        put_all(typed, form, question_fields(typed, question))
        if not is_anonymous(typed):
            _settle_show(question)
        if question["type"] not in WORDLESS:
            put_all(typed, form, question_words(typed, question, own_locale(typed)))
    return typed


def _read_order(document: Document, form: Form) -> None:
    """Which questions the page had, and which options, in their order: all of it, should others have changed theirs."""
    before = {question["key"]: question for question in questions_of(document)}
    sent = {}
    for entry in form.getlist(ORDER)[:MOST_QUESTIONS]:
        key, _, kind = entry.partition(":")
        if KEY.fullmatch(key) and kind in FOLLOW_UPS:
            sent[key] = before.get(key, {"key": key, "type": kind})
            if kind in CHOICES:
                options = form.getlist(f"{ORDER}.{key}")[:MOST_OPTIONS]
                sent[key]["options"] = [option for option in dict.fromkeys(options) if KEY.fullmatch(option)]
    scores = [(place, one) for place, one in enumerate(questions_of(document)) if one["type"] == QuestionType.SCORE]
    questions = list(sent.values())
    for place, score in scores:
        questions.insert(place, score)
    document["structure"]["questions"] = questions


def _read_types(document: Document, form: Form) -> None:
    """Types first: they decide which other fields a question has."""
    for question in questions_of(document):
        chosen = form.get(f"structure.questions.{question['key']}.type")
        if chosen:
            question["type"] = chosen


def _settle_show(question: dict[str, Any]) -> None:
    """Answers belong to a question that was chosen; a condition of nothing is none."""
    show = question.get("show", {})
    if not show.get("question"):
        show.pop("answers", None)
    kept = {name: part for name, part in show.items() if part}
    question.pop("show", None)
    if kept:
        question["show"] = kept


def _read(document: Document, form: Form, fields: Iterable[Field]) -> Document:
    typed = copied(document)
    put_all(typed, form, fields)
    return typed


def put_all(document: Document, form: Form, fields: Iterable[Field]) -> None:
    """Write what was typed into each field; a text that was not sent stays as it is."""
    for field in fields:
        if field.spec.kind == Kind.TICK:
            put(document, field.path, field.name in form)
        elif field.spec.kind == Kind.TICKS:
            put(document, field.path, [clean(part) for part in form.getlist(field.name)])
        elif (text := form.get(field.name)) is not None:
            put(document, field.path, _value(field, clean(text)))


def _value(field: Field, text: str) -> Any:
    match field.spec.kind:
        case Kind.AMOUNTS:
            return _amounts(text)
        case Kind.ATTRIBUTES:
            return _attributes(text)
        case _:
            return None if field.spec.optional and not text.strip() else text


def clean(text: str) -> str:
    """Text as a person can type it: one kind of line end, and no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) != "Cc")


def _amounts(text: str) -> dict[str, str]:
    """A currency and an amount from each line; one that is named twice keeps both, and is then refused."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        currency, amount = re.fullmatch(r"(\S+)\s*(?:=\s*)?(.*)", line).groups()  # type: ignore[union-attr]  # the line is not empty
        found[currency] = f"{found[currency]} {amount}" if currency in found else amount
    return found


def _attributes(text: str) -> dict[str, list[str]]:
    """An attribute and a value from each line; several lines may name one attribute."""
    found: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        name, _, value = (part.strip() for part in line.partition("="))
        found.setdefault(name, []).append(value)
    return found


def homeless_words(names: Iterable[str], form: Form) -> list[str]:
    """Words that were typed into fields which a page no longer has among its `names`."""
    known = set(names)
    return [clean(text) for name, text in form.items() if name.startswith("wordings.") and name not in known and text]
