"""How often it was put right, against a count by hand."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.recovered import Recovered, recovered, recovered_in
from feedback_service.cases.rules.recovered import lowest_recovered
from feedback_service.cases.work import reopen
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Touchpoint
from feedback_service.responses.models import Response
from tests.cases.factories import KEY, colleague, complained, resolved, taken
from tests.responses.factories import asked

DAY = timedelta(days=1)


@pytest.mark.parametrize(("kind", "lowest"), [("nps", 7), ("csat", 4), ("ces", 5)])
def test_seven_of_ten_is_the_same_share_of_every_scale(kind: str, lowest: int) -> None:
    assert lowest_recovered(kind) == lowest


def _closed(session: Session, ana: int, at: datetime) -> Case:
    _, case = complained(session, at)
    taken(session, case, ana, at)
    resolved(session, case, ana, at)
    return case


def _asked(session: Session, case: Case, at: datetime) -> Invitation:
    """The mail that asks whether it was put right, sent at that time."""
    person = asked(session, at, survey="recovery_csat")
    invitation = session.get_one(Invitation, person.invitation_id)
    invitation.touchpoint_id = session.scalars(
        select(Touchpoint.id).where(Touchpoint.external_id == str(case.id))
    ).one()
    invitation.order_id = None
    session.add(
        Message(
            uid=f"sent-{invitation.id}",
            purpose=MessagePurpose.INVITATION,
            subject_key=f"invitation:{invitation.id}",
            invitation_id=invitation.id,
            state=MessageState.SENT,
            created_at=at,
            next_attempt_at=at,
            sent_at=at,
        )
    )
    session.flush()
    return invitation


def _answered(session: Session, invitation: Invitation, score: int, at: datetime) -> Response:
    response = Response(
        invitation_id=invitation.id,
        survey_key=invitation.survey_key,
        customer_id=invitation.customer_id,
        channel="mail",
        locale="en",
        score=score,
        answered_at=at,
        counted_on=at.date(),
    )
    session.add(response)
    session.flush()
    return response


def test_a_week_counted_by_hand(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    start, end = now, now + 7 * DAY
    cases = [_closed(session, ana, now + day * DAY) for day in (0, 1, 2, 3, 6)]
    _closed(session, ana, now - DAY)  # before the week
    _closed(session, ana, now + 7 * DAY)  # the week is half-open
    reopen(session, cases[0].id, user_id=ana, key=KEY, now=now + DAY)
    resolved(session, cases[0], ana, now + 2 * DAY)  # closed twice, counted once
    good, fair, poor, silent = (_asked(session, case, now + 4 * DAY) for case in cases[:4])
    _asked(session, cases[4], now + 9 * DAY)  # sent after the week
    _answered(session, good, 5, now + 5 * DAY)
    _answered(session, fair, 4, now + 20 * DAY)  # late, but to a mail of the week
    _answered(session, poor, 3, now + 5 * DAY)
    session.commit()
    found = recovered(session, start, end, now + 8 * DAY)
    assert found == Recovered(closed=5, asked=4, answers=3, recovered=2, still_open=1)
    assert (found.of_answers, found.of_closed) == (2 / 3, 2 / 5)
    silent.expires_at = now + 8 * DAY
    session.commit()
    assert recovered(session, start, end, now + 8 * DAY).still_open == 0


def test_days_apart_and_all_together(session: Session, now: datetime) -> None:
    """A case that is closed on both days is one of each, and one of all; the third day nothing happens."""
    ana = colleague(session, "Ana", now)
    twice, once = _closed(session, ana, now), _closed(session, ana, now)
    reopen(session, twice.id, user_id=ana, key=KEY, now=now + DAY)
    resolved(session, twice, ana, now + DAY)
    _answered(session, _asked(session, once, now), 5, now)
    _asked(session, twice, now + DAY)
    session.commit()
    days = [(now + number * DAY, now + (number + 1) * DAY) for number in range(3)]
    whole, each = recovered_in(session, days, now + 2 * DAY)
    assert whole == Recovered(closed=2, asked=2, answers=1, recovered=1, still_open=1)
    assert each == [Recovered(2, 1, 1, 1, 0), Recovered(1, 1, 0, 0, 1), Recovered(0, 0, 0, 0, 0)]
    assert recovered(session, now, now + 3 * DAY, now + 2 * DAY) == whole
    only, _ = recovered_in(session, days, now + 2 * DAY, Case.id == once.id)
    assert only == Recovered(closed=1, asked=1, answers=1, recovered=1, still_open=0)


def test_what_does_not_count_is_left_out(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    case, other = _closed(session, ana, now), _closed(session, ana, now)
    _answered(session, _asked(session, case, now), 5, now).withdrawn_at = now
    _answered(session, _asked(session, other, now), 5, now).suspected = "too_fast"  # type: ignore[assignment]  # by value
    session.commit()
    found = recovered(session, now, now + DAY, now)
    assert (found.asked, found.answers, found.recovered) == (2, 0, 0)


def test_whoever_took_their_answer_back_or_is_asked_no_more_cannot_answer(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    case, other = _closed(session, ana, now), _closed(session, ana, now)
    taken_back, called_off = _asked(session, case, now), _asked(session, other, now)
    _answered(session, taken_back, 5, now).withdrawn_at = now
    taken_back.answered_at = now
    session.commit()
    assert recovered(session, now, now + DAY, now).still_open == 1
    called_off.cancelled_at, called_off.cancelled_by = now, "Ana"
    session.commit()
    assert recovered(session, now, now + DAY, now).still_open == 0


def test_nothing_says_nothing(session: Session, now: datetime) -> None:
    nothing = recovered(session, now, now + DAY, now)
    assert (nothing.closed, nothing.of_answers, nothing.of_closed) == (0, None, None)
