"""Old comments in a file are scored from the terminal, and what was not asked about comes back as it was."""

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from feedback_service.sentiment.languages.models import LanguageHead, LanguageTraining
from feedback_service.sentiment.themes.models import ThemeLesson
from tests.cli.conftest import Run
from tests.sentiment.factories import read_many

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
APPENDED = ["label", "polarity", "subjectivity", "p_neg", "p_neu", "p_pos", "language", "themes"]


@pytest.fixture
def alone(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nothing is set up, and no database."""
    for name in environment:
        if name.startswith("FEEDBACK_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    file = folder / "comments.csv"
    file.write_bytes(content.encode(encoding))
    return file


def rows(printed: str, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(printed), delimiter=separator))


@pytest.mark.usefixtures("alone")
def test_a_file_comes_back_with_what_its_comments_say(run: Run, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "id,text,stars\n"
        '7,"Great lamp, fast delivery!",5\n'
        '3,"Terrible. My parcel arrived\nbroken, never again.",1\n'
        "9,,3\n"
        "8,A entrega atrasou e ninguém respondeu as mensagens,2\n",
    )
    said = run("sentiment", "score", file, "--column", "text")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == ",".join(["id", "text", "stars", *APPENDED])
    happy, unhappy, silent, foreign = rows(said.out)
    assert [row["id"] for row in rows(said.out)] == ["7", "3", "9", "8"]
    assert (happy["label"], happy["language"], unhappy["label"]) == ("positive", "en", "negative")
    assert unhappy["text"] == "Terrible. My parcel arrived\nbroken, never again."
    for row in (happy, unhappy):
        p_neg, p_neu, p_pos = (float(row[name]) for name in ("p_neg", "p_neu", "p_pos"))
        assert p_neg + p_neu + p_pos == pytest.approx(1, abs=2e-4)
        assert float(row["polarity"]) == pytest.approx(p_pos - p_neg, abs=2e-4)
    assert "delivery" in unhappy["themes"].split(";")
    for row in (silent, foreign):
        assert row["label"] == "unscored", "never neutral"
        assert [row[name] for name in APPENDED[1:6]] == [""] * 5
    assert foreign["language"] == "pt"


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        ("id;Kommentar\n1;Great lamp!\n", "utf-8-sig", ";"),
        ("id\tKommentar\n1\tGreat lamp!\n", "utf-16", "\t"),
        ("sep=;\nid;Kommentar\n1;Great lamp!\n", "cp1252", ";"),
    ],
    ids=["semicolons", "tabs in UTF-16", "a note on the separator"],
)
def test_files_as_excel_writes_them(run: Run, tmp_path: Path, content: str, encoding: str, separator: str) -> None:
    said = run("sentiment", "score", written(tmp_path, content, encoding), "--column", "Kommentar", "--language", "en")
    assert [row["label"] for row in rows(said.out, separator)] == ["positive"]


@pytest.mark.usefixtures("alone")
def test_nothing_of_the_file_is_lost(run: Run, tmp_path: Path) -> None:
    content = 'id,text,label,note\n1,"=1+1 ok",old,\n2,"-- ""so"" bad",,"a\n\nb"\n3,"@shop +1",x\n4,"",,\n5," ",,\n'
    file = written(tmp_path, content)
    said = run("sentiment", "score", file, "--column", "text", "--language", "en")
    before = [row + [""] * (4 - len(row)) for row in csv.reader(StringIO(content))]
    after = list(csv.reader(StringIO(said.out)))
    assert [row[:4] for row in after] == before
    assert {len(row) for row in after} == {4 + len(APPENDED)}
    safe = run("sentiment", "score", file, "--column", "text", "--language", "en", "--for-spreadsheet")
    assert [row["text"] for row in rows(safe.out)][:3] == ["'=1+1 ok", '\'-- "so" bad', "'@shop +1"]


@pytest.mark.usefixtures("alone")
def test_a_file_with_nothing_but_comments_keeps_its_rows(run: Run, tmp_path: Path) -> None:
    said = run("sentiment", "score", written(tmp_path, 'text\nGreat!\n""\nBad.\n'), "--column", "text")
    assert [row["text"] for row in rows(said.out)] == ["Great!", "", "Bad."]


@pytest.mark.usefixtures("alone")
def test_the_language_may_be_given(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, "text\nGreat lamp!\n")
    said = run("sentiment", "score", file, "--column", "text", "--language", "pt-BR")
    assert [(row["label"], row["language"]) for row in rows(said.out)] == [("unscored", "pt")]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("content", "column", "kindly"),
    [
        ("id,words\n1,x\n", "text", "comments.csv has no column text. Its columns are id, words."),
        ("id,text\n1,x,y\n", "text", "comments.csv, line 2: the row has 3 cells and the heading 2"),
        ("", "text", "comments.csv is empty."),
        ('id,text\n1,"x\n', "text", "a quotation mark is opened there and never closed"),
        ("text,text\nx,y\n", "text", "has the column 'text' more than once"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(run: Run, tmp_path: Path, content: str, column: str, kindly: str) -> None:
    said = run("sentiment", "score", written(tmp_path, content), "--column", column)
    assert (said.code, said.out) == (2, "")
    assert kindly in said.err
    assert "--map" not in said.err


def test_everything_is_read_again(run: Run, session: Session) -> None:
    read_many(session, NOW, 5)
    session.close()
    said = run("sentiment", "rescore")
    assert said.code == 0
    assert "5 comments were read again." in said.out


def test_what_was_learned_is_listed(run: Run, session: Session) -> None:
    session.close()
    said = run("sentiment", "heads")
    assert said.code == 0
    assert "No language has been learned yet" in said.out


def test_every_version_of_what_was_learned_says_whether_it_is_used_and_why(run: Run, session: Session) -> None:
    session.add(LanguageTraining(language="pt", comments=400, counted_at=NOW, learned_from=400))
    for version, (used, retired) in enumerate([(NOW, NOW), (NOW, None), (None, None)], start=1):
        session.add(
            LanguageHead(
                language="pt",
                version=version,
                trained_at=NOW,
                comments=300 + version,
                accuracy=0.8,
                balanced=0.8,
                baseline=0.5,
                reason="Right in 80 % of others.",
                used_from=used,
                retired_at=retired,
                weights=b"weights" if used else None,
            )
        )
    session.add(
        ThemeLesson(
            language="pt",
            version=1,
            learned_at=NOW,
            corrections=120,
            comments=110,
            tried=[{"theme": "delivery", "better": True}],
            weights=b"weights",
        )
    )
    session.commit()
    session.close()
    assert run("sentiment", "heads").out.splitlines() == [
        "head-pt-3: never used, tried on 2026-03-20 with 303 comments. Right in 80 % of others.",
        "head-pt-2: in use from 2026-03-20, learned from 302 comments. Right in 80 % of others.",
        "head-pt-1: in use from 2026-03-20 to 2026-03-20, learned from 301 comments. Right in 80 % of others.",
        "themes-pt-1: from 110 comments, 2026-03-20; better than the phrases for delivery.",
    ]
