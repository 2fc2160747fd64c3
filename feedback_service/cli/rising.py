"""`feedback sentiment rising`: words and phrases that comments use more than they used to."""

from datetime import datetime, timedelta

import click

from feedback_service import clock
from feedback_service.cli.running import running_app
from feedback_service.importing import line
from feedback_service.sentiment.themes.queries import WEEKS_BEFORE, rising_in_week


@click.command("rising")
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), help="Any day of the week. Default: the last full week.")
@click.option("--survey", help="Only the answers to this survey.")
def rising_words(week: datetime | None, survey: str | None) -> None:
    """Print the words and phrases that rose in a week, surest first, against the eight weeks before."""
    with running_app() as (_, settings, session):
        session.info["read_only"] = True
        day = week.date() if week else clock.now().astimezone(settings.zone).date() - timedelta(weeks=1)
        monday = day - timedelta(days=day.weekday())
        found = rising_in_week(session, monday, survey_key=survey)
    if not found:
        line(f"Nothing rose in the week of {monday}.")
    for language, words in found.items():
        line(f"{language}, week of {monday}, comments that say so (in the {WEEKS_BEFORE} weeks before; z):")
        for one in words:
            line(f"  {one.phrase}: {one.now} ({one.before}; {one.z:.1f})")
