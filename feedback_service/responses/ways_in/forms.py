"""What a manager can send about ways in."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from feedback_service.choices import SelectChoice
from feedback_service.questionnaires.definition import SurveyDefinition, SurveyStatus
from feedback_service.responses.models import Channel
from feedback_service.responses.rules.words import as_kept
from feedback_service.responses.ways_in.collectors import NewCollector
from feedback_service.responses.ways_in.origins import OriginError, parse_origins

CHANNELS = {
    Channel.LINK: "A link and a QR code, for receipts, parcels and signs",
    Channel.KIOSK: "A page on a screen in the shop, which starts afresh after each person",
    Channel.EMBED: "A small panel on pages of the shop's website",
}
LONGEST_NAME = 120
LONGEST_PAUSE = 730  # days; as long as a survey may leave people alone
VISITORS = ""
"""Chosen where it begins in the visitor's own language."""


class CollectorForm(FlaskForm):
    """A new way in."""

    name = StringField(
        "Name",
        filters=[as_kept],
        validators=[InputRequired("Say where it is, such as Receipts, Lisbon."), Length(max=LONGEST_NAME)],
    )
    survey = SelectField("Survey")
    channel = RadioField("What is it?", default=Channel.LINK.value)
    locale = SelectField("Language", default=VISITORS)
    origins = TextAreaField("Addresses of the website")
    again_after_days = IntegerField(
        "Days between two panels",
        default=90,
        validators=[NumberRange(1, LONGEST_PAUSE, f"Give a number of days from 1 to {LONGEST_PAUSE}.")],
    )

    def __init__(self, surveys: Mapping[str, SurveyDefinition], locales: Mapping[str, str], **options: object) -> None:
        super().__init__(**options)
        self.survey.choices = [
            SelectChoice(key, survey.rules.title)
            for key, survey in surveys.items()
            if not survey.structure.anonymous and survey.rules.status is not SurveyStatus.CLOSED
        ]
        self.channel.choices = [SelectChoice(channel.value, words) for channel, words in CHANNELS.items()]
        self.locale.choices = [
            SelectChoice(VISITORS, "The visitor's own"),
            *(SelectChoice(locale, name) for locale, name in locales.items()),
        ]

    def validate_origins(self, field: TextAreaField) -> None:
        """Take only what a browser can compare."""
        if self.channel.data != Channel.EMBED:
            return
        try:
            if not parse_origins(field.data or ""):
                raise ValidationError("Say where the panel may be shown, such as https://shop.example.")
        except OriginError as error:
            raise ValidationError(str(error)) from None

    @property
    def described(self) -> NewCollector:
        """The way in; after validation."""
        channel = Channel(self.channel.data)
        return NewCollector(
            name=str(self.name.data),
            channel=channel,
            locale=self.locale.data or None,
            origins=tuple(parse_origins(self.origins.data or "")) if channel is Channel.EMBED else (),
            again_after_days=int(self.again_after_days.data or 0),
        )


class CloseForm(FlaskForm):
    """Take no more answers."""
