"""No card number and no password is kept, whatever stands around it; all other words are."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.masking import CARD, PASSWORD, holds_mask, luhn, mask

KNOWN = (
    "4111111111111111",
    "378282246310005",
    "5555555555554444",
    "6011111111111117",
    "4222222222222",
    "6304000000000000000",
)


def _with_check_digit(digits: str) -> str:
    return next(digits + check for check in "0123456789" if luhn(digits + check))


cards = st.text("0123456789", min_size=12, max_size=18).map(_with_check_digit)
separators = st.sampled_from(["", " ", "-", "  ", " - ", "\u00a0", "\u2009", "–", ".", "\t", "\u200b"])


@st.composite
def typed_cards(draw: st.DrawFn) -> str:
    """A card number as people type it: in groups of any length, with anything usual between them."""
    digits, between = draw(cards), draw(separators)
    cuts = sorted(draw(st.sets(st.integers(1, len(digits) - 1), max_size=6)))
    edges = [0, *cuts, len(digits)]
    return between.join(digits[start:end] for start, end in pairwise(edges))


def numbers_in(text: str) -> list[str]:
    """Every run of groups of digits that is a card number, as somebody who looks for one would find it."""
    found = []
    groups = list(re.finditer(r"\d+", text))
    for first in range(len(groups)):
        digits = ""
        for last in range(first, len(groups)):
            if last > first and not re.fullmatch(r"[ \-]{1,2}", text[groups[last - 1].end() : groups[last].start()]):
                break
            digits += groups[last][0]
            if 13 <= len(digits) <= 19 and luhn("".join(str(int(digit)) for digit in digits)):
                found.append(digits)
    return found


@given(before=st.text(max_size=30), card=typed_cards(), after=st.text(max_size=30))
def test_no_card_number_survives(before: str, card: str, after: str) -> None:
    kept = mask(f"{before} {card} {after}")
    assert card not in kept
    assert numbers_in(kept) == []


@given(st.lists(st.one_of(typed_cards(), st.text("0123456789 -", max_size=20), st.text(max_size=10)), max_size=5))
def test_nor_among_other_digits(parts: list[str]) -> None:
    assert numbers_in(mask("".join(parts))) == []


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.text("0123456789 -abcdefg\n", max_size=200))
def test_of_digits_and_letters_nothing_else_goes_and_nothing_grows(text: str) -> None:
    assert len(mask(text)) <= len(text)
    assert re.sub(r"[\d -]", "", mask(text).replace(CARD, "")) == re.sub(r"[\d -]", "", text)


@pytest.mark.parametrize("number", KNOWN)
@pytest.mark.parametrize("between", ["", " ", "-"])
def test_numbers_that_banks_publish_for_tests(number: str, between: str) -> None:
    groups = [number[start : start + 4] for start in range(0, len(number), 4)]
    assert mask(f"Charge {between.join(groups)}, please!") == f"Charge {CARD}, please!"


@pytest.mark.parametrize(
    ("said", "kept", "why"),
    [
        ("4111 1111 1111 1111 12/27", f"{CARD} 12/27", "the month it ends in is no part of it"),
        ("12 4111-1111-1111-1111 5", f"12 {CARD} 5", "nor are other figures beside it"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", CARD, "digits of any script"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112", "its last digit does not fit"),
        ("Order 411111111111", "Order 411111111111", "twelve digits"),
        ("41111111111111111111", "41111111111111111111", "twenty digits, as parcels have"),
        ("4111 1111\n1111 1111", "4111 1111\n1111 1111", "a list of numbers, one to a line"),
        ("cvv: 123, PIN 4711", f"cvv: {PASSWORD}, PIN {PASSWORD}", "what belongs to a card"),
        ("It came in 2 days, 3 of 5.", "It came in 2 days, 3 of 5.", "few digits"),
    ],
)
def test_what_is_a_card_number_and_what_is_not(said: str, kept: str, why: str) -> None:
    assert mask(said) == kept, why


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("My password is hunter2.", f"My password is {PASSWORD}."),
        ("password: Tr0ub4dor&3", f"password: {PASSWORD}"),
        ("the password for my account is hunter2", f"the password for my account is {PASSWORD}"),
        ('Passcode "correct horse battery"', f'Passcode "{PASSWORD}"'),
        ("mi contraseña es perro22", f"mi contraseña es {PASSWORD}"),
        ("mon mot de passe est toto55 merci", f"mon mot de passe est {PASSWORD} merci"),
        ("Mein Passwort lautet: geheim123", f"Mein Passwort lautet: {PASSWORD}"),
        ("minha senha é gato123", f"minha senha é {PASSWORD}"),
        ("a palavra-passe é gato123", f"a palavra-passe é {PASSWORD}"),
        ("كلمة المرور هي abc123", f"كلمة المرور هي {PASSWORD}"),
    ],
)
def test_a_password_goes_in_every_shipped_language(said: str, kept: str) -> None:
    assert mask(said) == kept
    assert holds_mask(kept)


@pytest.mark.parametrize(
    "said",
    [
        "My password is wrong!",
        "The password was not accepted.",
        "I changed my password and then it is gone.",
        "Mein Passwort ist falsch.",
        "mi contraseña es incorrecta",
        "minha senha não foi aceita",
        "Forgot password? 3 tries.",
        "The pin is 5 mm too long.",
    ],
)
def test_a_complaint_about_passwords_is_read_in_full(said: str) -> None:
    assert mask(said) == said
    assert not holds_mask(said)
