"""Whom a customer names: nobody by chance, and everybody whom they mean."""

import pytest

from feedback_service.cases.rules.named import named_in

PEOPLE = {
    1: "Marta Gómez",
    2: "Ben Okoro",
    3: "Ben Larsen",
    4: "Will Smith",
    5: "Zoë",
    6: "Jean-Luc Noël",
    7: "سارة علي",
}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Marta was wonderful!", [1]),
        ("marta was wonderful", []),
        ("Thanks to Marta Gomez and her team", [1]),
        ("Thank you MARTA", [1]),
        ("Martas are nice, said Martan", []),
        ("Ben helped me", []),
        ("Ben Larsen helped me", [3]),
        ("Ben larsen helped me", []),
        ("Will order again. Will do!", []),
        ("Thank you, Will", [4]),
        ("It was great. Will Smith called me", [4]),
        ("Zoe and Zoë", [5]),
        ("Ask for Jean-Luc", [6]),
        ("Jean Luc", []),
        ("شكرا سارة على كل شيء", [7]),
        ("Marta and Zoe", [1, 5]),
        ("Gómez", []),
        ("", []),
    ],
)
def test_names(text: str, named: list[int]) -> None:
    assert named_in([text], PEOPLE) == named


def test_every_text_counts_once() -> None:
    assert named_in(["Marta!", "Zoe", "Marta again"], PEOPLE) == [1, 5]


def test_a_name_without_letters_names_nobody() -> None:
    assert named_in(["Anything 007"], {1: "", 2: "007"}) == []
