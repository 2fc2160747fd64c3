"""What can be sent from the page after the last question."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, InputRequired

from feedback_service.advocacy.models import ShownWhere, SignedAs
from feedback_service.advocacy.shorten import is_shortened
from feedback_service.advocacy.testimonials import Consent
from feedback_service.choices import SelectChoice
from feedback_service.questionnaires.common_words import CommonWords, TestimonialWords
from feedback_service.responses.forms import link_nonce
from feedback_service.responses.rules.words import as_kept


class TestimonialForm(FlaskForm):
    """Which words may be shown, under which name, and where. Nothing is ticked that reaches further than it must."""

    words = TextAreaField(filters=[as_kept])
    signed_as = RadioField(validate_choice=False)  # AnyOf takes what stands on the page and nothing else
    shown_where = RadioField(validate_choice=False)
    consent = BooleanField()

    def __init__(
        self, secret: str, common: CommonWords, words: TestimonialWords, written: str, signatures: tuple[SignedAs, ...]
    ) -> None:
        """`words` are filled; `written` is the comment; `signatures` are those that can be chosen."""
        chosen = {"words": written, "signed_as": SignedAs.NOBODY.value, "shown_where": ShownWhere.SHOP.value}
        super().__init__(meta=link_nonce(secret, common), data=chosen)
        self._said, self._written, self._named = words, written, len(signatures) > 1
        for field, label in (
            (self.words, words.words),
            (self.signed_as, words.signed),
            (self.shown_where, words.where),
            (self.consent, words.consent),
        ):
            field.label.text = label
        self.signed_as.choices = [SelectChoice(choice.value, getattr(words, choice)) for choice in signatures]
        self.shown_where.choices = [SelectChoice(choice.value, getattr(words, choice)) for choice in ShownWhere]
        self.signed_as.validators = [AnyOf([choice.value for choice in signatures], message=words.consent_missing)]
        self.shown_where.validators = [AnyOf(list(ShownWhere), message=words.consent_missing)]
        self.consent.validators = [InputRequired(words.consent_missing)]

    def validate_words(self, field: Field) -> None:
        """Refuse what the person did not write: a testimonial is a part of an answer."""
        if not is_shortened(field.data, self._written):
            raise ValidationError(self._said.words_added if field.data else self._said.words_missing)

    @property
    def agreed(self) -> Consent:
        """What was agreed to, with the sentence and the choices as they stood on the page. After validation."""
        signed_as, shown_where = SignedAs(self.signed_as.data), ShownWhere(self.shown_where.data)
        said = self._said
        lines = [f"{said.where}: {getattr(said, shown_where)}", said.consent]
        if self._named:  # else there was nothing to choose
            lines.insert(0, f"{said.signed}: {getattr(said, signed_as)}")
        return Consent(str(self.words.data), signed_as, shown_where, "\n".join(lines))
