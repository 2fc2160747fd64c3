"""Comments as rows of numbers: what is read of a text, and that it is the same everywhere."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sentiment.languages.features import (
    MAX_CHARACTERS,
    MOST_WORDS,
    Vocabulary,
    counted,
    key_of,
    plain_word,
    written_words,
)


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("Não <b>gostei</b>!", ["não", "gostei", "!"], "markup is not read"),
        ("Veja https://loja.example/x?y=1 agora", ["veja", "agora"], "nor are links"),
        ("Ótimo 👍 &amp; barato", ["ótimo", "👍", "&", "barato"], "faces are words; entities are what they stand for"),
        ("Na\u0303o", ["não"], "an accent written apart"),
        ("iPhone很好", ["iphone", "很", "好"], "where no spaces are written, signs are words"),
        ("", [], "nothing"),
    ],
)
def test_what_is_read_of_a_text(text: str, words: list[str], why: str) -> None:
    assert written_words(text) == words, why


@pytest.mark.parametrize(
    ("written", "plain"),
    [("não", "nao"), ("muuuuito", "muuito"), ("10", "10"), ("4711", "000"), ("x" * 400, "xx")],
)
def test_what_a_word_is_read_as(written: str, plain: str) -> None:
    assert plain_word(written) == plain


def test_a_long_text_is_cut() -> None:
    assert sum(map(len, written_words("formidável " * 100_000))) <= MAX_CHARACTERS
    assert len(written_words("! " * 100_000)) == MOST_WORDS


def test_keys_are_the_same_in_another_process() -> None:
    """Python's own hashes are not, and a stored head would know nothing in the next process."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from feedback_service.sentiment.languages.features import key_of; print(key_of('não'))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(said.stdout) == key_of("não")


def test_each_block_of_a_row_has_length_one_and_the_last_column_is_constant() -> None:
    comments = [counted(text, "pt") for text in ("Adorei a loja", "Adorei a entrega, adorei", "Péssimo")]
    vocabulary = Vocabulary.of(comments)
    for comment in comments:
        columns, values = vocabulary.row(comment)
        assert (columns[-1], values[-1]) == (len(vocabulary), 1)
        assert np.isclose(values[:-1] @ values[:-1], 2.0)  # a block of words, a block of letters
    assert vocabulary.row(counted("👍", "pt"))[0].tolist() == [len(vocabulary)]


def test_the_most_frequent_are_kept() -> None:
    vocabulary = Vocabulary.of([counted(text, "pt") for text in ("bom preço", "bom dia", "bom")]).most_frequent(3)
    assert len(vocabulary) == 3
    assert set(vocabulary.found_in) == {3}
    assert key_of("bom") in vocabulary.keys


@given(st.text(max_size=300))
def test_any_text_can_be_counted(text: str) -> None:
    found = counted(text, "pt")
    assert np.all(np.diff(found.words[0].astype(np.int64)) > 0)
    assert np.all(found.letters[1] >= 1)
