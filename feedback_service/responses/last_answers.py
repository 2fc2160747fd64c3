"""When each survey was last answered."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response


def last_answers(session: Session) -> dict[str, datetime]:
    """The newest answer's time, by survey key; surveys without an answer are left out. An index has each at its end."""
    newest = select(func.max(Response.answered_at)).where(Response.survey_key == Survey.key).scalar_subquery()
    rows = session.execute(select(Survey.key, newest.label("newest"))).all()
    return {row.key: row.newest for row in rows if row.newest is not None}
