"""Reads surveys/<survey>/survey.toml and wording.<locale>.toml; a broken file is refused with file, key and reason."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.definition import Rules, SurveyDefinition, unfit_words
from feedback_service.questionnaires.questions import KEY_PATTERN, Question, QuestionType, Structure
from feedback_service.questionnaires.words import LINE_PATTERN, Frozen, QuestionWords, Wording

M = TypeVar("M", bound=BaseModel)
KEY = re.compile(KEY_PATTERN)


class SurveyFileError(Exception):
    """A survey file that cannot be used; the message has a line per fault: file, key, reason."""


def read_surveys(folder: Path) -> dict[str, SurveyDefinition]:
    """Every survey under `folder`, by key.

    Raises SurveyFileError naming the faults of the first broken file.
    """
    if not folder.is_dir():
        raise SurveyFileError(f"{folder}: there is no such folder of surveys.")
    keys = sorted(path.parent.name for path in folder.glob("*/survey.toml"))
    if not keys:
        raise SurveyFileError(f"{folder}: holds no <survey>/survey.toml.")
    surveys = {key: read_survey(folder / key) for key in keys}
    shared = read_common_words(folder)
    for survey in surveys.values():
        for locale in sorted(survey.wordings.keys() - shared.keys()):
            missing = folder / f"common.{locale}.toml"
            raise SurveyFileError(f"{missing}: is missing; {survey.key} speaks {locale}, so the pages around it must.")
    return surveys


def read_survey(folder: Path) -> SurveyDefinition:
    """The survey in one folder, whose name is its key."""
    path = folder / "survey.toml"
    if not KEY.fullmatch(folder.name):
        raise SurveyFileError(f"{folder}: name the folder in small letters, digits and _, such as delivery_csat.")
    raw = _toml(path)
    head = _head(raw, path)
    kind = {"kind": head.pop("kind")} if "kind" in head else {}
    structure = _model(Structure, {**kind, "questions": raw.pop("questions", [])}, path)
    metric = head.pop("metric", folder.name)
    rules = _model(Rules, {**head, **raw}, path)
    try:
        return SurveyDefinition(
            key=folder.name, metric=metric, structure=structure, rules=rules, wordings=_wordings(folder)
        )
    except ValidationError as error:
        raise SurveyFileError(_faults(path, error)) from None


def read_rules(path: Path) -> Rules:
    """The rules in a survey.toml, wherever it lies and whatever lies beside it."""
    raw = _toml(path)
    head = _head(raw, path)
    of_the_structure = {"kind", "metric", "questions"}
    return _model(Rules, {key: value for key, value in {**head, **raw}.items() if key not in of_the_structure}, path)


def _head(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    head = raw.pop("survey", None)
    if not isinstance(head, dict):
        raise SurveyFileError(f"{path}: [survey] is missing.")
    return head


def read_common_words(folder: Path) -> dict[str, CommonWords]:
    """The words that all surveys share, by locale, from common.<locale>.toml."""
    found = {_locale_of(path): _common_words(path, _text(path)) for path in sorted(folder.glob("common.*.toml"))}
    if "en" not in found:
        raise SurveyFileError(f"{folder / 'common.en.toml'}: is missing; it holds the words that all surveys share.")
    return found


@lru_cache(maxsize=32)
def _common_words(path: Path, text: str) -> CommonWords:
    """The same text means the same, however often it is read."""
    return _model(CommonWords, _parsed(path, text), path)


@dataclass(frozen=True)
class Bank:
    """Questions worth asking, and their words by locale and key; the editor offers them."""

    questions: tuple[Question, ...] = ()
    words: Mapping[str, Mapping[str, QuestionWords]] = field(default_factory=dict)


class _BankQuestions(Frozen):
    questions: tuple[Question, ...]


class _BankWords(Frozen):
    questions: dict[str, QuestionWords]


def read_bank(folder: Path) -> Bank:
    """The questions in bank.toml, with their words from bank.<locale>.toml; empty where there is no such file.

    Raises SurveyFileError where a question could not be added to a survey as it stands, or has no words in a language.
    """
    path = folder / "bank.toml"
    if not path.exists():
        return Bank()
    questions = _model(_BankQuestions, _toml(path), path).questions
    keys = [question.key for question in questions]
    for question in questions:
        if question.type == QuestionType.SCORE or question.show.question is not None or keys.count(question.key) > 1:
            raise SurveyFileError(f"{path}: {question.key}: must stand once, be no score and follow no other question.")
    words = {}
    for file in sorted(folder.glob("bank.*.toml")):
        words[_locale_of(file)] = said = _model(_BankWords, _toml(file), file).questions
        if problems := unfit_words(questions, said):
            raise SurveyFileError("\n".join(f"{file}: {place}: {reason}." for place, reason in problems.items()))
    return Bank(questions, words)


def _wordings(folder: Path) -> dict[str, Wording]:
    return {_locale_of(path): _model(Wording, _toml(path), path) for path in sorted(folder.glob("wording.*.toml"))}


def _locale_of(path: Path) -> str:
    locale = path.name.split(".")[1]
    try:
        Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        raise SurveyFileError(f"{path}: {locale!r} is no language such as en or pt-BR.") from None
    return locale


def _toml(path: Path) -> dict[str, Any]:
    return _parsed(path, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Notepad's mark in front does no harm
    except FileNotFoundError:
        raise SurveyFileError(f"{path}: is missing.") from None
    except OSError as error:
        raise SurveyFileError(f"{path}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SurveyFileError(f"{path}: is not UTF-8 text.") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)  # an amount of money is no binary fraction
    except tomllib.TOMLDecodeError as error:
        raise SurveyFileError(f"{path}: is no TOML: {error}.") from None


def _model(model: type[M], raw: dict[str, Any], path: Path) -> M:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise SurveyFileError(_faults(path, error)) from None


def _faults(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "the file"
        lines.append(f"{path}: {key}: {_reason(problem)}.")
    return "\n".join(lines)


def _reason(problem: ErrorDetails) -> str:
    """Pydantic's words where a person understands them, ours otherwise."""
    bounds = problem.get("ctx", {})
    words = {
        "missing": "is missing",
        "extra_forbidden": "is not a known key",
        "string_too_short": "is empty",
        "too_long": f"is longer than {bounds.get('max_length')} characters",
        "string_too_long": f"is longer than {bounds.get('max_length')} characters",
        "string_pattern_mismatch": "must be one line"
        if bounds.get("pattern") == LINE_PATTERN
        else "must be small letters, digits and _, with a letter first",
    }
    return words.get(problem["type"]) or problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
