"""What a buyer can send."""

from typing import Any

from flask import current_app
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import AnyOf, InputRequired, Length

from feedback_service.choices import SelectChoice
from feedback_service.invitations.links import token_hash
from feedback_service.questionnaires.common_words import CommonWords, named_field
from feedback_service.responses.nonce import LinkNonce
from feedback_service.responses.rules.words import LONGEST_COMMENT


def link_nonce(secret: str, common: CommonWords) -> dict[str, Any]:
    """What a form's Meta needs so that its token is bound to the link."""
    return {
        "csrf": True,
        "csrf_class": LinkNonce,
        "csrf_context": token_hash(secret),
        "nonce_key": current_app.config["SECRET_KEY"],
        "nonce_too_old": common.errors.page_too_old,
    }


def score_in(sent: str | None, scale: range) -> int | None:
    """The score that was sent or tapped; None where it is none of the scale, as we print it."""
    return next((score for score in scale if str(score) == sent), None)


def not_too_long(sentence: str, label: str) -> Length:
    """At most as much as a comment may have; `sentence` says whose fault it is, by the field's label."""
    said = named_field(sentence, label).replace("%", "%%")  # it has places of its own to be filled
    return Length(max=LONGEST_COMMENT, message=said)


class PressForm(FlaskForm):
    """A press, and nothing else: the nonce says that it came from the page."""

    def __init__(self, secret: str, common: CommonWords) -> None:
        super().__init__(meta=link_nonce(secret, common))


class ScoreForm(FlaskForm):
    """The one question that counts."""

    score = RadioField(validate_choice=False)  # AnyOf says it in the buyer's language

    def __init__(self, secret: str, common: CommonWords, scale: range, selected: int | None) -> None:
        super().__init__(meta=link_nonce(secret, common), data={"score": str(selected)} if selected in scale else None)
        self.score.choices = [SelectChoice(str(score)) for score in scale]
        choose = common.errors.choose_score
        self.score.validators = [InputRequired(choose), AnyOf([str(score) for score in scale], message=choose)]
