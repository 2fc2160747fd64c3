"""What stands in a comment as words and pairs, and what a negation or a "but" makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sentiment.ngrams import REACH, folded, grams, letters, marks_of


def test_words_and_pairs_stay_inside_their_clause() -> None:
    assert grams(["came", "late", ".", "fine"], "en") == ["came", "late", "came late", "fine"]


@pytest.mark.parametrize(
    ("text", "language", "reached", "why"),
    [
        ("it is not very good", "en", ["¬very", "¬good"], "what comes after a not"),
        ("not good , fine", "en", ["¬good"], "no further than the clause"),
        ("not good but fine", "en", ["¬good"], "nor beyond a but"),
        ("não gostei", "pt", ["¬gostei"], "another language's not"),
        ("nao gostei", "pt-BR", ["¬gostei"], "as typed without accents, under a locale"),
        ("pas bon", "en", [], "a word that is none in this language"),
        ("not good", "xx", [], "a language without a list"),
        ("not a b c d e f g", "en", [f"¬{word}" for word in "abcde"[:REACH]], "a few words, not the rest of it"),
    ],
)
def test_a_negation_reaches_some_words(text: str, language: str, reached: list[str], why: str) -> None:
    assert [gram for gram in grams(text.split(), language) if gram.startswith("¬")] == reached, why


@pytest.mark.parametrize(
    ("text", "marked", "why"),
    [
        ("slow but good", ["»good"], "what comes after the but"),
        ("good but late but kind", ["»kind"], "after the last of them"),
        ("good but", [], "a but that nothing follows"),
        ("good but late but .", ["»late", "»but"], "then the one before it"),
    ],
)
def test_what_follows_the_last_but_is_marked(text: str, marked: list[str], why: str) -> None:
    assert [gram for gram in grams(text.split(), "en") if gram.startswith("»")] == marked, why


def test_letters_are_runs_inside_a_word_with_its_edges() -> None:
    assert list(letters(["bom", "."])) == ["_bo", "bom", "om_", "_bom", "bom_", "_bom_"]


def test_accents_fall_and_nothing_else() -> None:
    assert (folded("não"), folded("ñandú"), folded("great"), folded("جيد")) == ("nao", "nandu", "great", "جيد")


def test_a_locale_has_its_languages_marks() -> None:
    assert marks_of("pt_BR") == marks_of("pt")
    assert {"não", "nao"} <= marks_of("pt").negators


@given(st.lists(st.text(min_size=1, max_size=8), max_size=40), st.sampled_from(["en", "pt", "ar", "xx", ""]))
def test_any_words_have_features(words: list[str], language: str) -> None:
    found = grams(words, language)
    assert len(found) <= 4 * len(words)
