"""Staff read what a person would like, and by which way they may be reached."""

import pytest

from feedback_service.cases.shown_wishes import wish_words
from feedback_service.responses.models import Channel, ContactHow, ContactWhen, Remedy, Response

NUMBER = "+44 1632 960001"
CALL, MAIL = f"Asks to be contacted: by phone, {NUMBER}, at any time.", "Asks to be contacted: by mail, at any time."


@pytest.mark.parametrize(
    ("remedy", "wants_contact", "how", "phone", "said", "why"),
    [
        (None, False, None, None, "", "nothing was wished"),
        (None, True, None, None, "", "a bare tick is said elsewhere"),
        (Remedy.NOTE, False, None, None, "Asks for nothing but that it is known.", "noted"),
        (Remedy.CONTACT, True, ContactHow.PHONE, NUMBER, CALL, "a call"),
        (Remedy.CONTACT, True, ContactHow.MAIL, NUMBER, MAIL, "not to be called"),
        (None, True, ContactHow.PHONE, NUMBER, CALL, "a tick with a number"),
        (Remedy.NOTE, True, ContactHow.PHONE, NUMBER, CALL, "likewise"),
    ],
)  # fmt: skip
def test_a_wish_in_words(
    remedy: Remedy | None, wants_contact: bool, how: ContactHow | None, phone: str | None, said: str, why: str
) -> None:
    hours = ContactWhen.ANY if how else None
    response = Response(
        channel=Channel.MAIL, score=2, locale="en", remedy=remedy, wants_contact=wants_contact,
        contact_how=how, contact_when=hours, contact_phone=phone,
    )  # fmt: skip
    assert wish_words(response) == said, why
