"""How far the counts have come: as long as it says the same, every page of scores says the same."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.insights.models import Fold
from feedback_service.responses.models import ResponseChange

ONLY = 1
_MARK = select(
    select(Fold.number).where(Fold.id == ONLY).scalar_subquery(),
    select(func.max(ResponseChange.id)).scalar_subquery(),
    select(func.count()).select_from(ResponseChange).scalar_subquery(),
)


def watermark(session: Session) -> str:
    """Another one after every committed change of an answer, and after every fold."""
    folded, newest, unfolded = session.execute(_MARK).one()
    return f"{folded or 0}.{newest or 0}.{unfolded}"


def mark_folded(session: Session) -> None:
    """Say in the present transaction that counts were changed."""
    session.execute(
        update(Fold).where(Fold.id == ONLY).values(number=Fold.number + 1).execution_options(synchronize_session=False)
    )
