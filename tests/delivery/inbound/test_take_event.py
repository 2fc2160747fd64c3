"""What is reported about a mail counts once, for the right mail, and only as far as the reporter can be believed."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.addresses import address_hash
from feedback_service.customers.models import Address, AddressFact, SuppressionReason
from feedback_service.delivery.inbound.take_event import SOFT_BOUNCE_LIMIT, Taken, take_event
from feedback_service.delivery.models import BounceKind, DeliveryEventKind, Message, MessageState
from feedback_service.delivery.queue_mails import queue_invitation_mails
from tests.delivery.factories import recipient
from tests.delivery.inbound.factories import (
    address_now,
    evidence,
    facts,
    message_now,
    report,
    sent,
    sent_again,
    take,
)
from tests.invitations.factories import NOW, PRIVACY_KEY, decide, go_live, numbered, order, plan
from tests.responses.factories import at_once

HARD, SOFT = DeliveryEventKind.HARD_BOUNCE, DeliveryEventKind.SOFT_BOUNCE
DELIVERED, COMPLAINT = DeliveryEventKind.DELIVERED, DeliveryEventKind.COMPLAINT
OPTED_OUT, AUTO_REPLY = DeliveryEventKind.UNSUBSCRIBED, DeliveryEventKind.AUTO_REPLY


def test_a_hard_bounce_ends_all_mail_there(session: Session) -> None:
    message = sent(session)
    assert take(session, report(message, HARD, detail="550 no such user")) == Taken.COUNTED
    found = message_now(session, message)
    assert (found.bounced_at, found.bounce) == (NOW, BounceKind.HARD)
    assert address_now(session).suppressed_reason == SuppressionReason.HARD_BOUNCE
    assert facts(session) == [(AddressFact.SUPPRESSED, "Amazon SES")]
    (kept,) = evidence(session)
    assert (kept.message_id, kept.address_hash, kept.detail) == (
        message.id,
        found.invitation.address_hash,
        "550 no such user",
    )


def test_soft_bounces_of_mails_in_a_row_end_it_at_the_limit(session: Session) -> None:
    message = sent(session)
    for number in range(1, SOFT_BOUNCE_LIMIT + 1):
        assert address_now(session).suppressed_at is None
        take(session, report(message, SOFT))
        take(session, report(message, SOFT))  # another report on the same mail
        assert address_now(session).soft_bounces == number
        message = sent_again(session, message)
    assert address_now(session).suppressed_reason == SuppressionReason.SOFT_BOUNCES


def test_a_delivery_begins_to_count_anew(session: Session) -> None:
    message = sent(session)
    take(session, report(message, SOFT))
    take(session, report(message, DELIVERED))  # of the mail that bounced: it came in the wrong order
    assert address_now(session).soft_bounces == 1
    again = sent_again(session, message)
    take(session, report(again, DELIVERED))
    take(session, report(again, DELIVERED, at=NOW + timedelta(hours=1)), NOW + timedelta(hours=2))
    assert message_now(session, again).delivered_at == NOW
    assert address_now(session).soft_bounces == 0


def test_an_answer_begins_to_count_anew_as_well(session: Session) -> None:
    message = sent(session)
    for hours in range(3):
        at = NOW + timedelta(hours=hours)
        take(session, report(message, SOFT, at=at), at)
        message = sent_again(session, message)
    assert address_now(session).soft_bounces == 3
    address_now(session).last_answered_at = NOW + timedelta(hours=5)
    session.commit()
    for hours, expected in ((6, 1), (7, 2)):
        at = NOW + timedelta(hours=hours)
        take(session, report(message, SOFT, at=at), at)
        assert address_now(session).soft_bounces == expected
        message = sent_again(session, message)


def test_a_mail_that_bounced_for_the_moment_may_turn_out_to_have_bounced_for_good(session: Session) -> None:
    message = sent(session)
    take(session, report(message, SOFT))
    take(session, report(message, HARD))
    take(session, report(message, SOFT))
    assert message_now(session, message).bounce == BounceKind.HARD
    assert address_now(session).soft_bounces == 1
    assert address_now(session).suppressed_reason == SuppressionReason.HARD_BOUNCE


def test_whoever_complains_is_never_mailed_again(session: Session) -> None:
    message = sent(session)
    take(session, report(message, COMPLAINT, source="postmark"))
    assert message_now(session, message).complained_at == NOW
    found = address_now(session)
    assert (found.suppressed_reason, found.unsubscribed_at) == (SuppressionReason.COMPLAINT, NOW)
    assert facts(session) == [(AddressFact.SUPPRESSED, "Postmark"), (AddressFact.UNSUBSCRIBED, "Postmark")]


def test_an_opt_out_at_the_provider_is_one_here(session: Session) -> None:
    message = sent(session)
    take(session, report(message, OPTED_OUT))
    assert address_now(session).unsubscribed_at == NOW
    assert address_now(session).suppressed_at is None


def test_an_automatic_answer_is_counted_and_changes_nothing(session: Session) -> None:
    message = sent(session)
    before = vars(address_now(session)).copy()
    assert take(session, report(message, AUTO_REPLY)) == Taken.COUNTED
    after = vars(address_now(session))
    assert {name: after[name] for name in before if name[0] != "_"} == {k: v for k, v in before.items() if k[0] != "_"}


@pytest.mark.parametrize("kind", [DELIVERED, HARD, SOFT, COMPLAINT])
def test_a_mail_that_nobody_knew_of_has_left(session: Session, kind: DeliveryEventKind) -> None:
    message = sent(session, state=MessageState.UNKNOWN)
    take(session, report(message, kind))
    found = message_now(session, message)
    assert (found.state, found.detail) == (MessageState.SENT, "Settled by Amazon SES: it arrived.")


def test_an_opt_out_does_not_tell_whether_a_mail_left(session: Session) -> None:
    message = sent(session, state=MessageState.UNKNOWN)
    take(session, report(message, OPTED_OUT))
    assert message_now(session, message).state == MessageState.UNKNOWN


def test_a_report_that_comes_again_counts_once_per_reporter(session: Session) -> None:
    message = sent(session)
    assert take(session, report(message, SOFT, key="1")) == Taken.COUNTED
    assert take(session, report(message, COMPLAINT, key="1")) == Taken.SEEN_BEFORE
    assert take(session, report(message, COMPLAINT, key="1", source="mailgun")) == Taken.COUNTED
    assert len(evidence(session)) == 2


def test_two_workers_with_one_report_count_it_once(session: Session, sessions: sessionmaker[Session]) -> None:
    message = sent(session)
    event = report(message, SOFT, key="1")

    def work() -> Taken:
        with sessions() as own:
            taken = take_event(own, event, NOW, key=PRIVACY_KEY)
            own.commit()
            return taken

    assert sorted(at_once(work, work)) == [Taken.COUNTED, Taken.SEEN_BEFORE]
    assert address_now(session).soft_bounces == 1


def test_two_workers_with_two_reports_on_one_mail_count_one_bounce(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    message = sent(session)

    def work(key: str) -> Taken:
        with sessions() as own:
            taken = take_event(own, report(message, SOFT, key=key), NOW, key=PRIVACY_KEY)
            own.commit()
            return taken

    assert at_once(lambda: work("1"), lambda: work("2")) == [Taken.COUNTED, Taken.COUNTED]
    assert address_now(session).soft_bounces == 1


# Which mail it is about


def test_without_an_id_the_recipient_tells_and_the_latest_mail_is_meant(session: Session) -> None:
    first = sent(session)
    latest = sent_again(session, first)
    email = recipient(first).upper()
    assert take(session, report(None, HARD, recipient=email)) == Taken.COUNTED
    assert message_now(session, first).bounced_at is None
    assert message_now(session, latest).bounce == BounceKind.HARD


def test_our_id_tells_more_than_the_recipient(session: Session) -> None:
    """The mail was forwarded, and the address behind the first one bounced."""
    message = sent(session)
    take(session, report(message, HARD, recipient="another@example.org"))
    assert message_now(session, message).bounce == BounceKind.HARD


@pytest.mark.parametrize("foreign", ["news-1@corner-shop.example", "0" * 32 + "@elsewhere.example"])
def test_another_mail_of_the_shop_s_to_the_same_person_is_not_ours(session: Session, foreign: str) -> None:
    message = sent(session)
    event = report(None, DELIVERED, recipient=recipient(message), message_ids=(foreign,))
    assert take(session, event) == Taken.NOT_OURS
    assert message_now(session, message).delivered_at is None
    (kept,) = evidence(session)
    assert (kept.message_id, kept.address_hash) == (None, message.invitation.address_hash)


def test_an_id_that_a_relay_put_in_place_of_ours_speaks_against_nothing(session: Session) -> None:
    message = sent(session)
    event = report(None, DELIVERED, recipient=recipient(message), message_ids=("0100@eu-west-1.amazonses.com",))
    assert take(session, event) == Taken.COUNTED


@pytest.mark.parametrize(
    "who", ["nobody@example.org", "no address at all", "", "x" * 3000 + "@example.org", "\x00@b.c"]
)
def test_reports_on_mails_that_were_never_ours_are_kept_and_do_nothing(session: Session, who: str) -> None:
    sent(session)
    assert take(session, report(None, COMPLAINT, recipient=who)) == Taken.NOT_OURS
    (kept,) = evidence(session)
    assert (kept.message_id, kept.address_hash) == (None, None)
    assert facts(session) == []


def test_a_person_who_was_never_mailed_is_known_and_nothing_follows(session: Session) -> None:
    order(session, "A-1", email="ben@example.com")
    session.commit()
    assert take(session, report(None, HARD, recipient="ben@example.com")) == Taken.NOT_OURS
    assert address_now(session).suppressed_at is None


# Who can be believed


@pytest.mark.parametrize("kind", [HARD, SOFT, COMPLAINT, OPTED_OUT, DELIVERED])
def test_what_anybody_could_have_written_ends_nothing(session: Session, kind: DeliveryEventKind) -> None:
    """A forged bounce in the shop's mailbox: its writer knows the address, but not the id of our mail."""
    message = sent(session, state=MessageState.UNKNOWN)
    forged = report(None, kind, source="mail", recipient=recipient(message), signed=False)
    for _ in range(SOFT_BOUNCE_LIMIT + 1):
        take(session, forged)
        take(session, report(None, kind, source="mail", recipient=recipient(message), signed=False))
    found, address = message_now(session, message), address_now(session)
    assert (address.suppressed_at, address.unsubscribed_at) == (None, None)
    assert (found.state, found.complained_at, found.delivered_at) == (MessageState.UNKNOWN, None, None)
    assert address.soft_bounces == (1 if kind in {HARD, SOFT} else 0)


def test_whoever_knows_the_id_of_our_mail_had_it_in_hand(session: Session) -> None:
    message = sent(session)
    take(session, report(message, HARD, source="mail", signed=False))
    assert address_now(session).suppressed_reason == SuppressionReason.HARD_BOUNCE


def test_a_clock_that_is_ahead_makes_nothing_happen_tomorrow(session: Session) -> None:
    message = sent(session)
    take(session, report(message, DELIVERED, at=NOW + timedelta(days=400)))
    assert message_now(session, message).delivered_at == NOW


# A person whose address was corrected between the asking and the mail


def corrected(session: Session) -> Message:
    """Asked at old@, corrected by the shop, and mailed at new@."""
    order(session, numbered(0), email="old@example.com")
    go_live(session)
    plan(session)
    decide(session)
    queue_invitation_mails(session, NOW, 10)
    order(session, numbered(0), email="new@example.com")
    (message,) = session.scalars(select(Message)).all()
    message.state, message.sent_at = MessageState.SENT, NOW
    session.commit()
    assert recipient(message) == "new@example.com"
    return message


def at(session: Session, email: str) -> Address:
    found = session.get_one(Address, address_hash(PRIVACY_KEY, email), populate_existing=True)
    session.commit()
    return found


def test_the_id_alone_is_enough_where_a_provider_gives_back_no_more(session: Session) -> None:
    """Postmark's metadata."""
    message = sent(session)
    take(session, report(None, DELIVERED, message_ids=(message.uid,)))
    assert message_now(session, message).delivered_at == NOW


@pytest.mark.parametrize("named", ["new@example.com", ""])
@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("kind", [COMPLAINT, OPTED_OUT, HARD])
def test_what_is_said_of_the_mail_holds_where_it_went(
    session: Session, kind: DeliveryEventKind, named: str, signed: bool
) -> None:
    message = corrected(session)
    assert take(session, report(message, kind, recipient=named, signed=signed)) == Taken.COUNTED
    address = at(session, "new@example.com")
    assert (address.suppressed_at is not None, address.unsubscribed_at is not None) == (
        kind != OPTED_OUT,
        kind != HARD,
    )


def test_the_recipient_alone_finds_the_mail_that_went_to_a_corrected_address(session: Session) -> None:
    message = corrected(session)
    assert take(session, report(None, COMPLAINT, recipient="new@example.com")) == Taken.COUNTED
    assert message_now(session, message).complained_at == NOW
    assert at(session, "new@example.com").unsubscribed_at == NOW
    assert at(session, "old@example.com").unsubscribed_at == NOW


def test_the_old_mailbox_s_bounce_does_not_close_the_new_one(session: Session) -> None:
    take(session, report(corrected(session), HARD, recipient="old@example.com"))
    assert at(session, "old@example.com").suppressed_reason == SuppressionReason.HARD_BOUNCE
    assert at(session, "new@example.com").suppressed_at is None


def test_whoever_has_our_mail_cannot_end_mail_to_somebody_else(session: Session) -> None:
    message = sent(session)
    order(session, "A-1", email="ben@example.com")
    session.commit()
    take(session, report(message, COMPLAINT, recipient="ben@example.com", source="mail", signed=False))
    assert at(session, "ben@example.com").unsubscribed_at is None


# What proves that this very mail arrived


@pytest.mark.parametrize("kind", [DELIVERED, HARD, COMPLAINT])
def test_the_recipient_alone_does_not_settle_a_mail_of_which_nobody_knows(
    session: Session, kind: DeliveryEventKind
) -> None:
    """The report may be about an earlier mail to the same person."""
    message = sent(session, state=MessageState.UNKNOWN)
    assert take(session, report(None, kind, recipient=recipient(message))) == Taken.COUNTED
    found = message_now(session, message)
    assert (found.state, found.delivered_at) == (MessageState.UNKNOWN, None)
