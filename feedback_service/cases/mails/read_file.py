"""Reads surveys/replies.toml; a broken file is refused with file, place and reason."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from feedback_service.cases.rules.reply_fields import FIELDS, stray_brace, unknown_fields
from feedback_service.questionnaires.read_files import SurveyFileError

FILE = "replies.toml"
LONGEST_REPLY = 5_000  # characters; a mail that somebody reads to its end


@dataclass(frozen=True)
class ShippedReply:
    """A template as a file has it, in every language."""

    name: str
    theme: str | None
    words: Mapping[str, str]
    """By locale."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Reply(_Table):
    name: Annotated[str, Field(min_length=1, max_length=120)]
    theme: Annotated[str, Field(max_length=64)] | None = None
    words: dict[str, Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]]

    @field_validator("words")
    @classmethod
    def _fit(cls, words: dict[str, str]) -> dict[str, str]:
        for locale, said in words.items():
            _known(locale)
            if fault := fault_in(said):
                raise ValueError(f"{locale}: {fault}")
        return words


class _File(_Table):
    replies: list[_Reply]


def _known(locale: str) -> None:
    try:
        Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"{locale!r} is no language such as en or pt-BR") from None


def fault_in(words: str) -> str:
    """What is wrong with a template's fields, as a sentence for whoever wrote it; empty where nothing is."""
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    if unknown := unknown_fields(words):
        return f"There is no field {{{unknown[0]}}}. You can use {known}."
    return f"A brace stands alone. Braces are for fields only: {known}." if stray_brace(words) else ""


def read_replies(folder: Path) -> list[ShippedReply]:
    """The templates in replies.toml, in its order; none where there is no such file. Raises SurveyFileError."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SurveyFileError(f"{path}: cannot be read: {error}.") from None
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}." for each in error.errors()]
        raise SurveyFileError("\n".join(faults)) from None
    return [ShippedReply(each.name, each.theme, each.words) for each in found.replies]
