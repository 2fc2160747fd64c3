"""Writes a survey as files: survey.toml and wording.<locale>.toml, as they are read. Comments are not kept."""

from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli_w

from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.questions import Question
from feedback_service.questionnaires.read_files import SurveyFileError

HEAD = ("title", "default_locale", "status")
"""The rules that stand under [survey]."""
END_OF_DAY = time(0)


def files_of(survey: SurveyDefinition) -> dict[str, str]:
    """What each file says, by its name. The same survey always gives the same text."""
    words = {
        f"wording.{locale}.toml": tomli_w.dumps(_full(survey.wordings[locale].model_dump(mode="json")))
        for locale in sorted(survey.wordings)
    }
    return {"survey.toml": tomli_w.dumps(_survey(survey)), **words}


def write_survey(folder: Path, survey: SurveyDefinition, *, force: bool = False) -> list[Path]:
    """Write a survey's files into a folder of its key; returns them.

    Raises SurveyFileError where the folder has such files already and `force` is not given. With it they are replaced,
    and those of languages that the survey does not speak are removed.
    """
    home, files = folder / survey.key, files_of(survey)
    there = [path for pattern in ("survey.toml", "wording.*.toml") for path in sorted(home.glob(pattern))]
    if there and not force:
        raise SurveyFileError(f"{there[0]}: is there already. Choose another folder, or replace it with --force.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (home / name).write_text(text, encoding="utf-8", newline="\n")
        for path in there:
            if path.name not in files:
                path.unlink()
    except OSError as error:
        raise SurveyFileError(f"{home}: cannot be written: {error.strerror}.") from None
    return [home / name for name in files]


def _survey(survey: SurveyDefinition) -> dict[str, Any]:
    rules = survey.rules.model_dump()
    head = {"kind": survey.structure.kind.value, "metric": survey.metric, **{name: rules.pop(name) for name in HEAD}}
    questions = [_question(question) for question in survey.structure.questions]
    return _full({"survey": head, **rules, "questions": questions})


def _question(question: Question) -> dict[str, Any]:
    """A question with only what is said of it."""
    return {"key": question.key, **question.model_dump(mode="json", exclude_defaults=True)}


def _full(part: dict[str, Any]) -> dict[str, Any]:
    """A part of a file without what is not said in it."""
    said = {name: _value(name, value) for name, value in part.items()}
    return {name: value for name, value in said.items() if value is not None and value != {}}


def _value(name: str, value: Any) -> Any:
    match value:
        case dict():
            return _full(value)
        case time():
            return "24:00" if name == "until" and value == END_OF_DAY else f"{value:%H:%M}"
        case Decimal():
            return int(value) if value == value.to_integral_value() else value
        case str():
            return str(value)  # an enumeration's own word
        case tuple() | list():
            return [_value(name, part) for part in value]
        case _:
            return value
