"""Fields that the managers' forms of queues share: hours of work, ticks, yes or no or neither, lines of pairs."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput

from feedback_service.cases.queues.models import OwnerRule
from feedback_service.cases.queues.read_file import MINUTES_AT_MOST
from feedback_service.choices import SelectChoice

HOUR = 60  # minutes
NEITHER = ""
OWNER_WORDS = {
    OwnerRule.ROUND_ROBIN: "Whoever waited longest for a case",
    OwnerRule.LEAST_LOADED: "Whoever has the fewest open cases",
    OwnerRule.BY_ATTRIBUTE: "Whoever is named for the order’s attribute",
    OwnerRule.ACCOUNT_OWNER: "Whoever worked on the customer’s last case",
    OwnerRule.UNASSIGNED: "Nobody: whoever comes takes it",
}


def stripped(text: str | None) -> str:
    """A filter: what was typed, without blanks around it, nor NUL, which PostgreSQL cannot store."""
    return (text or "").replace("\0", "").strip()


def hours_words(minutes: int | None) -> str:
    """Minutes as the form shows them, in hours."""
    return "" if minutes is None else f"{Decimal(minutes) / HOUR:.2f}".rstrip("0").rstrip(".")


def minutes_of(text: str, *, negative: bool = False) -> int:
    """Hours as somebody typed them, such as 1.5 or 1,5, in minutes. Raises ValueError with a sentence."""
    try:
        minutes = Decimal(text.replace(",", ".")) * HOUR
    except ArithmeticError:  # no number, or one beyond all bounds
        raise ValueError("Write it in hours, such as 8 or 1.5.") from None
    least = -MINUTES_AT_MOST if negative else 1
    if not minutes.is_finite() or not least <= minutes <= MINUTES_AT_MOST:
        raise ValueError(f"Give hours of work, up to {MINUTES_AT_MOST // HOUR:,}.")
    return round(minutes)  # hours are shown with two digits, which are less than half a minute off


class HoursField(StringField):
    """Hours of the team's time; empty where another place says so. `minutes` after validation."""

    def __init__(self, label: str, *, required: bool = False, **options: Any) -> None:
        super().__init__(label, filters=[stripped], **options)
        self.required = required

    @property
    def minutes(self) -> int | None:
        """What was typed."""
        return minutes_of(self.data) if self.data else None

    def pre_validate(self, form: FlaskForm) -> None:
        if not self.data and self.required:
            raise ValidationError("Give hours of work, such as 24.")
        try:
            _ = self.minutes
        except ValueError as error:
            raise ValidationError(str(error)) from None


class TicksField(SelectMultipleField):
    """Check boxes."""

    option_widget = CheckboxInput()


class TruthField(SelectField):
    """Must be so, must not be so, or does not matter."""

    def __init__(self, label: str, yes: str = "Yes", no: str = "No", **options: Any) -> None:
        choices = [SelectChoice(NEITHER, "Does not matter"), SelectChoice("yes", yes), SelectChoice("no", no)]
        super().__init__(label, choices=choices, default=NEITHER, **options)

    @property
    def truth(self) -> bool | None:
        """What was chosen."""
        return {"yes": True, "no": False}.get(str(self.data))


def truth_words(truth: bool | None) -> str:
    """The other way round."""
    return NEITHER if truth is None else "yes" if truth else "no"


def owner_choices(otherwise: str) -> list[Any]:
    """Who gets a case, with what holds where nothing is said."""
    return [SelectChoice("", otherwise), *(SelectChoice(rule.value, words) for rule, words in OWNER_WORDS.items())]


def lines_of(text: str) -> list[str]:
    """What was typed one to a line, or parted by commas."""
    return [part.strip() for part in re.split(r"[\n,]", text or "") if part.strip()]


def phrases_of(text: str) -> list[str]:
    """What was typed one to a line; a comma belongs to its phrase."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def pairs_of(field: Field, between: str, example: str) -> dict[str, list[str]]:
    """Lines of a name and a value. Raises ValidationError naming the line that is none."""
    pairs: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, (field.data or "").splitlines())):
        name, _, value = line.partition(between)
        if not name.strip() or not value.strip():
            raise ValidationError(f"“{line}” is not understood. Write one to a line, such as {example}.")
        pairs.setdefault(name.strip(), []).append(value.strip())
    return pairs


def pair_lines(pairs: Mapping[str, Iterable[object] | object], between: str) -> str:
    """The other way round."""
    return "\n".join(
        f"{name}{between}{value}"
        for name, values in pairs.items()
        for value in (values if isinstance(values, list | tuple) else [values])
    )
