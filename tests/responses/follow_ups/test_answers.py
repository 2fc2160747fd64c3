"""What holds once a page was sent, whatever else was open at the time."""

import pytest

from feedback_service.questionnaires.questions import YES
from feedback_service.responses.models import ContactHow, ContactWhen
from feedback_service.responses.rules.answers import Answers, Contact, Given, after_page, asks_for_contact

TICKED = Given((YES,))
LATE, BROKEN = Given(text="Late."), Given(text="Broken.")
CALL_ME = Given(("contact",), contact=Contact(ContactHow.PHONE, ContactWhen.EVENING, "12345"))
NOTE_IT = Given(("note",))
ANOTHER_NUMBER = Contact(ContactHow.PHONE, ContactWhen.ANY, "67890")


@pytest.mark.parametrize(
    ("kept", "said", "fresh", "holds", "why"),
    [
        ({}, {"comment": LATE}, True, {"comment": LATE}, "a first word"),
        ({"comment": LATE}, {"comment": BROKEN}, False, {"comment": BROKEN}, "the last word holds"),
        ({"comment": LATE}, {"comment": Given()}, True, {}, "wiped out by somebody who saw it"),
        ({"comment": LATE}, {"comment": Given()}, False, {"comment": LATE}, "an old page wipes nothing"),
        ({"liked": TICKED}, {"comment": LATE}, True, {"liked": TICKED, "comment": LATE}, "not asked on this page"),
        ({"contact": TICKED}, {"contact": Given()}, False, {"contact": TICKED}, "an old page takes no wish back"),
        ({"contact": TICKED}, {"contact": Given()}, True, {}, "the tick was taken away"),
        ({}, {"remedy": CALL_ME}, True, {"remedy": CALL_ME, "contact": TICKED}, "the remedy is a wish too"),
        (
            {"contact": TICKED, "remedy": CALL_ME},
            {"remedy": NOTE_IT},
            True,
            {"remedy": NOTE_IT},
            "just noted is not to be called",
        ),
        (
            {"contact": TICKED},
            {"remedy": NOTE_IT},
            True,
            {"contact": TICKED, "remedy": NOTE_IT},
            "a tick of its own stays",
        ),
        (
            {},
            {"contact": Given(), "remedy": CALL_ME},
            True,
            {"contact": TICKED, "remedy": CALL_ME},
            "one wish on a page with both is a wish",
        ),
        (
            {"contact": TICKED, "remedy": CALL_ME},
            {"contact": Given()},
            True,
            {"remedy": CALL_ME},
            "the tick was taken away, where the remedy is no longer shown",
        ),
        ({"contact": TICKED}, {"remedy": Given()}, False, {"contact": TICKED}, "no remedy says nothing about it"),
        (
            {"contact": TICKED, "remedy": CALL_ME},
            {"contact": Given((YES,), contact=ANOTHER_NUMBER)},
            True,
            {"contact": TICKED, "remedy": Given(("contact",), contact=ANOTHER_NUMBER)},
            "the newest number is called, though another question asked for it",
        ),
        (
            {"contact": Given((YES,), contact=ANOTHER_NUMBER)},
            {"remedy": CALL_ME},
            True,
            {"contact": TICKED, "remedy": CALL_ME},
            "likewise",
        ),
    ],
)
def test_what_holds(kept: Answers, said: Answers, fresh: bool, holds: Answers, why: str) -> None:
    assert after_page(kept, said, fresh=fresh) == holds, why


@pytest.mark.parametrize(
    ("answers", "asks"),
    [({}, False), ({"contact": TICKED}, False), ({"remedy": CALL_ME}, True), ({"remedy": NOTE_IT}, False)],
)
def test_which_remedy_is_a_wish_for_contact(answers: Answers, asks: bool) -> None:
    assert asks_for_contact(answers) is asks


def test_an_answer_that_says_nothing_is_none() -> None:
    assert not Given()
    assert Given(text="x")
    assert Given(("yes",))
