"""`feedback surveys rehearse`: who would be asked by other rules, before they hold."""

from collections.abc import Iterable
from pathlib import Path

import click
from rich.table import Table

from feedback_service import clock
from feedback_service.cli.running import running_app
from feedback_service.config import Settings, SettingsError
from feedback_service.importing import OUT, line
from feedback_service.invitations.explain import titles
from feedback_service.invitations.installation import shop_of
from feedback_service.invitations.rehearsal_words import compared
from feedback_service.invitations.rehearse import DAYS, rehearse
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.drafts import rules_of
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.read_files import read_rules

LONGEST = 90  # days; what is known today says little about later ones


@click.command("rehearse")
@click.argument("key")
@click.option("--days", type=click.IntRange(1, LONGEST), default=DAYS, show_default=True, help="How far to look.")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="A survey.toml with the rules to try; without it, the rules of the draft that waits, or of the survey's file.",
)
def rehearse_survey(key: str, days: int, file: Path | None) -> None:
    """Show whom a survey would ask by other rules, beside whom it asks by the present ones. Nothing is kept."""
    with running_app() as (_, settings, session):
        session.info["read_only"] = True
        survey = session.get(Survey, key)
        if survey is None:
            raise SettingsError(f"There is no survey {key}; `feedback surveys list` names them.")
        present, named = Rules.model_validate(survey.rules), titles(session)
        new = _rules_to_try(survey, settings, file)
        if new == present:
            line(f"{key}: there is nothing to try, since these are the present rules.")
            return
        found = rehearse(session, {key: new}, now=clock.now(), shop=shop_of(settings), days=days)
        comparison = compared(found, key, named, present, new)
    for sentence in comparison.sentences:
        line(sentence)
    _print("What becomes of each event", comparison.outcomes)
    _print("People asked each day", ((f"{day:%a %d %b}", before, after) for day, before, after in comparison.days))


def _rules_to_try(survey: Survey, settings: Settings, file: Path | None) -> Rules:
    if file is None and survey.draft is not None:
        rules = rules_of(survey.draft)
        if rules is None:
            raise SettingsError(
                f"The draft of {survey.key} is not finished; its page in the browser says what is missing."
            )
        return rules
    return read_rules(file or (settings.surveys_folder or SURVEYS) / survey.key / "survey.toml")


def _print(title: str, rows: Iterable[tuple[str, int, int]]) -> None:
    table = Table(title, box=None, pad_edge=False)
    table.add_column("Present", justify="right")
    table.add_column("These rules", justify="right")
    for label, before, after in rows:
        table.add_row(label, f"{before:,}", f"{after:,}")
    if table.row_count:
        OUT.print(table)
