"""`feedback surveys`: the survey files, and which of them are in use."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cli.rehearsing import rehearse_survey
from feedback_service.cli.running import running_app
from feedback_service.delivery.preview import preview
from feedback_service.importing import line
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.publish import publish, take_in
from feedback_service.questionnaires.queries import published_surveys, survey_summaries
from feedback_service.questionnaires.read_files import read_common_words, read_surveys


@click.group()
def surveys() -> None:
    """Look at the surveys, and put changed files into use."""


@surveys.command("check")
@click.argument("folder", required=False, envvar="FEEDBACK_SURVEYS_FOLDER", type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Read the survey files and say what is wrong with them."""
    chosen = folder or SURVEYS
    definitions = read_surveys(chosen)
    read_common_words(chosen)
    for key, definition in definitions.items():
        line(f"{key}: fine, in {', '.join(definition.wordings)}")


@surveys.command("list")
def list_surveys() -> None:
    """Every survey, and whether a changed file waits."""
    with running_app() as (_, _settings, session):
        for survey in survey_summaries(session):
            waits = "  (a changed file waits to be published)" if survey.draft_waits else ""
            line(f"{survey.key}: {survey.title}{waits}")


@surveys.command("preview")
@click.argument("key")
@click.option("--locale", help="In which language. Default: the survey's own.")
@click.option("--reminder", is_flag=True, help="The reminder instead of the first mail.")
@click.option("--text", "as_text", is_flag=True, help="The plain text instead of the HTML.")
@click.option("--from-file", is_flag=True, help="As the file has it now, published or not.")
def preview_survey(key: str, locale: str | None, reminder: bool, as_text: bool, from_file: bool) -> None:
    """Print a survey's mail, filled with an invented customer."""
    with running_app() as (_, settings, session):
        session.info["read_only"] = True
        filed = read_surveys(settings.surveys_folder or SURVEYS) if from_file else {}
        survey = filed.get(key) or survey_in_use(session, key)
        mail = preview(survey, spoken_locale(survey, locale), settings, clock.now(), reminder=reminder)
    line(f"From: {mail.sender}\nSubject: {mail.subject}\n")
    line(mail.text if as_text else mail.html)


def survey_in_use(session: Session, key: str) -> SurveyDefinition:
    """The survey as it is asked now. Raises click.BadParameter where there is none of that key."""
    known = published_surveys(session)
    if key not in known:
        raise click.BadParameter(f"there is no survey {key}; known are {', '.join(known) or 'none'}")
    return known[key].definition


def spoken_locale(survey: SurveyDefinition, locale: str | None) -> str:
    """The wanted locale, or the survey's own. Raises click.BadParameter where it has no words in it."""
    wanted = locale or survey.rules.default_locale
    if wanted not in survey.wordings:
        raise click.BadParameter(f"{survey.key} has no words in {wanted}; it has {', '.join(survey.wordings)}")
    return wanted


@surveys.command("publish")
@click.argument("key")
def publish_survey(key: str) -> None:
    """Ask with the words and rules of the changed file from now on."""
    with running_app() as (_, settings, session):
        known = {survey.key for survey in survey_summaries(session)}
        filed = read_surveys(settings.surveys_folder or SURVEYS)
        take_in(session, filed, clock.now())
        if key in known or key not in filed:  # a survey that is new is in use once it is taken in
            publish(session, key)
        session.commit()
    line(f"{key} is in use as its file says.")


surveys.add_command(rehearse_survey)
