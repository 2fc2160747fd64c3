"""Keeps what was learned, takes it into use where it is good enough, and has waiting comments read with it."""

from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.languages.claim import Turn
from feedback_service.sentiment.languages.models import IN_USE, LanguageHead, LanguageTraining
from feedback_service.sentiment.languages.train import Outcome
from feedback_service.sentiment.models import Assessment

READ_AGAIN = 20_000
"""How many comments that nobody could score are read again, the newest, once there is a head that can."""


def keep_outcome(session: Session, turn: Turn, outcome: Outcome, now: datetime) -> LanguageHead | None:
    """Write down what came of a turn, as the language's next version; None where the turn was lost meanwhile.

    A head that comes after another retires it. One that may not be used leaves the other in its place.
    """
    ours = session.scalar(
        update(LanguageTraining)
        .where(LanguageTraining.language == turn.language, LanguageTraining.lease == turn.lease)
        .values(lease=None, leased_until=None, learned_from=turn.comments)
        .returning(LanguageTraining.language)
        .execution_options(synchronize_session=False)
    )
    if ours is None:
        return None
    last = session.scalar(select(func.max(LanguageHead.version)).where(LanguageHead.language == turn.language))
    kept = LanguageHead(
        language=turn.language,
        version=(last or 0) + 1,
        trained_at=now,
        comments=outcome.comments,
        corrected=outcome.corrected,
        accuracy=outcome.accuracy,
        balanced=outcome.balanced,
        baseline=outcome.baseline,
        lexicon=outcome.lexicon,
        reason=outcome.reason,
    )
    if outcome.head is not None:
        session.execute(
            update(LanguageHead)
            .where(LanguageHead.language == turn.language, text(IN_USE))
            .values(retired_at=now)
            .execution_options(synchronize_session="fetch")
        )
        kept.used_from, kept.weights = now, outcome.head.to_bytes()
        _read_again(session, turn.language)
    session.add(kept)
    session.flush()
    return kept


def _read_again(session: Session, language: str) -> None:
    waiting = (
        select(Assessment.response_id)
        .where(Assessment.language == language, Assessment.model_label == SentimentLabel.UNSCORED)
        .order_by(Assessment.assessed_at.desc(), Assessment.response_id.desc())
        .limit(READ_AGAIN)
    )
    session.execute(
        update(Response)
        .where(Response.id.in_(waiting.scalar_subquery()))
        .values(assessed_revision=Response.revision - 1)
        .execution_options(synchronize_session=False)
    )
