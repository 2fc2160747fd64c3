"""`feedback audit`: proof that what was done is still written as it was."""

import click

from feedback_service.cases.verify_log import verify_logs
from feedback_service.cli.running import running_app
from feedback_service.importing import line


@click.group()
def audit() -> None:
    """Check what cannot be rewritten."""


@audit.command("verify")
def verify() -> None:
    """Walk every case's action log and name the first entry that was edited, removed or moved."""
    with running_app() as (_, settings, session):
        session.info["read_only"] = True  # the walk is long, and nobody shall wait for it to write
        found = verify_logs(session, settings.privacy_secret)
    if found.fault:
        raise click.ClickException(f"The log does not hold: {found.fault}.")
    line(f"The log holds: {_number(found.entries, 'entry', 'entries')} of {_number(found.cases, 'case', 'cases')}.")


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
