"""How many cases each view holds."""

from sqlalchemy.orm import Session

from feedback_service.cases.desk.filters import View, Viewer
from feedback_service.cases.desk.statements import COUNTED, counting


def counts_by_view(session: Session, viewer: Viewer) -> dict[View, int]:
    """How many cases each view holds for whoever looks, counted up to COUNT_CAP; one statement, indexes only."""
    statement, values = counting(viewer)
    return dict(zip(COUNTED, session.connection().execute(statement, values).one(), strict=True))
