"""`feedback audit`: proof that what was done is still written as it was."""

import click
from rich.progress import Progress
from sqlalchemy import func, select

from feedback_service import clock
from feedback_service.cases.models import Case
from feedback_service.cases.proof.verify import verify_proof
from feedback_service.cli.running import running_app
from feedback_service.database import db, session_factory
from feedback_service.importing import ERR, line
from feedback_service.pipeline import prove_now


@click.group()
def audit() -> None:
    """Check what cannot be rewritten."""


@audit.command("verify")
def verify() -> None:
    """Check the log of every case, and all of them against the manifests outside the database; name the first fault.

    An entry that was edited, removed or moved is found, a case that is gone, a log that was cut back or written anew,
    and a manifest that was edited or taken away.
    """
    with running_app() as (_, settings, session):
        session.info["read_only"] = True  # the walk is long, and nobody shall wait for it to write
        with Progress(console=ERR, disable=not ERR.is_terminal) as progress:
            cases = session.scalar(select(func.count()).select_from(Case))
            task = progress.add_task("Cases", total=cases)
            found = verify_proof(
                session, settings.proof_folder, settings.privacy_secret, on_case=lambda: progress.advance(task)
            )
    if found.fault:
        raise click.ClickException(f"The log does not hold: {found.fault}.")
    log = found.log
    line(f"The log holds: {_number(log.entries, 'entry', 'entries')} of {_number(log.cases, 'case', 'cases')}.")
    if found.manifests:
        line(f"{_number(found.manifests, 'manifest', 'manifests')} in {settings.proof_folder} can be relied on.")


@audit.command("manifest")
@click.option("--anew", is_flag=True, help="Begin a new chain, where the earlier manifests are lost for good.")
def manifest(*, anew: bool) -> None:
    """Vouch for every log that has grown, in a file outside the database; the service does so once a day by itself."""
    with running_app() as (_, settings, _session):
        try:
            written = prove_now(
                session_factory(db.engine),
                clock.now(),
                folder=settings.proof_folder,
                key=settings.privacy_secret,
                zone=settings.zone,
                anew=anew,
            )
        except OSError as error:
            raise click.ClickException(f"{error.filename or settings.proof_folder}: {error.strerror}.") from None
    line(f"Written: {written.path}" if written else "No log has grown since it was last vouched for.")


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
