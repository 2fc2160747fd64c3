"""What a manager sends about saved looks."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from feedback_service.insights.places import ASKED_OF

LONGEST_QUERY = 5_000  # characters; each of a value's 80 takes up to twelve


class SaveLookForm(FlaskForm):
    """Keep what is looked at under a name."""

    name = StringField("Name")
    place = HiddenField(validators=[AnyOf(list(ASKED_OF))])
    query = HiddenField(validators=[Length(max=LONGEST_QUERY)])


class RenameLookForm(FlaskForm):
    """Give a look another name."""

    name = StringField("Name")
