"""What managers can send about rules, queues, calendars and absences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from feedback_service.accounts.business_hours import DAYS
from feedback_service.cases.form_parts import longest
from feedback_service.cases.queues.change import CalendarSaid, QueueSaid, RuleSaid
from feedback_service.cases.queues.fields import (
    HoursField,
    TicksField,
    TruthField,
    lines_of,
    minutes_of,
    owner_choices,
    pairs_of,
    phrases_of,
    stripped,
)
from feedback_service.cases.queues.filled import (
    DAY_WORDS,
    KIND_WORDS,
    NONE,
    NUMBERS,
    OF_WORDS,
    RUNGS,
    STEP_WORDS,
    TICKS,
    TRUTHS,
    one_in,
    shown_calendar,
    shown_queue,
    shown_rule,
    spans_of,
)
from feedback_service.cases.queues.models import OwnerRule
from feedback_service.cases.queues.read_file import KEY, RUNGS_AT_MOST
from feedback_service.cases.rules.conditions import MISMATCH_WORDS, ConditionsError, read_conditions, stored
from feedback_service.choices import SelectChoice

LONGEST_NAME = 120  # characters, as the columns have it
GONE = "{}, which is gone from the files"
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""Days of absences; beyond them somebody mistyped a year."""
_SCORE = [Optional(), NumberRange(0, 10, "Give a score from 0 to 10, or leave it empty.")]


@dataclass(frozen=True)
class Offered:
    """What a rule can name: (key, words) each."""

    surveys: Sequence[tuple[str, str]]
    themes: Sequence[tuple[str, str]]
    queues: Sequence[tuple[str, str]]


class RuleForm(FlaskForm):
    """A rule."""

    seen = HiddenField()
    name = StringField(
        "Name",
        filters=[stripped],
        validators=[
            DataRequired("Give it a name; it stands on every case that it opens."),
            longest(LONGEST_NAME),
        ],
    )
    active = BooleanField("Switched on", default=True)
    surveys = TicksField("Surveys")
    bands = TicksField(
        "Bands",
        choices=[
            SelectChoice("promoter", "Promoters"),
            SelectChoice("passive", "Passives"),
            SelectChoice("detractor", "Detractors"),
        ],
    )
    unhappy = TruthField("Unhappy, by the survey’s own threshold")
    score_min = IntegerField("Score from", validators=_SCORE)
    score_max = IntegerField("Score to", validators=_SCORE)
    sentiment = TicksField(
        "The comment reads as",
        choices=[
            SelectChoice("positive", "Praise"),
            SelectChoice("neutral", "Neutral"),
            SelectChoice("negative", "Complaint"),
            SelectChoice("unscored", "Nobody can tell"),
        ],
    )
    contradiction = TicksField(
        "Score and words disagree",
        choices=[SelectChoice(key, words.capitalize()) for key, words in MISMATCH_WORDS.items()],
    )
    themes = TicksField("Themes")
    words = TextAreaField("Words", filters=[stripped])
    safety = TruthField("Speaks of safety, law or a threat")
    contact = TruthField("Asks to be contacted")
    put_right = TruthField("Asks to have the order put right")
    wrote = TruthField("A mail that was written back")
    repeat = TruthField("Had a case within a year before")
    top_tenth = TruthField("Top tenth by lifetime value")
    order_value_min = TextAreaField("The order is worth at least", filters=[stripped])
    lifetime_value_min = TextAreaField("The customer bought for at least", filters=[stripped])
    attributes = TextAreaField("Attributes of the order", filters=[stripped])
    channels = TicksField(
        "Came by",
        choices=[
            SelectChoice("mail", "Mail"),
            SelectChoice("link", "Link or QR code"),
            SelectChoice("kiosk", "Screen in the shop"),
            SelectChoice("embed", "Panel on the website"),
            SelectChoice("phone", "Phone"),
            SelectChoice("import", "Brought in from a file"),
        ],
    )
    languages = StringField("Languages", filters=[stripped])
    one_in = IntegerField(
        "Only one in so many", validators=[Optional(), NumberRange(1, 10_000, "Give a number from 1 to 10,000.")]
    )
    kind = SelectField(
        "It opens", choices=[SelectChoice(key, words) for key, words in KIND_WORDS.items()], default="follow_up"
    )
    queue = SelectField("In the queue")
    owner_rule = SelectField("Who gets it", choices=owner_choices("As the queue says"))
    points = SelectField(
        "Makes it more urgent by",
        choices=[
            SelectChoice("0", "Nothing"),
            SelectChoice("1", "One step"),
            SelectChoice("2", "Two steps"),
            SelectChoice("3", "Three steps: most urgent"),
        ],
        default="0",
    )
    tells_managers = BooleanField("Tell the managers at once, by mail too")
    first_response = HoursField("First response within")
    resolution = HoursField("Resolved within")

    def __init__(self, offered: Offered, kept: RuleSaid | None = None, **options: object) -> None:
        """`kept` is the rule as it stands: what the form cannot show as it is stays where nobody changed it."""
        super().__init__(**options)
        self._kept = kept.conditions if kept else {}
        self.surveys.choices = self._with_kept("surveys", offered.surveys)
        self.themes.choices = self._with_kept("themes", offered.themes)
        self.queue.choices = [SelectChoice("", "Of the team that the survey names")]
        self.queue.choices += [SelectChoice(*pair) for pair in offered.queues]

    @classmethod
    def of(cls, offered: Offered, said: RuleSaid | None, seen: str) -> "RuleForm":
        """The form as it is first shown; for a new rule without `said`."""
        form = cls(offered, said, formdata=None, data=shown_rule(said) if said else {})
        form.seen.data = seen
        return form

    def _with_kept(self, name: str, offered: Sequence[tuple[str, str]]) -> list[SelectChoice]:
        """What is offered, and what the rule names already: left out, it would match more than before."""
        known = {key for key, _ in offered}
        gone = [(key, GONE.format(key)) for key in self._kept.get(name, []) if key not in known]
        return [SelectChoice(*pair) for pair in (*offered, *gone)]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Each field, then all conditions together."""
        if not super().validate(extra_validators):
            return False
        try:
            read_conditions(self._raw(), "when")
        except ConditionsError as error:
            for line in str(error).splitlines():
                self._blame(line)
            return False
        return True

    def _blame(self, line: str) -> None:
        """Put a sentence where it belongs: at the field of its condition, or over the form."""
        place, _, reason = line.partition(": ")
        name = place.partition(".")[2].partition(".")[0]
        field = self["one_in" if name == "sample" else name] if name in self or name == "sample" else None
        if field is None:
            self.form_errors.append(reason[:1].upper() + reason[1:])
        else:
            field.errors = [*field.errors, reason[:1].upper() + reason[1:]]

    def validate_order_value_min(self, field: TextAreaField) -> None:
        """Amounts, each with its currency."""
        pairs_of(field, " ", "EUR 200")

    validate_lifetime_value_min = validate_order_value_min

    def validate_attributes(self, field: TextAreaField) -> None:
        """Pairs of a name and a value."""
        pairs_of(field, "=", "region = Norte")

    def said(self) -> RuleSaid:
        """The rule; after validation."""
        return RuleSaid(
            name=str(self.name.data),
            active=bool(self.active.data),
            conditions=stored(read_conditions(self._raw(), "when")),
            kind=None if self.kind.data == NONE else str(self.kind.data),
            queue_id=int(self.queue.data) if self.queue.data else None,
            owner_rule=OwnerRule(self.owner_rule.data) if self.owner_rule.data else None,
            points=int(self.points.data or 0),
            tells_managers=bool(self.tells_managers.data),
            first_response_minutes=self.first_response.minutes,
            resolution_minutes=self.resolution.minutes,
        )

    def _raw(self) -> dict[str, Any]:
        raw: dict[str, Any] = {name: list(self[name].data or ()) for name in TICKS}
        raw |= {name: self[name].truth for name in TRUTHS}
        raw |= {name: self[name].data for name in NUMBERS}
        raw["words"] = phrases_of(self.words.data or "")
        raw["languages"] = lines_of(self.languages.data or "")
        for name in ("order_value_min", "lifetime_value_min"):
            raw[name] = {currency: amounts[-1] for currency, amounts in pairs_of(self[name], " ", "EUR 200").items()}
        raw["attributes"] = pairs_of(self.attributes, "=", "region = Norte")
        raw["sample"] = self._sample()
        return raw

    def _sample(self) -> float | None:
        """The share; the one that the rule has, such as 0.7, where its number is as the form showed it."""
        kept = self._kept.get("sample")
        if self.one_in.data == one_in(kept):
            return kept
        return 1 / self.one_in.data if self.one_in.data else None


_NAME = [
    DataRequired("Give it a name, such as Returns."),
    longest(LONGEST_NAME),
]


class RungForm(Form):
    """One step: when, and what then; without a step it is none."""

    hours = StringField("Hours", filters=[stripped])
    when = SelectField(
        "When", choices=[SelectChoice("before", "before"), SelectChoice("after", "after")], default="after"
    )
    of = SelectField(
        "Deadline",
        choices=[SelectChoice(key, words) for key, words in OF_WORDS.items()],
        default="first_response",
    )
    step = SelectField(
        "Step",
        choices=[SelectChoice("", "nothing"), *(SelectChoice(key, words) for key, words in STEP_WORDS.items())],
    )

    def validate_hours(self, field: StringField) -> None:
        """Only a rung that does something needs a time."""
        if not self.step.data:
            return
        try:
            minutes_of(field.data or "0", negative=True)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    @property
    def rung(self) -> dict[str, Any] | None:
        """As the queue keeps it; None where nothing is done."""
        if not self.step.data:
            return None
        minutes = minutes_of(self.hours.data or "0", negative=True)
        signed = -minutes if self.when.data == "before" else minutes
        return {"step": self.step.data, "of": self.of.data, "minutes": signed}


class QueueForm(FlaskForm):
    """A queue, and what holds for its team."""

    seen = HiddenField()
    name = StringField("Name", filters=[stripped], validators=_NAME)
    calendar = SelectField("When the team works")
    open_to_all = BooleanField("Colleagues of other teams see its cases too")
    first_response = HoursField("First response within")
    resolution = HoursField("Resolved within", required=True)
    owner_rule = SelectField("Who gets a new case", choices=owner_choices("As the survey says"))
    owner_attribute = StringField("Attribute", filters=[stripped], validators=[Length(max=64)])
    owners = TextAreaField("Who for which value", filters=[stripped])
    needs_root_cause = BooleanField("what caused it")
    needs_what_was_done = BooleanField("what was done")
    needs_reached = BooleanField("whether the customer was reached")
    ladder = FieldList(FormField(RungForm), min_entries=RUNGS, max_entries=RUNGS_AT_MOST)

    def __init__(self, calendars: Sequence[tuple[str, str]], people: Mapping[str, int], **options: object) -> None:
        super().__init__(**options)
        self._people = {address.casefold(): number for address, number in people.items()}
        self.calendar.choices = [SelectChoice("", "Around the clock"), *(SelectChoice(*pair) for pair in calendars)]

    @classmethod
    def of(
        cls, calendars: Sequence[tuple[str, str]], people: Mapping[str, int], said: QueueSaid, seen: str
    ) -> "QueueForm":
        """The form as it is first shown."""
        form = cls(calendars, people, formdata=None, data=shown_queue(said, people))
        form.seen.data = seen
        return form

    def validate_owner_attribute(self, field: StringField) -> None:
        """Without it nobody is named for anything."""
        if self.owner_rule.data == OwnerRule.BY_ATTRIBUTE and not field.data:
            raise ValidationError("Name the attribute that decides, such as region.")

    def validate_owners(self, field: TextAreaField) -> None:
        """Everybody named works here."""
        for value, addresses in pairs_of(field, "=", "Norte = ana@shop.example").items():
            if addresses[-1].casefold() not in self._people:
                raise ValidationError(f"Nobody here has the address {addresses[-1]}, named for {value}.")

    def said(self) -> QueueSaid:
        """The queue; after validation."""
        owners = pairs_of(self.owners, "=", "Norte = ana@shop.example")
        rungs = (entry.form.rung for entry in self.ladder)
        return QueueSaid(
            name=str(self.name.data),
            owner_rule=OwnerRule(self.owner_rule.data) if self.owner_rule.data else None,
            owner_attribute=self.owner_attribute.data or None,
            owners={value.casefold(): self._people[to[-1].casefold()] for value, to in owners.items()},
            first_response_minutes=self.first_response.minutes,
            resolution_minutes=self.resolution.minutes or 1,
            needs_root_cause=bool(self.needs_root_cause.data),
            needs_what_was_done=bool(self.needs_what_was_done.data),
            needs_reached=bool(self.needs_reached.data),
            ladder=[rung for rung in rungs if rung is not None],
            calendar_id=int(self.calendar.data) if self.calendar.data else None,
            open_to_all=bool(self.open_to_all.data),
        )


class NewQueueForm(FlaskForm):
    """A queue that is not there yet."""

    name = StringField("Name", filters=[stripped], validators=_NAME)
    key = StringField(
        "Key",
        filters=[stripped],
        validators=[Regexp(KEY, message="Use small letters, digits, - and _, with a letter first, such as returns.")],
    )
    team = StringField(
        "Key of the team",
        filters=[stripped],
        validators=[Regexp(KEY, message="Use the team’s key in small letters, such as care.")],
    )


def _day_field(day: str) -> StringField:
    return StringField(DAY_WORDS[day], filters=[stripped])


class CalendarForm(FlaskForm):
    """When a team works."""

    seen = HiddenField()
    name = StringField(
        "Name",
        filters=[stripped],
        validators=[DataRequired("Give it a name, such as Office hours."), Length(max=120)],
    )
    zone = StringField("Time zone", filters=[stripped])
    mon, tue, wed, thu = _day_field("mon"), _day_field("tue"), _day_field("wed"), _day_field("thu")
    fri, sat, sun = _day_field("fri"), _day_field("sat"), _day_field("sun")
    country = StringField(
        "Country whose public holidays are free",
        filters=[stripped, str.upper],
        validators=[Optional(), Regexp(r"^[A-Z]{2}$", message="Use two letters, such as PT, or leave it empty.")],
    )
    holidays = TextAreaField("More free days", filters=[stripped])

    @classmethod
    def of(cls, said: CalendarSaid, seen: str) -> "CalendarForm":
        """The form as it is first shown."""
        form = cls(formdata=None, data=shown_calendar(said))
        form.seen.data = seen
        return form

    def validate_zone(self, field: StringField) -> None:
        """A zone that computers know."""
        if field.data not in available_timezones():
            raise ValidationError("Use a name such as Europe/Lisbon.")

    def _validate_day(self, field: StringField) -> None:
        try:
            spans_of(field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None

    validate_mon = validate_tue = validate_wed = validate_thu = _validate_day
    validate_fri = validate_sat = validate_sun = _validate_day

    def validate_holidays(self, field: TextAreaField) -> None:
        """Days of a calendar."""
        for line in lines_of(field.data or ""):
            try:
                date.fromisoformat(line)
            except ValueError:
                raise ValidationError(f"“{line}” is no date. Write it as 2026-12-24.") from None

    def said(self) -> CalendarSaid:
        """The calendar; after validation."""
        hours = {day: spans_of(self[day].data or "") for day in DAYS}
        return CalendarSaid(
            name=str(self.name.data),
            zone=str(self.zone.data),
            hours={day: spans for day, spans in hours.items() if spans},
            country=self.country.data or None,
            holidays=lines_of(self.holidays.data or ""),
        )


class AbsenceForm(FlaskForm):
    """When a colleague is away, and who keeps what they promised."""

    user = SelectField("Who is away?", validators=[InputRequired("Choose who is away.")])
    first_day = DateField("First day", validators=[InputRequired("Give the first day.")])
    last_day = DateField("Last day", validators=[InputRequired("Give the last day.")])
    taker = SelectField("Who keeps their promises?")

    def __init__(self, people: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(**options)
        self.user.choices = [SelectChoice("", "Choose one"), *(SelectChoice(*pair) for pair in people)]
        self.taker.choices = [SelectChoice("", "Nobody needs to"), *(SelectChoice(*pair) for pair in people)]

    def validate_first_day(self, field: DateField) -> None:
        """A day that somebody may mean."""
        if field.data is not None and not EARLIEST <= field.data <= LATEST:
            raise ValidationError(f"Give a day from {EARLIEST.year} to {LATEST.year}.")

    validate_last_day = validate_first_day
