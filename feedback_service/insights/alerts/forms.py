"""What a manager may change about alerts."""

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import AnyOf

from feedback_service.choices import SelectChoice

ON, OFF = "on", "off"


class MailForm(FlaskForm):
    """Whether they get mails about alerts."""

    mails = RadioField(choices=[SelectChoice(ON, "On"), SelectChoice(OFF, "Off")], validators=[AnyOf((ON, OFF))])
