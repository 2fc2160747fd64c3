"""Takes a lesson on themes from what staff corrected, whenever there is a third more to learn from.

In three acts, because learning takes seconds and nobody's answer should wait for it: read in one transaction, learn in
none, and write in another one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.correct import standing_corrections
from feedback_service.sentiment.models import Assessment, Correction
from feedback_service.sentiment.themes.head import FEWEST_COMMENTS, Settled, ThemeHead, Tried, learn
from feedback_service.sentiment.themes.models import IN_USE, ThemeLesson
from feedback_service.sentiment.themes.taxonomy import IGNORED, Taxonomy
from feedback_service.sentiment.themes.words import base_language, cut

GROWTH = 4 / 3
"""How many times the corrections of the last lesson there must be before the next one."""
MOST_COMMENTS = 5_000
"""Comments learned from at most, the newest: some ten seconds' work."""
_PORTION = 500  # Ids in one IN (...).


@dataclass(frozen=True)
class Lesson:
    """What one language is learned from."""

    language: str
    corrections: int
    comments: Sequence[Settled]


@dataclass(frozen=True)
class Learned:
    """What came of it."""

    lesson: Lesson
    head: ThemeHead | None
    tried: Sequence[Tried]


def lessons_due(session: Session) -> list[Lesson]:
    """What there is to learn now, a lesson per language; nothing until there is enough of it, or a third more."""
    corrections = session.scalar(select(func.count()).where(Correction.themes.is_not(None))) or 0
    before = session.scalar(select(func.max(ThemeLesson.corrections))) or 0
    if corrections < max(FEWEST_COMMENTS, before * GROWTH):
        return []
    by_language: dict[str, list[Settled]] = {}
    for language, settled in _settled(session):
        by_language.setdefault(language, []).append(settled)
    return [Lesson(language, corrections, comments) for language, comments in sorted(by_language.items())]


def _settled(session: Session) -> list[tuple[str, Settled]]:
    """Language, words and themes of the comments whose themes staff settled, as their words stand now."""
    ids = session.scalars(
        select(Correction.response_id)
        .where(Correction.themes.is_not(None))
        .group_by(Correction.response_id)
        .order_by(func.max(Correction.id).desc())
        .limit(MOST_COMMENTS)
    ).all()
    found = []
    for begin in range(0, len(ids), _PORTION):
        rows = session.execute(
            select(Response, Assessment.language)
            .join(Assessment, Assessment.response_id == Response.id)
            .where(Response.id.in_(ids[begin : begin + _PORTION]))
            .order_by(Response.id)
        ).all()
        standing = standing_corrections(session, [response for response, _ in rows])
        for response, language in rows:
            correction = standing.get(response.id)
            if correction is not None and correction.themes is not None:
                settled = Settled(response.comment, frozenset(correction.themes))
                found.append((base_language(language), settled))
    return found


def taught(lesson: Lesson, taxonomy: Taxonomy) -> Learned:
    """Learn it; touches no database."""
    book = taxonomy.book(lesson.language)

    def by_phrases(comment: str) -> frozenset[str]:
        hits = book.find(cut(comment, lesson.language).folded) if book else []
        return frozenset(hit.owner for hit in hits if hit.owner != IGNORED)

    return Learned(lesson, *learn(lesson.comments, lesson.language, by_phrases))


def keep_lesson(session: Session, learned: Learned, now: datetime) -> ThemeLesson:
    """Write it down, and use it from now on in place of the one before, or the phrases alone where it is no better.

    Two who learned the same at once meet in the unique version: the second transaction fails, and nothing is lost.
    """
    language = learned.lesson.language
    for used in session.scalars(select(ThemeLesson).where(ThemeLesson.language == language, text(IN_USE))):
        used.retired_at = now
    session.flush()  # only one may be in use at a time, and rows are added before others are changed
    last = session.scalar(select(func.max(ThemeLesson.version)).where(ThemeLesson.language == language)) or 0
    row = ThemeLesson(
        language=language,
        version=last + 1,
        learned_at=now,
        corrections=learned.lesson.corrections,
        comments=len(learned.lesson.comments),
        tried=[asdict(one) for one in learned.tried],
        weights=learned.head.to_bytes() if learned.head else None,
    )
    session.add(row)
    session.flush()
    return row


def theme_heads(session: Session) -> dict[str, ThemeHead]:
    """The heads in use, by language; a language whose phrases do better has none."""
    rows = session.scalars(select(ThemeLesson).where(text(IN_USE)).order_by(ThemeLesson.language))
    heads = {row.language: ThemeHead.from_bytes(row.weights) for row in rows if row.weights}
    return {language: head for language, head in heads.items() if head is not None}
