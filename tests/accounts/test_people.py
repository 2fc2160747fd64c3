"""Accounts are made with care: an address that works, a password that holds, a name, a team."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, Team, TeamMember, User
from feedback_service.accounts.people import AccountError, add_user, set_active
from feedback_service.accounts.queries import colleagues
from feedback_service.database import db
from tests.conftest import NOW

GOOD = {"email": "rita@corner-shop.example", "name": "Rita Lopes", "password": "correct horse", "team": "care"}


@pytest.fixture
def staffed(app: Flask) -> Iterator[Session]:
    """A session inside the app, whose password hashing the accounts use."""
    with app.app_context():
        yield db.session


def add(session: Session, role: RoleName = RoleName.STAFF, **changes: str | None) -> User:
    facts = {**GOOD, **changes}
    user = add_user(
        session,
        email=str(facts["email"]),
        name=str(facts["name"]),
        password=str(facts["password"]),
        team=facts["team"],
        role=role,
        now=NOW,
    )
    session.commit()
    return user


def test_an_account_has_a_role_a_team_and_no_readable_password(staffed: Session) -> None:
    user = add(staffed)
    assert [role.name for role in user.roles] == [RoleName.STAFF]
    assert user.password.startswith("$argon2id$")
    assert "correct horse" not in user.password
    assert user.active
    team = staffed.scalars(select(Team)).one()
    assert (team.key, team.name) == ("care", "Care")
    assert staffed.scalars(select(TeamMember.user_id)).all() == [user.id]


def test_roles_are_made_once(staffed: Session) -> None:
    add(staffed)
    add(staffed, email="bo@corner-shop.example")
    assert len(staffed.scalars(select(Role)).all()) == 1


def test_an_address_is_kept_in_one_form(staffed: Session) -> None:
    assert add(staffed, email=" Rita@Corner-Shop.Example ").email == "rita@corner-shop.example"
    with pytest.raises(AccountError, match=r"rita@corner-shop\.example has an account already"):
        add(staffed, email="RITA@corner-shop.example")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "rita"}, "rita is no e-mail address"),
        ({"email": ""}, "is no e-mail address"),
        ({"password": "short"}, "The password needs at least 10 characters"),
        ({"name": "  "}, "The name needs 1 to 120 characters"),
        ({"name": "x" * 121}, "The name needs 1 to 120 characters"),
        ({"team": "Care Team!"}, "Use the team's key in small letters, such as care"),
    ],
)
def test_an_account_that_cannot_be_says_why(staffed: Session, changes: dict[str, str], said: str) -> None:
    with pytest.raises(AccountError, match=said):
        add(staffed, **changes)
    assert staffed.scalars(select(User.id)).all() == []


def test_whoever_is_out_has_no_session_any_more(staffed: Session) -> None:
    user = add(staffed)
    before = user.fs_uniquifier
    set_active(staffed, user.id, active=False)
    staffed.commit()
    assert not user.active
    assert user.fs_uniquifier != before


def test_the_team_page_lists_those_who_can_sign_in_first(staffed: Session) -> None:
    add(staffed)
    zoe = add(staffed, RoleName.MANAGER, email="zoe@corner-shop.example", name="Zoe", team=None)
    abel = add(staffed, RoleName.ADMIN, email="abel@corner-shop.example", name="Abel", team=None)
    set_active(staffed, abel.id, active=False)
    staffed.commit()
    found = colleagues(staffed)
    assert [(person.name, person.role, person.teams, person.active) for person in found] == [
        ("Rita Lopes", "staff", "Care", True),
        ("Zoe", "manager", "", True),
        ("Abel", "admin", "", False),
    ]
    assert found[1].id == zoe.id
