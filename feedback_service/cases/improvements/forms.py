"""What managers can send about improvements."""

import re
from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, NumberRange, ValidationError

from feedback_service.cases.causes.queries import OfferedCause
from feedback_service.cases.form_parts import longest
from feedback_service.cases.improvements.improve import Described
from feedback_service.cases.rules.amounts import Amount, AmountError, read_amount
from feedback_service.choices import SelectChoice
from feedback_service.database import LARGEST_ID
from feedback_service.responses.rules.words import as_kept

LONGEST_TITLE = 120  # characters, as the column has it
LONGEST_WORDS = 4_000  # characters
LONGEST_PUBLISHED = 1_000  # characters; what customers read to its end
MOST_NUMBERS = 200  # case numbers in one go
_NUMBERS = re.compile(r"\d{1,18}", re.ASCII)
NO_CAUSE = ""


class ImprovementForm(FlaskForm):
    """An improvement as it is described."""

    title = StringField(
        "What is to change?",
        filters=[as_kept],
        validators=[
            DataRequired("Say in a line what is to change, such as A second carrier for the islands."),
            longest(LONGEST_TITLE),
        ],
    )
    words = TextAreaField("How, and why? (optional)", filters=[as_kept], validators=[longest(LONGEST_WORDS)])
    cause = SelectField("Which cause is it for?")
    owner = SelectField("Who sees to it?", coerce=int)
    due_on = DateField("By which day?", validators=[InputRequired("Choose the day by which it should work.")])
    cost = StringField("What does it cost? (optional)")
    seen = HiddenField()

    def __init__(
        self,
        causes: Sequence[OfferedCause],
        colleagues: Sequence[tuple[int, str]],
        currency: str | None,
        **options: Any,
    ) -> None:
        """`currency` is the one meant where none is typed."""
        super().__init__(**options)
        self.currency = currency
        self.amount: Amount | None = None
        self.cause.choices = [
            SelectChoice(NO_CAUSE, "None in particular"),
            *(SelectChoice(cause.key, cause.title, optgroup=cause.group) for cause in causes),
        ]
        self.owner.choices = [SelectChoice(id, name) for id, name in colleagues]

    def validate_cost(self, field: StringField) -> None:
        """Read the amount however it was typed."""
        try:
            self.amount = read_amount(field.data or "", self.currency)
        except AmountError as error:
            raise ValidationError(str(error)) from None

    @property
    def described(self) -> Described:
        """The improvement; after validation."""
        if self.due_on.data is None:
            raise ValueError("no day was given")
        return Described(
            title=self.title.data or "",
            words=self.words.data or "",
            cause_key=self.cause.data or None,
            owner_id=self.owner.data,
            due_on=self.due_on.data,
            cost_minor=self.amount.minor if self.amount else None,
            currency=self.amount.currency if self.amount else None,
        )


class EffectForm(FlaskForm):
    """Since when it works."""

    on = DateField("Since which day does it work?", validators=[InputRequired("Choose the day.")])


class PublishForm(FlaskForm):
    """What customers read."""

    published_words = TextAreaField(
        "What do customers read?",
        filters=[as_kept],
        validators=[DataRequired("Write what was said, and what was done."), longest(LONGEST_PUBLISHED)],
    )


class LinkForm(FlaskForm):
    """Cases by their numbers."""

    numbers = StringField("Case numbers", validators=[InputRequired("Type the numbers of cases, such as 12, 15.")])

    def validate_numbers(self, field: StringField) -> None:
        """Take what has numbers in it, and nothing that is more than a line of them."""
        if not self.case_ids:
            raise ValidationError("Type the numbers of cases, such as 12, 15.")
        if len(self.case_ids) > MOST_NUMBERS:
            raise ValidationError(f"Please link at most {MOST_NUMBERS} cases in one go.")

    @property
    def case_ids(self) -> list[int]:
        """The numbers, with or without a # before them."""
        return [int(number) for number in _NUMBERS.findall(self.numbers.data or "")]


class UnlinkForm(FlaskForm):
    """Take one case out."""

    case_id = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])


class ChooseForm(FlaskForm):
    """The improvement to which a case is linked."""

    improvement = SelectField("Link it to an improvement", coerce=int)

    def __init__(self, improvements: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(**{"prefix": "improve-", **options})
        self.improvement.choices = [SelectChoice(id, title) for id, title in improvements]
