"""`feedback surveys`: survey files in and out, and which of them are in use."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cases.mails.read_file import ShippedReply, read_replies
from feedback_service.cases.queues.read_file import read_routing
from feedback_service.cli.rehearsing import rehearse_survey
from feedback_service.cli.running import running_app
from feedback_service.delivery.models import MessagePurpose
from feedback_service.delivery.preview import preview
from feedback_service.importing import line
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.common_words import COMMON_WORDS
from feedback_service.questionnaires.definition import SurveyDefinition, SurveyStatus
from feedback_service.questionnaires.drafts import settled
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import (
    FILE,
    DraftUnfinishedError,
    NothingToPublishError,
    publish,
    take_draft,
    take_in,
)
from feedback_service.questionnaires.queries import SurveySummary, published_surveys, survey_summaries
from feedback_service.questionnaires.read_files import SurveyFileError, read_bank, read_survey, read_surveys
from feedback_service.questionnaires.write_files import write_survey
from feedback_service.sentiment.safety import read_safety
from feedback_service.sentiment.themes.taxonomy import read_themes


@click.group()
def surveys() -> None:
    """Look at the surveys, and put changed files into use."""


@surveys.command("check")
@click.argument("folder", required=False, envvar="FEEDBACK_SURVEYS_FOLDER", type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Read the survey files and say what is wrong with them."""
    chosen = folder or SURVEYS
    definitions = read_surveys(chosen)
    bank = read_bank(chosen)
    for key, definition in definitions.items():
        line(f"{key}: fine, in {', '.join(definition.wordings)}")
    if bank.questions:
        line(f"bank: fine, {len(bank.questions)} questions in {', '.join(bank.words)}")
    themes = read_themes(chosen)
    line(f"themes: fine, {len(themes.themes)} themes in {', '.join(themes.languages)}")
    line(f"safety: fine, in {', '.join(read_safety(chosen).books)}")
    line(f"routing: fine, {len(read_routing(chosen).rules)} rules")
    replies = read_replies(chosen)
    line(f"replies: fine, {len(replies)} templates in {', '.join(_languages(replies))}" if replies else "replies: none")


def _languages(replies: Sequence[ShippedReply]) -> list[str]:
    return sorted({locale for reply in replies for locale in reply.words})


@surveys.command("list")
def list_surveys() -> None:
    """Every survey, and whether a draft waits."""
    with running_app() as (_, _settings, session):
        session.info["read_only"] = True
        for survey in survey_summaries(session):
            line(f"{survey.key}: {survey.title}{_besides(survey)}")


def _besides(survey: SurveySummary) -> str:
    """What else there is to say of a survey, in brackets."""
    writer = "a changed file" if survey.draft_by == FILE else f"a draft by {survey.draft_by}"
    said = [
        "" if survey.status == SurveyStatus.OPEN else survey.status.value,
        f"{writer} waits to be published" if survey.draft_waits else "",
    ]
    brackets = ", ".join(part for part in said if part)
    return f"  ({brackets})" if brackets else ""


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
        purpose = MessagePurpose.REMINDER if reminder else MessagePurpose.INVITATION
        mail = preview(survey, spoken_locale(survey, locale), settings, clock.now(), purpose=purpose)
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
@click.option(
    "--draft", "draft_only", is_flag=True, help="The draft that waits, whoever wrote it, instead of the file."
)
def publish_survey(key: str, draft_only: bool) -> None:
    """Ask with the words and rules of the survey's file, or of its draft, from now on."""
    with running_app() as (_, settings, session):
        filed = {} if draft_only else read_surveys(settings.surveys_folder or SURVEYS)
        if key in filed:
            _use(session, filed[key])
        else:
            publish(session, key, clock.now())
        session.commit()
    line(f"{key} is in use as its {'draft' if draft_only else 'file'} says.")


def _use(session: Session, definition: SurveyDefinition) -> None:
    """Ask as a file says; a survey that is new is in use once it is taken in."""
    if session.get(Survey, definition.key) is None:
        take_in(session, {definition.key: definition}, clock.now())
        return
    if not take_draft(session, definition, clock.now()):
        raise NothingToPublishError(f"The survey {definition.key} has no draft: its file says what is asked.")
    publish(session, definition.key, clock.now())


@surveys.command("pull")
@click.argument("keys", nargs=-1)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="The drafts that wait, where there are any.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
def pull(keys: tuple[str, ...], folder: Path, draft: bool, force: bool) -> None:
    """Write surveys as files into FOLDER: what is asked now, of the surveys KEYS or of all. Comments are not kept."""
    with running_app() as (_, _settings, session):
        session.info["read_only"] = True
        wanted = keys or tuple(published_surveys(session))
        found = [_drafted(session, key) if draft else survey_in_use(session, key) for key in wanted]
    for survey in found:
        files = write_survey(folder, survey, force=force)
        line(f"{survey.key}: {len(files)} files in {folder / survey.key}")


def _drafted(session: Session, key: str) -> SurveyDefinition:
    """A survey as its draft says, or as it is asked where none waits."""
    asked, survey = survey_in_use(session, key), session.get_one(Survey, key)
    if survey.draft is None:
        return asked
    found = settled(key, survey.metric, survey.draft)
    if found is None:
        raise DraftUnfinishedError(f"The draft of {key} is not finished; its page in the browser says what is missing.")
    return found


@surveys.command("push")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("keys", nargs=-1)
@click.option("--publish", "publish_too", is_flag=True, help="Put them into use as well.")
@click.option("--force", is_flag=True, help="Replace drafts that managers wrote.")
def push(folder: Path, keys: tuple[str, ...], publish_too: bool, force: bool) -> None:
    """Take files in as drafts: of the surveys KEYS in FOLDER, or of all that lie there."""
    with running_app() as (app, _settings, session):
        for survey in _filed(folder, keys, spoken=set(app.extensions[COMMON_WORDS])):
            line(f"{survey.key}: {_pushed(session, survey, publish_too=publish_too, force=force)}")
        session.commit()


def _filed(folder: Path, keys: tuple[str, ...], spoken: set[str]) -> list[SurveyDefinition]:
    """The surveys in a folder. The pages around them must speak their languages."""
    wanted = keys or tuple(sorted(path.parent.name for path in folder.glob("*/survey.toml")))
    if not wanted:
        raise SurveyFileError(f"{folder}: holds no <survey>/survey.toml.")
    found = [read_survey(folder / key) for key in wanted]
    for survey in found:
        for locale in sorted(survey.wordings.keys() - spoken):
            raise SurveyFileError(
                f"{folder / survey.key}: speaks {locale}, for which there is no common.{locale}.toml."
            )
    return found


def _pushed(session: Session, survey: SurveyDefinition, *, publish_too: bool, force: bool) -> str:
    now = clock.now()
    if session.get(Survey, survey.key) is None:
        if not publish_too:
            raise NothingToPublishError(f"{survey.key}: is new here. --publish puts it into use.")
        take_in(session, {survey.key: survey}, now)
        return "new, and in use"
    if not take_draft(session, survey, now, force=force):
        return "nothing new"
    if not publish_too:
        return f"waits; `feedback surveys publish {survey.key} --draft` puts it into use"
    publish(session, survey.key, now)
    return "in use"


surveys.add_command(rehearse_survey)
