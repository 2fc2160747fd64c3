"""`feedback users`: a colleague gets an account."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from tests.cli.conftest import Run


def test_a_colleague_is_added_once(run: Run, session: Session) -> None:
    words = ("--name", "Rita Lopes", "--role", "manager", "--password", "correct horse battery")
    said = run("users", "add", "Rita@Corner-Shop.example", *words)
    assert (said.code, said.out) == (0, "rita@corner-shop.example can sign in.\n")
    again = run("users", "add", "rita@corner-shop.example", *words)
    assert (again.code, again.err) == (2, "rita@corner-shop.example has an account already.\n")
    user = session.scalars(select(User)).unique().one()
    assert [role.name for role in user.roles] == ["manager"]


@pytest.mark.parametrize(
    ("email", "changed", "sentence"),
    [
        ("rita", {}, "rita is no e-mail address"),
        ("rita@corner-shop.example", {"--password": "short"}, "The password needs at least 10 characters."),
        ("rita@corner-shop.example", {"--team": "Care Team"}, "Use the team's key in small letters"),
        ("rita@corner-shop.example", {"--role": "owner"}, "'owner' is not one of"),
    ],
)
def test_an_account_that_cannot_be_is_refused(run: Run, email: str, changed: dict[str, str], sentence: str) -> None:
    options = {"--name": "Rita", "--password": "correct horse battery"} | changed
    said = run("users", "add", email, *[word for pair in options.items() for word in pair])
    assert said.code == 2
    assert sentence in said.err
