"""Every answer that needs a person gets exactly one case, an owner in turn and a deadline."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import TeamMember, User
from feedback_service.accounts.teams import team_id
from feedback_service.cases.models import Case, CaseState, EntryKind, Outcome
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.rules.routing import HIGH, NORMAL, URGENT, CaseReason
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import claim, resolve
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Channel, Remedy, Response
from feedback_service.responses.rules.presses import PressSuspicion
from tests.cases.factories import KEY, colleague, opened, resolved, taken
from tests.responses.factories import CSAT, NPS, answered, at_once, say_more


def _run(session: Session, now: datetime, limit: int = 1000) -> int:
    count = open_cases(session, now, limit, key=KEY)
    session.commit()
    return count


def _kinds(session: Session, case: Case) -> list[EntryKind]:
    """The log's kinds, oldest first."""
    return [entry.kind for entry, _, _ in reversed(log_of(session, case.id))]


def _join(session: Session, team: str, *users: int) -> None:
    key = team_id(session, team)
    session.add_all(TeamMember(team_id=key, user_id=user) for user in users)
    session.commit()


@pytest.mark.parametrize(("survey", "scale", "unhappy"), [(NPS, range(11), 7), (CSAT, range(1, 6), 2)])
def test_detractors_and_wishes_open_cases_and_nobody_else(
    session: Session, now: datetime, survey: str, scale: range, unhappy: int
) -> None:
    silent = {answered(session, now, score, survey=survey).id: score for score in scale}
    wishing = {answered(session, now, score, survey=survey, wants_contact=True).id: score for score in scale}
    assert _run(session, now) == 2 * len(scale)
    cases = {case.response_id: case for case in session.scalars(select(Case))}
    expected = [answer for answer, score in silent.items() if score < scale[0] + unhappy] + list(wishing)
    assert sorted(cases) == sorted(expected)
    for answer, score in {**silent, **wishing}.items():
        if answer in cases:
            low = score < scale[0] + unhappy
            assert cases[answer].reason == (CaseReason.DETRACTOR if low else CaseReason.CONTACT_WISH)
            assert _kinds(session, cases[answer]) == [EntryKind.OPENED]
            assert cases[answer].due_at - now == timedelta(hours=8 if answer in wishing else 24)


def test_running_again_opens_nothing_more(session: Session, now: datetime) -> None:
    case = opened(session, now, 0)
    assert _run(session, now + timedelta(hours=1)) == 0
    session.scalars(select(Response)).one().routed_revision = 0  # as after a restored backup
    session.commit()
    assert _run(session, now + timedelta(hours=1)) == 1
    assert session.scalars(select(Case.id)).all() == [case.id]


def test_a_limit_is_kept_and_the_rest_comes_next(session: Session, now: datetime) -> None:
    for _ in range(5):
        answered(session, now, 3)
    assert [_run(session, now, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert len(session.scalars(select(Case.id)).all()) == 5


def test_two_workers_at_once_open_one_case_each_answer(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        members = [colleague(session, name, now) for name in ("Ana", "Ben", "Cleo")]
        _join(session, "care", *members)
        _join(session, "parcels", *members)
        survey = session.get_one(Survey, CSAT)
        survey.rules = {**survey.rules, "routing": {**survey.rules["routing"], "team": "parcels"}}
        session.commit()
        for number in range(30):
            answered(session, now, 1, survey=NPS if number % 2 else CSAT)

    def worker() -> int:
        with sessions() as own:
            done = 0
            while count := _run(own, now, limit=4):
                done += count
            return done

    assert sum(at_once(worker, worker)) >= 30
    with sessions() as session:
        cases = session.scalars(select(Case)).all()
        assert len({case.origin_key for case in cases}) == len(cases) == 30
        assert {case.log_length for case in cases} == {2}
        shares = Counter((case.queue.team.key, case.owner_id) for case in cases)
        assert shares == {(team, member): 5 for team in ("care", "parcels") for member in members}
        assert verify_logs(session, KEY).fault is None


def test_an_empty_team_leaves_the_case_unassigned(session: Session, now: datetime) -> None:
    case = opened(session, now, 0)
    assert (case.owner_id, case.state, case.queue.team.key) == (None, CaseState.OPEN, "care")
    assert _kinds(session, case) == [EntryKind.OPENED]


def test_members_get_cases_in_turn_and_the_one_who_left_gets_none(session: Session, now: datetime) -> None:
    ana, ben, cleo, gone = (colleague(session, name, now) for name in ("Ana", "Ben", "Cleo", "Gone"))
    _join(session, "care", ana, ben, cleo, gone)
    session.get_one(User, gone).active = False
    session.commit()
    for _ in range(9):
        answered(session, now, 3)
    _run(session, now)
    owners = session.scalars(select(Case.owner_id).order_by(Case.id)).all()
    assert owners == [ana, ben, cleo] * 3
    case = session.scalars(select(Case).order_by(Case.id)).first()
    assert case is not None
    assert case.state == CaseState.OPEN
    assert _kinds(session, case) == [EntryKind.OPENED, EntryKind.ASSIGNED]


def test_a_survey_may_leave_its_cases_for_whoever_comes(session: Session, now: datetime) -> None:
    _join(session, "care", colleague(session, "Ana", now))
    survey = session.get_one(Survey, NPS)
    survey.rules = {**survey.rules, "routing": {**survey.rules["routing"], "owner": "unassigned"}}
    session.commit()
    assert opened(session, now, 0).owner_id is None


def test_words_with_a_wish_move_an_open_case_up(session: Session, now: datetime) -> None:
    case = opened(session, now, 0)
    assert (case.priority, case.due_at) == (HIGH, now + timedelta(hours=24))
    say_more(session, case.response, comment="Call me!", wants_contact=True)
    _run(session, now + timedelta(hours=1))
    assert (case.priority, case.due_at) == (URGENT, now + timedelta(hours=9))
    assert case.sort_at == case.due_at - timedelta(hours=24)
    entry, _, who = log_of(session, case.id)[0]
    assert (entry.kind, who) == (EntryKind.ANSWER_CHANGED, "The service")
    assert entry.facts["priority"] == URGENT
    assert entry.facts["due_at"] == case.due_at.isoformat()


def test_saying_more_never_moves_a_deadline_away(session: Session, now: datetime) -> None:
    case = opened(session, now, 0)
    say_more(session, case.response, score=4)
    _run(session, now + timedelta(hours=20))
    assert (case.priority, case.due_at) == (NORMAL, now + timedelta(hours=24))


def test_a_claimed_case_keeps_its_place_and_is_told(session: Session, now: datetime) -> None:
    case = opened(session, now, 3)
    ana = colleague(session, "Ana", now)
    claim(session, case.id, user_id=ana, key=KEY, now=now)
    session.commit()
    say_more(session, case.response, score=0, wants_contact=True)
    _run(session, now + timedelta(hours=1))
    assert (case.priority, case.due_at, case.owner_id) == (NORMAL, now + timedelta(hours=24), ana)
    assert _kinds(session, case) == [EntryKind.OPENED, EntryKind.CLAIMED, EntryKind.ANSWER_CHANGED]


def test_whoever_comes_back_unhappy_is_heard_though_the_metric_stands(session: Session, now: datetime) -> None:
    response = answered(session, now, 9)
    _run(session, now)
    response.latest_score = 1  # said days later: the trend keeps its 9
    response.revision += 1
    session.commit()
    _run(session, now + timedelta(days=3))
    case = session.scalars(select(Case)).one()
    assert (case.reason, case.response.score) == (CaseReason.DETRACTOR, 9)


def test_an_answer_corrected_upwards_closes_nothing(session: Session, now: datetime) -> None:
    case = opened(session, now, 0)
    say_more(session, case.response, score=10)
    _run(session, now + timedelta(hours=1))
    assert (case.state, case.reason) == (CaseState.OPEN, CaseReason.DETRACTOR)
    assert _kinds(session, case) == [EntryKind.OPENED, EntryKind.ANSWER_CHANGED]


def test_an_answer_corrected_downwards_opens_a_case(session: Session, now: datetime) -> None:
    response = answered(session, now, 9)
    _run(session, now)
    say_more(session, response, score=2)
    _run(session, now + timedelta(hours=1))
    case = session.scalars(select(Case)).one()
    assert (case.opened_at, case.due_at) == (now + timedelta(hours=1), now + timedelta(hours=25))


def test_more_words_after_resolving_open_the_case_again(session: Session, now: datetime) -> None:
    case = opened(session, now, 3)
    ana = colleague(session, "Ana", now)
    taken(session, case, ana, now)
    resolved(session, case, ana, now)
    say_more(session, case.response, comment="It broke again.")
    _run(session, now + timedelta(days=3))
    assert (case.state, case.owner_id, case.resolved_at) == (CaseState.IN_PROGRESS, ana, None)
    assert case.due_at == now + timedelta(days=4)
    assert _kinds(session, case)[-2:] == [EntryKind.ANSWER_CHANGED, EntryKind.REOPENED]
    assert verify_logs(session, KEY).fault is None


def test_thanks_after_resolving_leave_the_case_resolved(session: Session, now: datetime) -> None:
    case = opened(session, now, 3)
    ana = colleague(session, "Ana", now)
    taken(session, case, ana, now)
    resolved(session, case, ana, now)
    say_more(session, case.response, score=10, comment="You are great!")
    _run(session, now + timedelta(hours=3))
    assert case.state == CaseState.RESOLVED
    assert _kinds(session, case)[-1] == EntryKind.ANSWER_CHANGED


def test_imported_answers_open_no_case(session: Session, now: datetime) -> None:
    """They come in as routed already: what happened before the shop moved here is history."""
    response = answered(session, now, 0)
    response.routed_revision = response.revision
    session.commit()
    assert _run(session, now) == 0


def test_words_that_arrive_while_a_colleague_resolves_are_never_lost(
    sessions: sessionmaker[Session], now: datetime
) -> None:
    """Whoever comes second sees the first: the case is open again, or was never closed over the buyer's words."""
    with sessions() as session:
        ana = colleague(session, "Ana", now)
        cases = [opened(session, now, 3).id for _ in range(6)]
        for case_id in cases:
            claim(session, case_id, user_id=ana, key=KEY, now=now)
            session.commit()
            say_more(session, session.get_one(Case, case_id).response, comment="It broke again.")

    def staff() -> None:
        for case_id in cases:
            with sessions() as own:
                resolve(
                    own,
                    case_id,
                    root_cause="unknown",
                    outcome=Outcome.SATISFIED,
                    text="Done.",
                    user_id=ana,
                    key=KEY,
                    now=now,
                )
                own.commit()

    def worker() -> None:
        with sessions() as own:
            while _run(own, now, limit=1):
                pass

    at_once(staff, worker)
    with sessions() as session:
        for case_id in cases:
            case = session.get_one(Case, case_id)
            kinds = _kinds(session, case)
            heard_first = kinds.index(EntryKind.ANSWER_CHANGED) < kinds.index(EntryKind.RESOLVED)
            assert case.state == (CaseState.RESOLVED if heard_first else CaseState.IN_PROGRESS)
        assert verify_logs(session, KEY).fault is None


# What the buyer asks for, and answers that are nobody's


@pytest.mark.parametrize(
    ("remedy", "wants_contact", "hours", "rule_words"),
    [
        (Remedy.NOTE, False, 24, "Low + 1: unhappy; sorted 2 h ahead of its deadline"),
        (Remedy.CONTACT, True, 8, "Low + 2: unhappy, asked to be contacted; sorted 8 h ahead of its deadline"),
        (
            Remedy.PUT_RIGHT,
            True,
            8,
            "Low + 2: unhappy, asked to have the order put right; sorted 8 h ahead of its deadline",
        ),
    ],
)
def test_a_detractor_who_wants_nothing_has_a_case_as_well(
    session: Session, now: datetime, remedy: Remedy, wants_contact: bool, hours: int, rule_words: str
) -> None:
    response = answered(session, now, 3, wants_contact=wants_contact)
    response.remedy = remedy
    session.commit()
    _run(session, now)
    case = session.scalars(select(Case)).one()
    assert (case.reason, case.priority_words) == (CaseReason.DETRACTOR, rule_words)
    assert case.due_at - now == timedelta(hours=hours)
    assert log_of(session, case.id)[0][0].facts["remedy"] == remedy


def test_a_suspected_answer_waits_for_its_second_sign_and_is_then_found(session: Session, now: datetime) -> None:
    response = answered(session, now, 0)
    response.suspected = PressSuspicion.TOO_FAST
    session.commit()
    assert [_run(session, now) for _ in range(3)] == [0, 0, 0]
    response.suspected, response.revision = None, 2
    session.commit()
    assert [_run(session, now) for _ in range(2)] == [1, 0]
    assert session.scalars(select(Case.response_id)).all() == [response.id]


def test_what_was_taken_back_or_is_anonymous_is_nobody_s(session: Session, now: datetime) -> None:
    case = opened(session, now, 1)
    answered(session, now, 0).withdrawn_at = now
    told = session.get_one(Response, case.response_id)
    told.withdrawn_at, told.comment, told.revision = now, "", told.revision + 1
    session.add(
        Response(
            id=-7,
            channel=Channel.MAIL,
            survey_key="employee_pulse",
            locale="en",
            score=0,
            answered_at=now,
            counted_on=now.date(),
        )
    )
    session.commit()
    assert _run(session, now) == 0
    assert session.scalars(select(Case.id)).all() == [case.id]
