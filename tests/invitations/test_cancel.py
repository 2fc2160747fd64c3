"""One invitation taken back by hand: who did it, and why, stays."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.invitations.cancel import LONGEST_LINE, Cancelled, cancel
from tests.invitations.factories import DAY, NOW, invitation


def test_an_invitation_is_taken_back_once(session: Session) -> None:
    made = invitation(session)
    made.remind_at = NOW + 4 * DAY
    assert cancel(session, made.id, by="Ana", reason="She has\n called us.", now=NOW) is Cancelled.NOW
    assert (made.cancelled_at, made.cancelled_by) == (NOW, "Ana: She has called us.")
    assert made.remind_at is None
    later = NOW + timedelta(hours=1)
    assert cancel(session, made.id, by="Rui", reason="So she has.", now=later) is Cancelled.BEFORE
    assert (made.cancelled_at, made.cancelled_by) == (NOW, "Ana: She has called us.")


def test_an_answer_is_never_taken_back(session: Session) -> None:
    made = invitation(session)
    made.answered_at = NOW
    session.commit()
    assert cancel(session, made.id, by="Ana", reason="Too late", now=NOW) is Cancelled.ANSWERED
    assert made.cancelled_at is None


def test_what_does_not_exist_is_not_taken_back(session: Session) -> None:
    assert cancel(session, 4711, by="Ana", reason="A guess", now=NOW) is Cancelled.NO_SUCH


def test_a_reason_is_needed_and_may_be_long(session: Session) -> None:
    made = invitation(session)
    with pytest.raises(ValueError, match="say why"):
        cancel(session, made.id, by="Ana", reason=" \n", now=NOW)
    assert cancel(session, made.id, by="Ana", reason="because " * 100, now=NOW) is Cancelled.NOW
    assert len(made.cancelled_by or "") == LONGEST_LINE
