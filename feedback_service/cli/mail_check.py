"""`feedback mail`: whether our mail will arrive, found out before it is sent."""

import click

from feedback_service import clock
from feedback_service.cli.running import running_app
from feedback_service.cli.surveys import spoken_locale, survey_in_use
from feedback_service.customers.addresses import BadAddressError, normal_email
from feedback_service.delivery.check_domain import Finding, Level
from feedback_service.delivery.check_mail import Sender, check_mail
from feedback_service.delivery.models import MessagePurpose
from feedback_service.delivery.preview import send_test
from feedback_service.delivery.smtp import MailRefused, OutcomeUnknown
from feedback_service.importing import line
from feedback_service.questionnaires.queries import published_surveys

WIDTH = max(len(level) for level in Level)


@click.group()
def mail() -> None:
    """Find out whether our mail will arrive."""


@mail.command("check")
def check() -> None:
    """Look at the mail server, SPF, DKIM, DMARC, footer and links; exit code 1 where something must be mended."""
    with running_app() as (_, settings, session):
        session.info["read_only"] = True  # name servers may be slow, and nobody shall wait for them to write
        senders = [
            Sender(wording.mail.sender_address, f"{survey.definition.key} ({locale})")
            for survey in published_surveys(session).values()
            for locale, wording in survey.definition.wordings.items()
            if wording.mail.sender_address
        ]
        session.rollback()
        findings = [_said(finding) for finding in check_mail(settings, senders)]
    wrong = sum(finding.level is Level.MEND for finding in findings)
    if wrong:
        raise click.ClickException(f"{wrong} {'thing' if wrong == 1 else 'things'} to mend.")


@mail.command("test")
@click.argument("address")
@click.option("--survey", "key", default="post_purchase_nps", show_default=True, help="Whose mail.")
@click.option("--locale", help="In which language. Default: the survey's own.")
@click.option("--reminder", is_flag=True, help="The reminder instead of the first mail.")
def test(address: str, key: str, locale: str | None, reminder: bool) -> None:
    """Send one mail to ADDRESS, marked as a test, the way every mail goes."""
    with running_app() as (_, settings, session):
        session.info["read_only"] = True
        survey = survey_in_use(session, key)
        spoken = spoken_locale(survey, locale)
        session.rollback()  # no transaction stays open while a mail server is spoken to
        purpose = MessagePurpose.REMINDER if reminder else MessagePurpose.INVITATION
        try:
            accepted = send_test(survey, spoken, settings, normal_email(address), clock.now(), purpose=purpose)
        except (BadAddressError, MailRefused, OutcomeUnknown) as error:
            raise click.ClickException(str(error)) from None
    line(f"Taken by the mail server ({accepted.code} {accepted.text}). Its links lead to a notice and keep nothing.")


def _said(finding: Finding) -> Finding:
    line(f"{finding.level:{WIDTH}}  {finding.about}: {finding.words}")
    if finding.record:
        line(f"{'':{WIDTH}}  Add: {finding.record}")
    return finding
