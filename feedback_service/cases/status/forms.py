"""What a customer can send about what we did."""

from enum import StrEnum

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import AnyOf, ValidationError

from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.responses.forms import link_nonce, not_too_long
from feedback_service.responses.rules.words import as_kept


class Act(StrEnum):
    """Which button was pressed."""

    ACCEPT = "accept"
    DISPUTE = "dispute"
    ADD = "add"


def _ordinal(text: str | None) -> int:
    """An entry of the log; 0, which no page shows, for anything else."""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else 0  # noqa: PLR2004 - an int's


class SayForm(FlaskForm):
    """Words, and what they are about: `seen` is the entry of the log that the page showed as what was done."""

    words = TextAreaField(filters=[as_kept])
    seen = HiddenField(filters=[_ordinal])
    act = HiddenField()

    def __init__(self, secret: str, common: CommonWords) -> None:
        super().__init__(meta=link_nonce(secret, common))
        self._write_first = common.status.write_first
        self.words.validators = [not_too_long(common.errors.too_long, common.status.add)]
        self.act.validators = [AnyOf(list(Act), message=common.status.unclear)]

    def validate_words(self, field: TextAreaField) -> None:
        """Adding nothing is nothing; a yes or a no says enough by itself."""
        if self.act.data == Act.ADD and not field.data:
            raise ValidationError(self._write_first)
