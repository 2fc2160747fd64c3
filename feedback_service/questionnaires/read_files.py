"""Reads surveys/<survey>/survey.toml and wording.<locale>.toml; a broken file is refused with file, key and reason."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ValidationError

from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.definition import Rules, Structure, SurveyDefinition, Wording

M = TypeVar("M", bound=BaseModel)


class SurveyFileError(Exception):
    """A survey file that cannot be used; the message has a line per fault: file, key, reason."""


def read_surveys(folder: Path) -> dict[str, SurveyDefinition]:
    """Every survey under `folder`, by key.

    Raises SurveyFileError naming the first broken survey's faults, all of them at once.
    """
    if not folder.is_dir():
        raise SurveyFileError(f"{folder}: there is no such folder of surveys.")
    keys = sorted(path.parent.name for path in folder.glob("*/survey.toml"))
    if not keys:
        raise SurveyFileError(f"{folder}: holds no <survey>/survey.toml.")
    return {key: read_survey(folder / key) for key in keys}


def read_survey(folder: Path) -> SurveyDefinition:
    """The survey in one folder, whose name is its key."""
    path = folder / "survey.toml"
    raw = _toml(path)
    head = raw.pop("survey", None)
    if not isinstance(head, dict):
        raise SurveyFileError(f"{path}: [survey] is missing.")
    structure = _model(Structure, {"kind": head.pop("kind", None), "questions": raw.pop("questions", [])}, path)
    metric = head.pop("metric", folder.name)
    rules = _model(Rules, {**head, **raw}, path)
    try:
        return SurveyDefinition(
            key=folder.name, metric=metric, structure=structure, rules=rules, wordings=_wordings(folder)
        )
    except ValidationError as error:
        raise SurveyFileError(_faults(path, error)) from None


def read_common_words(folder: Path) -> dict[str, CommonWords]:
    """The words that all surveys share, by locale, from common.<locale>.toml."""
    found = {_locale_of(path): _model(CommonWords, _toml(path), path) for path in sorted(folder.glob("common.*.toml"))}
    if "en" not in found:
        raise SurveyFileError(f"{folder / 'common.en.toml'}: is missing; it holds the words that all surveys share.")
    return found


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
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SurveyFileError(f"{path}: is missing.") from None
    except UnicodeDecodeError:
        raise SurveyFileError(f"{path}: is not UTF-8 text.") from None
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
        reason = {
            "missing": "is missing",
            "extra_forbidden": "is not a known key",
        }.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        lines.append(f"{path}: {key}: {reason}.")
    return "\n".join(lines)
