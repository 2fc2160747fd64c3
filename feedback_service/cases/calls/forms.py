"""What somebody writes down about a call."""

import re
import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from feedback_service.cases.forms import LONGEST_ENTRY
from feedback_service.choices import SelectChoice
from feedback_service.responses.rules.words import as_kept

UID = re.compile(r"[0-9a-f]{32}")
YES, NO = "yes", "no"


class CallForm(FlaskForm):
    """Whether somebody was reached, and what was said."""

    uid = HiddenField()
    reached = RadioField(
        "Did you reach them?",
        choices=[SelectChoice(YES, "Yes, we spoke"), SelectChoice(NO, "No, nobody answered")],
        validators=[InputRequired("Say whether you reached them.")],
    )
    words = TextAreaField(
        "What should colleagues know?",
        filters=[as_kept],
        validators=[Length(max=LONGEST_ENTRY, message=f"Please keep it to {LONGEST_ENTRY:,} characters.")],
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        if not UID.fullmatch(self.uid.data or ""):
            self.uid.data = secrets.token_hex(16)

    def validate_words(self, field: TextAreaField) -> None:
        """Whoever calls next wants to know what was said."""
        if not field.data:
            raise ValidationError("Say in a sentence how the call went.")
