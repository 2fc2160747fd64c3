"""A shop that has gone quiet says so, and one that is only quiet does not."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, text, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.delivery.health import alarms_now
from feedback_service.delivery.models import Message, MessageState
from feedback_service.delivery.rules.alarms import Alarm, AlarmKind
from feedback_service.invitations.go_live import set_paused
from feedback_service.invitations.models import GoLive, Invitation
from tests.delivery.factories import outbox, send
from tests.delivery.test_smtp import Post, serving
from tests.guards.test_indexes import GROWING, plans
from tests.invitations.factories import DAY, NOW, decide, go_live, numbered, order, plan

HOUR = timedelta(hours=1)
LATER = NOW + 25 * HOUR


def found(session: Session, now: object = LATER, hours: int = 24, answer_hours: int = 72) -> list[Alarm]:
    return alarms_now(session, now, hours=hours, answer_hours=answer_hours)


def kinds(session: Session, now: object = LATER) -> list[AlarmKind]:
    return [alarm.kind for alarm in found(session, now)]


def sent(session: Session, count: int, at: object) -> None:
    outbox(session, count)
    session.execute(update(Message).values(state=MessageState.SENT, sent_at=at, detail="250"))
    session.commit()


def test_before_sending_has_started_silence_is_right(session: Session) -> None:
    order(session, numbered(0))
    assert kinds(session) == []


def test_orders_that_nobody_looks_at_are_an_alarm_after_a_day(session: Session) -> None:
    order(session, numbered(0))
    go_live(session)
    assert kinds(session, NOW + 23 * HOUR) == []
    (alarm,) = found(session)
    assert alarm.kind == AlarmKind.STANDS_STILL
    assert alarm.words == "Work that was due 25 h ago has not been taken up."
    assert "feedback worker" in alarm.remedy


def test_so_are_decisions_that_nobody_makes_and_invitations_without_a_mail(session: Session) -> None:
    order(session, numbered(0), delivered_at=NOW - 3 * DAY)
    go_live(session)
    plan(session)
    assert AlarmKind.STANDS_STILL in kinds(session)
    decide(session)
    assert AlarmKind.STANDS_STILL in kinds(session)


def test_a_mail_that_waits_for_a_day_while_none_leaves_is_an_alarm(session: Session) -> None:
    outbox(session, 2)
    assert kinds(session, NOW + 23 * HOUR) == []
    assert kinds(session) == [AlarmKind.NOTHING_SENT]
    tried = {"first_attempt_at": NOW, "attempts": 9, "next_attempt_at": LATER + HOUR}
    session.execute(update(Message).values(**tried))
    assert kinds(session) == [AlarmKind.NOTHING_SENT], "that it will be tried again is no comfort"


def test_as_long_as_others_leave_a_waiting_mail_is_its_own_affair(session: Session) -> None:
    first, _ = outbox(session, 2)
    one = update(Message).where(Message.id == first.id)
    session.execute(one.values(state=MessageState.SENT, sent_at=LATER - HOUR))
    assert kinds(session) == []


def test_a_mail_for_later_is_not_late(session: Session) -> None:
    outbox(session, 1)
    session.execute(update(Message).values(next_attempt_at=LATER + HOUR))
    assert kinds(session) == []


def test_a_pause_is_silence_that_somebody_wanted(session: Session) -> None:
    outbox(session, 1)
    set_paused(session, True, now=NOW)
    assert kinds(session) == []
    set_paused(session, False, now=LATER)
    assert kinds(session) == [], "and what waited through it is not late at once"
    assert kinds(session, LATER + 24 * HOUR) == [AlarmKind.NOTHING_SENT]


def test_a_server_that_refuses_us_is_an_alarm_at_once(session: Session) -> None:
    outbox(session, 1)
    said = "The mail server answered with “535 no”. The recipient is not at fault: check the mail server's settings"
    session.execute(update(Message).values(attempts=1, first_attempt_at=NOW, detail=f"{said} and the sender."))
    (alarm,) = found(session, NOW + HOUR)
    assert alarm.kind == AlarmKind.SERVER_REFUSES_US
    assert alarm.detail.startswith(said)


def test_mails_that_fail_one_after_the_other_are_an_alarm(session: Session) -> None:
    outbox(session, 10)
    session.execute(update(Message).values(state=MessageState.FAILED, detail="554 looks like spam"))
    (alarm,) = found(session, NOW + HOUR)
    assert alarm.words == "10 of the newest 10 mails failed."
    assert alarm.detail == "554 looks like spam"
    assert kinds(session, NOW + 25 * HOUR) == [], "yesterday's failures were shown yesterday"


def test_many_mails_and_not_one_answer_is_an_alarm(session: Session) -> None:
    sent(session, 50, NOW)
    assert kinds(session, NOW + 23 * HOUR) == [], "they had no time yet"
    (alarm,) = found(session, NOW + 25 * HOUR)
    assert alarm.words == "None of the 50 mails of the last 72 hours was answered."
    session.execute(update(Invitation).where(Invitation.id == 1).values(answered_at=NOW + HOUR))
    assert kinds(session, NOW + 25 * HOUR) == []


def test_nought_hours_look_for_nothing(session: Session) -> None:
    outbox(session, 1)
    session.execute(update(GoLive).values(set_at=NOW - DAY))
    assert found(session, hours=0, answer_hours=0) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_looking_walks_no_table(engine: Engine, session: Session) -> None:
    outbox(session, 1)
    session.execute(update(GoLive).values(set_at=NOW - DAY))
    session.execute(text("ANALYZE"))
    session.commit()
    said: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _r, sql, values, _x, _m: said.append((sql, values)))
    found(session)
    session.commit()
    bounded = "ORDER BY messages.id DESC"  # the newest 50, in the table's own order
    selects = [(sql, values) for sql, values in said if sql.startswith("SELECT") and bounded not in sql]
    assert len(selects) >= 7
    walk = rf"SCAN ({'|'.join(GROWING)})\b(?! USING (COVERING )?INDEX)"
    assert [step for step in plans(engine, selects) if re.match(walk, step)] == []


def test_what_the_sending_step_keeps_is_what_the_alarm_reads(session: Session, sessions: sessionmaker[Session]) -> None:
    outbox(session, 1)
    with serving(Post(sender="550 5.7.1 Sender not allowed")) as port:
        send(sessions, port)
    (alarm,) = found(session, NOW + HOUR)
    assert alarm.kind == AlarmKind.SERVER_REFUSES_US
    assert "550 5.7.1 Sender not allowed" in alarm.detail
