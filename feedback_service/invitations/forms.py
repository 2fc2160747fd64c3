"""The rules that managers change most, as a form: to try them out, and to ask by them."""

from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from pydantic import ValidationError
from wtforms import IntegerField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from feedback_service.choices import SelectChoice
from feedback_service.questionnaires.definition import Rules, Weekday

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SECTIONS = {"trigger": "When to ask", "asking": "How often to ask", "window": "The hours"}


class _Whole(IntegerField):
    """A whole number, in our words where it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Give a whole number.") from None


def _whole(label: str, hint: str, least: int, most: int) -> _Whole:
    return _Whole(
        label,
        description=hint,
        validators=[
            InputRequired("Give a whole number."),
            NumberRange(least, most, f"Choose a number between {least:,} and {most:,}."),
        ],
    )


class RulesForm(FlaskForm):
    """Some of a survey's rules; those that it does not show stay as they are."""

    delay_days = _whole("Days to wait after the event", "0 asks at once", 0, 365)
    sample_one_in = _whole("Ask one in", "1 asks everybody, 10 every tenth", 1, 10_000)
    quarantine_days = _whole("Days between questions", "Whichever survey asked before", 0, 730)
    daily_cap = _whole("People a day at most", "0 for no limit", 0, 1_000_000)
    opens = TimeField(
        "Mails go out from",
        description="By the customer's clock",
        validators=[InputRequired("Give a time, such as 08:00.")],
    )
    until = TimeField(
        "Until", description="00:00 is the end of the day", validators=[InputRequired("Give a time, such as 20:00.")]
    )
    reminders = _whole("Reminders", "To whoever has not answered", 0, 3)
    reminder_after_days = _whole("Days before each reminder", "Counted from the last mail", 1, 60)
    weekdays = SelectMultipleField(
        "On these days",
        choices=[SelectChoice(day.value, name) for day, name in zip(Weekday, _DAYS, strict=True)],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page.")])

    @classmethod
    def showing(cls, rules: Rules, revision: int) -> "RulesForm":
        """The form as the present rules fill it in."""
        return cls(
            formdata=None,
            meta={"csrf": False},
            data={
                "delay_days": rules.trigger.delay_days,
                "sample_one_in": rules.asking.sample_one_in,
                "quarantine_days": rules.asking.quarantine_days,
                "daily_cap": rules.asking.daily_cap,
                "opens": rules.window.from_,
                "until": rules.window.until,
                "weekdays": [day.value for day in rules.window.weekdays],
                "reminders": rules.asking.reminders,
                "reminder_after_days": rules.asking.reminder_after_days,
                "revision": revision,
            },
        )

    def applied_to(self, rules: Rules) -> Rules | None:
        """The rules with what was typed; None where they contradict each other, which the form then says."""
        whole = rules.model_dump(mode="json")
        numbers = ("sample_one_in", "quarantine_days", "daily_cap", "reminders", "reminder_after_days")
        changes: dict[str, dict[str, Any]] = {
            "trigger": {"delay_days": self.delay_days.data},
            "asking": {name: self[name].data for name in numbers},
            "window": {
                "from": _clock(self.opens.data),
                "until": _clock(self.until.data),
                "weekdays": self.weekdays.data,
            },
        }
        try:
            return Rules.model_validate({**whole, **{name: {**whole[name], **part} for name, part in changes.items()}})
        except ValidationError as error:
            self.form_errors = [
                f"{_SECTIONS.get(str(problem['loc'][0]), 'The rules')}: {problem['msg'].removeprefix('Value error, ')}."
                for problem in error.errors()
            ]
            return None


def _clock(at: time | None) -> str:
    return at.isoformat() if at else "00:00:00"
