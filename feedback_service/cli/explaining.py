"""Commands about one person: why they were asked or not, and taking a question back."""

from zoneinfo import ZoneInfo

import click
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cases.asking.explain import Story, story_of
from feedback_service.cli.running import running_app
from feedback_service.config import SettingsError
from feedback_service.database import LARGEST_ID
from feedback_service.delivery.cancel_mails import cancel_with_mails
from feedback_service.formats import moment
from feedback_service.importing import OUT, line
from feedback_service.invitations.cancel import Cancelled
from feedback_service.invitations.explain import Line
from feedback_service.invitations.queries import FoundPerson, people_called


@click.command()
@click.argument("who", metavar="CUSTOMER_OR_ORDER")
@click.option("--source", help="Where the customer or the order came from, if several have the same number.")
def explain(who: str, source: str | None) -> None:
    """Say what happened to one person, in its order: every event, every decision and the rule behind it.

    CUSTOMER_OR_ORDER is a customer's number, an e-mail address, or an order's number.
    """
    with running_app() as (_, settings, session):
        session.info["read_only"] = True
        person = person_meant(session, who, source, settings.privacy_secret)
        story = story_of(session, person.customer_id, clock.now(), settings.zone)
        if story is not None:
            _tell(story, settings.zone)


def person_meant(session: Session, who: str, source: str | None, key: bytes) -> FoundPerson:
    """The one person who is meant. Raises SettingsError where there is none, or more than one."""
    found = people_called(session, who, key=key, source=source)
    if len(found) == 1:
        return found[0]
    if not found:
        raise SettingsError(
            f"Nobody is known as {who}{f' to {source}' if source else ''}."
            " Give a customer's number, an e-mail address or an order's number, as the source writes it."
        )
    several = "\n".join(f"  {_named(person)}" for person in found)
    raise SettingsError(f"Several people are known as {who}; say which with --source, or by e-mail address:\n{several}")


def _named(person: FoundPerson) -> str:
    order = f", order {person.order}" if person.order else ""
    return f"{person.name or person.email or 'nameless'} (customer {person.external_id} of {person.source}{order})"


def _tell(story: Story, zone: ZoneInfo) -> None:
    for customer in story.person.customers:
        known_as = f"(customer {customer.external_id} of {customer.source})"
        line(" ".join(part for part in (customer.name, customer.email, known_as) if part))
    if story.past:
        OUT.print(_table("What happened", story.past, zone))
    else:
        line("Nothing has happened yet.")
    if story.ahead:
        OUT.print(_table("What comes next", story.ahead, zone))
    for invitation in story.open:
        about = f" about order {invitation.order}" if invitation.order else ""
        line(
            f"{invitation.survey_title}{about} can still be answered;"
            f" `feedback invitations cancel {invitation.id} --reason TEXT` takes it back."
        )


def _table(title: str, lines: list[Line], zone: ZoneInfo) -> Table:
    table = Table("When", title, box=None, pad_edge=False)
    for entry in lines:
        at = moment(entry.at, zone) if entry.at else "not known yet"
        # As Text: what a customer wrote is no markup here either.
        words = Text(entry.words)
        if entry.rule:
            words.append(f" ({entry.rule})", style="dim")
        table.add_row(Text(at, no_wrap=True), words)
    return table


@click.group()
def invitations() -> None:
    """Look after single invitations."""


SAID = {
    Cancelled.NOW: "It is taken back: its link has ended, and no mail of it leaves any more.",
    Cancelled.BEFORE: "It was taken back before; nothing was changed.",
    Cancelled.ANSWERED: "The person has answered already; nothing was changed.",
}


@invitations.command("cancel")
@click.argument("invitation_id", type=click.IntRange(min=1, max=LARGEST_ID))
@click.option("--reason", required=True, help="For whoever asks later, such as: we have spoken on the phone.")
@click.option("--by", default="the command line", show_default=True, help="Who takes it back.")
def cancel(invitation_id: int, reason: str, by: str) -> None:
    """Take one invitation back; `feedback explain` tells its number."""
    with running_app() as (_, _settings, session):
        try:
            outcome = cancel_with_mails(session, invitation_id, by=by, reason=reason, now=clock.now())
        except ValueError:
            raise SettingsError("--reason: say in a few words why it is taken back.") from None
        session.commit()
    if outcome is Cancelled.NO_SUCH:
        raise SettingsError(f"There is no invitation {invitation_id}.")
    line(SAID[outcome])
