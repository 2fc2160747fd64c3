"""What managers can send about causes."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired

from feedback_service.cases.form_parts import longest
from feedback_service.choices import SelectChoice
from feedback_service.responses.rules.words import as_kept

LONGEST_TITLE = 120  # characters, as the column has it
NO_GROUP = ""
Groups = Sequence[tuple[str, str]]
"""Key and title of every group in use."""


def _title() -> StringField:
    return StringField(
        "Title",
        filters=[as_kept],
        validators=[
            DataRequired("Say in a word or two what goes wrong, such as Late delivery."),
            longest(LONGEST_TITLE),
        ],
    )


class AddForm(FlaskForm):
    """A new cause, or a new group."""

    title = _title()
    group = SelectField("Group")

    def __init__(self, groups: Groups, **options: Any) -> None:
        super().__init__(**options)
        self.group.choices = [
            *(SelectChoice(key, title) for key, title in groups),
            SelectChoice(NO_GROUP, "None: it is a new group"),
        ]


class ChangeForm(FlaskForm):
    """Another title, and for a cause another group."""

    title = _title()
    group = SelectField("Group")
    seen = HiddenField()

    def __init__(self, groups: Groups | None, **options: Any) -> None:
        """`groups` None: it is a group itself."""
        super().__init__(**options)
        if groups is None:
            del self.group
        else:
            self.group.choices = [SelectChoice(key, title) for key, title in groups]
