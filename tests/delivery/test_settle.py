"""A mail of which nobody knew is settled once, by a person or by the receiving side."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.delivery.claim import LEASE
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.models import Message, MessageState
from feedback_service.delivery.settle import settle, settle_from_receiver
from feedback_service.demo.mailbox import Mailbox
from tests.delivery.factories import DOMAIN, messages, outbox, send
from tests.invitations.factories import NOW

LATER = NOW + LEASE


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box


def unknown(session: Session, count: int = 1) -> list[Message]:
    queued = outbox(session, count)
    session.execute(update(Message).values(state=MessageState.UNKNOWN, detail="nobody knows"))
    session.commit()
    return queued


def test_it_arrived(session: Session) -> None:
    (message,) = unknown(session)
    assert settle(session, message.id, arrived=True, by="Ana", now=LATER)
    (settled,) = messages(session)
    assert (settled.state, settled.sent_at, settled.detail) == (
        MessageState.SENT,
        LATER,
        "Settled by Ana: it arrived.",
    )


def test_it_was_lost_and_is_sent_again(session: Session, sessions: sessionmaker[Session], mailbox: Mailbox) -> None:
    (message,) = unknown(session)
    assert settle(session, message.id, arrived=False, by="Ana", now=LATER)
    session.commit()
    assert send(sessions, mailbox.start(), LATER) == 1
    assert mailbox.log() == {message_id_for(message.uid, DOMAIN): 1}


def test_only_the_first_word_counts(session: Session) -> None:
    (message,) = unknown(session)
    assert settle(session, message.id, arrived=True, by="Ana", now=LATER)
    assert not settle(session, message.id, arrived=False, by="Ben", now=LATER)
    assert messages(session)[0].state == MessageState.SENT


@pytest.mark.parametrize("state", [state for state in MessageState if state != MessageState.UNKNOWN])
def test_what_is_known_cannot_be_settled(session: Session, state: MessageState) -> None:
    (message,) = outbox(session, 1)
    held = {"leased_until": LATER} if state in {MessageState.LEASED, MessageState.HANDING} else {}
    sent = {"sent_at": NOW} if state == MessageState.SENT else {}
    session.execute(update(Message).values(state=state, detail="as it is", **held, **sent))
    assert not settle(session, message.id, arrived=False, by="Ana", now=LATER)
    assert not settle(session, 10_000, arrived=False, by="Ana", now=LATER)
    assert messages(session)[0].state == state


def test_the_receivers_list_settles_everything_that_was_under_way(
    session: Session, sessions: sessionmaker[Session], mailbox: Mailbox
) -> None:
    arrived, lost, held, waiting = outbox(session, 4)
    for message, state in ((arrived, MessageState.HANDING), (lost, MessageState.HANDING), (held, MessageState.LEASED)):
        session.execute(
            update(Message).where(Message.id == message.id).values(state=state, leased_until=LATER, lease_key="k")
        )
    received = {message_id_for(arrived.uid, DOMAIN), "<another@mail.example>"}
    assert settle_from_receiver(session, received, sender_domain=DOMAIN, by="the mailbox", now=NOW) == 2
    session.commit()
    assert [message.state for message in messages(session)] == [MessageState.SENT, *[MessageState.PENDING] * 3]
    assert send(sessions, mailbox.start()) == 3, "at once, without waiting for a lease"
    assert mailbox.message_ids() == {message_id_for(message.uid, DOMAIN) for message in (lost, held, waiting)}
