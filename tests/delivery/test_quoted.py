"""What is kept of a reply is what the person wrote, and never less."""

import pytest

from feedback_service.delivery.rules.quoted import LONGEST_WORDS, new_words
from tests.delivery.hostile import RUNS, TIMES_SLOWER, times_slower

OURS = "How was your delivery?\nChoose a number."
OUTLOOK = "From: Corner Shop <h@s.example>\nSent: Friday, 20 March 2026\nTo: Ana <a@b.example>\nSubject: How was it?"


@pytest.mark.parametrize(
    ("below", "program"),
    [
        ("On Fri, 20 Mar 2026 at 09:00, Corner Shop <hello@shop.example> wrote:\n> How was it?", "gmail"),
        ("On Fri, 20 Mar 2026 at 09:00, Corner Shop\n<hello@corner-shop.example> wrote:\n\n> How was it?", "wrapped"),
        ("Am 20.03.2026 um 09:00 schrieb Corner Shop <hello@shop.example>:\n> How was it?", "german"),
        ("Em sex., 20 de mar. de 2026 às 09:00, Corner Shop <h@s.example> escreveu:\n> How", "portuguese"),
        ("Le ven. 20 mars 2026 à 09:00, Corner Shop <h@s.example> a écrit :\n> How", "french"),
        ("2026-03-20 9:00 GMT+01:00 Corner Shop <hello@shop.example>:\n> How was it?", "old gmail"),
        (f"On 20 Mar 2026, at 09:00, Corner Shop <hello@shop.example> wrote:\n\n{OURS}", "no marks"),
        (f"-----Original Message-----\nFrom: Corner Shop\nSubject: How\n\n{OURS}", "old outlook"),
        (f"-----Ursprüngliche Nachricht-----\nVon: Corner Shop\n\n{OURS}", "german outlook"),
        (f"________________________________\n{OUTLOOK}\n\n{OURS}", "outlook"),
        ("Von: Shop <h@s.example>\nGesendet: Freitag, 20. März 2026\nAn: Ana\nBetreff: Wie\n\nWie?", "in german"),
        (f"*From:* Corner Shop\n*Date:* Friday\n*To:* Ana\n*Subject:* How\n\n{OURS}", "outlook on android"),
        ("Sent from my iPhone\n\n> On 20 Mar 2026, at 09:00, Corner Shop wrote:\n> How was it?", "iphone"),
        ("-- \nAna Souza\nPurchasing\n\nOn 20 Mar 2026 Corner Shop wrote:\n> How was it?", "signature"),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_the_quoted_mail_goes_and_the_words_stay(below: str, program: str) -> None:
    assert new_words(f"The lamp came broken.\n\nCall me.\n\n{below}\n") == "The lamp came broken.\n\nCall me."


def test_answers_between_the_lines_and_below_are_kept() -> None:
    mail = "On 20 Mar 2026 Corner Shop wrote:\n> How was it?\nBroken.\n> Shall we call?\nYes, please.\n"
    assert new_words(mail) == "Broken.\nYes, please."


@pytest.mark.parametrize(
    "words",
    [
        "From: the box it looked fine.\nBut the lamp was broken.",
        "On the box somebody wrote:\nfragile",
        "I ordered two --\none came.",
        "The price was > 100 €",
        "Sent by courier on Friday",
    ],
)
def test_a_person_s_words_may_look_like_a_program_s(words: str) -> None:
    assert new_words(words) == words


@pytest.mark.parametrize("mail", ["> all of it\n> quoted", "-----Original Message-----\nFrom: x\n\nwords below"])
def test_where_nothing_would_be_left_everything_is(mail: str) -> None:
    assert new_words(mail) == mail


def test_words_are_bounded() -> None:
    assert len(new_words("broken " * 5_000)) <= LONGEST_WORDS
    assert new_words("") == ""


def test_a_mail_made_to_be_slow_is_read_fast() -> None:
    """No pattern may look back over the whole mail for every line of it."""
    for line in ("on 1 " * 20, "> " * 50, "_" * 100, "From: a", "a " * 50):
        new_words(f"{line}\n" * 5_000)


@pytest.mark.parametrize("piece", [*RUNS, "2020-1 <a@", "From: a\n", "On 1 wrote: "])
def test_what_was_made_to_be_slow_to_read_is_not(piece: str) -> None:
    assert times_slower(new_words, piece) < TIMES_SLOWER
