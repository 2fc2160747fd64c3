"""What a manager can send about mail."""

from flask_wtf import FlaskForm
from wtforms import DateField, ValidationError
from wtforms.validators import InputRequired

from feedback_service.orders.order_row import YEARS


class SettleForm(FlaskForm):
    """Say what became of a mail."""


class GoLiveForm(FlaskForm):
    """Start to ask."""

    first_day = DateField(
        "Ask about orders placed from this day on",
        description="What waits for earlier orders ends for good when you choose a day.",
        validators=[InputRequired("Choose the day, such as 2026-03-29. Earlier orders are never asked about.")],
    )

    def validate_first_day(self, field: DateField) -> None:
        """A year of 0026 would ask about every order there ever was."""
        if field.data and field.data.year not in YEARS:
            raise ValidationError(f"Choose a day between {YEARS[0]} and {YEARS[-1]}, such as 2026-03-29.")


class UnsubscribeForm(FlaskForm):
    """One button. The link carries the right, so there is nothing to forge."""

    class Meta:
        csrf = False
