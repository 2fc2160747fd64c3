"""What the inbox's address asks for, and what its buttons send."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import FieldList, StringField
from wtforms.validators import Regexp

from feedback_service.cases.inbox.dimensions import LONGEST_VALUE, is_dimension
from feedback_service.cases.inbox.queries import PAGE, Band, Filters, Show
from feedback_service.database import LARGEST_ID
from feedback_service.responses.models import Response

_AS_READ = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")
MOST_DIGITS = len(str(LARGEST_ID))


def as_read(response: Response) -> str:
    """An answer as somebody has it before them: its id and its revision."""
    return f"{response.id}-{response.revision}"


class ReadForm(FlaskForm):
    """Answers that were read, each as it stood then: one, or all of a page."""

    answer = FieldList(
        StringField(validators=[Regexp(_AS_READ.pattern + r"\Z", message="Reload the page.")]),
        min_entries=1,
        max_entries=PAGE,
    )

    @property
    def revisions(self) -> dict[int, int]:
        """What was read of each answer, by its id; after validation."""
        found = (_AS_READ.fullmatch(text or "") for text in self.answer.data)
        return {int(each[1]): int(each[2]) for each in found if each is not None}


def read_filters(given: Mapping[str, str]) -> Filters:
    """The filters in an address; what makes no sense in it is no filter."""
    show, band = given.get("show", ""), given.get("band", "")
    before = _number(given.get("before", ""), MOST_DIGITS)
    first, last = (_day(given.get(name, "")) for name in ("from", "to"))
    low, high = (_number(given.get(name, ""), 2) for name in ("low", "high"))
    by, value = given.get("by", ""), given.get("is", "").replace("\0", "")[:LONGEST_VALUE]
    told_apart = is_dimension(by) and "\0" not in by and value != ""
    return Filters(
        show=Show(show) if show in set(Show) else Show.ALL,
        words=given.get("words") == "1",
        survey=given.get("survey", "").replace("\0", "") or None,
        band=Band(band) if band in set(Band) else None,
        first=first,
        last=last,
        by=by if told_apart else "",
        value=value if told_apart else "",
        low=low,
        high=high,
        before=None if before is None else min(before, LARGEST_ID),
    )


def _number(text: str, digits: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None


def in_address(filters: Filters) -> dict[str, Any]:
    """The filters as an address has them, without those that leave nothing out."""
    said = {
        "show": "" if filters.show is Show.ALL else filters.show.value,
        "words": "1" if filters.words else "",
        "survey": filters.survey or "",
        "band": filters.band.value if filters.band else "",
        "from": filters.first.isoformat() if filters.first else "",
        "to": filters.last.isoformat() if filters.last else "",
        "by": filters.by,
        "is": filters.value,
        "low": "" if filters.low is None else str(filters.low),
        "high": "" if filters.high is None else str(filters.high),
        "before": "" if filters.before is None else str(filters.before),
    }
    return {name: value for name, value in said.items() if value}
