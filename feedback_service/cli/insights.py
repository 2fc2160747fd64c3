"""`feedback insights`: the counts behind the charts."""

from collections.abc import Sequence

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cli.running import running_app
from feedback_service.importing import ERR, line
from feedback_service.insights.rebuild import DAYS, days_to_rebuild, rebuild_days
from feedback_service.insights.segments.recount import MOST_DAYS, recount_days
from feedback_service.insights.stale import DayOfSurvey
from feedback_service.insights.sum_months import MOST_MONTHS, sum_months

MOST_TRIES = 10  # of one portion, where a worker folds the same days meanwhile


@click.group()
def insights() -> None:
    """Count the answers behind the charts."""


@insights.command()
def rebuild() -> None:
    """Count all scores and segments anew from the answers, as after a change of FEEDBACK_DIMENSIONS.

    Pages may be used meanwhile, and show the same numbers. A run that was stopped is begun again.
    """
    with running_app() as (_, settings, session):
        days = days_to_rebuild(session)
        session.rollback()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as progress:
            scores = progress.add_task("Scores", total=len(days))
            for start in range(0, len(days), DAYS):
                portion = days[start : start + DAYS]
                _rebuild(session, portion)
                progress.advance(scores, len(portion))
            segments = progress.add_task("Segments", total=len(days))
            while counted := recount_days(session, clock.now(), MOST_DAYS, attributes=settings.order_dimensions):
                session.commit()
                progress.advance(segments, counted)
            while sum_months(session, clock.now(), MOST_MONTHS):
                session.commit()
            session.commit()
    surveys = len({key for key, _ in days})
    line(f"{len(days):,} days of {surveys} surveys were counted anew." if days else "There are no answers yet.")


def _rebuild(session: Session, days: Sequence[DayOfSurvey]) -> None:
    for tries_left in reversed(range(MOST_TRIES)):
        if session.get_bind().dialect.name == "postgresql":  # SQLite's transactions always see one moment
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            rebuild_days(session, days)
            session.commit()
        except OperationalError:  # a worker was there first
            session.rollback()
            if not tries_left:
                raise
        else:
            return
