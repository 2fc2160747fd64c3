"""Commands about who is asked, and from when on."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cli.running import running_app
from feedback_service.config import SettingsError
from feedback_service.customers.cells import YEARS
from feedback_service.importing import line
from feedback_service.invitations.go_live import go_live as go_live_row
from feedback_service.invitations.go_live import set_go_live, set_paused
from feedback_service.invitations.queries import opt_outs_are_settled

OPT_OUTS_FIRST = (
    "First take in whom the shop must not ask: `feedback import optouts FILE`."
    " If that is done, or nobody ever opted out, say so with --opt-outs-settled."
)


@click.command("go-live")
@click.argument("first_day", required=False, type=click.DateTime(["%Y-%m-%d"]), metavar="[FIRST_DAY]")
@click.option("--opt-outs-settled", is_flag=True, help="Earlier opt-outs were taken in, or there are none.")
def go_live(first_day: datetime | None, opt_outs_settled: bool) -> None:
    """Start sending: ask about orders placed from FIRST_DAY on. Without a day: say how it stands."""
    with running_app() as (_, settings, session):
        if first_day is not None:
            if first_day.year not in YEARS:
                raise SettingsError(f"FIRST_DAY: choose a day between {YEARS[0]} and {YEARS[-1]}.")
            if not (opt_outs_settled or opt_outs_are_settled(session)):
                raise SettingsError(OPT_OUTS_FIRST)
            at = datetime.combine(first_day.date(), time.min, settings.zone)
            set_go_live(session, at, by="the command line", now=clock.now(), opt_outs_settled=True)
            session.commit()
        _say_how_it_stands(session, settings.zone)


@click.command()
def pause() -> None:
    """Stop asking and mailing for a while; what waits goes on waiting."""
    _set_paused(paused=True)


@click.command()
def resume() -> None:
    """Go on asking and mailing after a pause."""
    _set_paused(paused=False)


def _set_paused(*, paused: bool) -> None:
    with running_app() as (_, settings, session):
        set_paused(session, paused, now=clock.now())
        session.commit()
        _say_how_it_stands(session, settings.zone)


def _say_how_it_stands(session: Session, zone: ZoneInfo) -> None:
    row = go_live_row(session)
    if row is None:
        line("Sending has not started: nobody is asked until `feedback go-live FIRST_DAY` sets a first day.")
        return
    line(f"Orders placed from {_moment(row.at, zone)} on are asked about.")
    if row.paused_at is not None:
        line(f"Sending is paused since {_moment(row.paused_at, zone)}: `feedback resume` goes on.")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
