"""The model file is part of the program: small, whole, and the same for everybody."""

import subprocess
import sys
import zipfile

import pytest

from feedback_service.sentiment.english.features import FIGURES
from feedback_service.sentiment.english.model import FILE, english_model, gram_set, write_model
from feedback_service.sentiment.plain_text import plain_text, tokens

MODEL = english_model()


def _judged(text):
    return MODEL.judge(text, tokens(plain_text(text)))


def test_the_file_is_small_and_holds_what_it_should():
    assert FILE.stat().st_size <= 500 * 1024
    assert zipfile.ZipFile(FILE).testzip() is None
    assert len(MODEL.figures) == len(FIGURES)
    assert 20_000 <= len(MODEL.grams) <= 30_000


def test_its_sources_and_their_licences_are_named_beside_it():
    named = FILE.with_name("SOURCES.md").read_text(encoding="utf-8")
    for source in ("Pros and Cons", "CC BY 4.0", "MAMS", "Apache-2.0", "VADER", "MIT", "PDDL"):
        assert source in named


def test_what_is_written_is_what_is_read(tmp_path):
    write_model(MODEL, tmp_path / "copy.npz")
    assert (tmp_path / "copy.npz").stat().st_size == pytest.approx(FILE.stat().st_size, rel=0.02)


def test_each_token_has_a_weight_and_a_mark_has_none():
    judgement = _judged("Great shop. Awful delivery!")
    assert len(judgement.weights) == 6
    great, _, stop, awful, _, mark = judgement.weights
    assert great > 0 > awful
    assert stop == mark == 0


def test_a_phrase_weighs_on_all_of_its_words():
    on, hold = _judged("On hold").weights
    assert on < 0
    assert hold < 0


def test_a_misspelled_word_weighs_like_the_word_that_was_meant():
    assert _judged("It was excelent").p_pos == _judged("It was excellent").p_pos


def test_every_number_is_one_feature():
    assert gram_set(["waited", "45", "minutes"]) == gram_set(["waited", "7", "minutes"])


def test_reading_a_comment_needs_neither_textblob_nor_vader_nor_scikit_learn():
    check = (
        "import sys; from feedback_service.sentiment.analyzer import score_text; score_text('Great shop');"
        "sys.exit(any(name in sys.modules for name in ('textblob', 'nltk', 'vaderSentiment', 'sklearn', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
