"""What staff can send about a case."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from feedback_service.cases.form_parts import LONGEST_ENTRY, LONGEST_TOLD, longest
from feedback_service.cases.models import ACTIONS, EntryKind
from feedback_service.cases.rest import LONGEST_SLEEP
from feedback_service.cases.shown import ACTION_WORDS
from feedback_service.choices import SelectChoice
from feedback_service.database import LARGEST_ID
from feedback_service.responses.rules.words import as_kept

NOTHING_CHOSEN = SelectChoice("", "Choose one")


class _TextRequired:
    """Words that are more than blanks."""

    field_flags: dict[str, object] = {"required": True}  # noqa: RUF012 - WTForms reads it

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: FlaskForm, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(self.message)


class _KeptText(TextAreaField):
    """Words with the filter `as_kept`, which leaves a string even where nothing was sent."""

    data: str


def _text_field(question: str, missing: str) -> _KeptText:
    """A question to be answered in words; `missing` is said where there are none."""
    return _KeptText(
        question,
        filters=[as_kept],
        validators=[_TextRequired(missing), longest(LONGEST_ENTRY)],
    )


class SeenForm(FlaskForm):
    """What every form of a case's page carries: how long the log was when the page was drawn."""

    seen = IntegerField(
        widget=HiddenInput(),
        validators=[
            InputRequired("Reload the page: it did not say what you saw."),
            NumberRange(min=0, max=LARGEST_ID, message="Reload the page: it did not say what you saw."),
        ],
    )


class ClaimForm(SeenForm):
    """Take a case; `seen_owner` says from whom, and is empty where nobody has it."""

    seen_owner = IntegerField(
        widget=HiddenInput(), validators=[Optional(), NumberRange(min=1, max=LARGEST_ID, message="Reload the page.")]
    )


class ReopenForm(SeenForm):
    """Open a resolved case again."""


class GoOnForm(SeenForm):
    """Go on with a case that waits or sleeps, or take a merged one apart again: a press, and nothing else."""


class ActionForm(SeenForm):
    """What was done."""

    kind = SelectField(
        "What did you do?",
        choices=[NOTHING_CHOSEN, *[SelectChoice(kind.value, ACTION_WORDS[kind]) for kind in ACTIONS]],
        validators=[InputRequired("Choose what you did.")],
    )
    reached = RadioField(
        "Did you reach the customer?",
        choices=[SelectChoice("yes", "Yes, we spoke"), SelectChoice("no", "No, nobody answered")],
        validate_choice=False,
    )
    text = _text_field(
        "What should colleagues know?", "Say in a sentence what you did, so that a colleague can go on from here."
    )

    def validate_reached(self, field: RadioField) -> None:
        """A call says whether it reached anybody."""
        if self.kind.data == EntryKind.CALLED and field.data not in ("yes", "no"):
            raise ValidationError("Say whether you reached the customer.")

    @property
    def was_reached(self) -> bool | None:
        """Of a call: whether somebody answered."""
        return self.reached.data == "yes" if self.reached.data in ("yes", "no") else None


class WaitForm(SeenForm):
    """Wait for the customer."""

    waiting_for = _KeptText(
        "What do you wait for? (optional)",
        filters=[as_kept],
        validators=[longest(LONGEST_ENTRY)],
    )


class SnoozeForm(SeenForm):
    """Sleep until a day."""

    until = DateField("Until which day?", validators=[InputRequired("Choose a day, such as tomorrow.")])
    why = _KeptText(
        "Why then? (optional)",
        filters=[as_kept],
        validators=[longest(LONGEST_ENTRY)],
    )

    def __init__(self, today: date, **options: Any) -> None:
        super().__init__(**options)
        # The very last day begins too late in the first hour of a day, when clocks go back before then.
        self._first, self._last = today + timedelta(days=1), today + LONGEST_SLEEP - timedelta(days=1)
        self.until.render_kw = {"min": self._first.isoformat(), "max": self._last.isoformat()}

    def validate_until(self, field: DateField) -> None:
        """From tomorrow on, and not for ever."""
        if field.data is not None and not self._first <= field.data <= self._last:
            raise ValidationError(f"Choose a day from tomorrow on, in less than {LONGEST_SLEEP.days} days.")


class MergeForm(SeenForm):
    """Which case goes on for this one."""

    into = RadioField("Which case goes on?", choices=[], validators=[Optional()])
    number = IntegerField(
        "Its number", validators=[Optional(), NumberRange(min=1, max=LARGEST_ID, message="Write a case's number.")]
    )

    def __init__(self, others: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(**options)
        self.into.choices = [SelectChoice(str(case_id), words) for case_id, words in others]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that one of the two says it."""
        fine: bool = super().validate(extra_validators)
        if fine and not self.into.data and not self.number.data:
            self.number.errors = ["Choose a case, or write its number."]
            return False
        return fine

    @property
    def chosen(self) -> int:
        """A number that was typed is meant, whatever is ticked."""
        return int(self.number.data or self.into.data)


class CorrectEntryForm(SeenForm):
    """What should have stood in an entry of one's own."""

    ordinal = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired("Reload the page."), NumberRange(min=1, max=LARGEST_ID, message="Reload the page.")],
    )
    words = _text_field("What should it have said?", "Write what should have stood there.")


class ReleaseForm(SeenForm):
    """What the customer reads about it, now or instead of what they read so far."""

    told = _KeptText(
        "What do we tell the customer?",
        filters=[as_kept],
        validators=[_TextRequired("Write what the customer should read."), longest(LONGEST_TOLD)],
    )
    mail = BooleanField("Send it by mail too")
