"""The follow-up questions of a page as a form; a page that asks for the score as well can take them in."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField

from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.questionnaires.questions import Question
from feedback_service.responses.follow_ups.parts import PARTS, Asking, Part
from feedback_service.responses.forms import link_nonce
from feedback_service.responses.rules.answers import Answers, Given, contact_in

LONGEST_REVISION = 9  # digits
SENT_BY_PAGES = frozenset({"csrf_token", "score"})
"""What a page may send besides the form's own fields."""


class QuestionFields(FlaskForm):
    """Follow-up questions among a form's fields. A subclass calls `put` once it has been made."""

    parts: tuple[Part, ...] = ()
    """The questions in order, for `macros/questions.html`."""
    _sent: Any = None

    def post_process(self, formdata: Any = None) -> None:
        self._sent = formdata
        super().post_process(formdata)

    def put(self, questions: Iterable[Question], asking: Asking, kept: Answers) -> None:
        """Add these questions, filled with what was just sent, or else with what is `kept`."""
        contact = contact_in(kept)
        self.parts = tuple(
            PARTS[question.type](self, question, asking, replace(kept.get(question.key, Given()), contact=contact))
            for question in questions
        )

    def add(self, name: str, unbound: Any, shown: object) -> Field:
        """A new field, filled with what was sent, or else with `shown`.

        Whoever writes the survey names the questions, so the form knows their fields by a name that nothing else of it
        has, and where it sends a field called so already, theirs is sent under another.
        """
        sent_as = name if name not in {field.name for field in self} | SENT_BY_PAGES else f"{name}-answer"
        known_as = f"q-{name}"
        field: Field = self.meta.bind_field(self, unbound, {"name": sent_as, "prefix": "", "id": known_as})
        self._fields[known_as] = field
        field.process(self._sent, shown)
        return field

    def said(self) -> dict[str, Given]:
        """The answers that are good as they are, by question key. After validation."""
        return {part.question.key: part.said() for part in self.parts if part.valid}


class FollowUpForm(QuestionFields):
    """One page of questions after the score."""

    seen = HiddenField()
    """The revision that the page shows."""

    def __init__(
        self,
        secret: str,
        common: CommonWords,
        questions: Iterable[Question],
        asking: Asking,
        kept: Answers,
        revision: int,
    ) -> None:
        super().__init__(meta=link_nonce(secret, common), data={"seen": str(revision)})
        self.put(questions, asking, kept)

    @property
    def is_ours(self) -> bool:
        """Whether a page of ours was sent, with its nonce; nothing else is kept. After validation."""
        return not self["csrf_token"].errors

    @property
    def showed(self) -> int | None:
        """The revision that the page showed; None where it does not say so."""
        seen = self.seen.data or ""
        return int(seen) if seen.isdecimal() and len(seen) <= LONGEST_REVISION else None

    def shows(self, revision: int) -> None:
        """Say that the page, drawn again, shows this revision."""
        self.seen.data = str(revision)
