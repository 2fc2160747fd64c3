"""What somebody writes down about a call."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from feedback_service.cases.form_parts import LONGEST_ENTRY, OnceForm, longest
from feedback_service.choices import SelectChoice
from feedback_service.responses.rules.words import as_kept

YES, NO = "yes", "no"


class CallForm(OnceForm):
    """Whether somebody was reached, and what was said."""

    reached = RadioField(
        "Did you reach them?",
        choices=[SelectChoice(YES, "Yes, we spoke"), SelectChoice(NO, "No, nobody answered")],
        validators=[InputRequired("Say whether you reached them.")],
    )
    words = TextAreaField(
        "What should colleagues know?",
        filters=[as_kept],
        validators=[longest(LONGEST_ENTRY)],
    )

    def validate_words(self, field: TextAreaField) -> None:
        """Whoever calls next wants to know what was said."""
        if not field.data:
            raise ValidationError("Say in a sentence how the call went.")
