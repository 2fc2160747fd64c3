"""Why somebody was asked, or was not: one person's story in its order, with the rule behind every step."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.asking.explain import Story, story_of
from feedback_service.cases.models import Case
from feedback_service.cases.open_cases import open_cases
from feedback_service.customers.erasure import Erasure
from feedback_service.customers.forbid import suppress, unsubscribe
from feedback_service.customers.models import Customer, SuppressionReason
from feedback_service.delivery.models import (
    DeliveryEvent,
    DeliveryEventKind,
    Message,
    MessagePurpose,
    MessageState,
    Reply,
)
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.delivery.queue_note import queue_note
from feedback_service.delivery.remind import queue_reminders
from feedback_service.invitations.cancel import cancel
from feedback_service.invitations.explain import Line
from feedback_service.invitations.models import DecisionStep, Invitation, LinkScope, LinkVisit
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.collect import confirm_score
from feedback_service.responses.withdraw import erase_answers
from tests.invitations.factories import CSAT, DAY, LISBON, NOW, PRIVACY_KEY, decide, go_live, numbered, order, plan
from tests.responses.withdrawing.factories import PLANTED, answer

HOUR = timedelta(hours=1)
ORDER = numbered(0)
RULE = "1 day after delivery, or at once when the promised day passed without one"
NOT_DRAWN = f"Post-purchase NPS about order {ORDER}: the event was not in the sample"


def story(session: Session, of: str = ORDER, at: object = NOW) -> Story:
    customer = session.scalars(select(Customer.id).where(Customer.external_id == f"buyer of {of}")).one()
    told = story_of(session, customer, at, LISBON)
    assert told is not None
    return told


def said(lines: list[Line]) -> list[str]:
    """As the page and the command print them, without the time."""
    return [f"{line.words} ({line.rule})" if line.rule else line.words for line in lines]


def rules(session: Session, survey: str, part: str, **values: object) -> None:
    row = session.get_one(Survey, survey)
    row.rules = {**row.rules, part: {**row.rules[part], **values}}
    row.revision += 1
    session.commit()


@pytest.fixture
def asked(session: Session) -> Invitation:
    """One buyer who was asked by one survey and drawn by no other."""
    order(session, ORDER, amount="49.90", currency="EUR")
    go_live(session)
    plan(session, NOW - HOUR)
    decide(session)
    return session.scalars(select(Invitation)).one()


# --- decisions ------------------------------------------------------------------------------------------------------


def test_a_decision_is_told_with_the_rule_behind_it(session: Session, asked: Invitation) -> None:
    told = story(session)
    assert said(told.past) == [
        f"Placed order {ORDER} (shop, €49.90)",
        f"Order {ORDER} was delivered",
        f"Delivery CSAT about order {ORDER}: to be decided on 19 Mar 2026, 10:00 (asks {RULE})",
        f"Not asked by {NOT_DRAWN} (asking.sample_one_in = 2)",
        f"Asked by Delivery CSAT about order {ORDER} (“Delivery CSAT” asks {RULE})",
    ]
    times = [line.at for line in told.past]
    assert times == sorted(times)
    assert said(told.ahead) == [f"The link of Delivery CSAT about order {ORDER} ends"]
    assert [(found.id, found.order) for found in told.open] == [(asked.id, ORDER)]


def test_whoever_was_left_in_peace_reads_why(session: Session, asked: Invitation) -> None:
    again = numbered(1)
    order(session, again, customer_id=f"buyer of {ORDER}", email=f"{ORDER.lower()}@example.com")
    plan(session)
    decide(session, NOW + DAY)
    assert (
        f"Not asked by Delivery CSAT about order {again}: the person was asked a short time ago"
        " (asking.quarantine_days = 30; last asked on 2026-03-20)"
    ) in said(story(session).past)


def test_a_deferral_and_what_waits_are_told(session: Session) -> None:
    go_live(session)
    rules(session, CSAT, "window", **{"from": "12:00:00", "until": "14:00:00"})
    order(session, ORDER)
    order(session, numbered(1), delivered_at=None, status="shipped", promised_on="2026-03-22")
    order(session, numbered(2), delivered_at=None, status="shipped")
    plan(session)
    decide(session)
    waits = story(session)
    assert said(waits.past)[-1] == (
        f"Delivery CSAT about order {ORDER}: put off until 20 Mar 2026, 12:00, since it was outside the hours at which"
        " mails go out (window = mon, tue, wed, thu, fri, sat, sun, 12:00 to 14:00 by the customer's clock)"
    )
    assert said(waits.ahead) == [f"Delivery CSAT about order {ORDER} is decided"]
    assert said(story(session, numbered(1)).ahead) == [
        f"The promised day of order {numbered(1)}, 22 Mar 2026, is over",
        f"Delivery CSAT about order {numbered(1)} is decided",
    ]
    undated = story(session, numbered(2)).ahead
    assert said(undated) == [
        f"Delivery CSAT about order {numbered(2)} waits: neither a delivery nor a promised day is known"
    ]
    assert undated[0].at is None


def test_a_cancelled_order_and_a_broken_promise_are_told(session: Session) -> None:
    order(session, ORDER, promised_on="2026-03-10", status="cancelled")
    plan(session)
    told = said(story(session).past)
    assert f"The promised day of order {ORDER}, 10 Mar 2026, was over without a delivery" in told
    assert f"Order {ORDER} is known to be cancelled" in told
    assert f"Not asked by Delivery CSAT about order {ORDER}: the order was cancelled" in told


# --- mails, visits, wishes ------------------------------------------------------------------------------------------


def test_mails_are_told_to_their_end(session: Session, asked: Invitation) -> None:
    queue_invitation_mails(session, NOW, 10)
    assert said(story(session).ahead)[0] == f"The mail of Delivery CSAT about order {ORDER} goes out"
    mail = session.scalars(select(Message)).one()
    mail.state, mail.sent_at, mail.detail = MessageState.SENT, NOW + HOUR, "The mail server accepted it (250)."
    session.flush()
    assert said(story(session, at=NOW + DAY).ahead)[0] == (
        f"Delivery CSAT about order {ORDER}: a reminder, unless there is an answer by then"
    )
    report = {"source": "postmark", "address_hash": asked.address_hash, "received_at": NOW}
    soft = DeliveryEvent(kind=DeliveryEventKind.SOFT_BOUNCE, event_key="1", at=NOW + 2 * HOUR, detail="Full", **report)
    session.add_all([soft, DeliveryEvent(kind=DeliveryEventKind.DELIVERED, event_key="2", at=NOW + 3 * HOUR, **report)])
    unsubscribe(session, asked.address_hash, NOW + DAY)
    queue_reminders(session, NOW + 5 * DAY, 10)
    assert queue_reminders(session, NOW + 6 * DAY, 10) == 0
    told = said(story(session, at=NOW + 7 * DAY).past)
    assert told[-6:-3] == [
        f"The mail of Delivery CSAT about order {ORDER} was written into the outbox",
        f"The mail of Delivery CSAT about order {ORDER} was sent (The mail server accepted it (250).)",
        "The mail came back; another day it might have arrived (postmark: Full)",
    ]
    assert told[-3] == "The mail reached its mailbox (postmark)"
    assert told[-2].startswith("Asked not to be asked any more")
    assert told[-1] == (
        f"Reminder 1 of Delivery CSAT about order {ORDER} was not sent (No reminder: the person asked not to be asked.)"
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            MessageState.UNKNOWN,
            "Nobody knows whether the mail of Delivery CSAT about order {} has left (It went away.)",
        ),
        (MessageState.FAILED, "The mail of Delivery CSAT about order {} could not be sent (It went away.)"),
        (MessageState.CANCELLED, "The mail of Delivery CSAT about order {} was not sent (It went away.)"),
    ],
)
def test_a_mail_that_did_not_leave_says_why(
    session: Session, asked: Invitation, state: MessageState, words: str
) -> None:
    queue_invitation_mails(session, NOW, 10)
    mail = session.scalars(select(Message)).one()
    mail.state, mail.detail = state, "It went away."
    session.flush()
    assert words.format(ORDER) in said(story(session).past)


def test_visits_of_people_and_of_machines_are_told_apart(session: Session, asked: Invitation) -> None:
    visit = {"invitation_id": asked.id, "scope": LinkScope.ANSWER, "method": "GET"}
    robot = LinkVisit(at=NOW + HOUR, agent="curl/8", suspected=VisitSuspicion.KNOWN_AGENT, **visit)
    session.add_all([robot, LinkVisit(at=NOW + 2 * HOUR, agent="Firefox", **visit)])
    session.flush()
    assert said(story(session, at=NOW + DAY).past)[-2:] == [
        f"A machine, it seems, opened the form of Delivery CSAT about order {ORDER} (by its name, a machine: curl/8)",
        f"Opened the form of Delivery CSAT about order {ORDER}",
    ]


def test_a_question_that_was_taken_back_is_told(session: Session, asked: Invitation) -> None:
    cancel(session, asked.id, by="Ana", reason="We have spoken", now=NOW + HOUR)
    told = story(session, at=NOW + DAY)
    assert said(told.past)[-1] == f"Delivery CSAT about order {ORDER} was taken back (Ana: We have spoken)"
    assert (told.ahead, told.open) == ([], [])


def test_the_answer_the_case_and_the_reply_are_told(session: Session, asked: Invitation) -> None:
    confirm_score(session, asked, 1, window=DAY, zone=LISBON, now=NOW + HOUR)
    open_cases(session, NOW + 2 * HOUR, 10, key=PRIVACY_KEY)
    reply = {"sender": "zoe@example.com", "words": "Where is it?", "message_key": "1"}
    session.add(Reply(invitation_id=asked.id, subject="Re: Your order", received_at=NOW + 3 * HOUR, **reply))
    session.flush()
    told = story(session, at=NOW + DAY)
    case = session.scalars(select(Case)).one()
    assert said(told.past)[-3:] == [
        f"Answered Delivery CSAT about order {ORDER}",
        f"Case {case.id} was opened (Detractors)",
        "Wrote back: “Re: Your order”",
    ]
    assert told.past[-2].case_id == case.id
    assert told.open == []


def test_what_was_learned_of_the_address_is_told(session: Session, asked: Invitation) -> None:
    suppress(session, asked.address_hash, SuppressionReason.HARD_BOUNCE, NOW + HOUR)
    assert said(story(session, at=NOW + DAY).past)[-1].startswith("Mail to the address cannot arrive")


# --- who ------------------------------------------------------------------------------------------------------------


def test_one_mailbox_is_one_person_whatever_the_sources_call_them(session: Session, asked: Invitation) -> None:
    order(session, numbered(1), customer_id="zoe's other name", email=f"{ORDER.upper()}@example.com")
    told = story(session)
    assert len(told.person.customers) == 2
    assert f"Placed order {numbered(1)} (shop)" in said(told.past)


def test_a_decision_from_before_steps_were_kept_is_told_too(session: Session, asked: Invitation) -> None:
    for step in session.scalars(select(DecisionStep)).all():
        session.delete(step)
    session.flush()
    told = said(story(session).past)
    assert f"Asked by Delivery CSAT about order {ORDER}" in told
    assert f"Not asked by {NOT_DRAWN}" in told


def test_nobody_has_no_story(session: Session) -> None:
    assert story_of(session, 4711, NOW, LISBON) is None


def test_notes_are_told_by_what_they_are_for(session: Session, asked: Invitation) -> None:
    queue_note(session, asked.id, MessagePurpose.OUTCOME, words="We sent a new one.", subject_key="case:7:1", now=NOW)
    queue_note(session, asked.id, MessagePurpose.WITHDRAWAL, words=None, subject_key=asked.uid, now=NOW)
    session.commit()
    about = f"of Delivery CSAT about order {ORDER}"
    told = said([*story(session).past, *story(session).ahead])
    for mail in ("The mail about what became of the answer", "The mail that asks whether to erase the answer"):
        assert f"{mail} {about} was written into the outbox" in told
        assert f"{mail} {about} goes out" in told
    assert not any("We sent" in line for line in told)


def test_an_answer_that_was_taken_back_is_told_without_its_words(session: Session, asked: Invitation) -> None:
    response = answer(session, asked)
    erase_answers(session, Erasure((response.id,), (asked.id,), at=NOW + HOUR, by="the customer", key=PRIVACY_KEY))
    session.commit()
    told = said(story(session, at=NOW + DAY).past)
    assert "Took back the answer to Delivery CSAT, which was erased" in told
    assert not any(PLANTED in line for line in told)
