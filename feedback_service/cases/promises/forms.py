"""What staff can send about promises. Each form has a prefix of its own, since many stand on one page."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired

from feedback_service.cases.form_parts import longest
from feedback_service.cases.promises.promise import FURTHEST
from feedback_service.choices import SelectChoice
from feedback_service.responses.rules.words import as_kept

LONGEST_PROMISE = 300  # characters: a sentence that the customer was told
LONGEST_REASON = 1_000  # characters
END_OF_DAY = 18  # o'clock; what "by Friday" means to most
HOURS = range(24)
Colleagues = Sequence[tuple[int, str]]


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


class PromiseForm(FlaskForm):
    """A promise as it is made; day and hour are the shop's."""

    words = StringField(
        "What did you promise?",
        filters=[as_kept],
        validators=[DataRequired("Say what was promised, such as Refund by Friday."), longest(LONGEST_PROMISE)],
    )
    due_on = DateField("By which day?")
    due_hour = SelectField(
        "By what time?", choices=[SelectChoice(str(hour), _hour(hour)) for hour in HOURS], default=str(END_OF_DAY)
    )
    owner = SelectField("Who keeps it?", coerce=int)

    def __init__(self, colleagues: Colleagues, zone: ZoneInfo, now: datetime, **options: Any) -> None:
        super().__init__(**{"prefix": "promise-", **options})
        self.zone, self.now = zone, now
        self.owner.choices = [SelectChoice(id, name) for id, name in colleagues]

    @property
    def due_at(self) -> datetime:
        """The moment; after the day was read."""
        if self.due_on.data is None:
            raise ValueError("no day was given")
        return datetime.combine(self.due_on.data, time(int(self.due_hour.data)), tzinfo=self.zone)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that the time is still to come."""
        fine: bool = super().validate(extra_validators)
        fault = self._fault_in_time()
        if fault:
            self.due_on.errors = [fault]
        if self.owner.errors:
            self.owner.errors = ["Choose a colleague who can sign in."]
        return fine and not fault

    def _fault_in_time(self) -> str:
        if self.due_on.data is None:
            return "Choose the day by which it will be done."
        if self.due_hour.errors:
            return ""
        if self.due_at <= self.now:
            return "That time has passed. Choose a later one."
        return "" if self.due_at <= self.now + FURTHEST else "Choose a day within a year; nobody remembers longer."


class LetGoForm(FlaskForm):
    """Why it will not be kept."""

    reason = StringField(
        "Why?",
        filters=[as_kept],
        validators=[DataRequired("Say why it is let go; the log keeps it."), longest(LONGEST_REASON)],
    )

    def __init__(self, promise_id: int, **options: Any) -> None:
        super().__init__(**{"prefix": f"let-go-{promise_id}-", **options})


class HandOnForm(FlaskForm):
    """Who keeps it from now on."""

    owner = SelectField("Who keeps it from now on?", coerce=int)

    def __init__(self, promise_id: int, colleagues: Colleagues, **options: Any) -> None:
        super().__init__(**{"prefix": f"hand-on-{promise_id}-", **options})
        self.owner.choices = [SelectChoice(id, name) for id, name in colleagues]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check it, in our words."""
        fine: bool = super().validate(extra_validators)
        if self.owner.errors:
            self.owner.errors = ["Choose a colleague who can sign in."]
        return fine
