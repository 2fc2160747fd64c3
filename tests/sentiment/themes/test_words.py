"""Customers type on telephones: case, accents and apostrophes must make no difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sentiment.themes.words import BREAK, MAX_CHARACTERS, cut, fold, stems, variants


@pytest.mark.parametrize(
    ("written", "folded", "why"),
    [
        ("Délai", "delai", "accents are left out on telephones"),
        ("DON'T", "dont", "so are apostrophes"),
        ("don’t", "dont", "whichever apostrophe the telephone puts in"),
        ("größe", "grosse", "the sharp s is two"),
        ("cœur", "coeur", "and so is this letter"),
        ("الأسعار", "الاسعار", "the alef's hat is optional"),
        ("سريعة", "سريعه", "and the last letter is often typed so"),
    ],
)
def test_variants_of_a_word_fold_to_one(written: str, folded: str, why: str) -> None:
    assert fold(written) == folded, why


def test_german_phrases_are_found_with_and_without_umlauts() -> None:
    assert variants("größe", "de") == {"grosse", "groesse"}
    assert variants("größe", "en") == {"grosse"}


def test_arabic_words_are_found_without_what_is_written_in_one_with_them() -> None:
    assert "سعر" in stems("والسعر")
    assert stems("price") == ("price",)


def test_a_comment_is_cut_into_words_with_their_places() -> None:
    text = "Late… again! L’article"
    words = cut(text, "fr")
    assert list(words.folded) == ["late", BREAK, "again", BREAK, "l", "article"]
    assert [text[a:b] for a, b in zip(words.starts, words.ends, strict=True)][-1] == "article"


@given(st.text(max_size=300), st.sampled_from(["en", "fr", "de", "ar", "pt-BR", "", "xx"]))
def test_any_text_can_be_cut(text: str, language: str) -> None:
    words = cut(text, language)
    assert len(words.folded) == len(words.starts) == len(words.ends)
    assert all(
        0 <= start < end <= len(text) or start == end for start, end in zip(words.starts, words.ends, strict=True)
    )


def test_a_very_long_text_is_read_to_its_limit() -> None:
    assert max(cut("word " * 100_000, "en").ends) <= MAX_CHARACTERS
