"""What closing a case asks, as its queue and its promises want it."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from feedback_service.cases.causes.queries import OfferedCause, offered_causes
from feedback_service.cases.closing import needs_of
from feedback_service.cases.form_parts import LONGEST_ENTRY, LONGEST_TOLD, longest
from feedback_service.cases.models import Case, Outcome
from feedback_service.cases.rules.closing import (
    PROMISE_WORDS,
    REACHED,
    ROOT_CAUSE,
    WHAT_WAS_DONE,
    Given,
    Needs,
    Unkept,
    what_is_missing,
    why_over,
)
from feedback_service.choices import SelectChoice
from feedback_service.database import LARGEST_ID
from feedback_service.responses.rules.words import as_kept

YES, NO = "yes", "no"
GONE = "This cause is offered no more. Choose another one."
OUTCOME_WORDS = {
    Outcome.SATISFIED: "Satisfied",
    Outcome.PARTLY_SATISFIED: "Partly satisfied",
    Outcome.NOT_SATISFIED: "Not satisfied",
    Outcome.NOT_REACHED: "Not reached",
    Outcome.NO_ACTION_POSSIBLE: "No action possible",
}


class CloseForm(FlaskForm):
    """How a case ended. What must be said is what the queue's switches say; other fields may stay empty."""

    seen = IntegerField(
        widget=HiddenInput(), validators=[Optional(), NumberRange(min=0, max=LARGEST_ID, message="Reload the page.")]
    )
    root_cause = SelectField("What caused it?", validate_choice=False)
    outcome = SelectField("How did it end for the customer?", validators=[InputRequired("Choose how it ended.")])
    reached = RadioField(
        "Was the customer reached?",
        id="was-reached",  # the form beside it, for what was done, has a field of the same name
        choices=[SelectChoice(YES, "Yes, we spoke or they answered"), SelectChoice(NO, "No")],
        validate_choice=False,
    )
    what_was_done = TextAreaField("What was done?", filters=[as_kept], validators=[longest(LONGEST_ENTRY)])
    told = TextAreaField(
        "What do we tell the customer? (optional)", filters=[as_kept], validators=[longest(LONGEST_TOLD)]
    )
    promise_words = TextAreaField("Why is it closed over them?", filters=[as_kept], validators=[longest(LONGEST_ENTRY)])

    def __init__(self, needs: Needs, causes: Sequence[OfferedCause], unkept: Unkept, **options: Any) -> None:
        super().__init__(**options)
        self.needs, self.unkept, self.offered = needs, unkept, {cause.key for cause in causes}
        self.root_cause.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(cause.key, cause.title, optgroup=cause.group) for cause in causes),
        ]
        self.outcome.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(outcome.value, words) for outcome, words in OUTCOME_WORDS.items()),
        ]
        if not unkept.any:
            del self.promise_words
        for field, needed in (
            (self.root_cause, needs.root_cause),
            (self.reached, needs.reached),
            (self.what_was_done, needs.what_was_done),
        ):
            if not needed:
                field.label.text = f"{field.label.text} (optional)"

    @property
    def given(self) -> Given:
        """What was said."""
        return Given(
            root_cause=self.root_cause.data or None,
            what_was_done=self.what_was_done.data or "",
            reached={YES: True, NO: False}.get(str(self.reached.data)),
            promise_words=(self.promise_words.data or "") if PROMISE_WORDS in self else "",
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and then what the queue and the promises want."""
        fine = super().validate(extra_validators)
        given = self.given
        missing = what_is_missing(self.needs, given, self.unkept)
        if given.root_cause and given.root_cause not in self.offered:
            missing[ROOT_CAUSE] = GONE
        for name in (ROOT_CAUSE, REACHED, WHAT_WAS_DONE, PROMISE_WORDS):
            if name in missing:
                self[name].errors = [*self[name].errors, missing[name]]
        return fine and not missing


def close_form(session: Session, case: Case, unkept: Unkept, **options: Any) -> CloseForm:
    """The form for one case; `formdata=None` for a fresh one, which says how much of the log it was drawn with."""
    if "formdata" in options:
        options = {"data": {"seen": case.log_length}, **options}
    return CloseForm(needs_of(case.queue), offered_causes(session), unkept, **options)


def closing_part(
    case: Case, form: CloseForm, *, reachable: bool, told_hint: str, nobody_to_tell: str
) -> SimpleNamespace:
    """What templates/cases/parts/closing.html shows."""
    return SimpleNamespace(
        form=form,
        url=url_for("cases.resolve_case", case_id=case.id),
        over=why_over(form.unkept),
        told_hint=told_hint,
        nobody_to_tell="" if reachable else nobody_to_tell,
    )
