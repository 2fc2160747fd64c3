"""Figures of scores that were made before, for as long as nothing that they are made from has changed."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.frame import Page
from feedback_service.insights.queries import improvements_between
from feedback_service.insights.watermark import watermark

MOST = 200  # addresses whose figures are kept; each is some kilobytes

_kept: OrderedDict[tuple[object, ...], list[Figure]] = OrderedDict()
_lock = Lock()


def figures_of(session: Session, page: Page, make: Callable[[], list[Figure]]) -> list[Figure]:
    """What `make` gives for this page, or gave when the counts, the improvements and the day were the same."""
    engine = session.get_bind()
    place = str(engine.url) if isinstance(engine, Engine) else ""
    events = tuple(improvements_between(session, *page.scope.days))
    key = (place, page.scope, page.survey, events, watermark(session))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made
