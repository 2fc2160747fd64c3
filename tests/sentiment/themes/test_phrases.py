"""Phrases as a shop writes them, and where they are found."""

import pytest

from feedback_service.sentiment.themes.phrases import PhraseBook, PhraseError, pieces
from feedback_service.sentiment.themes.words import cut


def found(phrase: str, comment: str, language: str = "en") -> bool:
    return bool(PhraseBook([("theme", phrase)], language).find(cut(comment, language).folded))


@pytest.mark.parametrize(
    ("phrase", "comment", "is_found", "why"),
    [
        ("parcel", "My parcel came.", True, "the word itself"),
        ("parcel", "Two parcels came.", False, "no other word"),
        ("parcel*", "Two parcels came.", True, "an ending may follow the star"),
        ("deliver*", "DELIVERED!", True, "case makes no difference"),
        ("customer service", "great Customer Service", True, "words in a row"),
        ("customer service", "service for the customer", False, "in this order"),
        ("customer service", "as a customer. Service was slow", False, "no phrase reaches across a full stop"),
        ("took … to arrive", "it took two weeks to arrive", True, "up to three words for the dots"),
        ("took ... to arrive", "it took to arrive", True, "or none; three full stops are dots too"),
        ("took … to arrive", "took all of my patience to arrive", False, "four are too many"),
        ("e-mail", "no e mail came", True, "a hyphen is a space"),
        ("didnt arrive", "It didn’t arrive", True, "apostrophes are optional"),
    ],
)
def test_phrases_are_found(phrase: str, comment: str, is_found: bool, why: str) -> None:  # a table's row
    assert found(phrase, comment) is is_found, why


@pytest.mark.parametrize(
    ("phrase", "comment", "language"),
    [
        ("größe", "falsche Groesse", "de"),
        ("atención", "mala atencion", "es"),
        ("l'appli", "l’appli plante", "fr"),
        ("سعر", "والسعر غالي", "ar"),
    ],
)
def test_every_language_has_its_own_liberties(phrase: str, comment: str, language: str) -> None:
    assert found(phrase, comment, language)


def test_the_longer_phrase_counts() -> None:
    book = PhraseBook([("delivery", "delivery"), ("price", "delivery charge")], "en")
    hits = book.find(cut("The delivery charge is high, the delivery fast.", "en").folded)
    assert [hit.owner for hit in hits] == ["price", "delivery"]


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("un*", "at least 3 letters"),
        ("un*ed", "at the end of a word"),
        ("* parcel", "at the end of a word"),
        ("… arrive", "between two words"),
        ("took …", "between two words"),
        ("!!", "no word"),
        ("a b c d e f g h i", "more than 8 words"),
    ],
)
def test_a_phrase_that_can_never_be_found_is_refused(phrase: str, reason: str) -> None:
    with pytest.raises(PhraseError, match=reason):
        pieces(phrase, "en")


def test_a_hostile_comment_takes_no_longer_than_its_length() -> None:
    book = PhraseBook([("a", "ha … ha … ha … ha … no"), ("b", "ha*")][:1], "en")
    assert book.find(["ha"] * 5_000) == []
