"""What staff send from the list."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from feedback_service.cases.causes.queries import OfferedCause
from feedback_service.cases.closing_form import GONE, NO, OUTCOME_WORDS, YES
from feedback_service.cases.desk.bulk import MOST_CHOSEN, Chosen
from feedback_service.cases.form_parts import LONGEST_ENTRY, longest
from feedback_service.cases.rules.closing import Given
from feedback_service.choices import SelectChoice
from feedback_service.responses.rules.words import as_kept

LONGEST_BACK = 3_000  # characters of an address, in which one of a search may take twelve
CHOOSE = SelectChoice("", "Choose one")


class TakeForm(FlaskForm):
    """Take one case from the list."""

    back = HiddenField(validators=[Length(max=LONGEST_BACK)])


class HereForm(FlaskForm):
    """Say that one has a case open."""

    writing = IntegerField(default=0)


class SaveViewForm(FlaskForm):
    """Keep the present filters under a name."""

    name = StringField("Name of the view")
    back = HiddenField(validators=[Length(max=LONGEST_BACK)])


class ChosenForm(FlaskForm):
    """Cases that were chosen from the list."""

    case = SelectMultipleField(validate_choice=False)
    back = HiddenField(validators=[Length(max=LONGEST_BACK)])

    @property
    def chosen(self) -> list[Chosen]:
        """Each case once; what makes no sense is left out."""
        read = [Chosen.read(text) for text in (self.case.data or [])[:MOST_CHOSEN]]
        return list({each.case_id: each for each in read if each is not None}.values())


class AssignForm(ChosenForm):
    """Give them to a colleague."""

    owner = SelectField("Give to", validate_choice=True)
    to_me = BooleanField()

    def __init__(self, owners: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(**options)
        self.owners = owners
        self.owner.choices = [
            SelectChoice("", "Choose a colleague"),
            *(SelectChoice(str(user_id), name) for user_id, name in owners),
        ]


class CloseManyForm(ChosenForm):
    """How they all ended. What must be said is what each case's queue says."""

    root_cause = SelectField("What caused it?", validate_choice=False)
    outcome = SelectField(
        "How did it end for the customers?",
        choices=[CHOOSE, *(SelectChoice(outcome.value, words) for outcome, words in OUTCOME_WORDS.items())],
        validators=[InputRequired("Choose how it ended.")],
    )
    reached = RadioField(
        "Were the customers reached?",
        choices=[SelectChoice(YES, "Yes, each of them"), SelectChoice(NO, "No")],
        validators=[InputRequired("Say whether the customers were reached.")],
    )
    what_was_done = TextAreaField(
        "What was done?",
        filters=[as_kept],
        validators=[
            InputRequired("Say what was done; it stays with each case for good."),
            longest(LONGEST_ENTRY),
        ],
    )

    def __init__(self, causes: Sequence[OfferedCause], **options: Any) -> None:
        super().__init__(**options)
        self.offered = {cause.key for cause in causes}
        self.root_cause.choices = [
            CHOOSE,
            *(SelectChoice(each.key, each.title, optgroup=each.group) for each in causes),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that the cause is still offered."""
        fine = bool(super().validate(extra_validators))
        if self.root_cause.data and self.root_cause.data not in self.offered:
            self.root_cause.errors = [GONE]
            return False
        return fine

    @property
    def given(self) -> Given:
        """What was said."""
        return Given(
            root_cause=self.root_cause.data or None,
            what_was_done=self.what_was_done.data or "",
            reached=self.reached.data == YES,
        )
