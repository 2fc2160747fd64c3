"""Words can be erased and the log stays proof: each entry verifies, and says when and by whom its words went."""

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from feedback_service.cases.erase import erase_words
from feedback_service.cases.mails.models import Attachment
from feedback_service.cases.merge import merge
from feedback_service.cases.models import Case, CaseEntryWords, EntryKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.queries import log_of
from feedback_service.cases.status.say import add_to_case, dispute
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import log_action
from feedback_service.customers.erasure import Erasure
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Touchpoint
from feedback_service.pipeline import erase
from tests.cases.factories import KEY, colleague, complained, resolved, taken, wrote_back
from tests.responses.factories import asked

HOUR = timedelta(hours=1)


def _told(session: Session, now: datetime) -> tuple[Case, int]:
    """A case in which both sides have said something, and its invitation."""
    person, case = complained(session, now)
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    log_action(session, case.id, EntryKind.CALLED, "Called her.", user_id=ben, key=KEY, now=now)
    resolved(session, case, ben, now + HOUR, told="A new lamp is on its way.")
    by = {"invitation_id": person.invitation_id, "key": KEY}
    dispute(session, case.id, "It broke again.", seen=5, now=now + 2 * HOUR, **by)  # type: ignore[arg-type]  # each its own type
    session.commit()
    return case, person.invitation_id


def _words(session: Session, case_id: int) -> list[str]:
    """All words that the log still has, oldest first."""
    session.rollback()
    rows = session.scalars(
        select(CaseEntryWords.text)
        .where(CaseEntryWords.case_id == case_id, CaseEntryWords.text != "")
        .order_by(CaseEntryWords.ordinal)
    ).all()
    session.rollback()
    return list(rows)


def _erasure(case: Case, invitation_id: int, now: datetime, **people: tuple[int, ...]) -> Erasure:
    assert case.response_id is not None
    return Erasure(
        response_ids=(case.response_id,),
        invitation_ids=(invitation_id,),
        at=now,
        by="the customer, by the link in a mail",
        key=KEY,
        **people,
    )


def test_the_customer_s_words_go_and_the_log_still_proves_itself(session: Session, now: datetime) -> None:
    case, invitation_id = _told(session, now)
    assert _words(session, case.id) == ["Called her.", "Sent another.", "A new lamp is on its way.", "It broke again."]
    erasure = _erasure(case, invitation_id, now + 3 * HOUR)
    assert erase_words(session, erasure) == 2
    session.commit()
    assert _words(session, case.id) == ["Called her.", "Sent another."]
    assert session.get_one(Case, case.id, populate_existing=True).released_words is None
    newest = log_of(session, case.id)[0][0]
    assert newest.kind == EntryKind.WITHDRAWN
    assert newest.facts["by"] == "the customer, by the link in a mail"
    assert verify_logs(session, KEY).fault is None


def test_a_second_time_changes_nothing(session: Session, now: datetime) -> None:
    case, invitation_id = _told(session, now)
    for expected in (2, 0, 0):
        assert erase_words(session, _erasure(case, invitation_id, now + 3 * HOUR)) == expected
        session.commit()
    kinds = [entry.kind for entry, _, _ in log_of(session, case.id)]
    assert kinds.count(EntryKind.WITHDRAWN) == 1


def test_a_case_without_words_is_told_of_it_too(session: Session, now: datetime) -> None:
    person, case = complained(session, now)
    for _ in range(2):
        assert erase_words(session, _erasure(case, person.invitation_id, now)) == 0
        session.commit()
    assert [entry.kind for entry, _, _ in log_of(session, case.id)] == [EntryKind.WITHDRAWN, EntryKind.OPENED]


def test_what_is_written_after_an_erasure_can_be_erased_again(session: Session, now: datetime) -> None:
    case, invitation_id = _told(session, now)
    erase_words(session, _erasure(case, invitation_id, now + 3 * HOUR))
    add_to_case(session, case.id, "One more thing.", invitation_id=invitation_id, key=KEY, now=now + 4 * HOUR)
    assert erase_words(session, _erasure(case, invitation_id, now + 5 * HOUR)) == 1
    session.commit()
    assert verify_logs(session, KEY).fault is None


def test_whoever_is_forgotten_leaves_no_words_of_anybody(session: Session, now: datetime) -> None:
    case, invitation_id = _told(session, now)
    assert case.customer_id is not None
    erasure = _erasure(case, invitation_id, now + 3 * HOUR, customer_ids=(case.customer_id,))
    assert erase_words(session, erasure) == 4
    session.commit()
    assert _words(session, case.id) == []
    assert verify_logs(session, KEY).fault is None


def test_other_people_s_words_stay(session: Session, now: datetime) -> None:
    case, invitation_id = _told(session, now)
    other, _ = _told(session, now)
    erase_words(session, _erasure(case, invitation_id, now + 3 * HOUR))
    session.commit()
    assert len(_words(session, other.id)) == 4


def test_taking_back_what_was_said_about_the_repair_leaves_the_first_complaint(session: Session, now: datetime) -> None:
    """Whether it was put right is another answer, about the same case."""
    case, _ = _told(session, now)
    person = asked(session, now, survey="recovery_csat")
    invitation = session.get_one(Invitation, person.invitation_id)
    invitation.touchpoint_id = session.scalars(select(Touchpoint.id)).one()
    session.flush()
    by = {"invitation_id": invitation.id, "key": KEY}
    add_to_case(session, case.id, "Still broken.", now=now + 3 * HOUR, **by)  # type: ignore[arg-type]  # each its own type
    session.commit()
    later = Erasure(response_ids=(999,), invitation_ids=(invitation.id,), at=now + 4 * HOUR, by="the customer", key=KEY)
    assert erase_words(session, later) == 1
    session.commit()
    assert _words(session, case.id) == ["Called her.", "Sent another.", "A new lamp is on its way.", "It broke again."]
    assert session.get_one(Case, case.id, populate_existing=True).released_words
    assert verify_logs(session, KEY).fault is None


def test_words_that_vanish_without_a_word_in_the_log_are_a_fault(session: Session, now: datetime) -> None:
    case, invitation_id = _told(session, now)
    erase_words(session, _erasure(case, invitation_id, now + 3 * HOUR))
    session.delete(session.get_one(CaseEntryWords, (case.id, 3)))
    session.commit()
    assert verify_logs(session, KEY).fault == f"case {case.id}, entry 3 has lost its words"


def test_a_mail_that_opened_the_case_goes_with_its_invitation(session: Session, now: datetime) -> None:
    person = asked(session, now)
    for words in ("It broke.", "Hello?"):
        wrote_back(session, now, words, invitation_id=person.invitation_id)
    take_replies(session, now, 10, key=KEY)
    session.commit()
    case_id = session.scalars(select(Case.id)).one()
    assert _words(session, case_id) == ["Hello?"]
    gone = Erasure(response_ids=(), invitation_ids=(person.invitation_id,), at=now, by="the customer", key=KEY)
    assert erase_words(session, gone) == 1
    session.commit()
    assert _words(session, case_id) == []


def _found_by(session: Session, case_id: int) -> str:
    """The words by which a case is found, as either database has them."""
    column = "rowid" if session.get_bind().dialect.name == "sqlite" else "case_id"
    words = session.scalar(text(f"SELECT words FROM case_search WHERE {column} = :case"), {"case": case_id})
    session.rollback()
    return str(words or "")


def test_a_case_is_no_longer_found_by_what_was_taken_back(session: Session, now: datetime) -> None:
    person, case = complained(session, now, comment="The flickering chandelier")
    assert "chandelier" in _found_by(session, case.id)
    erasure = _erasure(case, person.invitation_id, now)
    erase(session, erasure)
    session.commit()
    found = _found_by(session, case.id)
    assert ("chandelier" in found, "souza" in found) == (False, True)


def test_nor_by_the_name_of_somebody_who_is_forgotten(session: Session, now: datetime) -> None:
    person, case = complained(session, now, comment="The flickering chandelier")
    assert case.customer_id is not None
    erase(session, _erasure(case, person.invitation_id, now, customer_ids=(case.customer_id,)))
    session.commit()
    found = _found_by(session, case.id)
    assert ("chandelier" in found, "souza" in found) == (False, False)


def test_with_a_person_go_the_files_put_to_their_cases_and_why_a_promise_was_let_go_of(
    session: Session, now: datetime
) -> None:
    person, case = complained(session, now)
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    promise = Promise(
        case_id=case.id, entry=2, owner_id=ben, made_at=now, due_at=now, let_go_at=now, let_go_reason="Ana moved."
    )
    file = Attachment(
        case_id=case.id, entry=2, name="ana.png", media_type="image/png", size=3, sha256="0" * 64, content=b"png"
    )
    session.add_all([promise, file])
    session.commit()
    assert case.customer_id is not None
    for told, kept in (
        (_erasure(case, person.invitation_id, now), ("Ana moved.", "ana.png", b"png")),
        (_erasure(case, person.invitation_id, now, customer_ids=(case.customer_id,)), ("", "", None)),
    ):
        erase_words(session, told)
        session.commit()
        session.expire_all()
        assert (promise.let_go_reason, file.name, file.content) == kept
        session.commit()


def test_what_came_for_a_merged_case_is_erased_where_it_stands(session: Session, now: datetime) -> None:
    """Both chains stay and verify; of the case that goes on, only this answer's words go."""
    person, case = complained(session, now)
    other = complained(session, now)[1]
    other.customer_id = case.customer_id
    session.commit()
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    taken(session, other, ben, now)
    log_action(session, other.id, EntryKind.CALLED, "Called her.", user_id=ben, key=KEY, now=now)
    merge(session, case.id, into_id=other.id, user_id=ben, key=KEY, now=now)
    customer = case.customer_id
    wrote_back(session, now, "It is still broken.", invitation_id=person.invitation_id, customer_id=customer)
    take_replies(session, now, 10, key=KEY)
    session.commit()
    assert "It is still broken." in _words(session, other.id)
    erase_words(session, _erasure(case, person.invitation_id, now + HOUR))
    session.commit()
    assert _words(session, other.id) == ["Called her."]
    assert verify_logs(session, KEY).fault is None
