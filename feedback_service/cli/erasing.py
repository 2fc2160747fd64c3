"""`feedback erase`: a person who wants to be forgotten."""

import click
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cli.explaining import person_meant
from feedback_service.cli.running import running_app
from feedback_service.customers.models import Customer
from feedback_service.importing import line
from feedback_service.invitations.explain import person_behind
from feedback_service.invitations.queries import FoundPerson
from feedback_service.pipeline import erase as erase_everywhere
from feedback_service.responses.withdraw import everything_of


@click.command()
@click.argument("who", metavar="CUSTOMER_OR_ORDER")
@click.option("--source", help="Where the customer or the order came from, if several have the same number.")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@click.option("--by", default="the command line", show_default=True, help="Who does it, for the log.")
def erase(who: str, source: str | None, yes: bool, by: str) -> None:
    """Forget one person: name, address and all they ever wrote; their scores are taken out of every figure.

    CUSTOMER_OR_ORDER is a customer's number, an e-mail address, or an order's number. What stays: their orders, that
    answers were given and taken back, who worked on them and when, and the hash of the address, so that it is never
    asked again. Erase the person where the orders come from first, or the next import brings name and address back.
    """
    with running_app() as (_, settings, session):
        found = person_meant(session, who, source, settings.privacy_secret)
        if not yes:
            _announce(session, found)
            session.rollback()  # whoever thinks about the question must not keep others from writing
            click.confirm("Erase this person for good?", abort=True)
        erasure = everything_of(session, _rows(session, found), at=clock.now(), by=by, key=settings.privacy_secret)
        done = erase_everywhere(session, erasure)
        session.commit()
    for name, count in done.items():
        line(f"{count:>5}  {name}")
    line("Erased. The address, as a hash, is kept so that it is never asked again.")


def _announce(session: Session, found: FoundPerson) -> None:
    line(f"{found.name or found.email or 'Nameless'}, known as")
    for customer in _customers(session, found):
        line(f"  customer {customer.external_id} of {customer.source}")


def _rows(session: Session, found: FoundPerson) -> list[int]:
    return [customer.id for customer in _customers(session, found)]


def _customers(session: Session, found: FoundPerson) -> tuple[Customer, ...]:
    """Whoever has the same mailbox is the same person."""
    person = person_behind(session, found.customer_id)
    return person.customers if person else ()
