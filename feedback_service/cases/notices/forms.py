"""What somebody can send from the page of notices: that they have read something."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from feedback_service.database import LARGEST_ID


class ReadAllForm(FlaskForm):
    """All were read that stood on the page, or came before."""

    up_to = IntegerField("Up to", validators=[InputRequired(), NumberRange(0, LARGEST_ID)])
