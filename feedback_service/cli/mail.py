"""`feedback bounce`: the end of a mail server's pipe."""

import sys

import click
import structlog

from feedback_service import clock
from feedback_service.cli.running import running_app
from feedback_service.delivery.inbound.take_mail import AS_MUCH_AS_IS_READ, take_mail
from feedback_service.delivery.rules.mime import BadMailError

TAKEN, UNREADABLE, TRY_AGAIN = 0, 65, 75
"""What mail servers know from sysexits.h: done, EX_DATAERR (never try again), EX_TEMPFAIL (keep it and try again)."""

CHUNK = 64 * 1024  # bytes

log = structlog.get_logger(__name__)


@click.command("bounce")
def bounce() -> None:
    """Take in one raw mail from standard input: a bounce, a complaint, or what a person wrote back."""
    raw = _whole_mail()
    try:
        with running_app() as (_, settings, session):
            said = take_mail(session, raw, clock.now(), key=settings.privacy_secret)
            session.commit()
    except BadMailError as error:
        click.echo(str(error))
        sys.exit(UNREADABLE)
    except Exception as error:  # a mail that is not taken now must stay with the mail server, whatever is wrong here
        log.exception("mail not taken")
        click.echo(f"Not taken now: {type(error).__name__}. Try again later.")
        sys.exit(TRY_AGAIN)
    click.echo(said)
    sys.exit(TAKEN)


def _whole_mail() -> bytes:
    """The mail's beginning; the rest is read and dropped, since a server whose pipe breaks calls it a failure."""
    source = sys.stdin.buffer
    kept = source.read(AS_MUCH_AS_IS_READ + 1)
    while source.read(CHUNK):
        pass
    return kept
