"""What differs between two states of a survey, in the words of the editor's pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from feedback_service.formats import language_name
from feedback_service.questionnaires.drafts import Document
from feedback_service.questionnaires.editing.fields import (
    Field,
    Group,
    own_words,
    question_fields,
    question_title,
    rules_groups,
    words_groups,
)
from feedback_service.questionnaires.editing.labels import TYPES, Kind
from feedback_service.questionnaires.editing.places import follow_ups, question_at


@dataclass(frozen=True)
class Change:
    """One difference: what it is about, and both states; '' where there was, or will be, nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """All differences, by the page that they are made on."""

    rules: tuple[Change, ...]
    questions: tuple[Change, ...]
    """These change what is asked, and so make another structure."""
    words: tuple[Change, ...]

    @property
    def any(self) -> bool:
        """Whether there is a difference at all."""
        return bool(self.rules or self.questions or self.words)


def changes_between(before: Document, after: Document) -> Changes:
    """The differences, in the order of the pages."""
    return Changes(
        tuple(_in_groups(rules_groups(before), rules_groups(after), "")),
        tuple(_in_questions(before, after)),
        tuple(_in_words(before, after)),
    )


def _in_groups(before: list[Group], after: list[Group], prefix: str) -> Iterator[Change]:
    """Differences of fields that both states have."""
    earlier = {field.path: field for group in before for field in group.fields}
    for group in after:
        for field in group.fields:
            known = earlier.get(field.path)
            if known is not None:
                yield from _differing(known, field, f"{prefix}{group.title}: ")


def _differing(before: Field, after: Field, prefix: str) -> Iterator[Change]:
    said = read_out(before), read_out(after)
    if said[0] != said[1]:
        yield Change(f"{prefix}{after.spec.label}", *said)


def read_out(field: Field) -> str:
    """A value as a sentence has it: choices by their names."""
    names = dict(field.spec.choices)
    match field.spec.kind:
        case Kind.TICK:
            return "Yes" if field.value else "No"
        case Kind.TICKS:
            return ", ".join(names.get(part, part) for part in field.value)
        case Kind.CHOICE:
            return str(names.get(field.value, field.value))
        case _:
            return str(field.value)


def _in_questions(before: Document, after: Document) -> Iterator[Change]:
    was, will = ([question["key"] for question in follow_ups(document)] for document in (before, after))
    for key in was:
        if key not in will:
            yield Change("Question taken out", question_title(before, key), "")
    for key in will:
        if key not in was:
            yield Change("Question added", "", question_title(after, key))
    stay = [key for key in was if key in will], [key for key in will if key in was]
    if stay[0] != stay[1]:
        yield Change("Order of the questions", *(_titles(after, keys) for keys in stay))
    for key in stay[1]:
        yield from _in_question(before, after, key)


def _titles(document: Document, keys: list[str]) -> str:
    return ", ".join(question_title(document, key) for key in keys)


def _in_question(before: Document, after: Document, key: str) -> Iterator[Change]:
    about = f"{question_title(after, key)}: "
    old, new = question_at(before, key) or {}, question_at(after, key) or {}
    if old["type"] != new["type"]:
        yield Change(
            f"{about}Kind of question", *(TYPES.get(question["type"], question["type"]) for question in (old, new))
        )
    options = _options(before, key), _options(after, key)
    if old.get("options", []) != new.get("options", []):
        yield Change(f"{about}Options", *options)
    earlier = {field.path[3:]: field for field in question_fields(before, old)}
    for field in question_fields(after, new):
        known = earlier.get(field.path[3:])
        if known is not None and field.path[-1] != "type":
            yield from _differing(known, field, about)
        elif known is None and field.value:
            yield Change(f"{about}{field.spec.label}", "", read_out(field))


def _options(document: Document, key: str) -> str:
    question = question_at(document, key) or {}
    words = own_words(document).get("questions", {}).get(key, {}).get("options", {})
    return ", ".join(str(words.get(option) or option) for option in question.get("options", []))


def _in_words(before: Document, after: Document) -> Iterator[Change]:
    was, will = before["wordings"], after["wordings"]
    for locale in was:
        if locale not in will:
            yield Change("Language taken out", language_name(locale), "")
    for locale in will:
        if locale not in was:
            yield Change("Language added", "", language_name(locale))
        else:
            yield from _in_language(before, after, locale)


def _in_language(before: Document, after: Document, locale: str) -> Iterator[Change]:
    earlier = {field.path: field for group in words_groups(before, locale) for field in group.fields}
    asked_before = {question["key"] for question in follow_ups(before)}
    for group in words_groups(after, locale):
        key = group.path[3] if group.path[2:3] == ("questions",) else None
        if key is not None and key not in asked_before:
            continue
        for field in group.fields:
            known = earlier.get(field.path)
            about = f"{language_name(locale)}, {group.title}: "
            if known is not None:
                yield from _differing(known, field, about)
            elif field.value:
                yield Change(f"{about}{field.spec.label}", "", read_out(field))
