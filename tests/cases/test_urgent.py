"""Words of safety, law or threat open a case at once at any score, or put the one that is there before all others."""

from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.cases.models import Case, CaseState
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.rules.routing import NORMAL, URGENT, CaseReason
from feedback_service.cases.status.say import add_to_case
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.timeline import timeline
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response, ResponseAnswer
from feedback_service.sentiment.safety import read_safety
from tests.cases.deadlines.factories import member, told
from tests.cases.factories import KEY, colleague, complained, opened, resolved, taken, written
from tests.conftest import NOW
from tests.responses.factories import answered, say_more


def _run(session: Session, now: datetime) -> None:
    open_cases(session, now, 100, key=KEY)
    session.commit()


def _case_of(session: Session, response: Response) -> Case | None:
    return session.scalars(select(Case).where(Case.response_id == response.id)).one_or_none()


def _log(session: Session, case: Case) -> list[str]:
    return [entry.what for entry in timeline(log_of(session, case.id), {}, NOW, ZoneInfo("UTC"))]


@pytest.mark.parametrize(
    ("comment", "locale", "words"),
    [
        ("Lovely lamp, but my son got hurt on it.", "en", "injury or danger"),
        ("Alles gut, nur habe ich einen Stromschlag bekommen.", "de", "injury or danger"),
        ("منتج جميل لكن عندي حساسية منه", "ar", "an allergy"),
        ("Ótimo, mas vou processar a loja.", "en", "law or fraud"),
    ],
)
def test_a_happy_answer_opens_the_most_urgent_case(
    session: Session, now: datetime, comment: str, locale: str, words: str
) -> None:
    """Also in a language that nothing can score, and in one that the survey was not in."""
    response = answered(session, now, 10, comment=comment, locale=locale)
    _run(session, now)
    case = _case_of(session, response)
    assert case is not None
    assert (case.reason, case.priority, case.rule) == (CaseReason.SAFETY, URGENT, "Words of safety, law or threat")
    assert case.priority_words == f"Urgent: speaks of {words}; sorted 24 h ahead of its deadline"
    assert f"speaks of {words}" in _log(session, case)[-1]


def test_ordinary_words_beside_a_good_score_open_none(session: Session, now: datetime) -> None:
    response = answered(session, now, 10, comment="Lovely lamp, press the button and it glows.")
    _run(session, now)
    assert _case_of(session, response) is None


def test_a_text_after_the_score_counts_like_the_comment(session: Session, now: datetime) -> None:
    response = answered(session, now, 9)
    session.add(
        ResponseAnswer(
            response_id=response.id, question_key="why", chosen=[], text="My lawyer will write to you.", answered_at=now
        )
    )
    session.commit()
    _run(session, now)
    case = _case_of(session, response)
    assert case is not None
    assert case.priority_words == "Urgent: speaks of law or fraud; sorted 24 h ahead of its deadline"


def test_a_case_that_is_there_is_raised_in_anybodys_hands(session: Session, now: datetime) -> None:
    case = opened(session, now, 3, comment="Late.")
    owner = colleague(session, "Marta", now)
    taken(session, case, owner, now)
    assert case.priority == NORMAL
    before = case.due_at
    response = session.get_one(Response, case.response_id)
    say_more(session, response, comment="Late. And it caught fire.")
    _run(session, now + timedelta(hours=1))
    session.refresh(case)
    assert (case.priority, case.owner_id, case.due_at, case.state) == (URGENT, owner, before, CaseState.IN_PROGRESS)
    assert "speaks of injury or danger" in _log(session, case)[0]


def test_a_mail_written_back_is_urgent_too(session: Session, now: datetime) -> None:
    case = written(session, now, "I have been to hospital because of your kettle.")
    assert (case.reason, case.priority) == (CaseReason.SAFETY, URGENT)
    session.commit()


def test_so_are_words_on_the_customers_page(session: Session, now: datetime) -> None:
    person, case = complained(session, now, 3)
    add_to_case(
        session, case.id, "I want to die.", invitation_id=person.invitation_id, key=KEY, now=now + timedelta(hours=1)
    )
    session.commit()
    session.refresh(case)
    assert case.priority_words == "Urgent: speaks of self-harm; sorted 24 h ahead of its deadline"
    session.commit()


@pytest.mark.parametrize("way", ["their page", "a mail", "the answer"])
def test_managers_hear_of_it_once_for_each_opening(session: Session, now: datetime, way: str) -> None:
    mia = member(session, "Mia", now, role=RoleName.MANAGER)
    person, case = complained(session, now, 3)
    ana = colleague(session, "Ana", now)
    taken(session, case, ana, now)

    def say(words: str, at: datetime) -> None:
        invitation = session.get_one(Invitation, person.invitation_id)
        if way == "their page":
            add_to_case(session, case.id, words, invitation_id=invitation.id, key=KEY, now=at)
        elif way == "a mail":
            known = {"invitation_id": invitation.id, "customer_id": invitation.customer_id, "sender": "", "subject": ""}
            session.add(Reply(message_key=sha256(words.encode()).hexdigest(), words=words, received_at=at, **known))
            take_replies(session, at, 100, key=KEY)
        else:
            say_more(session, session.get_one(Response, case.response_id), comment=words)
            open_cases(session, at, 100, key=KEY)
        session.commit()

    say("It caught fire.", now)
    say("And my son got hurt.", now)
    assert told(session, mia) == ["safety"]
    resolved(session, session.get_one(Case, case.id), ana, now)
    say("It caught fire again.", now + timedelta(days=1))
    assert told(session, mia) == ["safety", "safety"]
    assert session.get_one(Case, case.id).opening == 2
    session.commit()


def test_a_shop_says_in_its_own_file_what_cannot_wait(
    session: Session, now: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("surveys")
    (folder / "safety.toml").write_text('[law]\nen = "chargeback"\n', encoding="utf-8")
    ours = read_safety(folder)
    hers = answered(session, now, 9, comment="I asked for a chargeback.")
    his = answered(session, now, 9, comment="You will hear from my lawyer.")
    open_cases(session, now, 100, key=KEY, safety=ours)
    take_replies(session, now, 100, key=KEY, safety=ours)
    session.commit()
    assert _case_of(session, hers) is not None
    assert _case_of(session, his) is None
