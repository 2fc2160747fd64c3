"""What a manager can send about mail."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, EmailField, ValidationError
from wtforms.validators import InputRequired

from feedback_service.customers.cells import YEARS


class SettleForm(FlaskForm):
    """Say what became of a mail."""


class TestMailForm(FlaskForm):
    """Send a test to oneself."""


class ReinstateForm(FlaskForm):
    """Say that mail arrives at an address again."""

    email = EmailField(
        "An address at which mail arrives again",
        description="Somebody mended it, or told you so. It is mailed again and suppressed again if that fails.",
        validators=[InputRequired("Give the address, such as ana@example.com.")],
    )


class PauseForm(FlaskForm):
    """Pause, or go on."""


class GoLiveForm(FlaskForm):
    """Start to ask."""

    first_day = DateField(
        "Ask about orders placed from this day on",
        description="What waits for earlier orders ends for good when you choose a day.",
        validators=[InputRequired("Choose the day, such as 2026-03-29. Earlier orders are never asked about.")],
    )

    opt_outs_settled = BooleanField(
        "Earlier opt-outs were taken in, or there are none",
        description="People who asked the shop, or an earlier tool, to be left alone must not be asked here."
        " `feedback import optouts FILE` takes them in.",
        validators=[
            InputRequired("Take in earlier opt-outs first, then tick this. If nobody ever opted out, tick it.")
        ],
    )

    def ask_about_opt_outs(self, wanted: bool) -> None:
        """Leave the question out once it is settled."""
        if not wanted:
            del self.opt_outs_settled

    def validate_first_day(self, field: DateField) -> None:
        """A year of 0026 would ask about every order there ever was."""
        if field.data and field.data.year not in YEARS:
            raise ValidationError(f"Choose a day between {YEARS[0]} and {YEARS[-1]}, such as 2026-03-29.")
