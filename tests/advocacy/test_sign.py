"""Words are signed as their author chose, with what we know of their name."""

import pytest

from feedback_service.advocacy.models import SignedAs
from feedback_service.advocacy.sign import signature, signatures


@pytest.mark.parametrize(
    ("name", "first", "why"),
    [
        ("Ana Souza", "Ana", "the first part"),
        ("  Ana   Maria Souza ", "Ana", "whatever the blanks"),
        ("Souza, Ana Maria", "Ana", "lists are sorted by the other part"),
        ("Souza,", "Souza,", "a comma at the end says nothing"),
        ("Madonna", "Madonna", "there is only one"),
        ("", "", "no name is known"),
    ],
)
def test_the_first_name(name: str, first: str, why: str) -> None:
    assert signature(SignedAs.FIRST_NAME, name) == first, why


def test_the_full_name_and_no_name() -> None:
    assert signature(SignedAs.FULL_NAME, " Ana Souza ") == "Ana Souza"
    assert signature(SignedAs.NOBODY, "Ana Souza") == ""


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("Ana Souza", (SignedAs.FULL_NAME, SignedAs.FIRST_NAME, SignedAs.NOBODY)),
        ("Madonna", (SignedAs.FIRST_NAME, SignedAs.NOBODY)),
        (" ", (SignedAs.NOBODY,)),
    ],
)
def test_only_what_we_know_can_be_signed_with(name: str, choices: tuple[SignedAs, ...]) -> None:
    assert signatures(name) == choices
