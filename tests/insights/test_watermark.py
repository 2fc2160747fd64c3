"""As long as the mark is the same, so are the numbers."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.rebuild import days_to_rebuild, rebuild_days
from feedback_service.insights.watermark import watermark
from tests.insights.factories import corrected, counted


def test_every_committed_change_moves_the_mark(sessions: sessionmaker[Session], now: datetime) -> None:
    seen = []

    def look() -> None:
        with sessions() as other:
            seen.append(watermark(other))

    with sessions() as session:
        look()
        first, second = counted(session, now, 9), counted(session, now, 3)
        session.commit()
        look()
        corrected(session, first, 10)
        session.commit()
        look()
        fold_changes(session, now, 3)  # some of them
        session.commit()
        look()
        fold_changes(session, now, 100)
        session.commit()
        look()
        corrected(session, second, 4)
        session.commit()
        look()
        rebuild_days(session, days_to_rebuild(session))
        session.commit()
        look()
    assert len(set(seen)) == len(seen)


def test_nothing_to_fold_moves_nothing(session: Session, now: datetime) -> None:
    before = watermark(session)
    session.commit()
    fold_changes(session, now, 100)
    session.commit()
    assert watermark(session) == before
