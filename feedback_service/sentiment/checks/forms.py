"""What somebody who checks can send."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField
from wtforms.validators import AnyOf, InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from feedback_service.database import LARGEST_ID
from feedback_service.sentiment.models import CheckedLabel


class LabelForm(FlaskForm):
    """A comment's label; each button of the page sends one."""

    response_id = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Reload the page."), NumberRange(min=1, max=LARGEST_ID)]
    )
    label = HiddenField(validators=[AnyOf(list(CheckedLabel), message="Choose one of the three.")])

    @property
    def said(self) -> tuple[int, CheckedLabel]:
        """Which answer's comment is what. After validation."""
        return self.response_id.data or 0, CheckedLabel(self.label.data or "")
