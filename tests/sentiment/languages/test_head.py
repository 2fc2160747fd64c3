"""A head: what it says of a comment and why, how it is stored, and that no text troubles it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sentiment.languages.features import key_of
from feedback_service.sentiment.languages.head import Head
from feedback_service.sentiment.languages.learn import learn
from tests.sentiment.languages.factories import comments

KNOWN = comments(300)
HEAD = learn([comment.text for comment in KNOWN], [comment.label for comment in KNOWN], "pt-BR")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Adorei, muito satisfeita!", "positive"),
        ("Veio quebrado, péssimo.", "negative"),
        ("A caixa veio hoje pelo correio.", "neutral"),
    ],
)
def test_it_tells_what_it_was_taught(text: str, label: str) -> None:
    verdict = HEAD.score(text)
    assert verdict.label == label
    assert sum(verdict.probabilities) == pytest.approx(1)
    assert verdict.polarity == pytest.approx(verdict.p_pos - verdict.p_neg)


def test_the_words_that_weighed_are_named_as_they_stand_there() -> None:
    words = HEAD.score("A entrega ATRASOU, péssimo; mas a loja é ótima").words
    by_word = dict(words)
    assert {word for word, _ in words[:2]} == {"atrasou", "péssimo"}
    assert by_word["péssimo"] < 0 < by_word["ótima"]  # "ótima" it never saw: its letters are those of "ótimo"
    assert sum(abs(share) for _, share in words) == pytest.approx(1, abs=0.05)
    assert [abs(share) for _, share in words] == sorted((abs(share) for _, share in words), reverse=True)


def test_of_what_it_never_saw_it_knows_nothing() -> None:
    verdict = HEAD.score("Ω 漢字 👍")
    assert (verdict.known, verdict.words) == (0, ())


def test_it_comes_back_from_storage_as_it_was() -> None:
    stored = HEAD.to_bytes()
    again = Head.from_bytes(stored)
    assert again.to_bytes() == stored
    assert [again.score(comment.text) for comment in KNOWN[:50]] == [HEAD.score(comment.text) for comment in KNOWN[:50]]
    assert len(stored) < 50_000


def test_it_keeps_no_word_and_nothing_that_stood_in_one_comment_alone() -> None:
    """What was learned outlives a comment that is erased."""
    texts = [comment.text for comment in KNOWN]
    head = learn([*texts, "Sou a Guilhermina Xavier"], [*(comment.label for comment in KNOWN), "neutral"], "pt")
    assert key_of("adorei") in head.vocabulary.keys
    assert key_of("guilhermina") not in head.vocabulary.keys
    assert b"adorei" not in head.to_bytes()


@pytest.mark.parametrize("stored", [b"", b"\x00" * 40, b"no weights at all, but some text", HEAD.to_bytes()[:-20]])
def test_what_is_no_head_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match=r"weights|Expecting|header|data"):
        Head.from_bytes(stored)


def test_a_head_of_other_features_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = HEAD.to_bytes()
    monkeypatch.setattr("feedback_service.sentiment.languages.features.VERSION", 99)
    with pytest.raises(ValueError, match="learned with features of version 1"):
        Head.from_bytes(stored)


@given(st.text(max_size=500))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = HEAD.score(text)
    assert -1 <= verdict.polarity <= 1
    assert all(-1 <= share <= 1 for _, share in verdict.words)


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "não " * 25_000, "👍🏽" * 50_000, "\x00\ud800" * 1_000, "<" * 100_000, "adorei ¬ »"]
)
def test_strange_and_endless_texts_do_too(text: str) -> None:
    assert HEAD.score(text).label in {"negative", "neutral", "positive"}
