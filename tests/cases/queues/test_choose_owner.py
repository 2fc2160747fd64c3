"""Whose case it is: each rule, and what happens where it finds nobody."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from feedback_service.accounts.models import TeamMember, User
from feedback_service.cases.models import Case
from feedback_service.cases.queues.choose_owner import About, away_today, choose_owner
from feedback_service.cases.queues.models import OwnerRule, Queue
from tests.cases.factories import colleague, opened, queued, taken
from tests.cases.queues.factories import away, bought, team_queue

LISBON = ZoneInfo("Europe/Lisbon")
DAY = timedelta(days=1)


@pytest.fixture
def team(session: Session, now: datetime) -> tuple[Queue, dict[str, int]]:
    """A queue whose team are Ana, Ben and Cleo."""
    people = {name: colleague(session, name, now) for name in ("Ana", "Ben", "Cleo")}
    queue = team_queue(
        session,
        "care",
        *people.values(),
        owner_attribute="Region",
        owners={"norte": people["Ben"], "sul": people["Cleo"]},
    )
    return queue, people


def _chosen(
    session: Session, team: tuple[Queue, dict[str, int]], rule: OwnerRule, now: datetime, case: About | None = None
) -> tuple[str, str]:
    queue, people = team
    owner, by = choose_owner(session, queue, rule, case or About(), now, zone=LISBON)
    session.commit()
    return next((name for name, number in people.items() if number == owner), ""), by


def test_nobody_gets_what_is_for_whoever_comes(
    session: Session, now: datetime, team: tuple[Queue, dict[str, int]]
) -> None:
    assert _chosen(session, team, OwnerRule.UNASSIGNED, now) == ("", "")


def test_round_robin_goes_round(session: Session, now: datetime, team: tuple[Queue, dict[str, int]]) -> None:
    found = [_chosen(session, team, OwnerRule.ROUND_ROBIN, now)[0] for _ in range(4)]
    assert found == ["Ana", "Ben", "Cleo", "Ana"]


def test_the_least_loaded_is_who_has_the_fewest_open_cases(
    session: Session, now: datetime, team: tuple[Queue, dict[str, int]]
) -> None:
    queued(session, now, sort_hours=[1, 2], owner=team[1]["Ana"])
    queued(session, now, sort_hours=[3], owner=team[1]["Ben"])
    assert _chosen(session, team, OwnerRule.LEAST_LOADED, now) == ("Cleo", "least loaded")


@pytest.mark.parametrize(
    ("attributes", "owner", "by"),
    [
        ({"region": " NORTE "}, "Ben", "Region NORTE"),
        ({"region": "Sul"}, "Cleo", "Region Sul"),
        ({"region": "Centro"}, "Ana", "round robin"),
        ({}, "Ana", "round robin"),
    ],
)
def test_by_attribute_and_in_turn_where_nobody_is_named(
    session: Session,
    now: datetime,
    team: tuple[Queue, dict[str, int]],
    attributes: dict[str, str],
    owner: str,
    by: str,
) -> None:
    found = _chosen(session, team, OwnerRule.BY_ATTRIBUTE, now, About(attributes=attributes))
    assert found == (owner, by)


def test_whoever_worked_on_the_customers_last_case_gets_the_next(
    session: Session, now: datetime, team: tuple[Queue, dict[str, int]]
) -> None:
    case = opened(session, now, 1)
    assert case.response is not None
    customer = bought(session, case.response, now).customer_id
    session.get_one(Case, case.id).customer_id = customer
    session.commit()
    taken(session, case, team[1]["Cleo"], now)
    assert _chosen(session, team, OwnerRule.ACCOUNT_OWNER, now, About(customer)) == ("Cleo", "account owner")
    assert _chosen(session, team, OwnerRule.ACCOUNT_OWNER, now, About(None))[1] == "round robin"


@pytest.mark.parametrize("rule", [rule for rule in OwnerRule if rule is not OwnerRule.UNASSIGNED])
def test_no_rule_finds_anybody_who_is_away_switched_off_or_takes_none(
    session: Session, now: datetime, team: tuple[Queue, dict[str, int]], rule: OwnerRule
) -> None:
    queue, people = team
    today = now.astimezone(LISBON).date()
    away(session, people["Ana"], today - DAY, today, now)
    session.get_one(User, people["Ben"]).active = False
    session.get_one(TeamMember, (queue.team_id, people["Cleo"])).takes_cases = False
    session.commit()
    for attributes in ({"region": "norte"}, {"region": "sul"}):
        assert _chosen(session, team, rule, now, About(attributes=attributes))[0] == ""


def test_somebody_who_must_not_get_it_does_not(
    session: Session, now: datetime, team: tuple[Queue, dict[str, int]]
) -> None:
    queue, people = team
    owner, _ = choose_owner(session, queue, OwnerRule.LEAST_LOADED, About(), now, without=[people["Ana"]])
    assert owner == people["Ben"]
    session.commit()


def test_a_day_of_absence_is_the_shops_day(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    day = datetime(2026, 7, 1, tzinfo=LISBON)
    away(session, ana, day.date(), day.date(), now)
    assert away_today(session, day - timedelta(minutes=1), LISBON) == set()
    assert away_today(session, day, LISBON) == {ana}
    assert away_today(session, day + DAY - timedelta(minutes=1), LISBON) == {ana}
    assert away_today(session, day + DAY, LISBON) == set()
