"""The shop's own rules decide: which queue, whose case, how urgent, by when; and again once the words were read."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, User, UserRole
from feedback_service.cases.merge import merge
from feedback_service.cases.models import Case, CaseDeadline, CaseKind, CaseState, DeadlineKind, EntryKind
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.queues.models import OwnerRule
from feedback_service.cases.rules.routing import URGENT, CaseReason
from feedback_service.cases.verify_log import verify_logs
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.models import Assessment, Contradiction
from tests.cases.factories import KEY, colleague, complained, log_kinds, taken
from tests.cases.queues.factories import away, bought, rules_are, team_queue, top_tenth_from
from tests.responses.factories import answered, say_more

HOUR = timedelta(hours=1)
LISBON = ZoneInfo("Europe/Lisbon")


def _run(session: Session, now: datetime) -> None:
    open_cases(session, now, 100, key=KEY, zone=LISBON)
    session.commit()


def _case(session: Session) -> Case:
    session.rollback()
    return session.scalars(select(Case).execution_options(populate_existing=True)).one()


def _says(session: Session, case: Case, kind: EntryKind) -> list[dict[str, object]]:
    return [entry.facts for entry, _, _ in log_of(session, case.id) if entry.kind == kind]


def test_a_rule_names_the_queue_the_owner_the_urgency_and_the_deadlines(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    returns = team_queue(session, "returns", ana, ben, owner_rule=OwnerRule.LEAST_LOADED)
    rules_are(
        session,
        now,
        {
            "name": "Torn in Porto",
            "conditions": {"words": ["torn"], "attributes": {"store": ["porto"]}},
            "queue_id": returns.id,
            "points": 1,
            "first_response_minutes": 90,
            "resolution_minutes": 600,
        },
    )
    response = answered(session, now, 8, comment="The box was TORN.")
    bought(session, response, now, attributes={"Store": "Porto"})
    _run(session, now)
    case = _case(session)
    assert (case.rule, case.queue_id, case.owner_id, case.reason) == (
        "Torn in Porto",
        returns.id,
        ana,
        CaseReason.RULE,
    )
    assert case.priority_words == "Low + 1: 1 by the rule; sorted 2 h ahead of its deadline"
    assert case.due_at == now + timedelta(minutes=90)
    resolution = session.get_one(CaseDeadline, (case.id, 1, DeadlineKind.RESOLUTION))
    assert resolution.due_at == now + timedelta(minutes=600)
    assert _says(session, case, EntryKind.ASSIGNED) == [{"owner": ana, "by": "least loaded"}]


def test_the_first_rule_that_matches_decides_even_that_nothing_is_opened(session: Session, now: datetime) -> None:
    rules_are(
        session,
        now,
        {"name": "Off", "conditions": {"unhappy": True}, "active": False},
        {"name": "Testers", "conditions": {"words": ["please ignore"]}, "kind": None},
        {"name": "All", "conditions": {}},
    )
    answered(session, now, 0, comment="Please ignore, only a test.")
    answered(session, now, 10)
    _run(session, now)
    assert _case(session).rule == "All"


def test_a_repeated_complaint_of_a_top_customer_is_more_urgent(session: Session, now: datetime) -> None:
    top_tenth_from(session, 90_000, now)
    first = answered(session, now - 30 * 24 * HOUR, 3)
    order = bought(session, first, now, lifetime=100_000)
    _run(session, now - 30 * 24 * HOUR)
    again = answered(session, now, 3)
    again.customer_id = order.customer_id
    session.commit()
    _run(session, now)
    case = session.scalars(select(Case).where(Case.response_id == again.id)).one()
    assert case.priority == URGENT
    assert case.priority_words == (
        "Low + 3: unhappy, had a case within a year before, top tenth by lifetime value;"
        " sorted 24 h ahead of its deadline"
    )


def test_whoever_is_away_today_or_switched_off_is_passed_over(session: Session, now: datetime) -> None:
    ana, ben, cleo = (colleague(session, name, now) for name in ("Ana", "Ben", "Cleo"))
    team_queue(session, "care", ana, ben, cleo)
    today = now.astimezone(LISBON).date()
    away(session, ana, today, today, now)
    session.get_one(User, ben).active = False
    session.commit()
    for _ in range(3):
        answered(session, now, 2)
    _run(session, now)
    assert set(session.scalars(select(Case.owner_id))) == {cleo}


# Once the words were read


def _read_as(session: Session, response_id: int, now: datetime, contradiction: Contradiction | None) -> None:
    """The model reads the comment; committed."""
    assess_comments(session, now, 100)
    reading = session.get_one(Assessment, response_id)
    reading.label = SentimentLabel.NEGATIVE
    reading.contradiction = contradiction
    session.commit()


def test_bitter_words_beside_a_good_score_are_reviewed_once_they_are_read(session: Session, now: datetime) -> None:
    response = answered(session, now, 10, comment="Never again. It is broken and nobody answers.")
    _run(session, now)
    assert session.scalars(select(Case.id)).all() == []
    _read_as(session, response.id, now, Contradiction.GOOD_SCORE_BAD_WORDS)
    _run(session, now + HOUR)
    case = _case(session)
    assert (case.rule, case.kind, case.reason) == (
        "A good score with bitter words",
        CaseKind.REVIEW,
        CaseReason.CONTRADICTION,
    )


def test_an_unclaimed_case_goes_where_its_words_belong_and_the_log_says_so(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    team_queue(session, "care", ana)
    returns = team_queue(session, "returns", ben)
    rules_are(
        session,
        now,
        {"name": "Bitter", "conditions": {"sentiment": ["negative"]}, "queue_id": returns.id},
        {"name": "Detractors", "conditions": {"unhappy": True}},
    )
    response = answered(session, now, 3, comment="It is broken, and I am very angry.")
    _run(session, now)
    before = _case(session)
    assert (before.rule, before.owner_id) == ("Detractors", ana)
    due = before.due_at
    _read_as(session, response.id, now + HOUR, None)
    _run(session, now + 2 * HOUR)
    case = _case(session)
    assert (case.rule, case.queue_id, case.owner_id, case.due_at) == ("Bitter", returns.id, ben, due)
    assert log_kinds(session, case.id) == [
        EntryKind.OPENED,
        EntryKind.ASSIGNED,
        EntryKind.REROUTED,
        EntryKind.ASSIGNED,
    ]
    assert verify_logs(session, KEY).fault is None


def test_nothing_is_logged_where_the_reading_changes_nothing(session: Session, now: datetime) -> None:
    response = answered(session, now, 3, comment="It is broken.")
    _run(session, now)
    _read_as(session, response.id, now, None)
    _run(session, now + HOUR)
    assert log_kinds(session, _case(session).id) == [EntryKind.OPENED]
    session.refresh(response)
    assert response.routed_assessed == response.assessed_revision


def test_a_claimed_case_stays_where_it_is_whatever_its_words_were_read_as(session: Session, now: datetime) -> None:
    rules_are(
        session,
        now,
        {"name": "Bitter", "conditions": {"sentiment": ["negative"]}, "points": 3},
        {"name": "Detractors", "conditions": {"unhappy": True}},
    )
    response = answered(session, now, 3, comment="It is broken.")
    _run(session, now)
    case = _case(session)
    taken(session, case, colleague(session, "Ana", now), now)
    _read_as(session, response.id, now, None)
    _run(session, now + HOUR)
    case = _case(session)
    assert (case.rule, case.state) == ("Detractors", CaseState.IN_PROGRESS)
    assert log_kinds(session, case.id) == [EntryKind.OPENED, EntryKind.CLAIMED]


# What cannot wait, and who hears of it


def _manager(session: Session, name: str, now: datetime) -> int:
    user = colleague(session, name, now)
    role = Role(name=RoleName.MANAGER)
    session.add(role)
    session.flush()
    session.add(UserRole(user_id=user, role_id=role.id))
    session.commit()
    return user


def test_managers_hear_of_safety_at_once_and_of_each_case_once(session: Session, now: datetime) -> None:
    marta = _manager(session, "Marta", now)
    response = answered(session, now, 9, comment="My son got hurt.")
    _run(session, now)
    say_more(session, response, comment="My son got hurt. We were in hospital.")
    _run(session, now + HOUR)
    notices = session.scalars(select(Notice)).all()
    assert [(each.user_id, each.kind, each.case_id) for each in notices] == [
        (marta, NoticeKind.SAFETY, _case(session).id)
    ]


def test_a_rule_may_tell_the_managers_of_other_things(session: Session, now: datetime) -> None:
    marta = _manager(session, "Marta", now)
    rules_are(session, now, {"name": "The press", "conditions": {"words": ["newspaper"]}, "tells_managers": True})
    answered(session, now, 9, comment="I write for a newspaper.")
    _run(session, now)
    assert [each.user_id for each in session.scalars(select(Notice))] == [marta]


def test_news_for_a_merged_case_go_to_the_one_that_goes_on_for_it(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    _, other = complained(session, now)
    other.customer_id = case.customer_id
    session.commit()
    ana = colleague(session, "Ana", now)
    merge(session, case.id, other.id, user_id=ana, key=KEY, now=now)
    session.commit()
    response = case.response
    assert response is not None
    say_more(session, response, score=0, wants_contact=True)
    _run(session, now + HOUR)
    assert log_kinds(session, other.id)[-1] == EntryKind.ANSWER_CHANGED
    assert EntryKind.ANSWER_CHANGED not in log_kinds(session, case.id)
    assert session.get_one(Case, other.id).rule == "Detractors"
