"""What the inbox's address asks for, and what its buttons send."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import FieldList, IntegerField
from wtforms.validators import InputRequired, NumberRange

from feedback_service.cases.inbox.queries import PAGE, Band, Filters, Show
from feedback_service.database import LARGEST_ID


class ReadForm(FlaskForm):
    """Answers that were read: one, or all of a page."""

    answer = FieldList(
        IntegerField(validators=[InputRequired("Reload the page."), NumberRange(min=1, max=LARGEST_ID)]),
        min_entries=1,
        max_entries=PAGE,
    )


class OpenCaseForm(FlaskForm):
    """Open a case from an answer."""


def read_filters(given: Mapping[str, str]) -> Filters:
    """The filters in an address; what makes no sense in it is no filter."""
    show, band = given.get("show", ""), given.get("band", "")
    before = given.get("before", "")
    return Filters(
        show=Show(show) if show in set(Show) else Show.ALL,
        words=given.get("words") == "1",
        survey=given.get("survey") or None,
        band=Band(band) if band in set(Band) else None,
        before=min(int(before), LARGEST_ID) if before.isascii() and before.isdecimal() else None,
    )


def in_address(filters: Filters) -> dict[str, Any]:
    """The filters as an address has them, without those that leave nothing out."""
    said = {
        "show": "" if filters.show is Show.ALL else filters.show.value,
        "words": "1" if filters.words else "",
        "survey": filters.survey or "",
        "band": filters.band.value if filters.band else "",
        "before": "" if filters.before is None else str(filters.before),
    }
    return {name: value for name, value in said.items() if value}
