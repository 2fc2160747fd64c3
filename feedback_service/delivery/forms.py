"""What a manager can send about mail."""

from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import InputRequired


class SettleForm(FlaskForm):
    """Say what became of a mail."""


class GoLiveForm(FlaskForm):
    """Start to ask."""

    first_day = DateField(
        "Ask about orders placed from this day on",
        validators=[InputRequired("Choose the day, such as 2026-03-29. Earlier orders are never asked about.")],
    )


class UnsubscribeForm(FlaskForm):
    """One button. The link carries the right, so there is nothing to forge."""

    class Meta:
        csrf = False
