"""How many cases each view holds."""

from sqlalchemy.orm import Session

from feedback_service.cases.desk.filters import View, Viewer
from feedback_service.cases.desk.statements import COUNT_CAP, COUNTED, counting

__all__ = ["COUNT_CAP", "capped", "counts_by_view"]


def counts_by_view(session: Session, viewer: Viewer) -> dict[View, int]:
    """How many cases each view holds for whoever looks, counted up to COUNT_CAP; one statement, indexes only."""
    statement, values = counting(viewer)
    return dict(zip(COUNTED, session.connection().execute(statement, values).one(), strict=True))


def capped(count: int) -> str:
    """A view's count, which is exact only below COUNT_CAP."""
    return f"{COUNT_CAP - 1}+" if count >= COUNT_CAP else str(count)
