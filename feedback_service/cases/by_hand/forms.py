"""What a colleague can write down about a customer who called, wrote or came by."""

from collections.abc import Mapping, Sequence

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from feedback_service.cases.by_hand.open_by_hand import Score, Written
from feedback_service.cases.form_parts import LONGEST_ENTRY, OnceForm, longest
from feedback_service.choices import SelectChoice
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.responses.rules.words import LONGEST_COMMENT, as_kept

NO_SCORE, NO_ORDER = "", ""


class ByHandForm(OnceForm):
    """A case, and the score where one was told."""

    happened = TextAreaField(
        "What happened?",
        filters=[as_kept],
        validators=[longest(LONGEST_ENTRY)],
    )
    order = SelectField("About which order?", default=NO_ORDER)
    urgency = RadioField("How urgent is it?", default="1")
    mine = BooleanField("I see to it myself", default=True)
    survey = SelectField("Which survey did they answer?", default=NO_SCORE)
    score = StringField("Their score", filters=[lambda text: (text or "").strip()])
    comment = TextAreaField(
        "In their own words",
        filters=[as_kept],
        validators=[longest(LONGEST_COMMENT)],
    )

    def __init__(
        self, orders: Sequence[tuple[int, str]], surveys: Mapping[str, SurveyDefinition], **options: object
    ) -> None:
        super().__init__(**options)
        self._surveys = surveys
        self.order.choices = [SelectChoice(NO_ORDER, "No order in particular")]
        self.order.choices += [SelectChoice(str(number), words) for number, words in orders]
        self.survey.choices = [SelectChoice(NO_SCORE, "They gave no score")]
        self.survey.choices += [SelectChoice(key, _scaled(survey)) for key, survey in surveys.items()]
        self.urgency.choices = [
            SelectChoice(str(points), words)
            for points, words in enumerate(("It can wait", "Soon", "Pressing", "At once"))
        ]

    def validate_happened(self, field: TextAreaField) -> None:
        """Somebody else has to understand it."""
        if not field.data:
            raise ValidationError("Say in a few words what happened, so that others understand it.")

    def validate_score(self, field: StringField) -> None:
        """A score belongs to a survey, and lies on its scale."""
        survey = self._surveys.get(str(self.survey.data or NO_SCORE))
        if survey is None:
            if field.data:
                raise ValidationError("Choose the survey that the score belongs to.")
            return
        scale = survey.structure.scale
        number = int(field.data) if field.data and field.data.isascii() and field.data.isdigit() else -1
        if number not in scale:
            raise ValidationError(f"Write their score as a number from {scale[0]} to {scale[-1]}.")

    def validate_comment(self, field: TextAreaField) -> None:
        """Their words go with their score."""
        if field.data and not self.survey.data:
            raise ValidationError("Choose the survey that these words belong to, or move them up to what happened.")

    def written(self, customer_id: int) -> Written:
        """What was written down; after validation."""
        told = None
        if self.survey.data:
            told = Score(str(self.survey.data), int(self.score.data or 0), str(self.comment.data or ""))
        return Written(
            customer_id=customer_id,
            order_id=int(self.order.data) if self.order.data else None,
            happened=str(self.happened.data),
            points=int(self.urgency.data or 0),
            mine=bool(self.mine.data),
            score=told,
            uid=str(self.uid.data),
        )


def _scaled(survey: SurveyDefinition) -> str:
    scale = survey.structure.scale
    return f"{survey.rules.title}, {scale[0]} to {scale[-1]}"
