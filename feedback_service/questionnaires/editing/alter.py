"""What a press on the editor's pages does to a document besides keeping what was typed."""

import re
import unicodedata
from typing import Any

from feedback_service.questionnaires.drafts import Document
from feedback_service.questionnaires.editing.fields import is_anonymous, own_locale
from feedback_service.questionnaires.editing.places import copied, question_at, questions_of
from feedback_service.questionnaires.editing.read_form import MOST_OPTIONS, MOST_QUESTIONS
from feedback_service.questionnaires.questions import COMMENT, OTHER, OWN_KEYS, TAKEN, WORDLESS, QuestionType
from feedback_service.questionnaires.read_files import Bank

LONGEST_KEY = 40
RESERVED = TAKEN | {COMMENT, QuestionType.SCORE.value, *OWN_KEYS.values()}
"""Keys that mean something, so that no question may come by one of them."""
AS_COMMENT = "comment"
"""Among the types to add: the text that is the comment of the score."""


class AlterationError(ValueError):
    """What was asked for cannot be done; the message says why."""


def addable(document: Document) -> list[str]:
    """The types of question that may be added."""
    asked = {question["key"] for question in questions_of(document)}
    own = [] if is_anonymous(document) else [kind for kind, key in OWN_KEYS.items() if key not in asked]
    common = [QuestionType.TEXT, QuestionType.CHOICE_ONE, QuestionType.CHOICE_MANY]
    free = [*common, QuestionType.RATING, QuestionType.YES_NO]
    return [*([] if COMMENT in asked else [AS_COMMENT]), *free, *own]


def add_question(document: Document, kind: str, label: str) -> str:
    """Ask one thing more, last; its key. Its words in other languages are left to be written."""
    if kind not in addable(document):
        raise AlterationError("Choose one of the kinds of question that are offered.")
    _refuse_more_questions(document)
    asked = {question["key"] for question in questions_of(document)}
    if kind == AS_COMMENT:
        key, kind = COMMENT, QuestionType.TEXT
    else:
        key = OWN_KEYS.get(QuestionType(kind)) or _new_key(label, asked | RESERVED, "question")
    question: dict[str, Any] = {"key": key, "type": str(kind)}
    if kind == QuestionType.REMEDY:
        question["show"] = {"band": ["detractor"]}
    questions_of(document).append(question)
    if kind not in WORDLESS:
        for locale, wording in document["wordings"].items():
            words = {"label": label if locale == own_locale(document) else ""}
            wording.setdefault("questions", {})[key] = words
    return key


def offered(document: Document, bank: Bank) -> list[str]:
    """The keys of the bank's questions that are not asked yet."""
    asked = {question["key"] for question in questions_of(document)}
    return [question.key for question in bank.questions if question.key not in asked]


def add_from_bank(document: Document, bank: Bank, key: str) -> str:
    """Ask a question of the bank, last, in every language that the bank speaks; its key."""
    if key not in offered(document, bank):
        raise AlterationError("Choose one of the questions that are offered.")
    _refuse_more_questions(document)
    question = next(question for question in bank.questions if question.key == key)
    raw = question.model_dump(mode="json", exclude_defaults=True)
    if is_anonymous(document):
        raw.pop("show", None)
    questions_of(document).append({**raw, "key": key, "type": question.type.value})
    for locale, wording in document["wordings"].items():
        words = bank.words.get(locale, {}).get(key)
        blank = {"label": "", "options": dict.fromkeys(question.options, "")} if question.options else {"label": ""}
        said = words.model_dump(mode="json", exclude_defaults=True) if words else blank
        wording.setdefault("questions", {})[key] = said
    return key


def _refuse_more_questions(document: Document) -> None:
    if len(questions_of(document)) >= MOST_QUESTIONS:
        raise AlterationError(f"A survey has at most {MOST_QUESTIONS} questions.")


def remove_question(document: Document, key: str) -> None:
    """Ask it no more; what hung on its answer is shown to everybody."""
    question = question_at(document, key)
    if question is None or question["type"] == QuestionType.SCORE:
        raise AlterationError("There is no such question to take out.")
    questions_of(document).remove(question)
    for other in questions_of(document):
        show = other.get("show", {})
        if show.get("question") == key:
            other["show"] = {name: part for name, part in show.items() if name == "band"}


def move_question(document: Document, key: str, step: int) -> None:
    """Ask it one place earlier (-1) or later (+1); at either end it stays."""
    questions = questions_of(document)
    movable = [place for place, question in enumerate(questions) if question["type"] != QuestionType.SCORE]
    here = next((number for number, place in enumerate(movable) if questions[place]["key"] == key), None)
    if here is None or not 0 <= here + step < len(movable):
        return
    one, other = movable[here], movable[here + step]
    questions[one], questions[other] = questions[other], questions[one]


def add_option(document: Document, key: str, label: str) -> str:
    """Offer one answer more to a choice, last; the option's key."""
    question = question_at(document, key)
    if question is None:
        raise AlterationError("There is no such question to add an option to.")
    options = question.setdefault("options", [])
    if len(options) >= MOST_OPTIONS:
        raise AlterationError(f"A question has at most {MOST_OPTIONS} options.")
    option = _new_key(label, {*options, OTHER}, "option")
    options.append(option)
    for locale, wording in document["wordings"].items():
        words = wording.setdefault("questions", {}).setdefault(key, {})
        words.setdefault("options", {})[option] = label if locale == own_locale(document) else ""
    return option


def remove_option(document: Document, key: str, option: str) -> None:
    """Offer it no more; what was shown after it is shown after the others, or to everybody."""
    question = question_at(document, key)
    if question is None or option not in question.get("options", []):
        raise AlterationError("There is no such option to take out.")
    question["options"].remove(option)
    for other in questions_of(document):
        show = other.get("show", {})
        if show.get("question") == key and option in show.get("answers", []):
            show["answers"].remove(option)
            if not show["answers"]:
                other["show"] = {name: part for name, part in show.items() if name == "band"}


def move_option(document: Document, key: str, option: str, step: int) -> None:
    """Offer it one place earlier (-1) or later (+1); at either end it stays."""
    question = question_at(document, key)
    options = question.get("options", []) if question else []
    if option not in options:
        return
    here = options.index(option)
    if 0 <= here + step < len(options):
        options[here], options[here + step] = options[here + step], options[here]


def add_language(document: Document, *, locale: str, spoken: set[str]) -> Document:
    """A copy that speaks one language more, beginning with the words of the survey's own.

    The pages around it speak those `spoken`, and it can speak no others.
    """
    if locale not in spoken or locale in document["wordings"]:
        raise AlterationError("Choose one of the languages that are offered.")
    altered = copied(document)
    altered["wordings"][locale] = copied(document["wordings"][own_locale(document)])
    return altered


def remove_language(document: Document, *, locale: str) -> Document:
    """A copy that speaks it no more."""
    if locale not in document["wordings"]:
        raise AlterationError("The survey does not speak this language.")
    if locale == document["rules"].get("default_locale") or len(document["wordings"]) == 1:
        raise AlterationError("This is the default language. Choose another one in the rules first.")
    altered = copied(document)
    del altered["wordings"][locale]
    return altered


def _new_key(label: str, taken: set[str], otherwise: str) -> str:
    """A key that reports and files can use, made of the words, such as what_nearly_stopped_you."""
    plain = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: LONGEST_KEY - 4].strip("_")
    stem = words if re.match(r"[a-z]", words) else otherwise
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
