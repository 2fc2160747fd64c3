"""The themes a shop looks for in its comments, read from surveys/themes.toml; a broken file is refused with reasons."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.questions import QUESTION_KEY_PATTERN
from feedback_service.questionnaires.read_files import SurveyFileError
from feedback_service.sentiment.themes.phrases import PhraseBook, PhraseError, Piece, pieces
from feedback_service.sentiment.themes.words import base_language

FILE = "themes.toml"
LONGEST_TITLE = 60
IGNORED = ""
"""Owner of the phrases that look like a theme and are none."""
_SEPARATOR = re.compile(r"[,،;\n]")
_KEY = re.compile(QUESTION_KEY_PATTERN)


class ThemeFileError(SurveyFileError):
    """A themes.toml that cannot be used; the message has a line per fault: file, key, what to do."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _ThemeTable(_Table):
    title: dict[str, str] = Field(default_factory=dict)
    phrases: dict[str, str] = Field(default_factory=dict)
    when_nothing_else: bool = False


class _FileTable(_Table):
    themes: dict[str, _ThemeTable]
    ignored: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Theme:
    """One thing that comments are about."""

    key: str
    titles: Mapping[str, str]
    """By locale."""
    phrases: Mapping[str, tuple[str, ...]]
    """By locale, as they stand in the file."""
    when_nothing_else: bool = False
    """Also given to an opinion that no other theme was found for."""

    def title(self, locale: str) -> str:
        """What staff read: in ``locale``, in its language as spoken elsewhere, or in English."""
        return self.titles[spoken(self.titles, locale) or "en"]


@dataclass(frozen=True)
class Taxonomy:
    """The themes by key, in the order of the file."""

    themes: Mapping[str, Theme]
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _books: dict[str, PhraseBook | None] = field(default_factory=dict, compare=False, repr=False)

    def book(self, language: str) -> PhraseBook | None:
        """The phrases of a language such as "en", "en-GB" or "pt_BR"; None where no theme has any in it."""
        if language not in self._books:
            if len(self._books) >= _KNOWN_LANGUAGES:
                self._books.clear()
            self._books[language] = self._bound(language)
        return self._books[language]

    def _bound(self, language: str) -> PhraseBook | None:
        locale = spoken(self.languages, language)
        if locale is None:
            return None
        phrases = [(key, phrase) for key, theme in self.themes.items() for phrase in theme.phrases.get(locale, ())]
        return PhraseBook([*phrases, *((IGNORED, phrase) for phrase in self.ignored.get(locale, ()))], locale)

    @property
    def languages(self) -> tuple[str, ...]:
        """The locales in which themes can be found, in their order in the file."""
        return tuple(dict.fromkeys(locale for theme in self.themes.values() for locale in theme.phrases))

    @property
    def otherwise(self) -> str | None:
        """The theme of an opinion for which no other one was found."""
        return next((key for key, theme in self.themes.items() if theme.when_nothing_else), None)


_KNOWN_LANGUAGES = 64  # Spellings of a language's name that are remembered.


def spoken(locales: Iterable[str], language: str) -> str | None:
    """Which of ``locales`` is ``language``, or the same language as spoken elsewhere."""
    wanted = language.replace("_", "-").strip().lower()
    by_name = {locale.lower(): locale for locale in locales}
    if wanted in by_name:
        return by_name[wanted]
    base = base_language(wanted)
    return next((locale for name, locale in by_name.items() if base and base_language(name) == base), None)


@cache
def shipped_themes() -> Taxonomy:
    """The themes that come with the service."""
    return read_themes(SURVEYS)


def read_themes(folder: Path) -> Taxonomy:
    """The themes of a folder of surveys; those that come with the service where it has no themes.toml of its own.

    Raises ThemeFileError naming every fault of the file.
    """
    path = folder / FILE
    if not path.exists() and folder != SURVEYS:
        return shipped_themes()
    tables = _tables(path)
    faults = list(_faults(tables))
    if faults:
        raise ThemeFileError("\n".join(f"{path}: {fault}." for fault in faults))
    themes = {
        key: Theme(key, table.title, _listed(table.phrases), table.when_nothing_else)
        for key, table in tables.themes.items()
    }
    return Taxonomy(themes, _listed(tables.ignored))


def _listed(phrases: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {locale: tuple(split(written)) for locale, written in phrases.items()}


def split(written: str) -> list[str]:
    """The phrases of a list that is separated by commas and line breaks."""
    return [phrase for part in _SEPARATOR.split(written) if (phrase := " ".join(part.split()))]


def _tables(path: Path) -> _FileTable:
    try:
        return _FileTable.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ThemeFileError(f"{path}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ThemeFileError(f"{path}: is not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ThemeFileError(f"{path}: is no TOML: {error}.") from None
    except ValidationError as error:
        raise ThemeFileError("\n".join(f"{path}: {_reason(problem)}." for problem in error.errors())) from None


def _faults(tables: _FileTable) -> Iterator[str]:
    """What is wrong with a file that can be read: key, and what to do."""
    if not tables.themes:
        yield "themes: has no theme; write at least one table such as [themes.delivery]"
    last_resorts = [key for key, table in tables.themes.items() if table.when_nothing_else]
    if len(last_resorts) > 1:
        yield f"themes: {' and '.join(last_resorts)} have when_nothing_else; leave it with one of them"
    for locale, written in tables.ignored.items():
        yield from _faults_of_phrases(f"ignored.{locale}", locale, written)
    for key, table in tables.themes.items():
        yield from _faults_of_theme(key, table)


def _faults_of_theme(key: str, table: _ThemeTable) -> Iterator[str]:
    place = f"themes.{key}"
    if not _KEY.fullmatch(key):
        yield f"{place}: write the key in at most 40 small letters, digits and _, with a letter first"
    if not table.title.get("en"):
        yield f"{place}.title.en: is missing; staff read it where there is no title in their language"
    for locale, title in table.title.items():
        if not _is_locale(locale):
            yield f"{place}.title.{locale}: is no language such as en or pt-BR"
        elif not title or len(title) > LONGEST_TITLE or "\n" in title:
            yield f"{place}.title.{locale}: write one line of at most {LONGEST_TITLE} characters"
    if not table.phrases and not table.when_nothing_else:
        yield f"{place}.phrases: is missing; write phrases in at least one language"
    for locale, written in table.phrases.items():
        yield from _faults_of_phrases(f"{place}.phrases.{locale}", locale, written)


def _faults_of_phrases(place: str, locale: str, written: str) -> Iterator[str]:
    if not _is_locale(locale):
        yield f"{place}: {locale} is no language such as en or pt-BR"
        return
    phrases = split(written)
    if not phrases:
        yield f"{place}: is empty; write phrases separated by commas, or take it out"
    seen: set[tuple[Piece, ...]] = set()
    for phrase in phrases:
        try:
            made_of = pieces(phrase, locale)
        except PhraseError as error:
            yield f"{place}: “{phrase}” {error}"
            continue
        if made_of in seen:
            yield f"{place}: “{phrase}” stands there twice; take one out"
        seen.add(made_of)


def _is_locale(name: str) -> bool:
    try:
        Locale.parse(name, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _reason(problem: Any) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    words = {
        "missing": "is missing; write it",
        "extra_forbidden": "is not a known key; take it out, or look for a slip in its name",
        "string_type": "must be text between quotes, phrases separated by commas",
        "bool_type": "must be true or false",
        "dict_type": "must be a table by language, such as phrases.en = ...",
    }
    return f"{key}: {words.get(problem['type'], problem['msg'])}"
