"""What a buyer can send."""

from typing import Any

from flask import current_app
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, InputRequired, Length

from feedback_service.invitations.links import token_hash
from feedback_service.questionnaires.common_words import CommonWords
from feedback_service.responses.nonce import LinkNonce
from feedback_service.responses.rules.words import LONGEST_COMMENT, as_kept


def _nonce(secret: str, common: CommonWords) -> dict[str, Any]:
    return {
        "csrf_class": LinkNonce,
        "csrf_context": token_hash(secret),
        "nonce_key": current_app.config["SECRET_KEY"],
        "nonce_too_old": common.errors.page_too_old,
    }


class ScoreForm(FlaskForm):
    """The one question that counts."""

    score = RadioField(validate_choice=False)  # AnyOf says it in the buyer's language

    def __init__(self, secret: str, common: CommonWords, scale: range, selected: int | None) -> None:
        super().__init__(meta=_nonce(secret, common), data={"score": str(selected)} if selected in scale else None)
        self.score.choices = [SelectChoice(str(score)) for score in scale]
        choose = common.errors.choose_score
        self.score.validators = [InputRequired(choose), AnyOf([str(score) for score in scale], message=choose)]


class WordsForm(FlaskForm):
    """The reason, and whether somebody should get in touch."""

    comment = TextAreaField(filters=[as_kept])
    wants_contact = BooleanField()

    def __init__(
        self, secret: str, common: CommonWords, question: str, contact: str, comment: str, wants_contact: bool
    ) -> None:
        super().__init__(meta=_nonce(secret, common), data={"comment": comment, "wants_contact": wants_contact})
        _label(self.comment, question)
        _label(self.wants_contact, contact)
        self.comment.validators = [Length(max=LONGEST_COMMENT, message=common.errors.comment_too_long)]

    @property
    def words(self) -> str:
        """The comment as it is kept."""
        return self.comment.data or ""


def _label(field: Field, text: str) -> None:
    field.label.text = text
