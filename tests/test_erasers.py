"""What a person takes back is nowhere any more: every column of every table is searched for it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.advocacy.models import ShownWhere, SignedAs
from feedback_service.advocacy.testimonials import Consent, allow
from feedback_service.cases.models import Case, CaseEntryWords, CaseState, EntryKind, Outcome
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, claim, log_action, resolve
from feedback_service.customers.erasure import Erasure
from feedback_service.customers.models import Address, AddressChange, AddressFact, Customer
from feedback_service.database import Base
from feedback_service.delivery.models import DeliveryEvent, DeliveryEventKind, Message, MessageState, Reply
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.models import DailyScore
from feedback_service.invitations.models import Invitation
from feedback_service.pipeline import ERASERS, erase
from feedback_service.responses.models import Response
from feedback_service.responses.withdraw import everything_of
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.models import Assessment
from tests.cases.factories import colleague
from tests.invitations.factories import NOW, PRIVACY_KEY, invitation, numbered
from tests.responses.factories import at_once
from tests.responses.withdrawing.factories import PLANTED, answer

NAME, EMAIL = "Zebedee Quill", "zebedee.quill@example.com"
STAFF_SAID = "Rang Zebedee Quill, nobody was in."
LATER = NOW + timedelta(hours=1)
Sessions = sessionmaker[Session]


@pytest.fixture
def made(session: Session) -> Invitation:
    """Somebody who was asked, and has said a great deal since."""
    invited = invitation(session, name=NAME, email=EMAIL)
    queue_invitation_mails(session, NOW, 10)
    answer(session, invited)
    answer(session, invitation(session, numbered(1)), score=5)
    assess_comments(session, NOW, 10)
    open_cases(session, NOW, 10, key=PRIVACY_KEY)
    _write_back(session, invited)
    take_replies(session, NOW, 10, key=PRIVACY_KEY)
    _allow(session, invited)
    _report(session, invited)
    fold_changes(session, NOW, 100)
    session.commit()
    return invited


def _write_back(session: Session, invited: Invitation) -> None:
    session.add(
        Reply(
            message_key="k" * 64,
            invitation_id=invited.id,
            customer_id=invited.customer_id,
            sender=EMAIL,
            subject=f"Re: {PLANTED}",
            words=f"Nobody answers me, says {PLANTED}.",
            received_at=NOW,
        )
    )
    session.flush()


def _allow(session: Session, invited: Invitation) -> None:
    words = Consent(f"What a {PLANTED}!", SignedAs.FULL_NAME, ShownWhere.ANYWHERE, "I allow it.")
    allow(session, invited.id, words, NOW)


def _report(session: Session, invited: Invitation) -> None:
    """A mail server repeats the address in whatever it says."""
    said = f"550 5.1.1 <{EMAIL.title()}>: user unknown"
    session.execute(update(Message).values(state=MessageState.FAILED, detail=said))
    message = session.scalars(select(Message).where(Message.invitation_id == invited.id)).one()
    session.add(
        DeliveryEvent(
            source="mail",
            event_key="e1",
            kind=DeliveryEventKind.SOFT_BOUNCE,
            message_id=message.id,
            at=NOW,
            received_at=NOW,
            detail=said,
        )
    )
    fact = {"fact": AddressFact.SUPPRESSED, "at": NOW, "by": "the mail server"}
    session.add(AddressChange(address_hash=invited.address_hash, detail=f"hard_bounce: {said}", **fact))


def _work_on_it(session: Session, made: Invitation) -> int:
    """A colleague takes the case, notes what was done, closes it and tells the customer; committed."""
    case_id = session.scalars(select(Case.id).where(Case.customer_id == made.customer_id)).one()
    user = colleague(session, "Marta", NOW)
    claim(session, case_id, user_id=user, key=PRIVACY_KEY, now=NOW)
    log_action(session, case_id, EntryKind.CALLED, STAFF_SAID, user_id=user, key=PRIVACY_KEY, now=NOW)
    _resolve(session, case_id, user)
    session.commit()
    return case_id


def _resolve(session: Session, case_id: int, user: int) -> None:
    resolve(
        session,
        case_id,
        root_cause="damaged",
        outcome=Outcome.SATISFIED,
        text="Sent another.",
        told=f"You wrote: {PLANTED}. We sent a new one.",
        user_id=user,
        key=PRIVACY_KEY,
        now=NOW,
    )


def one_answer(session: Session, made: Invitation) -> Erasure:
    """As the page has it on which somebody takes an answer back."""
    response = session.scalars(select(Response.id).where(Response.invitation_id == made.id)).one()
    return Erasure((response,), (made.id,), at=LATER, by="the customer", key=PRIVACY_KEY)


def whole_person(session: Session, made: Invitation) -> Erasure:
    """As the command has it."""
    return everything_of(session, [made.customer_id], at=LATER, by="Marta", key=PRIVACY_KEY)


def erased(session: Session, erasure: Erasure) -> dict[str, int]:
    done = erase(session, erasure)
    session.commit()
    return done


def where(session: Session, words: str) -> set[str]:
    """Every column of the database in which the words stand, however they are written."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            found |= {f"{table.name}.{name}" for name, value in row.items() if words.lower() in repr(value).lower()}
    session.commit()
    return found


def scores(session: Session) -> dict[int, int]:
    """What every metric is made of, once the changes are folded in."""
    fold_changes(session, LATER, 100)
    rows = session.execute(select(DailyScore.score, func.sum(DailyScore.count)).group_by(DailyScore.score)).all()
    session.commit()
    return {score: int(count) for score, count in rows if count}


def other_peoples_words(session: Session, made: Invitation) -> None:
    """The second buyer said the same; what they said stays, so it is put aside for the search."""
    other = select(Response.id).where(Response.customer_id != made.customer_id)
    told = Erasure(tuple(session.scalars(other)), (), at=NOW, by="the search", key=PRIVACY_KEY)
    erased(session, told)


def test_the_search_finds_what_is_there(session: Session, made: Invitation) -> None:
    _work_on_it(session, made)
    assert {
        "responses.comment",
        "responses.contact_phone",
        "response_answers.text",
        "response_revisions.comment",
        "response_revisions.details",
        "case_entry_words.text",
        "cases.released_words",
        "messages.words",
        "replies.words",
        "replies.subject",
        "testimonials.words",
    } == where(session, PLANTED)
    assert {
        "customers.email",
        "replies.sender",
        "messages.detail",
        "delivery_events.detail",
        "address_changes.detail",
    } == where(session, EMAIL)
    assert {"customers.name", "case_entry_words.text"} == where(session, NAME)


def test_of_an_answer_that_is_taken_back_no_word_is_left_and_the_log_still_verifies(
    session: Session, made: Invitation
) -> None:
    case_id = _work_on_it(session, made)
    before = scores(session)
    done = erased(session, one_answer(session, made))
    assert set(done) == {name for name, _ in ERASERS}
    assert (done["answers"], done["replies"], done["testimonials"], done["people"]) == (1, 1, 1, 0)
    assert before == {2: 1, 5: 1}
    assert scores(session) == {5: 1}, "by exactly the score that was taken back"
    other_peoples_words(session, made)
    assert where(session, PLANTED) == set()
    assert session.scalars(select(Assessment)).all() == []
    assert where(session, NAME) == {"customers.name", "case_entry_words.text"}, "they go on being a customer"
    check = verify_logs(session, PRIVACY_KEY)
    assert (check.fault, check.cases) == (None, 2)
    kept = session.scalars(select(CaseEntryWords.text).where(CaseEntryWords.case_id == case_id)).all()
    assert STAFF_SAID in kept, "what staff did is not the customer's to erase"


def test_of_a_person_who_is_forgotten_nothing_is_left_but_a_hash(session: Session, made: Invitation) -> None:
    _work_on_it(session, made)
    place = made.address_hash
    erased(session, whole_person(session, made))
    assert scores(session) == {5: 1}
    other_peoples_words(session, made)
    assert where(session, PLANTED) == where(session, NAME) == where(session, EMAIL) == set()
    address = session.get_one(Address, place)
    assert address.unsubscribed_at == LATER, "and nobody asks them again"
    assert verify_logs(session, PRIVACY_KEY).fault is None
    forgotten = session.get_one(Customer, made.customer_id)
    assert (forgotten.address_hash, forgotten.external_id) == (place, f"buyer of {numbered(0)}")


def test_whoever_is_known_by_an_address_loses_that_name_too(session: Session) -> None:
    made = invitation(session, email=EMAIL, customer_id=EMAIL)
    erased(session, whole_person(session, made))
    assert where(session, EMAIL) == set()
    assert session.scalars(select(Customer.external_id)).one() == f"erased-{made.customer_id}"
    session.refresh(made)
    assert made.cancelled_by == "Marta: the person was erased", "an open question to nobody is taken back"


@pytest.mark.parametrize("of", [one_answer, whole_person])
def test_erasing_twice_changes_nothing_more(
    session: Session, made: Invitation, of: Callable[[Session, Invitation], Erasure]
) -> None:
    _work_on_it(session, made)
    told = of(session, made)
    erased(session, told)
    once = _everything(session)
    assert set(erased(session, told).values()) == {0}
    assert _everything(session) == once


def _everything(session: Session) -> dict[str, list[str]]:
    return {
        table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
        for table in Base.metadata.sorted_tables
    }


# --- at the same moment ---------------------------------------------------------------------------------------------


def test_whoever_resolves_the_case_meanwhile_mails_nothing_and_leaves_no_word(
    session: Session, sessions: Sessions, made: Invitation
) -> None:
    case_id = session.scalars(select(Case.id).where(Case.customer_id == made.customer_id)).one()
    user = colleague(session, "Marta", NOW)
    claim(session, case_id, user_id=user, key=PRIVACY_KEY, now=NOW)
    session.commit()
    told = one_answer(session, made)
    session.commit()

    def take_back() -> bool:
        with sessions() as own:
            erased(own, told)
            return True

    def close() -> bool:
        with sessions() as own:
            try:
                _resolve(own, case_id, user)
            except CaseMovedError:
                return False
            own.commit()
            return True

    at_once(take_back, close)
    assert session.scalars(select(Message.words).where(Message.words.is_not(None))).all() == []
    unsent = select(Message).where(Message.state == MessageState.PENDING)
    assert session.scalars(unsent).all() == []
    assert session.get_one(Case, case_id, populate_existing=True).state in set(CaseState)
    assert verify_logs(session, PRIVACY_KEY).fault is None
    session.commit()
    assert scores(session) == {5: 1}


def test_words_that_are_on_their_way_to_a_case_do_not_slip_through(
    session: Session, sessions: Sessions, made: Invitation
) -> None:
    session.execute(update(Reply).values(routed_at=None, words=f"Once more: {PLANTED}"))
    session.execute(update(Response).values(assessed_revision=0, routed_revision=0))
    session.commit()
    told = one_answer(session, made)
    session.commit()

    def take_back() -> None:
        with sessions() as own:
            erased(own, told)

    def step(act: Callable[[Session], object]) -> Callable[[], None]:
        def run() -> None:
            with sessions() as own:
                act(own)
                own.commit()

        return run

    at_once(
        take_back,
        step(lambda own: take_replies(own, NOW, 10, key=PRIVACY_KEY)),
        step(lambda own: open_cases(own, NOW, 10, key=PRIVACY_KEY)),
        step(lambda own: assess_comments(own, NOW, 10)),
    )
    for _ in range(2):  # whatever the steps left for later
        take_replies(session, LATER, 10, key=PRIVACY_KEY)
        open_cases(session, LATER, 10, key=PRIVACY_KEY)
        assess_comments(session, LATER, 10)
        session.commit()
    other_peoples_words(session, made)
    assert where(session, PLANTED) == set()
    assert verify_logs(session, PRIVACY_KEY).fault is None
    session.commit()
    assert scores(session) == {}
