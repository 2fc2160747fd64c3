"""A testimonial may leave words out, and adds none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.advocacy.shorten import is_shortened

WRITTEN = "The lamp is lovely, but the parcel came late. Thank you, Café Müller! 💛"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (WRITTEN, "all of it"),
        ("The lamp is lovely.", "the beginning, with a full stop"),
        ("Thank you!", "the end"),
        ("The lamp is lovely … Thank you", "what is left out may be shown as left out"),
        ("the lamp is lovely [...] thank you, café müller", "capitals and punctuation are free"),
        ("Thank you 💛", "emoji are words too"),
        ("Cafe\u0301 Mu\u0308ller", "accents, however they were typed"),
        ("  lovely\n\n", "blanks are free"),
    ],
)
def test_less_of_what_was_written_can_be_shown(words: str, why: str) -> None:
    assert is_shortened(words, WRITTEN), why


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "nothing is left"),
        (" … !", "nor here"),
        ("The lamp is very lovely", "a word was added"),
        ("The lamp is lovelier", "a word was changed"),
        ("lovely lamp", "the order was changed"),
        ("late late", "a word was doubled"),
        ("The lamp is lovely 🎉", "an emoji was added"),
        ("The parcel is lovely", "words of another sentence in another order"),
    ],
)
def test_anything_else_is_not_what_they_wrote(words: str, why: str) -> None:
    assert not is_shortened(words, WRITTEN), why


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("とても良い。", "とても良いランプです。"),
        ("很好", "灯很好，送货慢"),
        ("خدمة رائعة", "خدمة رائعة وتوصيل سريع"),
        ("👍", "👍 👍"),
        ("好き", "😍好き"),
    ],
)
def test_every_script_can_be_shortened(words: str, written: str) -> None:
    assert is_shortened(words, written)
    assert not is_shortened(f"{words} extra", written)


@given(st.lists(st.text(alphabet="abcé 💛好", min_size=1), max_size=8), st.data())
def test_leaving_out_any_words_is_always_allowed(words: list[str], data: st.DataObject) -> None:
    kept = [word for word in words if data.draw(st.booleans())]
    if is_shortened(" ".join(kept), " ".join(kept)):
        assert is_shortened(" ".join(kept), " ".join(words))
