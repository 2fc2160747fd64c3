"""The page for when the database is away or somebody holds it: what was sent stands on it, to be sent again."""

import re
from collections.abc import Iterable, Sequence

from flask import render_template
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import MultiDict

from feedback_service.questionnaires.common_words import common_words
from feedback_service.responses.opened import tongue

RETRY_SECONDS = 5
OURS = frozenset({"csrf_token", "seen", "visit", "once_more"})
"""Fields that nobody typed."""
_KEY = re.compile(r"[a-z0-9_.+-]{0,40}")  # what a choice sends; said in words beside it, and no words itself
_FAULTY = re.compile(r"no such (?:table|column)|syntax error", re.IGNORECASE)  # SQLite has one name for all of it


def is_away(error: Exception) -> bool:
    """Whether the database could not be reached, or not in time: trying again may help."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError) or _FAULTY.search(str(error.orig)):
        return False
    return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated


def busy_page(address: str, sent: MultiDict[str, str] | None, wanted: Sequence[str]) -> tuple[str, int, dict[str, str]]:
    """The page in the nearest language to those wanted, with a status and a header that tell programs to come again.

    `sent` is the form that came to `address`; None where nothing was sent. It may be sent twice: see `collect.py`.
    """
    locale, common = common_words(*wanted)
    fields = list(sent.items(multi=True)) if sent is not None else []
    page = render_template(
        "respond/busy.html",
        notice=common.answering.away if sent is None else common.answering.busy,
        address=address,
        fields=fields if sent is not None else None,
        typed=list(_typed(fields)),
        common=common,
        locale=locale,
        direction=tongue(locale).direction,
    )
    return page, 503, {"Retry-After": str(RETRY_SECONDS)}


def _typed(fields: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, value in fields:
        if name not in OURS and not _KEY.fullmatch(value):
            yield value
