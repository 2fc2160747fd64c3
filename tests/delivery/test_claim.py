"""What a crashed worker held is taken up again, unless somebody has said that it left."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.delivery.claim import LEASE, claim, hand_over, release_expired
from feedback_service.delivery.models import BounceKind, Message, MessageState
from feedback_service.delivery.settle import settle
from tests.delivery.factories import messages, outbox
from tests.invitations.factories import NOW

LATER = NOW + LEASE + timedelta(minutes=1)
REPORTS = pytest.mark.parametrize(
    "told",
    [{"delivered_at": NOW}, {"bounced_at": NOW, "bounce": BounceKind.SOFT}, {"complained_at": NOW}],
    ids=["delivered", "bounced", "complained about"],
)


def handing(session: Session) -> None:
    outbox(session, 1)
    key, ids = claim(session, NOW, 10)
    hand_over(session, ids, key, NOW + LEASE)
    session.commit()


def test_nobody_knows_of_a_mail_that_was_being_handed_over(session: Session) -> None:
    handing(session)
    release_expired(session, LATER)
    (message,) = messages(session)
    assert (message.state, message.sent_at, message.lease_key) == (MessageState.UNKNOWN, None, None)


@REPORTS
def test_a_mail_that_the_provider_reported_has_left(session: Session, told: dict[str, object]) -> None:
    handing(session)
    session.execute(update(Message).values(told))
    release_expired(session, LATER)
    (message,) = messages(session)
    assert (message.state, message.sent_at, message.lease_key) == (MessageState.SENT, LATER, None)
    assert "the mail provider reported it" in message.detail


@REPORTS
def test_nobody_can_say_that_a_mail_that_was_reported_never_left(session: Session, told: dict[str, object]) -> None:
    (message,) = outbox(session, 1)
    session.execute(update(Message).values(state=MessageState.UNKNOWN, detail="nobody knows", **told))
    assert not settle(session, message.id, arrived=False, by="Ana", now=LATER)
    assert settle(session, message.id, arrived=True, by="Ana", now=LATER)
    session.commit()
    assert messages(session)[0].state == MessageState.SENT
