"""Where the answers and the cases behind a number are read."""

from datetime import date
from urllib.parse import urlencode

from feedback_service.cases.desk.filters import Filters
from feedback_service.insights.scope import Scope

ANSWERS, CASES = "/answers/", "/cases/"  # written out, since figures are made where there is no request, too


def answers_url(
    scope: Scope,
    first: date,
    last: date,
    by: str | None = None,
    value: str | None = None,
    low: int | None = None,
    high: int | None = None,
) -> str:
    """The answers of the scope's survey that count for the days from `first` to `last`, both included.

    Only those of one value of a dimension, where `by` and `value` say so, or else the scope's own where it has one; and
    only those whose score lies from `low` to `high`.
    """
    if not (by and value):
        by, value = scope.by, scope.value
    told: dict[str, str] = {
        "survey": scope.survey,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "by": (by or "") if value else "",
        "is": value or "",
        "low": "" if low is None else str(low),
        "high": "" if high is None else str(high),
    }
    return f"{ANSWERS}?{urlencode({name: text for name, text in told.items() if text})}"


def cases_url(filters: Filters) -> str:
    """The cases of the queue's list that fit these filters."""
    return f"{CASES}?{filters}"
