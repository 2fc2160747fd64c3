"""Answers to follow-up questions as values, and what holds once a page with some of them was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from feedback_service.masking import mask
from feedback_service.questionnaires.questions import OWN_KEYS, YES, QuestionType
from feedback_service.responses.models import ContactHow, ContactWhen, Remedy

CONTACT = OWN_KEYS[QuestionType.CONTACT_WISH]
REMEDY = OWN_KEYS[QuestionType.REMEDY]


@dataclass(frozen=True)
class Contact:
    """How somebody who asked for it wants to be reached."""

    how: ContactHow
    when: ContactWhen
    phone: str = ""
    """As it was typed, though it is only called where that is wished."""


@dataclass(frozen=True)
class Given:
    """The answer to one question; one that says nothing is false."""

    chosen: tuple[str, ...] = ()
    """Keys of options in the survey's order, "yes" or "no", a rating's number, a remedy; empty for a text."""
    text: str = ""
    contact: Contact | None = None
    """With the remedy "contact", or with a wish to be contacted that only a call can meet."""

    def __bool__(self) -> bool:
        return bool(self.chosen or self.text)


Answers = Mapping[str, Given]
"""By the question's key."""


def masked(answers: Answers) -> dict[str, Given]:
    """The same without card numbers and passwords."""
    return {key: replace(given, text=mask(given.text)) if given.text else given for key, given in answers.items()}


def after_page(kept: Answers, said: Answers, *, fresh: bool) -> dict[str, Given]:
    """What holds once a page was sent: its answers, and what was kept of questions that it did not ask.

    Only a `fresh` page, one that showed all that is kept, can take an answer back by leaving it empty: a place on an
    older one was empty because the answer came later, from another device or another tab.
    """
    holds = {**kept, **{key: given for key, given in said.items() if given or fresh}}
    if asks_for_contact(said):
        holds[CONTACT] = Given((YES,))
    elif said.get(REMEDY) and asks_for_contact(kept) and CONTACT not in said:
        holds[CONTACT] = Given()  # the wish was the remedy's, which is another one now
    elif asks_for_contact(holds) and (contact := said.get(CONTACT, Given()).contact) is not None:
        # the remedy is a lower score's, and no longer shown: one number is called
        holds |= {REMEDY: replace(holds[REMEDY], contact=contact), CONTACT: Given((YES,))}
    return {key: given for key, given in holds.items() if given}


def asks_for_contact(answers: Answers) -> bool:
    """Whether the remedy is that somebody gets in touch, which is a wish to be contacted as well."""
    return Remedy.CONTACT in answers.get(REMEDY, Given()).chosen


def contact_in(answers: Answers) -> Contact | None:
    """How somebody is to be reached, whichever of both questions they said it to."""
    return answers.get(REMEDY, Given()).contact or answers.get(CONTACT, Given()).contact
