"""What people type and what customers wrote are cut into the same words, whatever the script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.cases.search.fold import LONGEST_WORD, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ação É Straße ÖL", ["acao", "e", "strasse", "ol"]),
        ("Łódź İstanbul ısı Ørsted", ["lodz", "istanbul", "isi", "orsted"]),
        ("مُحَمَّد أحمد الطَّلَبيّـة", ["محمد", "احمد", "الطلبية"]),
        ("١٢٣ and १२३", ["123", "and", "123"]),
        ("配送が遅い", ["配", "送", "か", "遅", "い"]),
        ("한국어 배송", ["한국어", "배송"]),
        ("😡👍🏽 bad!!", ["😡", "👍", "bad"]),
        ("A-1042, O'Neil_x", ["a", "1042", "o", "neil", "x"]),
        ("", []),
        ("!? \0 …", []),
        ("x" * 200, ["x" * LONGEST_WORD]),
    ],
)
def test_text_becomes_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_words_fold_to_themselves_and_hold_nothing_that_an_index_would_cut(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words
    assert not any(set(word) & set(" '\"\\:*&|!()<>\0") for word in words)
