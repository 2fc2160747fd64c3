"""Taking an answer back: one mail an hour, and what is erased is erased once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.erasure import Erasure
from feedback_service.delivery.models import WITHDRAWAL_LASTS, Message, MessagePurpose, MessageState
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.models import DailyScore
from feedback_service.invitations.links import token_hash
from feedback_service.invitations.models import Invitation, InvitationLink, LinkScope
from feedback_service.orders.models import Order
from feedback_service.responses.models import (
    Response,
    ResponseAnswer,
    ResponseChange,
    ResponseRevision,
    RevisionKind,
)
from feedback_service.responses.rules.presses import PressSuspicion
from feedback_service.responses.withdraw import (
    AGAIN_AFTER,
    Standing,
    ask_by_mail,
    erase_answers,
    everything_of,
    standing_of_link,
    standing_of_wish,
)
from tests.invitations.factories import LINK_KEYS, NOW, PRIVACY_KEY, numbered
from tests.responses.factories import at_once
from tests.responses.withdrawing.factories import (
    PLANTED,
    answer,
    asked,
    forget_addresses,
    fresh,
    invitation,
    secret,
    suppress_all,
)

SECOND = timedelta(seconds=1)
Sessions = sessionmaker[Session]


def erasure_of(response: Response) -> Erasure:
    invitations = (response.invitation_id,) if response.invitation_id else ()
    return Erasure((response.id,), invitations, at=NOW, by="the customer", key=PRIVACY_KEY)


def mails(session: Session) -> list[Message]:
    found = session.scalars(
        select(Message).where(Message.purpose == MessagePurpose.WITHDRAWAL).order_by(Message.ordinal)
    ).all()
    session.commit()
    return list(found)


def ask(session: Session, made: Invitation, at: object = NOW) -> Standing:
    standing = ask_by_mail(session, made, LINK_KEYS, at)  # type: ignore[arg-type]  # a moment
    session.commit()
    return standing


# --- asking ---------------------------------------------------------------------------------------------------------


def test_a_wish_is_answered_by_a_mail_with_a_link_that_is_known_from_then_on(session: Session) -> None:
    made = asked(session)
    response = answer(session, made)
    hashed = token_hash(secret(made, LinkScope.WITHDRAW))
    assert session.get(InvitationLink, hashed) is None, "before, there is no such link to be found out"
    assert ask(session, made) is Standing.ASKED
    (mail,) = mails(session)
    assert (mail.invitation_id, mail.words, mail.locale, mail.state) == (made.id, None, "en", MessageState.PENDING)
    assert session.get_one(InvitationLink, hashed).scope is LinkScope.WITHDRAW
    assert fresh(session, response).withdrawn_at is None, "nothing is erased yet"


def test_asking_again_within_an_hour_sends_no_second_mail(session: Session) -> None:
    made = asked(session)
    answer(session, made)
    assert [ask(session, made, NOW + wait) for wait in (0 * SECOND, SECOND, AGAIN_AFTER - SECOND)] == [
        Standing.ASKED
    ] * 3
    assert len(mails(session)) == 1
    assert ask(session, made, NOW + AGAIN_AFTER) is Standing.ASKED
    assert [mail.ordinal for mail in mails(session)] == [1, 2]


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.CANCELLED])
def test_a_mail_that_came_to_nothing_may_be_asked_for_at_once(session: Session, state: MessageState) -> None:
    made = asked(session)
    answer(session, made)
    ask(session, made)
    session.execute(update(Message).values(state=state, detail="The server would not have it."))
    ask(session, made, NOW + SECOND)
    assert len(mails(session)) == 2


def test_two_devices_that_ask_at_once_get_one_mail(session: Session, sessions: Sessions) -> None:
    made = asked(session)
    answer(session, made)

    def press() -> Standing:
        with sessions() as own:
            standing = ask_by_mail(own, own.get_one(Invitation, made.id), LINK_KEYS, NOW)
            own.commit()
            return standing

    assert at_once(press, press, press) == [Standing.ASKED] * 3
    assert len(mails(session)) == 1


@pytest.mark.parametrize("happens", [suppress_all, forget_addresses])
def test_an_address_that_takes_no_mail_is_not_written_to(session: Session, happens: Callable[[Session], None]) -> None:
    made = asked(session)
    answer(session, made)
    happens(session)
    session.expire_all()
    assert ask(session, made) is Standing.UNREACHABLE
    assert mails(session) == []


def test_without_an_answer_there_is_nothing_to_ask(session: Session) -> None:
    made = asked(session)
    assert standing_of_wish(session, made, NOW) is Standing.NOTHING_THERE
    assert standing_of_link(session, made, NOW) is Standing.NOTHING_THERE
    made.answered_at = NOW  # anonymous: spent, and nobody can find the answer
    assert ask(session, made) is Standing.NOTHING_THERE
    assert mails(session) == []


def test_the_link_works_for_two_days_after_the_newest_mail(session: Session) -> None:
    made = asked(session)
    answer(session, made)
    assert standing_of_link(session, made, NOW) is Standing.ENDED, "nobody has asked for it"
    ask(session, made)
    assert standing_of_link(session, made, NOW + WITHDRAWAL_LASTS - SECOND) is Standing.TO_PRESS
    assert standing_of_link(session, made, NOW + WITHDRAWAL_LASTS) is Standing.ENDED
    ask(session, made, NOW + WITHDRAWAL_LASTS)
    assert standing_of_link(session, made, NOW + WITHDRAWAL_LASTS) is Standing.TO_PRESS


# --- erasing --------------------------------------------------------------------------------------------------------


def test_of_an_answer_nothing_is_left_but_that_it_was_given_and_taken_back(session: Session) -> None:
    response = answer(session, asked(session))
    assert erase_answers(session, erasure_of(response)) == 1
    session.commit()
    left = fresh(session, response)
    assert (left.withdrawn_at, left.score, left.comment, left.wants_contact) == (NOW, 2, "", False)
    assert (left.remedy, left.contact_how, left.contact_when, left.contact_phone) == (None, None, None, None)
    assert left.revision == left.assessed_revision == left.routed_revision == 3, "nothing is left to do about it"
    assert session.scalars(select(ResponseAnswer)).all() == []
    revisions = session.scalars(select(ResponseRevision).order_by(ResponseRevision.ordinal)).all()
    assert [revision.kind for revision in revisions] == [
        RevisionKind.ANSWER,
        RevisionKind.CORRECTION,
        RevisionKind.WITHDRAWN,
    ]
    assert {(revision.comment, revision.wants_contact, str(revision.details)) for revision in revisions} == {
        ("", False, "{}")
    }


def test_the_counts_move_by_exactly_the_withdrawn_score(session: Session) -> None:
    answer(session, asked(session), score=2)
    second = answer(session, invitation(session, numbered(1)), score=2)
    answer(session, invitation(session, numbered(2)), score=5)
    fold_changes(session, NOW, 100)
    before = dict(session.execute(select(DailyScore.score, DailyScore.count)).all())
    erase_answers(session, erasure_of(second))
    fold_changes(session, NOW, 100)
    after = dict(session.execute(select(DailyScore.score, func.sum(DailyScore.count)).group_by(DailyScore.score)).all())
    assert before == {2: 2, 5: 1}
    assert {score: count for score, count in after.items() if count} == {2: 1, 5: 1}


def test_what_was_never_counted_is_not_taken_out(session: Session) -> None:
    response = answer(session, asked(session))
    response.suspected = PressSuspicion.TOO_FAST
    session.execute(ResponseChange.__table__.delete())
    session.commit()
    erase_answers(session, erasure_of(response))
    assert session.scalars(select(ResponseChange)).all() == []


def test_erasing_twice_is_erasing_once(session: Session) -> None:
    response = answer(session, asked(session))
    assert [erase_answers(session, erasure_of(response)) for _ in range(3)] == [1, 0, 0]
    assert [change.delta for change in session.scalars(select(ResponseChange).order_by(ResponseChange.id))] == [1, -1]


def test_two_who_erase_at_once_take_the_score_out_once(session: Session, sessions: Sessions) -> None:
    response = answer(session, asked(session))
    told = erasure_of(response)

    def press() -> int:
        with sessions() as own:
            erased = erase_answers(own, told)
            own.commit()
            return erased

    assert sorted(at_once(press, press, press)) == [0, 0, 1]
    assert session.scalar(select(func.sum(ResponseChange.delta))) == 0


def test_everything_of_a_person_is_found_by_them_and_by_their_orders(session: Session) -> None:
    made = asked(session)
    mailed = answer(session, made)
    walked_in = answer(session)
    walked_in.order_id = session.scalars(select(Order.id)).one()
    stranger = answer(session, invitation(session, numbered(1)))
    session.commit()
    told = everything_of(session, [made.customer_id], at=NOW, by="Marta", key=PRIVACY_KEY)
    assert told.response_ids == (mailed.id, walked_in.id)
    assert told.invitation_ids == (made.id,)
    assert stranger.id not in told.response_ids
    erase_answers(session, told)
    session.commit()
    assert fresh(session, walked_in).claimed_order is None
    assert PLANTED in fresh(session, stranger).comment
