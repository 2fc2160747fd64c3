"""Looks up and changes single values of a document by their place; a question goes by its key."""

from copy import deepcopy
from typing import Any

from feedback_service.questionnaires.drafts import Document, Path
from feedback_service.questionnaires.questions import CHOICES, OTHER, WORDLESS, QuestionType

QUESTIONS: Path = ("structure", "questions")


def copied(document: Document) -> Document:
    """A copy that may be changed."""
    return deepcopy(document)


def questions_of(document: Document) -> list[dict[str, Any]]:
    """The questions, as they may be changed in place."""
    found: list[dict[str, Any]] = document["structure"]["questions"]
    return found


def question_at(document: Document, key: str) -> dict[str, Any] | None:
    """The question of that key."""
    return next((question for question in questions_of(document) if question["key"] == key), None)


def follow_ups(document: Document) -> list[dict[str, Any]]:
    """Every question but the score."""
    return [question for question in questions_of(document) if question["type"] != QuestionType.SCORE]


def value_at(document: Document, path: Path) -> Any:
    """What stands at a place; None where nothing does."""
    part: Any = document
    if path[:2] == QUESTIONS:
        part, path = question_at(document, path[2]), path[3:]
    for name in path:
        part = part.get(name) if isinstance(part, dict) else None
    return part


def put(document: Document, path: Path, value: Any) -> None:
    """Write a value, or take it out where it is None. What lies around a place that is not there is made."""
    part: Any = document
    if path[:2] == QUESTIONS:
        part, path = question_at(document, path[2]), path[3:]
        if part is None:
            return
    for name in path[:-1]:
        part = part.setdefault(name, {})
    if value is None:
        part.pop(path[-1], None)
    else:
        part[path[-1]] = value


def take_out_what_nobody_is_asked(document: Document) -> None:
    """Remove what a question's type does not have, and the words of what is not asked, in every language."""
    for question in questions_of(document):
        if question["type"] not in CHOICES:
            for name in ("options", OTHER, "driver"):
                question.pop(name, None)
    for wording in document["wordings"].values():
        wording["questions"] = {
            key: _words_for(question, wording["questions"][key])
            for question in questions_of(document)
            if question["type"] not in WORDLESS and (key := question["key"]) in wording.get("questions", {})
        }


def _words_for(question: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    unwanted = set() if question.get(OTHER) else {OTHER}
    unwanted |= set() if question["type"] == QuestionType.RATING else {"low", "high"}
    kept = {name: said for name, said in words.items() if name not in {*unwanted, "options"}}
    options = (
        {option: said for option, said in words.get("options", {}).items() if option in question["options"]}
        if (question.get("options"))
        else {}
    )
    return {**kept, "options": options} if options else kept
