"""Themes as a shop edits them: what is read, and what a broken file is told."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from feedback_service.cli.surveys import check
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import SurveyFileError
from feedback_service.sentiment.themes.taxonomy import ThemeFileError, read_themes, shipped_themes, split

FITTING = """
[ignored]
en = "in return"

[themes.fitting_room]
title.en = "Fitting room"
title.pt-BR = "Provador"
phrases.en = '''
fitting room*, mirror,
changing room
'''

[themes.rest]
title.en = "Everything else"
when_nothing_else = true
"""


def written(folder: Path, text: str) -> Path:
    (folder / "themes.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_shop_writes_its_own_themes(tmp_path: Path) -> None:
    taxonomy = read_themes(written(tmp_path, FITTING))
    assert taxonomy.themes["fitting_room"].phrases["en"] == ("fitting room*", "mirror", "changing room")
    assert taxonomy.languages == ("en",)
    assert taxonomy.otherwise == "rest"


def test_titles_are_in_the_reader_s_language_or_in_english(tmp_path: Path) -> None:
    theme = read_themes(written(tmp_path, FITTING)).themes["fitting_room"]
    assert [theme.title(locale) for locale in ("pt-BR", "pt", "en-GB", "de")] == [
        "Provador", "Provador", "Fitting room", "Fitting room",
    ]  # fmt: skip


def test_a_folder_without_themes_has_those_that_come_along(tmp_path: Path) -> None:
    assert read_themes(tmp_path) is shipped_themes()


def test_a_language_spoken_elsewhere_is_the_same_language(tmp_path: Path) -> None:
    taxonomy = read_themes(written(tmp_path, FITTING))
    assert taxonomy.book("en_GB") is not None
    assert taxonomy.book("fr") is None


def test_a_missing_comma_at_the_end_of_a_line_joins_nothing() -> None:
    assert split("late, slow\nnever came ,, ") == ["late", "slow", "never came"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[themes.fitting_room]", "[themes.Fitting]", "themes.Fitting: write the key in at most 40 small letters"),
        ('title.en = "Fitting room"\n', "", "themes.fitting_room.title.en: is missing; staff read it"),
        ("title.pt-BR", "title.klingon", "themes.fitting_room.title.klingon: is no language such as en or pt-BR"),
        ('"Provador"', '""', "themes.fitting_room.title.pt-BR: write one line of at most 60"),
        ("phrases.en", "phrases.nowhere", "themes.fitting_room.phrases.nowhere: nowhere is no language"),
        ("mirror", "m*", "themes.fitting_room.phrases.en: “m*” needs at least 3 letters before the *"),
        ("mirror", "changing room", "“changing room” stands there twice; take one out"),
        ("phrases.en", "frases.en", "themes.fitting_room.frases: is not a known key; take it out"),
        ('"in return"', '["in return"]', "ignored.en: must be text between quotes, phrases separated by commas"),
        ('"in return"', '" , "', "ignored.en: is empty; write phrases"),
        ("when_nothing_else = true", "", "themes.rest.phrases: is missing; write phrases in at least one language"),
        ("[ignored]", "[ignored", "is no TOML"),
        (
            'title.en = "Fitting room"',
            'title.en = "Fitting room"\nwhen_nothing_else = true',
            "leave it with one of them",
        ),
    ],
)
def test_a_broken_file_is_told_where_and_what_to_do(before: str, after: str, told: str, tmp_path: Path) -> None:
    assert before in FITTING
    with pytest.raises(ThemeFileError) as error:
        read_themes(written(tmp_path, FITTING.replace(before, after, 1)))
    assert told in str(error.value)
    assert str(tmp_path / "themes.toml") in str(error.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    broken = FITTING.replace("mirror", "m*").replace('title.en = "Everything else"\n', "")
    with pytest.raises(ThemeFileError) as error:
        read_themes(written(tmp_path, broken))
    assert len(str(error.value).splitlines()) == 2


def test_no_themes_at_all_are_no_file(tmp_path: Path) -> None:
    with pytest.raises(ThemeFileError, match="has no theme"):
        read_themes(written(tmp_path, "[themes]\n"))


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "themes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ThemeFileError, match="not UTF-8"):
        read_themes(tmp_path)


def test_the_command_that_checks_surveys_checks_themes() -> None:
    said = CliRunner().invoke(check, [str(SURVEYS)])
    assert said.exit_code == 0
    assert f"themes: fine, {len(shipped_themes().themes)} themes in en, es, fr, de, pt-BR, ar, nl" in said.output


def test_and_refuses_broken_ones_as_it_refuses_broken_surveys(tmp_path: Path) -> None:
    for path in SURVEYS.rglob("*.toml"):
        (tmp_path / path.relative_to(SURVEYS)).parent.mkdir(exist_ok=True)
        (tmp_path / path.relative_to(SURVEYS)).write_bytes(path.read_bytes())
    said = CliRunner().invoke(check, [str(written(tmp_path, FITTING.replace("mirror", "m*")))])
    assert isinstance(said.exception, SurveyFileError)
