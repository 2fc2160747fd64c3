"""Fields in templates are filled once, and what is put in is nobody's field."""

import pytest

from feedback_service.cases.rules.reply_fields import fill, stray_brace, unknown_fields

FACTS = {"name": "Ana", "order": "A-1", "shop": "Corner Shop", "agent": "Ben"}


def test_every_field_is_filled() -> None:
    assert fill("Hello {name}, I am {agent} of {shop}: {order}.", FACTS) == "Hello Ana, I am Ben of Corner Shop: A-1."


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("Hello {name},\nabout your order {order}.", "Hello,\nabout your order."),
        ("{name}, hello", ", hello"),
    ],
)
def test_an_empty_field_takes_the_blank_before_it_along(words: str, filled: str) -> None:
    assert fill(words, {"name": "", "order": ""}) == filled


def test_what_is_put_in_is_no_field() -> None:
    assert fill("Hello {name}", {"name": "{order}", "order": "A-1"}) == "Hello {order}"


@pytest.mark.parametrize(
    ("words", "unknown", "stray"),
    [
        ("Hello {name}", [], False),
        ("Hello {nmae} and {Name} and {nmae}", ["nmae", "Name"], False),
        ("Hello {}", [""], False),
        ("Hello {name", [], True),
        ("Hello name}", [], True),
        ("Hello {{name}}", [], True),
    ],
)
def test_what_can_never_be_filled_is_found(words: str, unknown: list[str], *, stray: bool) -> None:
    assert (unknown_fields(words), stray_brace(words)) == (unknown, stray)
