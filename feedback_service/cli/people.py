"""`feedback users`: who signs in."""

import click

from feedback_service import clock
from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import add_user
from feedback_service.cli.running import running_app
from feedback_service.importing import line


@click.group()
def users() -> None:
    """Manage who signs in."""


@users.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in RoleName]), default=RoleName.STAFF.value)
@click.option("--team", default="care", show_default=True, help="The team's key.")
@click.password_option()
def add(email: str, name: str, role: str, team: str, password: str) -> None:
    """Make an account."""
    with running_app() as (_, _settings, session):
        user = add_user(
            session,
            email=email,
            name=name,
            password=password,
            role=RoleName(role),
            team=team or None,
            now=clock.now(),
        )
        session.commit()
        line(f"{user.email} can sign in.")
