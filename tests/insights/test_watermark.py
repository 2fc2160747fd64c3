"""As long as the mark is the same, so are the numbers."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.improvements.models import Improvement
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.rebuild import days_to_rebuild, rebuild_days
from feedback_service.insights.watermark import watermark
from feedback_service.questionnaires.models import SurveyVersion, VersionState
from feedback_service.questionnaires.publish import change_rules
from feedback_service.questionnaires.queries import published_surveys
from tests.cases.factories import colleague
from tests.insights.factories import corrected, counted
from tests.responses.factories import CSAT, NPS


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


def test_surveys_and_improvements_move_it_too(session: Session, now: datetime) -> None:
    owner = colleague(session, "Ana", now)
    change = Improvement(title="Sturdier boxes", owner_id=owner, due_on=now.date(), created_by=owner, created_at=now)
    session.add(change)
    session.commit()
    seen = [watermark(session)]

    def look() -> None:
        session.commit()
        seen.append(watermark(session))

    change.took_effect_on = date(2026, 3, 2)
    look()
    change.title = "Boxes that hold"
    look()
    change.took_effect_on = date(2026, 3, 3)
    look()
    change.dropped_at = now
    session.commit()
    assert watermark(session) == seen[0], "what was dropped or never took effect stands in no picture"
    session.scalars(select(SurveyVersion).where(SurveyVersion.survey_key == NPS)).one().state = VersionState.RETIRED
    look()
    rules = published_surveys(session)[CSAT].definition.rules
    change_rules(session, CSAT, rules.model_copy(update={"title": "After the delivery"}), seen_revision=1)
    look()
    assert len(set(seen)) == len(seen)
