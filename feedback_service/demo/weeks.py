"""Plays the demo shop's last weeks: mails go out, people answer, colleagues work the queues, each at its hour."""

from datetime import date, datetime, time, timedelta

from feedback_service.config import Settings
from feedback_service.database import SessionFactory
from feedback_service.demo.advocates import friends_come, promoters_recommend
from feedback_service.demo.buyers import accept_what_was_done, buyers_answer, say_whether_it_helped
from feedback_service.demo.checks import check_blind
from feedback_service.demo.colleagues import colleagues_answer
from feedback_service.demo.conversations import buyers_write_back
from feedback_service.demo.doors import STAFF
from feedback_service.demo.follow_ups import Reply
from feedback_service.demo.outer_loop import enter_holiday, improve, read_answers, read_notices, ring_top_spenders
from feedback_service.demo.phone import customers_ring
from feedback_service.demo.queue_life import Day, last_days
from feedback_service.demo.staff import Staff
from feedback_service.demo.walk_ins import WalkIns
from feedback_service.pipeline import Step, run_step, steps

NOON = 12  # staff start before it; buyers answer at any hour
HALF_A_DAY = timedelta(hours=12)


def play_weeks(
    settings: Settings, sessions: SessionFactory, replies: list[Reply], *, since: date, until: datetime
) -> None:
    """Run the loop twice a day from `since` to `until`, with everybody in it."""
    planned = {(reply["order_id"], reply["survey"]): reply for reply in replies}
    loop = steps(settings)  # once: its words are read from files
    key, zone, today = settings.privacy_secret, settings.zone, until.astimezone(settings.zone).date()
    with sessions() as session:
        walk_ins = WalkIns(session, since, today, zone)
        session.rollback()  # a session that only read still holds SQLite's write lock
    moment = datetime.combine(since, time(9), zone)
    while moment < until:
        _run(loop, sessions, moment)
        with sessions() as session:
            buyers_answer(session, planned, moment, zone)
            say_whether_it_helped(session, moment, zone)
            accept_what_was_done(session, key, moment)
            colleagues_answer(session, moment, today, zone)
            promoters_recommend(session, moment)
            friends_come(session, moment)
            walk_ins.come(session, moment)
            buyers_write_back(session, key, moment, until)
            session.commit()
        _run(loop, sessions, moment)
        if moment.hour < NOON:
            with sessions() as session:
                last_days(Day(session, key, zone, settings.shop_name, moment, until))
                customers_ring(session, key, moment, zone)
                Staff(session, key, settings.shop_name, moment).work(until)
                ring_top_spenders(session, key, moment, until, zone)
                improve(session, key, moment, until, zone)
                read_answers(session, moment, until)
                read_notices(session, moment, until)
                check_blind(session, STAFF[0], moment)
                session.commit()
        moment += HALF_A_DAY
    with sessions() as session:
        enter_holiday(session, until - HALF_A_DAY, until, zone)
        session.commit()
    _run(loop, sessions, until)


def _run(loop: tuple[Step, ...], sessions: SessionFactory, now: datetime) -> None:
    for step in loop:
        run_step(step, sessions, lambda: now)
