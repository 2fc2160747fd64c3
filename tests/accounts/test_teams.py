"""Cases go round: whoever has waited longest is next, and nobody who is out."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.accounts.models import TeamMember, User
from feedback_service.accounts.teams import next_in_turn, team_id
from tests.conftest import NOW


@pytest.fixture
def team(session: Session) -> int:
    return team_id(session, "care")


def join(session: Session, team: int, name: str, *, takes_cases: bool = True, active: bool = True) -> int:
    user = User(
        email=f"{name}@corner-shop.example",
        name=name,
        password="none",
        fs_uniquifier=name,
        created_at=NOW,
        active=active,
    )
    session.add(user)
    session.flush()
    session.add(TeamMember(team_id=team, user_id=user.id, takes_cases=takes_cases))
    session.commit()
    return user.id


def turns(session: Session, team: int, number: int) -> list[int | None]:
    return [next_in_turn(session, team, NOW + timedelta(minutes=minute)) for minute in range(number)]


def test_everybody_gets_their_turn(session: Session, team: int) -> None:
    ana, bo, zoe = (join(session, team, name) for name in ("ana", "bo", "zoe"))
    assert turns(session, team, 7) == [ana, bo, zoe, ana, bo, zoe, ana]


def test_a_newcomer_is_next(session: Session, team: int) -> None:
    ana = join(session, team, "ana")
    assert turns(session, team, 2) == [ana, ana]
    bo = join(session, team, "bo")
    assert next_in_turn(session, team, NOW + timedelta(hours=1)) == bo


def test_whoever_is_out_or_takes_no_cases_is_passed_over(session: Session, team: int) -> None:
    join(session, team, "out", active=False)
    join(session, team, "away", takes_cases=False)
    ana = join(session, team, "ana")
    assert turns(session, team, 2) == [ana, ana]


def test_an_empty_team_has_nobody(session: Session, team: int) -> None:
    assert next_in_turn(session, team, NOW) is None


def test_a_team_that_a_rule_names_is_founded_once(session: Session, team: int) -> None:
    assert team_id(session, "care") == team
    assert team_id(session, "returns_desk") != team
