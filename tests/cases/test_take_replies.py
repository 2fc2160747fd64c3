"""What a person writes back reaches somebody: their case, their answer, or a case of its own, and once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import TeamMember
from feedback_service.accounts.teams import team_id
from feedback_service.cases.models import Case, CaseOrigin, CaseState, EntryKind, Outcome
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.rules.routing import NORMAL, CaseReason
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import claim, resolve
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.responses.collect import add_words, confirm_score
from feedback_service.responses.models import Response, ResponseRevision, RevisionKind
from feedback_service.responses.rules.words import LONGEST_COMMENT
from tests.cases.factories import KEY, colleague, wrote_back
from tests.responses.factories import asked, at_once

UTC_ZONE = ZoneInfo("UTC")
DAY = timedelta(days=1)


@pytest.fixture
def invitation(session: Session, now: datetime) -> Invitation:
    """Somebody who was asked."""
    found = session.get_one(Invitation, asked(session, now).invitation_id)
    session.commit()
    return found


def wrote(
    session: Session,
    now: datetime,
    invitation: Invitation | None,
    words: str = "Broken!",
    *,
    customer_id: int | None = None,
) -> Reply:
    """A mail that somebody wrote back."""
    if invitation is None:
        return wrote_back(session, now, words, customer_id=customer_id)
    return wrote_back(session, now, words, invitation_id=invitation.id, customer_id=invitation.customer_id)


def answer(session: Session, now: datetime, invitation: Invitation, score: int, comment: str = "") -> Response:
    response = confirm_score(session, invitation, score, window=DAY, zone=UTC_ZONE, now=now).response
    if comment:
        add_words(session, invitation, comment=comment, wants_contact=False, window=DAY, now=now)
    session.commit()
    return response


def run(session: Session, now: datetime, limit: int = 100) -> int:
    taken = take_replies(session, now, limit, key=KEY)
    session.commit()
    return taken


def cases(session: Session) -> list[Case]:
    found = session.scalars(select(Case).order_by(Case.id).execution_options(populate_existing=True)).all()
    session.commit()
    return list(found)


def log(session: Session, case: Case) -> list[tuple[EntryKind, str]]:
    """The kinds and words of a case's log, oldest first."""
    found = [(entry.kind, text) for entry, text, _ in reversed(log_of(session, case.id))]
    session.commit()
    return found


def resolved(session: Session, case: Case, user: int, now: datetime) -> None:
    claim(session, case.id, user_id=user, key=KEY, now=now)
    told = {"root_cause": "unknown", "outcome": Outcome.SATISFIED, "text": "Sent another."}
    resolve(session, case.id, **told, user_id=user, key=KEY, now=now)  # type: ignore[arg-type]  # each its own type
    session.commit()


def open_count(session: Session) -> list[int]:
    found = session.scalars(select(Customer.open_cases).order_by(Customer.id)).all()
    session.commit()
    return list(found)


# Not answered


def test_whoever_writes_without_answering_has_a_case(session: Session, now: datetime, invitation: Invitation) -> None:
    owner = colleague(session, "Ben", now)
    session.add(TeamMember(team_id=team_id(session, "care"), user_id=owner))
    reply = wrote(session, now, invitation)
    assert (run(session, now), run(session, now)) == (1, 0)
    (case,) = cases(session)
    assert (case.origin_kind, case.reason, case.response_id) == (CaseOrigin.REPLY, CaseReason.WROTE, None)
    assert (case.reply_id, case.customer_id, case.order_id) == (reply.id, invitation.customer_id, invitation.order_id)
    assert case.priority == NORMAL
    assert case.priority_words == "Low + 1: wrote instead of answering; sorted 2 h ahead of its deadline"
    assert (case.owner_id, case.due_at) == (owner, now + timedelta(hours=8))
    assert [kind for kind, _ in log(session, case)] == [EntryKind.OPENED, EntryKind.ASSIGNED]
    assert open_count(session) == [1]
    assert verify_logs(session, KEY).fault is None


def test_all_mails_to_one_question_are_one_matter(session: Session, now: datetime, invitation: Invitation) -> None:
    for words in ("Broken!", "Hello?", "Anybody?"):
        wrote(session, now, invitation, words)
    assert run(session, now) == 3
    wrote(session, now, invitation, "Thanks.")
    assert run(session, now) == 1
    (case,) = cases(session)
    assert [text for kind, text in log(session, case) if kind == EntryKind.CUSTOMER_WROTE] == [
        "Hello?",
        "Anybody?",
        "Thanks.",
    ]


def test_a_picture_without_words_needs_a_person_too(session: Session, now: datetime, invitation: Invitation) -> None:
    answer(session, now, invitation, 10)
    wrote(session, now, invitation, "")
    run(session, now)
    (case,) = cases(session)
    assert case.response_id is not None


# Answered


def test_words_for_a_case_go_into_its_log(session: Session, now: datetime, invitation: Invitation) -> None:
    answer(session, now, invitation, 0)
    open_cases(session, now, 10, key=KEY)
    session.commit()
    wrote(session, now, invitation)
    assert run(session, now) == 1
    (case,) = cases(session)
    assert log(session, case) == [(EntryKind.OPENED, ""), (EntryKind.CUSTOMER_WROTE, "Broken!")]
    assert case.origin_kind == CaseOrigin.RESPONSE
    assert verify_logs(session, KEY).fault is None


def test_whoever_writes_again_is_not_done_with(session: Session, now: datetime, invitation: Invitation) -> None:
    answer(session, now, invitation, 0)
    open_cases(session, now, 10, key=KEY)
    session.commit()
    ben = colleague(session, "Ben", now)
    resolved(session, cases(session)[0], ben, now)
    assert open_count(session) == [0]
    wrote(session, now, invitation, "It broke again.")
    run(session, now)
    (case,) = cases(session)
    assert (case.state, case.owner_id) == (CaseState.IN_PROGRESS, ben)
    assert [kind for kind, _ in log(session, case)][-2:] == [EntryKind.CUSTOMER_WROTE, EntryKind.REOPENED]
    assert open_count(session) == [1]


def test_words_for_an_answer_without_a_case_are_added_to_it(
    session: Session, now: datetime, invitation: Invitation
) -> None:
    response = answer(session, now, invitation, 10, "Great lamp.")
    open_cases(session, now, 10, key=KEY)
    session.commit()
    wrote(session, now, invitation, "Only the box was torn.")
    assert run(session, now + 2 * DAY) == 1
    session.refresh(response)
    assert response.comment == "Great lamp.\n\nOnly the box was torn."
    assert response.score == 10
    assert response.revision > max(response.routed_revision, response.assessed_revision)
    revisions = session.scalars(select(ResponseRevision).order_by(ResponseRevision.ordinal)).all()
    assert [(each.kind, each.comment) for each in revisions][1:] == [
        (RevisionKind.CORRECTION, "Great lamp."),
        (RevisionKind.LATER, response.comment),
    ]
    session.commit()
    assert cases(session) == []


def test_words_that_an_answer_has_no_room_for_have_a_case(
    session: Session, now: datetime, invitation: Invitation
) -> None:
    response = answer(session, now, invitation, 10, "x" * LONGEST_COMMENT)
    wrote(session, now, invitation, "One thing more")
    run(session, now)
    (case,) = cases(session)
    assert case.response_id == response.id
    session.refresh(response)
    assert response.comment == "x" * LONGEST_COMMENT


# Without our mail's id


def test_a_known_customer_who_writes_from_nowhere_has_a_case(
    session: Session, now: datetime, invitation: Invitation
) -> None:
    customer = invitation.customer_id
    wrote(session, now, None, customer_id=customer)
    wrote(session, now, None, "Hello?", customer_id=customer)
    assert (run(session, now), run(session, now)) == (2, 0)
    (case,) = cases(session)
    assert (case.customer_id, case.order_id) == (customer, None)
    assert [kind for kind, _ in log(session, case)] == [EntryKind.OPENED, EntryKind.CUSTOMER_WROTE]


def test_a_known_customer_with_an_open_case_writes_about_that(
    session: Session, now: datetime, invitation: Invitation
) -> None:
    answer(session, now, invitation, 0)
    open_cases(session, now, 10, key=KEY)
    session.commit()
    wrote(session, now, None, customer_id=invitation.customer_id)
    run(session, now)
    (case,) = cases(session)
    assert [kind for kind, _ in log(session, case)] == [EntryKind.OPENED, EntryKind.CUSTOMER_WROTE]


def test_somebody_nobody_knows_stays_in_the_list(session: Session, now: datetime) -> None:
    reply = wrote(session, now, None)
    assert run(session, now) == 1
    session.refresh(reply)
    assert reply.routed_at == now
    session.commit()
    assert cases(session) == []


# Many


def test_two_workers_at_once_lose_nothing_and_double_nothing(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    people = [session.get_one(Invitation, asked(session, now).invitation_id) for _ in range(8)]
    session.commit()
    for number, person in enumerate(people):
        wrote(session, now, person, f"words {number}")
        wrote(session, now, person, f"more {number}")

    def work() -> int:
        with sessions() as own:
            return run(own, now, 5)

    for _ in range(4):
        at_once(work, work)
    found = cases(session)
    assert len(found) == len(people)
    assert session.scalars(select(Reply).where(Reply.routed_at.is_(None))).all() == []
    session.commit()
    assert [len(log(session, case)) for case in found] == [2] * len(people)
    assert open_count(session) == [1] * len(people)
    assert verify_logs(session, KEY).fault is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite's writers wait for each other anyway
def test_a_case_that_a_colleague_has_in_hand_gets_the_words_at_the_next_run(
    session: Session, sessions: sessionmaker[Session], now: datetime, invitation: Invitation
) -> None:
    wrote(session, now, invitation)
    run(session, now)
    (case,) = cases(session)
    wrote(session, now, invitation, "Hello?")
    with sessions() as theirs:
        claim(theirs, case.id, user_id=colleague(session, "Ben", now), key=KEY, now=now)
        assert run(session, now) == 0
        theirs.commit()
    assert run(session, now) == 1
