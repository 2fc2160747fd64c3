"""What staff can send about a case."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from feedback_service.cases.causes.shipped import CAUSES
from feedback_service.cases.models import ACTIONS, Outcome
from feedback_service.cases.shown import ACTION_WORDS, words
from feedback_service.choices import SelectChoice
from feedback_service.database import LARGEST_ID
from feedback_service.responses.rules.words import as_kept

LONGEST_ENTRY = 10_000  # characters
LONGEST_TOLD = 2_000  # characters; a mail that somebody reads to its end
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
        validators=[
            _TextRequired(missing),
            Length(max=LONGEST_ENTRY, message=f"Please keep it to {LONGEST_ENTRY:,} characters."),
        ],
    )


TOLD_LENGTH = Length(max=LONGEST_TOLD, message=f"Please keep it to {LONGEST_TOLD:,} characters.")


class ClaimForm(FlaskForm):
    """Take a case; `seen_owner` says from whom, and is empty where nobody has it."""

    seen_owner = IntegerField(
        widget=HiddenInput(), validators=[Optional(), NumberRange(min=1, max=LARGEST_ID, message="Reload the page.")]
    )


class ReopenForm(FlaskForm):
    """Open a resolved case again."""


class ActionForm(FlaskForm):
    """What was done."""

    kind = SelectField(
        "What did you do?",
        choices=[NOTHING_CHOSEN, *[SelectChoice(kind.value, ACTION_WORDS[kind]) for kind in ACTIONS]],
        validators=[InputRequired("Choose what you did.")],
    )
    text = _text_field(
        "What should colleagues know?", "Say in a sentence what you did, so that a colleague can go on from here."
    )


class ResolveForm(FlaskForm):
    """How it ended."""

    root_cause = SelectField(
        "What caused it?",
        choices=[NOTHING_CHOSEN, *[SelectChoice(cause.key, cause.title) for cause in CAUSES if cause.parent]],
        validators=[InputRequired("Choose what caused it; “Unknown” is an answer.")],
    )
    outcome = SelectField(
        "How did it end for the customer?",
        choices=[NOTHING_CHOSEN, *[SelectChoice(outcome.value, words(outcome)) for outcome in Outcome]],
        validators=[InputRequired("Choose how it ended.")],
    )
    what_was_done = _text_field("What was done?", "Say what was done; it stays with the case for good.")
    told = _KeptText("What do we tell the customer? (optional)", filters=[as_kept], validators=[TOLD_LENGTH])


class ReleaseForm(FlaskForm):
    """What the customer reads about it, now or instead of what they read so far."""

    told = _KeptText(
        "What do we tell the customer?",
        filters=[as_kept],
        validators=[_TextRequired("Write what the customer should read."), TOLD_LENGTH],
    )
    mail = BooleanField("Send it by mail too")
