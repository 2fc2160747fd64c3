"""What a buyer can send."""

from typing import Any

from flask import current_app
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, InputRequired

from feedback_service.invitations.links import token_hash
from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.responses.nonce import LinkNonce


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


class ScoreForm(FlaskForm):
    """The one question that counts."""

    score = RadioField(validate_choice=False)  # AnyOf says it in the buyer's language

    def __init__(self, secret: str, common: CommonWords, scale: range, selected: int | None) -> None:
        super().__init__(meta=link_nonce(secret, common), data={"score": str(selected)} if selected in scale else None)
        self.score.choices = [SelectChoice(str(score)) for score in scale]
        choose = common.errors.choose_score
        self.score.validators = [InputRequired(choose), AnyOf([str(score) for score in scale], message=choose)]
