"""The `feedback` command."""

import sys

import click

from feedback_service.accounts.people import AccountError
from feedback_service.app import configure_logs
from feedback_service.cases.proof.manifest import ManifestError
from feedback_service.cases.proof.write import ProofGoneError
from feedback_service.cases.queues.read_file import RoutingFileError
from feedback_service.cli import (
    asking,
    erasing,
    explaining,
    imports,
    insights,
    mail,
    mail_check,
    people,
    proof,
    routing,
    running,
    sentiment,
    surveys,
    ways_in,
)
from feedback_service.config import SettingsError
from feedback_service.csvfiles import CsvError
from feedback_service.importing import ERR
from feedback_service.invitations.rehearsal_rows import TooManyEventsError
from feedback_service.invitations.rehearse import NotLiveError
from feedback_service.jobs import SecondProcessError
from feedback_service.questionnaires.publish import PublishingError
from feedback_service.questionnaires.read_files import SurveyFileError
from feedback_service.sentiment.safety import SafetyFileError
from feedback_service.sentiment.themes.taxonomy import ThemeFileError

COMMANDS: tuple[click.Command, ...] = (
    running.new_keys,
    running.migrate,
    running.serve,
    running.demo,
    running.worker,
    running.beat,
    surveys.surveys,
    routing.routing,
    people.users,
    imports.import_,
    asking.go_live,
    asking.pause,
    asking.resume,
    explaining.explain,
    explaining.invitations,
    erasing.erase,
    ways_in.ways_in,
    mail.bounce,
    mail_check.mail,
    sentiment.sentiment,
    insights.insights,
    proof.audit,
)

KIND_ERRORS = (
    AccountError, CsvError, ManifestError, NotLiveError, ProofGoneError, PublishingError, RoutingFileError,
    SafetyFileError, SecondProcessError, SettingsError, SurveyFileError, ThemeFileError, TooManyEventsError,
)  # fmt: skip
"""What is said in a sentence instead of a traceback."""


def main() -> None:
    """Run the command; what a person can mend is one sentence and exit code 2."""
    configure_logs()
    try:
        feedback()
    except KIND_ERRORS as error:
        ERR.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)


@click.group(commands=COMMANDS)
def feedback() -> None:
    """Ask every buyer, answer every unhappy one, and see whether it is getting better."""
