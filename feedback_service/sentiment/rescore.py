"""Reads every comment again, with today's models, in portions; a run that was killed goes on where it was."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.assess import assess
from feedback_service.sentiment.models import Rescoring
from feedback_service.sentiment.reader import Reader

_WRITTEN = Response.comment != ""


def begin(session: Session, reader: Reader, now: datetime) -> tuple[int, int, int]:
    """The run that is under way with these models, or a new one: its id, how much is done, and of how much."""
    under_way = session.scalars(
        select(Rescoring)
        .where(Rescoring.finished_at.is_(None), Rescoring.models == reader.models)
        .order_by(Rescoring.id.desc())
        .limit(1)
    ).first()
    if under_way is None:
        total = session.scalar(select(func.count()).where(_WRITTEN)) or 0
        under_way = Rescoring(models=reader.models, begun_at=now, total=total, done=0)
        session.add(under_way)
        session.flush()
    return under_way.id, under_way.done, max(under_way.total, under_way.done)


def rescore_portion(session: Session, run_id: int, reader: Reader, limit: int, now: datetime) -> int:
    """Read up to `limit` further comments of a run; returns how many, and 0 when it is finished.

    The run's row is held meanwhile, so that two who work on it at once take turns. The caller commits each portion.
    """
    run = session.scalars(
        select(Rescoring).where(Rescoring.id == run_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    further: ColumnElement[bool] = true() if run.done_to is None else Response.id > run.done_to
    responses = session.scalars(
        select(Response)
        .where(_WRITTEN, further)
        .order_by(Response.id)
        .limit(limit)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if not responses:
        run.finished_at = run.finished_at or now
        return 0
    assess(session, responses, reader, now)
    run.done += len(responses)
    run.done_to = responses[-1].id
    session.flush()
    return len(responses)
