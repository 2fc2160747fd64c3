"""What staff can send about a question that was asked."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired

from feedback_service.cases.form_parts import longest

LONGEST_REASON = 160  # characters; with a name before it, it must fit into one line


class CancelInvitationForm(FlaskForm):
    """Take a question back that a person can still answer."""

    reason = StringField(
        "Why?",
        description="For whoever asks later, such as: we have spoken on the phone",
        filters=[lambda text: " ".join((text or "").replace("\0", "").split())],
        validators=[
            DataRequired("Say in a few words why nobody should be asked any more."),
            longest(LONGEST_REASON),
        ],
    )
