"""In which language a comment is: guessed where it is long enough, else the one in which was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sentiment.languages.detect import base_code, detect

SHOP = ("en", "pt-BR", "de", "fr", "es", "ar")


@pytest.mark.parametrize(
    ("text", "locale", "language", "why"),
    [
        ("Ainda não recebi o produto que comprei há um mês.", "en", "pt", "long enough, and clear"),
        ("Die Lieferung kam viel zu spät und war beschädigt.", "en", "de", "the same in German"),
        ("The parcel never arrived and nobody answers me.", "pt-BR", "en", "English in a Portuguese survey"),
        ("لم يصل الطلب حتى الآن ولا أحد يرد على رسائلي", "en", "ar", "another script"),
        ("Muito bom", "en", "en", "too short to tell"),
        ("👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍", "fr", "fr", "no letters"),
        ("1234567890 1234567890 1234567890 1234567890", "de-AT", "de", "numbers only"),
        ("", "pt_BR", "pt", "nothing"),
    ],
)
def test_a_comment_has_a_language(text: str, locale: str, language: str, why: str) -> None:
    assert detect(text, locale, SHOP) == language, why


def test_only_the_shops_languages_are_guessed() -> None:
    dutch = "Het pakket is nooit aangekomen en niemand antwoordt."
    assert detect(dutch, "de", ["de"]) == "de"
    assert detect(dutch, "de", ["de", "nl"]) == "nl"
    assert detect(dutch, "tlh", ["tlh", "qya"]) == "tlh"  # languages that no detector knows


def test_a_locale_has_a_language() -> None:
    assert [base_code(locale) for locale in ("pt-BR", "pt_BR", " EN ", "de")] == ["pt", "pt", "en", "de"]


@given(st.text(max_size=200))
def test_any_text_has_one_of_them(text: str) -> None:
    assert detect(text, "en", SHOP) in {"en", "pt", "de", "fr", "es", "ar"}
