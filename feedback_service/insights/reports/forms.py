"""What a manager chooses about a report."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from feedback_service.choices import SelectChoice
from feedback_service.insights.rules.report_times import Every

EVERY = [SelectChoice(Every.WEEK.value, "Every week"), SelectChoice(Every.MONTH.value, "Every month")]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class ReportForm(FlaskForm):
    """How often, on which morning, and of which surveys."""

    every = RadioField("How often", choices=EVERY, default=Every.WEEK.value, validators=[InputRequired("Choose one.")])
    weekday = SelectField(
        "On the morning of",
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)],
        coerce=int,
        default=0,
        validators=[InputRequired("Choose a day.")],
    )
    surveys = SelectMultipleField("Surveys", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def offer(self, surveys: Iterable[tuple[str, str]]) -> None:
        """Let these be chosen, each by key and title."""
        self.surveys.choices = [SelectChoice(key, title) for key, title in surveys]

    @property
    def chosen(self) -> tuple[Every, int, list[str]]:
        """What was chosen, once it is valid."""
        return Every(self.every.data), self.weekday.data, list(self.surveys.data or [])


class StopForm(FlaskForm):
    """Only that it is ours."""
