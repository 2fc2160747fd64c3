"""A week is looked at once it is over, and managers hear of what is unlike the weeks before: each time once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from numpy.random import Generator, default_rng
from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import RoleName
from feedback_service.cases.models import Case, CaseDeadline, DeadlineKind
from feedback_service.config import Settings
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.models import StaffMail, StaffMailFile
from feedback_service.delivery.pool import ConnectionPool
from feedback_service.delivery.staff_mail import send_staff_mails
from feedback_service.insights.alerts.models import Alert, WatchedWeek
from feedback_service.insights.alerts.readings import watched_series, weeks_until
from feedback_service.insights.alerts.watch import SETTLED, look_at, week_to_watch
from feedback_service.insights.rules.alarms import WEEKS_A_YEAR, Outcome, Signal
from feedback_service.insights.rules.periods import Grain, period_of
from tests.cases.factories import hire, opened
from tests.conftest import NOW
from tests.delivery.factories import LETTERHEAD
from tests.delivery.test_smtp import Post, serving
from tests.insights.alerts.factories import BAD, GOOD, LAST, LISBON, monday, steady, step, themed, week_of
from tests.responses.factories import CSAT, NPS, at_once

Sessions = sessionmaker[Session]
WEEK = timedelta(weeks=1)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def maria(app: Flask, session: Session) -> int:
    return hire(app, session, "Maria", NOW, role=RoleName.MANAGER, team=None).id


@pytest.fixture
def watch(settings: Settings, sessions: Sessions) -> Callable[[datetime], int]:
    """The step of the loop, at a moment."""
    found = step(settings, "watch")
    return lambda now: found.run(sessions, now, 200)


def alerts(session: Session) -> list[Alert]:
    found = session.scalars(select(Alert).order_by(Alert.id).execution_options(populate_existing=True)).all()
    session.commit()
    return list(found)


def mails(session: Session) -> list[StaffMail]:
    found = session.scalars(select(StaffMail).order_by(StaffMail.id).execution_options(populate_existing=True)).all()
    session.commit()
    return list(found)


def test_a_drop_is_told_once_with_its_picture(
    session: Session, sessions: Sessions, maria: int, app: Flask, watch: Callable[[datetime], int]
) -> None:
    hire(app, session, "Sam", NOW)  # works here, and manages nothing
    steady(session, but={0: BAD})
    assert watch(NOW) == 1
    assert watch(NOW) == 0
    (alert,) = alerts(session)
    assert (alert.signal, alert.survey_key, alert.week, alert.outcome) == (Signal.NPS_DROP, NPS, LAST, Outcome.OPEN)
    assert (alert.now["n"], alert.usual["n"]) == (50, 19 * 50)
    assert alert.now["value"] == pytest.approx(100 * (12 - 25) / 50)
    (mail,) = mails(session)
    assert (mail.user_id, mail.path) == (maria, "/insights/alerts")
    post = Post()
    with serving(post) as port:
        pool = ConnectionPool(MailServer("127.0.0.1", port))
        assert send_staff_mails(sessions, NOW, 200, pool=pool, letterhead=LETTERHEAD) == 1
        pool.close()
    ((_, raw),) = post.kept
    written = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    assert written["Subject"] == "Post-purchase NPS fell"
    assert written.get_content_type() == "multipart/related"
    versions, picture = written.iter_parts()
    text, html = (part.get_content() for part in versions.iter_parts())
    assert "fell to −26 (" in text
    assert "from 50 answers in the week of 9 Mar 2026" in text
    assert "at most one false alarm a year" in text
    assert picture["Content-ID"] == "<alert.png@enclosed>"
    assert "cid:alert.png@enclosed" in html
    assert picture.get_content().startswith(PNG)
    assert session.scalars(select(StaffMailFile)).all() == [], "a mail that left is no archive"


def test_a_steady_shop_and_an_empty_one_hear_nothing(
    session: Session, maria: int, watch: Callable[[datetime], int]
) -> None:
    del maria
    assert watch(NOW - WEEK) == 1, "there is nothing at all yet"
    steady(session)
    assert watch(NOW) == 1
    assert alerts(session) == []
    assert mails(session) == []
    assert [each.week for each in session.scalars(select(WatchedWeek).order_by(WatchedWeek.week))] == [monday(1), LAST]


def test_one_episode_is_one_mail_however_long_it_lasts_and_its_end_is_kept(
    session: Session, maria: int, watch: Callable[[datetime], int]
) -> None:
    del maria
    steady(session, but={0: BAD})
    watch(NOW)
    for later, scores in ((1, BAD), (2, BAD), (3, GOOD), (4, GOOD)):
        week_of(session, monday(-later), scores)
        session.commit()
        assert watch(NOW + later * WEEK) == 1
        assert len(mails(session)) == 1
    (alert,) = alerts(session)
    assert (alert.outcome, alert.ended) == (Outcome.RECOVERED, monday(-4))


def test_history_is_judged_at_first_but_only_the_newest_week_is_told(
    session: Session, maria: int, watch: Callable[[datetime], int]
) -> None:
    del maria
    steady(session, 30, but={8: BAD})
    watch(NOW)
    (alert,) = alerts(session)
    assert (alert.week, alert.outcome) == (monday(8), Outcome.RECOVERED)
    assert mails(session) == []


def test_a_week_that_was_judged_is_not_judged_again_by_another_level(
    session: Session, maria: int, watch: Callable[[datetime], int]
) -> None:
    """More things are watched than were then, so that each look is stricter: what was told stays told, and ends."""
    del maria
    steady(session, but={0: BAD})
    watch(NOW)
    told = alerts(session)[0].p_value
    for ago in range(-1, 20):
        themed(session, monday(ago), {f"theme{number}": 1 for number in range(60)}, 200)
    week_of(session, monday(-1), GOOD)
    week_of(session, monday(-2), GOOD)
    session.commit()
    watch(NOW + WEEK)
    watch(NOW + 2 * WEEK)
    (alert,) = alerts(session)
    assert (alert.p_value, alert.outcome) == (told, Outcome.RECOVERED)


def test_weeks_missed_while_the_service_was_down_are_looked_at_together(
    session: Session, maria: int, watch: Callable[[datetime], int]
) -> None:
    del maria
    steady(session)
    watch(NOW)
    week_of(session, monday(-1), BAD)
    week_of(session, monday(-2), GOOD)
    session.commit()
    watch(NOW + 2 * WEEK)
    (alert,) = alerts(session)
    assert alert.week == monday(-1)
    assert len(mails(session)) == 1


def test_a_week_is_looked_at_some_hours_after_its_end_in_the_shop_s_own_time(session: Session) -> None:
    """In Lisbon a Monday in summer begins at 23:00 on Sunday in UTC."""
    monday_begins = datetime(2026, 6, 7, 23, tzinfo=UTC)
    for moment, week in ((timedelta(seconds=-1), datetime(2026, 5, 25)), (timedelta(0), datetime(2026, 6, 1))):  # noqa: DTZ001 - dates
        found = week_to_watch(session, monday_begins + SETTLED + moment, LISBON)
        assert found is not None
        assert found.first == week.date()


def test_with_nothing_to_do_one_row_is_looked_up(session: Session, watch: Callable[[datetime], int]) -> None:
    watch(NOW)
    said: list[str] = []
    engine = session.get_bind()

    def listen(_c: object, _cursor: object, sql: str, *_: object) -> None:
        said.append(sql)

    event.listen(engine, "before_cursor_execute", listen)
    assert watch(NOW) == 0
    event.remove(engine, "before_cursor_execute", listen)
    assert [sql for sql in said if "FROM" in sql] == [sql for sql in said if "watched_weeks" in sql]
    assert len([sql for sql in said if "watched_weeks" in sql]) == 1


def test_workers_at_once_tell_once(session: Session, maria: int, watch: Callable[[datetime], int]) -> None:
    del maria
    steady(session, but={0: BAD})
    at_once(*[lambda: watch(NOW)] * 3)
    assert len(alerts(session)) == 1
    assert len(mails(session)) == 1


def test_a_worker_that_dies_before_its_commit_leaves_nothing_and_the_next_one_tells(
    session: Session, sessions: Sessions, maria: int, watch: Callable[[datetime], int]
) -> None:
    del maria
    steady(session, but={0: BAD})

    class Killed(BaseException):
        """As by kill -9: nothing after it runs but the database's own rollback."""

    engine = session.get_bind()

    def die(_c: object, _cursor: object, sql: str, *_: object) -> None:
        if "staff_mail_files" in sql:
            raise Killed

    event.listen(engine, "before_cursor_execute", die)
    with pytest.raises(Killed):
        watch(NOW)
    event.remove(engine, "before_cursor_execute", die)
    assert alerts(session) == []
    assert mails(session) == []
    assert watch(NOW) == 1
    assert len(mails(session)) == 1


def test_a_theme_that_surges(session: Session, maria: int, watch: Callable[[datetime], int]) -> None:
    del maria
    for ago in range(20):
        themed(session, monday(ago), {"delivery": 30 if ago == 0 else 4}, 60)
    session.commit()
    watch(NOW)
    (alert,) = alerts(session)
    assert (alert.signal, alert.now["n"], alert.now["value"]) == (Signal.THEME_SURGE, 60, 50.0)
    (mail,) = mails(session)
    assert "rose to 50 % (38 to 62 %) of 60 comments that were read in the week of 9 Mar 2026" in mail.words


def test_answers_that_stop(session: Session, maria: int, watch: Callable[[datetime], int]) -> None:
    del maria
    steady(session, but={0: {}})
    watch(NOW)
    (alert,) = alerts(session)
    assert (alert.signal, alert.now["value"], alert.usual["value"]) == (Signal.QUIET_FAILURE, 0, 50)
    assert "0 in the week of 9 Mar 2026. 50 a week were usual" in mails(session)[0].words


def test_a_share_falls_too(session: Session, watch: Callable[[datetime], int]) -> None:
    for ago in range(20):
        week_of(session, monday(ago), {5: 20, 1: 30} if ago == 0 else {5: 45, 1: 5}, survey=CSAT)
    session.commit()
    watch(NOW)
    assert [each.signal for each in alerts(session)] == [Signal.CSAT_DROP]


def test_a_queue_is_watched_by_the_deadlines_that_fell_into_the_week(session: Session) -> None:
    case = opened(session, NOW)
    week = period_of(Grain.WEEK, LAST)
    for opening, met in ((7, False), (8, True), (9, None)):
        at = week.bounds(LISBON)[0] + timedelta(days=opening - 7)
        session.add(
            CaseDeadline(
                case_id=case.id, opening=opening, kind=DeadlineKind.RESOLUTION, due_at=at, done_at=at, met=met
            )
        )  # fmt: skip
    session.commit()
    assert session.get_one(Case, case.id).queue_id
    (series,) = watched_series(session, weeks_until(week), LISBON, {}, Signal.QUEUE_AGEING)
    assert (series.weeks[-1].n, getattr(series.weeks[-1], "satisfied", None)) == (2, 1)


def test_the_level_shares_one_false_alarm_a_year_among_all_that_is_watched(session: Session) -> None:
    steady(session)
    week = period_of(Grain.WEEK, LAST)
    look = look_at(session, week, LISBON, {})
    assert look.series == 2, "the score, and whether answers come"
    assert look.level * look.series * WEEKS_A_YEAR * 2 == pytest.approx(1)


def test_steady_shops_raise_at_most_one_alarm_a_year(session: Session, watch: Callable[[datetime], int]) -> None:
    """A survey's and six themes' weeks by chance, for more than a year. (The rules' own tests simulate centuries.)"""
    random = default_rng(7)
    for ago in range(53 + 20):
        week_of(session, monday(ago), drawn(random))
        themed(session, monday(ago), {f"theme{each}": int(random.binomial(40, 0.1)) for each in range(6)}, 40)
    session.commit()
    watch(NOW)
    assert len(alerts(session)) <= 1


def drawn(random: Generator) -> dict[int, int]:
    promoters, passives, detractors = random.multinomial(60, (0.6, 0.25, 0.15))
    return {score: int(number) for score, number in ((9, promoters), (7, passives), (3, detractors)) if number}
