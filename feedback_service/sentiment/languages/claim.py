"""Counts how many comments each language has, and gives one worker at a time the turn to learn one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.sentiment.languages.models import LanguageTraining
from feedback_service.sentiment.languages.train import ENOUGH

COUNTED_EVERY = timedelta(minutes=10)
"""Counting reads every comment's row; a head that comes ten minutes later is none the worse."""

LEASE = timedelta(minutes=15)
"""Far longer than learning takes; a worker that died is given up after it."""

MODELLED = ("en",)
"""Languages with a model that comes along: nothing is learned of them."""


@dataclass(frozen=True)
class Turn:
    """The right to learn one language, until the lease runs out."""

    language: str
    comments: int
    lease: str


def counting_due(session: Session, now: datetime) -> bool:
    """Whether the last count is older than ``COUNTED_EVERY``, or was never made."""
    last = session.scalar(select(func.max(LanguageTraining.counted_at)))
    return last is None or last <= now - COUNTED_EVERY


def keep_counts(session: Session, counts: Mapping[str, int], now: datetime) -> None:
    """Write down how many answered comments there are by language; of a language that is gone, that there are none."""
    counts = {**dict.fromkeys(MODELLED, 0), **counts}  # one row at least, which says when was counted
    for language in sorted(counts):  # in one order, so that two workers cannot wait for each other
        session.execute(insert_new(session, LanguageTraining).values(language=language, counted_at=now))
    known = session.scalars(select(LanguageTraining).order_by(LanguageTraining.language).with_for_update()).all()
    for row in known:
        row.comments, row.counted_at = counts.get(row.language, 0), now
    session.flush()


def claim_turn(session: Session, now: datetime) -> Turn | None:
    """The turn to learn the language that is due and has most comments; None where there is nothing to do.

    A language is due with ``ENOUGH`` comments, and again whenever they have grown by a third.
    """
    free = or_(LanguageTraining.leased_until.is_(None), LanguageTraining.leased_until <= now)
    is_due = (
        LanguageTraining.language.not_in(MODELLED)
        & (LanguageTraining.comments >= ENOUGH)
        & (LanguageTraining.comments * 3 >= LanguageTraining.learned_from * 4)
        & free
    )
    first = session.scalar(
        select(LanguageTraining.language)
        .where(is_due)
        .order_by(LanguageTraining.comments.desc(), LanguageTraining.language)
        .limit(1)
    )
    if first is None:
        return None
    lease = uuid4().hex
    # Asked again in the update: whoever comes second finds the lease taken and changes nothing.
    comments = session.scalar(
        update(LanguageTraining)
        .where(LanguageTraining.language == first, is_due)
        .values(lease=lease, leased_until=now + LEASE)
        .returning(LanguageTraining.comments)
        .execution_options(synchronize_session=False)
    )
    return None if comments is None else Turn(first, comments, lease)
