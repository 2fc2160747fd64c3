"""The one button of these pages."""

from flask_wtf import FlaskForm

from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.responses.forms import link_nonce


class PressForm(FlaskForm):
    """A press, and nothing else: the nonce says that it came from the page."""

    def __init__(self, secret: str, common: CommonWords) -> None:
        super().__init__(meta=link_nonce(secret, common))
