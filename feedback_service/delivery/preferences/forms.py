"""What a person can say about being asked."""

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import AnyOf

from feedback_service.choices import SelectChoice
from feedback_service.delivery.preferences.choose import Choice


class PreferenceForm(FlaskForm):
    """What one may be asked. The link carries the right, so there is nothing to forge."""

    class Meta:
        csrf = False

    choice = RadioField(validate_choice=False, choices=[SelectChoice(choice) for choice in Choice])

    def choose_from(self, refusal: str) -> None:
        """Take nothing but a choice that stands on the page; `refusal` says so in the customer's language."""
        self.choice.validators = [AnyOf(list(Choice), message=refusal)]
