"""Keeps views of the queue under a name, for whoever made them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from feedback_service.cases.desk.filters import Filters
from feedback_service.cases.desk.models import SavedView
from feedback_service.cases.refused import RefusedError
from feedback_service.database import insert_new

LONGEST_NAME = 60  # characters
MOST_VIEWS = 20  # of one person; more is no help to find anything


def views_of(session: Session, user_id: int) -> Sequence[SavedView]:
    """What somebody saved, by name."""
    return session.scalars(
        select(SavedView).where(SavedView.user_id == user_id).order_by(func.lower(SavedView.name), SavedView.id)
    ).all()


def save_view(session: Session, user_id: int, name: str, filters: Filters, now: datetime) -> None:
    """Keep the filters under a name. Raises RefusedError, in a sentence, where that name is taken or there are many."""
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise RefusedError(f"Give the view a name of 1 to {LONGEST_NAME} characters.")
    kept = views_of(session, user_id)
    if len(kept) >= MOST_VIEWS:
        raise RefusedError(f"You have {MOST_VIEWS} saved views. Delete one first.")
    made = None
    if name.casefold() not in {view.name.casefold() for view in kept}:
        made = session.execute(
            insert_new(session, SavedView)
            .values(user_id=user_id, name=name, filters=str(filters), created_at=now)
            .returning(SavedView.id)
        ).scalar()
    if made is None:
        raise RefusedError(f"You have a view named “{name}” already. Choose another name, or delete that one first.")


def delete_view(session: Session, user_id: int, view_id: int) -> bool:
    """Forget a view; whether it was there and theirs."""
    gone = session.execute(
        delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == user_id).returning(SavedView.id)
    )
    return gone.scalar() is not None
