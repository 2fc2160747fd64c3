"""Whether improvements helped: the score of as many days before and after each took effect."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.causes.models import Cause
from feedback_service.cases.improvements.models import Improvement
from feedback_service.insights.queries import scores_of_spans
from feedback_service.insights.rules.metrics import CsatCounts, Estimate, estimate
from feedback_service.insights.rules.verdicts import Comparison, Verdict, compare, compare_csat
from feedback_service.insights.rules.whole_months import Span
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.insights.segments.queries import scores_by_span
from feedback_service.insights.segments.spans import Scores

LONGEST = 90  # days on either side; further away, too much else has changed
MOST_IMPROVEMENTS = 20  # the latest
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sides:
    """A score before and after, from two times that share no day, and what may be concluded."""

    before: Estimate
    after: Estimate
    comparison: Comparison


@dataclass(frozen=True)
class Effect:
    """What was measured around the day on which an improvement took effect."""

    improvement_id: int
    title: str
    on: date
    before: Span
    after: Span
    theme: str
    """That its cause is about; "" where no comment speaks of such a thing."""
    by_theme: bool
    """Whether it is judged by the answers about the theme; where they are too few, by all of the survey."""
    score: Sides
    mentions: Sides | None
    """In percent, how many of all answers mention the theme at all; None where there is none."""


def effects(session: Session, survey_key: str, kind: str, last: date, today: date) -> list[Effect]:
    """The improvements that took effect up to a day and were not dropped, the latest first."""
    rows = session.execute(
        select(Improvement.id, Improvement.title, Improvement.took_effect_on, Cause.key, Cause.parent_key)
        .outerjoin(Cause, Cause.key == Improvement.cause_key)
        .where(Improvement.took_effect_on <= min(last, today), Improvement.dropped_at.is_(None))
        .order_by(Improvement.took_effect_on.desc(), Improvement.id.desc())
        .limit(MOST_IMPROVEMENTS)
    ).all()
    return [
        _effect(session, survey_key, kind, (id, title, on), [key for key in causes if key], today)
        for id, title, on, *causes in rows
        if on is not None
    ]


def windows(on: date, today: date) -> tuple[Span, Span]:
    """The days before, and as many from `on` to `today` or the longest time that is looked at."""
    last = min(today, on + (LONGEST - 1) * _DAY)
    return (on - (last - on) - _DAY, on - _DAY), (on, last)


def _effect(
    session: Session, survey_key: str, kind: str, told: tuple[int, str, date], causes: list[str], today: date
) -> Effect:
    id, title, on = told
    spans = windows(on, today)
    whole = _scores(session, survey_key, spans)
    theme, about = _theme(session, survey_key, spans, causes)
    mentions = None
    if theme:
        counts = [CsatCounts(sum(part.values()), sum(every.values())) for part, every in zip(about, whole, strict=True)]
        mentions = Sides(counts[0].estimate(), counts[1].estimate(), compare_csat(*counts))
    enough = compare(kind, *about).verdict is not Verdict.TOO_FEW
    before, after = about if enough else whole
    score = Sides(estimate(kind, before), estimate(kind, after), compare(kind, before, after))
    return Effect(id, title, on, *spans, theme, enough, score, mentions)


def _scores(session: Session, survey_key: str, spans: tuple[Span, Span]) -> tuple[Scores, Scores]:
    """Of all answers."""
    before, after = scores_of_spans(session, [survey_key], spans)[survey_key]
    return before.given, after.given


def _theme(
    session: Session, survey_key: str, spans: tuple[Span, Span], causes: list[str]
) -> tuple[str, tuple[Scores, Scores]]:
    """The first of a cause and its group that comments speak of."""
    for key in causes:
        found = scores_by_span(session, survey_key, Dimension.THEME, spans, key).get(key)
        if found:
            return key, _two(found)
    return "", ({}, {})


def _two(found: dict[int, Scores]) -> tuple[Scores, Scores]:
    before, after = ({score: n for score, n in found.get(at, {}).items() if n} for at in (0, 1))
    return before, after
