"""What an admin can send about staff."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length, Optional, Regexp

from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import SHORTEST_PASSWORD
from feedback_service.choices import SelectChoice


class ColleagueForm(FlaskForm):
    """A new account."""

    name = StringField("Name", validators=[InputRequired("Say what colleagues call them."), Length(max=120)])
    email = EmailField(
        "E-mail", validators=[InputRequired("Give the address they sign in with."), Email("This is no e-mail address.")]
    )
    password = PasswordField(
        "First password",
        validators=[Length(min=SHORTEST_PASSWORD, message=f"Use at least {SHORTEST_PASSWORD} characters.")],
    )
    role = SelectField("Role", choices=[SelectChoice(role.value, role.value.capitalize()) for role in RoleName])
    team = StringField(
        "Team",
        default="care",
        validators=[
            Optional(),
            Regexp(r"^[a-z][a-z0-9_-]{0,63}$", message="Use the team's key in small letters, such as care."),
        ],
    )


class ActiveForm(FlaskForm):
    """Let somebody in, or out."""
