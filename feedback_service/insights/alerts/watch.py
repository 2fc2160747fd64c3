"""Looks once at each week that is over, and tells managers of what is unlike the weeks before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, User
from feedback_service.database import insert_new, spelled_out
from feedback_service.insights.alerts.models import Alert, AlertsOff, WatchedWeek
from feedback_service.insights.alerts.readings import Reading, Series, watched_series, week_before, weeks_until
from feedback_service.insights.rules.alarms import Episode, Outcome, Tally, episodes, level_for
from feedback_service.insights.rules.periods import Period, today_in

log = structlog.get_logger(__name__)
SETTLED = timedelta(hours=6)  # after the week's end: its last answers are read, its last deadlines judged
MANAGERS = (RoleName.MANAGER, RoleName.ADMIN)


@dataclass(frozen=True)
class Raised:
    """An episode with the series it is of."""

    series: Series
    episode: Episode[Reading]

    @property
    def week(self) -> Period:
        """That raised it."""
        return self.series.periods[self.episode.raised]

    @property
    def ended(self) -> date | None:
        """The Monday of the week by which it was over."""
        return None if self.episode.ended is None else self.series.periods[self.episode.ended].first


@dataclass(frozen=True)
class Look:
    """What was found in a week that nobody had looked at."""

    week: Period
    series: int
    level: float
    raised: tuple[Raised, ...]
    """All episodes, the known ones with how they stand now."""
    news_from: date
    """Of an episode whose week is this one or a later one, managers are told."""


def week_to_watch(session: Session, now: datetime, zone: ZoneInfo) -> Period | None:
    """The newest week that is over and that nobody looked at: one look by the key."""
    week = week_before(today_in(zone, now - SETTLED))
    return None if session.get(WatchedWeek, week.first) else week


def look_at(session: Session, week: Period, zone: ZoneInfo, themes: Mapping[str, str]) -> Look:
    """Judge every series in this week and in those since the last that was looked at; reads, and writes nothing.

    The first time ever, all weeks before are judged too, so that there is a history; told of is only the newest one.
    """
    found = watched_series(session, weeks_until(week), zone, themes)
    level = level_for(max(1, len(found)))
    seen = session.scalar(select(func.max(WatchedWeek.week)).where(WatchedWeek.week < week.first))
    told: dict[str, dict[date, int]] = {}
    for key, monday, width in session.execute(select(Alert.series, Alert.week, Alert.width)):
        told.setdefault(key, {})[monday] = width
    raised = [each for series in found for each in _judged(series, level, told.get(series.key, {}), seen)]
    return Look(week, len(found), level, tuple(raised), seen + timedelta(days=1) if seen else week.first)


def _judged(series: Series, level: float, told: Mapping[date, int], seen: date | None) -> list[Raised]:
    places = {period.first: at for at, period in enumerate(series.periods)}
    judged_from = sum(period.first <= seen for period in series.periods) if seen else 0
    known = {places[week]: width for week, width in told.items() if week in places}
    found = episodes(series.signal, series.weeks, level, told=known, judged_from=judged_from)
    return [Raised(series, episode) for episode in found]


def claim(session: Session, look: Look, now: datetime) -> bool:
    """Say that this week was looked at; False where somebody else said so."""
    made = session.execute(
        insert_new(session, WatchedWeek)
        .values(week=look.week.first, at=now, series=look.series, level=look.level)
        .returning(WatchedWeek.week)
    )
    return made.first() is not None


def keep(session: Session, look: Look, now: datetime) -> list[tuple[int, Raised]]:
    """Write the episodes down; gives back those that managers are to be told of, each with its id."""
    news = []
    for each in look.raised:
        made = _insert(session, each, now)
        if made is None:
            session.execute(
                update(Alert)
                .where(
                    Alert.series == each.series.key,
                    Alert.week == each.week.first,
                    Alert.outcome == spelled_out(Outcome.OPEN),
                )
                .values(outcome=each.episode.outcome, ended=each.ended)
                .execution_options(synchronize_session=False)
            )
        elif each.week.first >= look.news_from:
            news.append((made, each))
    _give_up(session, look)
    return news


def _insert(session: Session, each: Raised, now: datetime) -> int | None:
    series, episode = each.series, each.episode
    return session.execute(
        insert_new(session, Alert)
        .values(
            series=series.key,
            signal=series.signal,
            survey_key=series.survey.key if series.survey else None,
            subject=series.subject,
            week=each.week.first,
            width=episode.width,
            p_value=episode.p_value,
            now=numbers(episode.window),
            usual=numbers(episode.usual),
            outcome=episode.outcome,
            ended=each.ended,
            raised_at=now,
        )
        .returning(Alert.id)
    ).scalar()


def _give_up(session: Session, look: Look) -> None:
    """Close what no week can end any more, such as of a survey that is asked no longer."""
    session.execute(
        update(Alert)
        .where(Alert.outcome == spelled_out(Outcome.OPEN), Alert.week < weeks_until(look.week)[0].first)
        .values(outcome=Outcome.NEW_USUAL, ended=look.week.first)
        .execution_options(synchronize_session=False)
    )


def numbers(reading: Reading) -> dict[str, float]:
    """What is told of some weeks: a score or a share with its interval, or a number a week; n is what it is of."""
    if isinstance(reading, Tally):
        return {"value": reading.number / reading.weeks, "n": reading.number, "weeks": reading.weeks}
    told = reading.estimate()
    return {"value": told.value or 0.0, "low": told.low or 0.0, "high": told.high or 0.0, "n": told.n}


def managers_to_tell(session: Session) -> Sequence[int]:
    """Ids of those who manage and have not switched alerts off."""
    return session.scalars(
        select(User.id)
        .where(
            User.active,
            User.roles.any(Role.name.in_(MANAGERS)),
            User.id.not_in(select(AlertsOff.user_id)),
        )
        .order_by(User.id)
    ).unique().all()  # fmt: skip


def switch_off(session: Session, user_id: int, now: datetime) -> None:
    """No more mails about alerts to this manager."""
    session.execute(insert_new(session, AlertsOff).values(user_id=user_id, since=now))


def switch_on(session: Session, user_id: int) -> None:
    """They want them again."""
    session.execute(delete(AlertsOff).where(AlertsOff.user_id == user_id))
