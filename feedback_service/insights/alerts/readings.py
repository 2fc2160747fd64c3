"""Reads what is watched, week by week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseDeadline, CaseKind
from feedback_service.cases.queues.models import Queue
from feedback_service.delivery.models import ASKS, Message
from feedback_service.insights.queries import PeriodOfScores, scores_of_surveys
from feedback_service.insights.rules.alarms import Signal, Tally
from feedback_service.insights.rules.metrics import METRIC_NAMES, CsatCounts, MetricKind, NpsCounts, count
from feedback_service.insights.rules.periods import Grain, Period, period_of
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.insights.segments.queries import scores_by_span
from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.definition import SurveyStatus
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.queries import SurveySummary, survey_summaries
from feedback_service.sentiment.themes.taxonomy import read_themes, shipped_themes

WEEKS = 60  # that an alarm is judged by: half a year as usual, half a year in which an episode may last, and some spare
MAILS = "mails"
STAFF_LOCALE = "en"
Reading = NpsCounts | CsatCounts | Tally


@dataclass(frozen=True)
class Series:
    """One thing that is watched, with the weeks since there is anything of it, oldest first."""

    signal: Signal
    survey: SurveySummary | None
    value: str
    """A theme, the id of a queue, or `MAILS`."""
    subject: str
    """As people call it."""
    periods: tuple[Period, ...]
    weeks: tuple[Reading, ...]

    @property
    def key(self) -> str:
        """The same every week."""
        return series_key(self.signal, self.survey.key if self.survey else "", self.value)


def theme_names(folder: Path | None) -> dict[str, str]:
    """What the shop calls its themes; `folder` is that of its own surveys."""
    taxonomy = read_themes(folder) if folder else shipped_themes()
    return {key: theme.title(STAFF_LOCALE) for key, theme in taxonomy.themes.items()}


def series_key(signal: Signal, survey_key: str, value: str) -> str:
    """The name under which a series is kept."""
    return f"{signal}:{survey_key}:{value}"


def value_of(series_key: str) -> str:
    """What a series is about, besides its survey: the `value` of such a name."""
    return series_key.split(":", 2)[2]


def weeks_until(last: Period) -> list[Period]:
    """The `WEEKS` weeks that end with this one."""
    weeks = [last]
    while len(weeks) < WEEKS:
        weeks.append(weeks[-1].previous)
    return weeks[::-1]


def week_before(today: date) -> Period:
    """The newest week that is over on a day in the business time zone."""
    return period_of(Grain.WEEK, today).previous


def watched_series(
    session: Session, weeks: Sequence[Period], zone: ZoneInfo, themes: Mapping[str, str], only: Signal | None = None
) -> list[Series]:
    """Everything that is watched in these weeks; `themes` are their names. `only`: those of one signal."""
    everything = survey_summaries(session)
    surveys = [each for each in everything if each.kind != SurveyKind.ENPS]
    found: list[Series] = []
    if only in {None, Signal.NPS_DROP, Signal.CSAT_DROP, Signal.QUIET_FAILURE}:
        scores = scores_of_surveys(session, [each.key for each in surveys], weeks)
        found += [each for survey in surveys for each in _of_scores(survey, scores[survey.key])]
    if only in {None, Signal.THEME_SURGE}:
        found += [each for survey in surveys for each in _themes(session, survey, weeks, themes)]
    if only in {None, Signal.QUEUE_AGEING}:
        found += _queues(session, weeks, zone)
    if only in {None, Signal.QUIET_FAILURE}:
        found += _mails(session, weeks, zone, [each.key for each in everything if each.kind == SurveyKind.ENPS])
    return [each for each in found if only in {None, each.signal}]


def _of_scores(survey: SurveySummary, periods: Sequence[PeriodOfScores]) -> list[Series]:
    signal = Signal.NPS_DROP if MetricKind(survey.kind).by_band else Signal.CSAT_DROP
    weeks = [each.period for each in periods]
    metric = METRIC_NAMES[survey.kind]
    name = survey.title if metric in survey.title else f"{metric} of {survey.title}"
    found = _since(signal, survey, "", name, weeks, [count(survey.kind, each.counts) for each in periods])
    if survey.status == SurveyStatus.OPEN:  # one that was closed is quiet on purpose
        came_in = [Tally(each.n - each.imported) for each in periods]
        found += _since(Signal.QUIET_FAILURE, survey, "", f"Answers to {survey.title}", weeks, came_in)
    return found


def _themes(session: Session, survey: SurveySummary, weeks: Sequence[Period], names: Mapping[str, str]) -> list[Series]:
    spans = [(each.first, each.last) for each in weeks]
    read: dict[int, int] = dict.fromkeys(range(len(weeks)), 0)
    for places in scores_by_span(session, survey.key, Dimension.SENTIMENT, spans).values():
        for at, scores in places.items():
            read[at] += sum(scores.values())
    found: list[Series] = []
    for theme, places in scores_by_span(session, survey.key, Dimension.THEME, spans).items():
        # A theme may be said of an answer before its sentiment is: at no moment may there be more than all.
        of = [sum(places.get(at, {}).values()) for at in range(len(weeks))]
        shares = [CsatCounts(part, max(part, read[at])) for at, part in enumerate(of)]
        subject = f"“{names.get(theme, theme)}” in comments on {survey.title}"
        found += _since(Signal.THEME_SURGE, survey, theme, subject, weeks, shares)
    return found


def _queues(session: Session, weeks: Sequence[Period], zone: ZoneInfo) -> list[Series]:
    place = _place(CaseDeadline.due_at, weeks, zone).label("place")
    first, last = weeks[0].bounds(zone)[0], weeks[-1].bounds(zone)[1]
    rows = session.execute(
        select(
            Queue.id, Queue.name, place, func.count(), func.count().filter(CaseDeadline.met.is_(False))
        )
        .select_from(CaseDeadline)
        .join(Case, Case.id == CaseDeadline.case_id)
        .join(Queue, Queue.id == Case.queue_id)
        .where(
            CaseDeadline.due_at >= first,
            CaseDeadline.due_at < last,
            CaseDeadline.met.is_not(None),
            Case.kind == CaseKind.FOLLOW_UP,
        )
        .group_by(Queue.id, Queue.name, place)
    )  # fmt: skip
    found: dict[tuple[int, str], dict[int, CsatCounts]] = {}
    for queue, name, at, due, missed in rows:
        found.setdefault((queue, name), {})[at] = CsatCounts(missed, due)
    return [
        each
        for (queue, name), told in sorted(found.items())
        for each in _since(
            Signal.QUEUE_AGEING, None, str(queue), f"Queue {name}", weeks,
            [told.get(at, CsatCounts()) for at in range(len(weeks))],
        )
    ]  # fmt: skip


def _mails(session: Session, weeks: Sequence[Period], zone: ZoneInfo, pulses: Sequence[str]) -> list[Series]:
    # Each week is a stretch of one index, whose entries are counted without a look at the mails themselves.
    counts = [
        select(func.count()).where(Message.sent_at >= begins, Message.sent_at < ends, ASKS).scalar_subquery()
        for begins, ends in (week.bounds(zone) for week in weeks)
    ]
    less = _to_colleagues(session, weeks, zone, pulses)
    tallies = [Tally(number - less.get(at, 0)) for at, number in enumerate(session.execute(select(*counts)).one())]
    return _since(Signal.QUIET_FAILURE, None, MAILS, "Mails that ask customers", weeks, tallies)


def _to_colleagues(
    session: Session, weeks: Sequence[Period], zone: ZoneInfo, pulses: Sequence[str]
) -> Mapping[int, int]:
    """How many asked colleagues, by the week's place: a round every quarter would make any number of mails usual."""
    place = _place(Message.sent_at, weeks, zone).label("place")
    rows = session.execute(
        select(place, func.count())
        .select_from(Invitation)
        .join(Message, Message.invitation_id == Invitation.id)
        .where(
            Invitation.survey_key.in_(pulses),
            ASKS,
            Message.sent_at >= weeks[0].bounds(zone)[0],
            Message.sent_at < weeks[-1].bounds(zone)[1],
        )
        .group_by(place)
    )
    return dict(rows.all())


def _place(column: Any, weeks: Sequence[Period], zone: ZoneInfo) -> ColumnElement[Any]:
    """In which of the weeks a moment lies; the weeks are one after the other."""
    return case(
        *((and_(column >= week.bounds(zone)[0], column < week.bounds(zone)[1]), literal(at))
          for at, week in reversed(list(enumerate(weeks)))),
    )  # fmt: skip


def _since(
    signal: Signal,
    survey: SurveySummary | None,
    value: str,
    subject: str,
    periods: Sequence[Period],
    weeks: Sequence[Reading],
) -> list[Series]:
    """The series since its first week with anything in it; none where there is no such week.

    Of what stands before it, such as a shop that has not opened yet, nobody can say that it was usual.
    """
    first = next((at for at, week in enumerate(weeks) if (week.number if isinstance(week, Tally) else week.n)), None)
    if first is None:
        return []
    return [Series(signal, survey, value, subject, tuple(periods[first:]), tuple(weeks[first:]))]
