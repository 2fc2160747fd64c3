"""Figures that were made before, for as long as nothing that they are made from has changed."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.frame import Page, asked_scope, page_of
from feedback_service.insights.scope import Scope
from feedback_service.insights.watermark import watermark

MOST = 200  # addresses whose figures are kept; each is some kilobytes
A_MOMENT = timedelta(seconds=30)
"""As long as a browser may take for the pictures of one page."""

_kept: OrderedDict[tuple[object, ...], tuple[datetime, list[Figure]]] = OrderedDict()
_lock = Lock()
_turns = [Lock() for _ in range(64)]
"""An address waits for its own, and by chance for another's."""


def recalled(
    session: Session,
    place: str,
    args: Mapping[str, str],
    make: Callable[[Session, Page], list[Figure]],
    longest: timedelta | None = None,
) -> list[Figure]:
    """What `make` gives for this address of the page at `place`, or gave when the day and the counts were the same.

    Figures of scores alone are the same for as long as the watermark is. Those made from anything besides, such as
    cases or orders, are kept for `longest` at most.
    """
    now = clock.now()
    key = _key(session, place, asked_scope(args))
    with _turns[hash(key) % len(_turns)]:  # a browser asks for all pictures of a page at once: the first makes them
        made_at, figures = _kept.get(key, (now, None))
        if figures is None or (longest is not None and now - made_at >= longest):
            made_at, figures = now, make(session, page_of(session, args))
        _keep(key, made_at, figures)
    return figures


def made_for(session: Session, place: str, scope: Scope, make: Callable[[], list[Figure]]) -> list[Figure]:
    """What `make` gives for a page, kept for the pictures that its reader's browser asks for next."""
    key, now = _key(session, place, scope), clock.now()
    figures = make()
    _keep(key, now, figures)
    return figures


def _key(session: Session, place: str, scope: Scope) -> tuple[object, ...]:
    engine = session.get_bind()
    database = str(engine.url) if isinstance(engine, Engine) else ""
    return database, place, scope.today, str(scope), watermark(session)


def _keep(key: tuple[object, ...], made_at: datetime, figures: list[Figure]) -> None:
    with _lock:
        _kept[key] = made_at, figures
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
