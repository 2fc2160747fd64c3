"""The words that all surveys share: what may stand between their braces, and that every language says the same."""

import tomllib
from collections.abc import Iterator
from string import Formatter

import pytest
from flask import Flask
from pydantic import ValidationError

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.common_words import CommonWords, Plural, common_words
from feedback_service.questionnaires.read_files import read_common_words

ENGLISH = tomllib.loads((SURVEYS / "common.en.toml").read_text(encoding="utf-8"))


def placeholders(words: dict[str, object], path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every sentence's place, and what it has between braces; the forms of a plural are one sentence."""
    for name, value in words.items():
        if isinstance(value, dict) and value.keys() <= Plural.model_fields.keys():
            yield path + name, set().union(*(between for _, between in placeholders(value)))
        elif isinstance(value, dict):
            yield from placeholders(value, f"{path}{name}.")
        else:
            yield path + name, {field for _, field, _, _ in Formatter().parse(str(value)) if field}


@pytest.mark.parametrize("locale", sorted(read_common_words(SURVEYS).keys() - {"en"}))
def test_every_language_fills_the_same_places(locale: str) -> None:
    theirs = tomllib.loads((SURVEYS / f"common.{locale}.toml").read_text(encoding="utf-8"))
    assert dict(placeholders(theirs)) == dict(placeholders(ENGLISH))


@pytest.mark.parametrize(
    ("group", "name", "words", "fault"),
    [
        ("preferences", "pause_hint", "Until {date}.", None),
        ("preferences", "pause_hint", "Until {dat}.", "unknown placeholder {dat}"),
        ("preferences", "pause_hint", "Until {date!r}.", "unknown placeholder {date}"),
        ("preferences", "pause_hint", "Until {date.", "a brace that does not close"),
        ("preferences", "heading", "Two\nlines", "pattern"),
        ("expired", "text", "Over since {date}.", "unknown placeholder {date}"),
    ],
)
def test_a_place_that_cannot_be_filled_is_refused(group: str, name: str, words: str, fault: str | None) -> None:
    document = {**ENGLISH, group: {**ENGLISH[group], name: words}}
    if fault is None:
        assert CommonWords.model_validate(document)
        return
    with pytest.raises(ValidationError, match=fault):
        CommonWords.model_validate(document)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_words_about_one_mail_wait_for_its_facts(app: Flask) -> None:
    with app.app_context():
        _, words = common_words("en")
    assert "Corner Shop" in words.footer.privacy
    assert words.preferences.now_paused == "We ask you nothing until {date}."
