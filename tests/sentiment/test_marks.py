"""The words that weighed most are marked where they stand, and the pieces are the whole comment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sentiment.marks import Piece, marked


def _marks(text: str, *words: tuple[str, float]) -> list[tuple[str, int]]:
    pieces = marked(text, words)
    assert "".join(piece.text for piece in pieces) == text
    return [(piece.text, 1 if piece.weight > 0 else -1) for piece in pieces if piece.weight]


@pytest.mark.parametrize(
    ("text", "words", "marks", "why"),
    [
        ("A great lamp", [("great", 0.5)], [("great", 1)], "one word"),
        ("GREAT, Great, greatest", [("great", 0.5)], [("GREAT", 1), ("Great", 1)], "capitals do not matter, words do"),
        ("It isn't great.", [("is not great", -0.5)], [("isn't great", -1)], "as a model reads it"),
        ("We won’t buy", [("will not", -0.5)], [("won’t", -1)], "an irregular one, and a typographic sign"),
        ("not\nat all good", [("not", -0.5), ("good", 0.4)], [("not", -1), ("good", 1)], "over a line's end"),
        ("arrived late, very late", [("arrived late", -0.6), ("late", -0.3)],
         [("arrived late", -1), ("late", -1)], "the stronger has the letters, the other the rest"),
        ("Não chegou", [("nao", -0.5)], [("Não", -1)], "accents do not matter"),
        ("So bad 😡😡", [("😡", -0.5)], [("😡😡", -1)], "faces"),
        ("ok :)", [(":)", 0.5)], [(":)", 1)], "typed ones too"),
        ("<b>bad</b>", [("bad", -0.5)], [("bad", -1)], "markup is text"),
        ("fine", [("gone", -0.5), ("", 1.0), (" ", 1.0)], [], "words that are not there"),
        ("", [("x", 1.0)], [], "no words at all"),
    ],
)  # fmt: skip
def test_marks(text: str, words: list[tuple[str, float]], marks: list[tuple[str, int]], why: str) -> None:
    assert _marks(text, *words) == marks, why


def test_a_comment_without_marks_is_one_piece() -> None:
    assert marked("Fine.", []) == [Piece("Fine.", 0.0)]


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=8), st.floats(-1, 1)), max_size=6))
def test_no_letter_is_lost(text: str, words: list[tuple[str, float]]) -> None:
    assert "".join(piece.text for piece in marked(text, words)) == text
