"""`feedback erase`."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cli.erasing import erase
from feedback_service.customers.models import Address, Customer
from feedback_service.responses.models import Response
from tests.cli.conftest import Run
from tests.invitations.factories import invitation, numbered, order
from tests.responses.withdrawing.factories import PLANTED, answer

ORDER = numbered(0)
pytestmark = pytest.mark.usefixtures("now")


def comments(session: Session) -> list[str]:
    found = session.scalars(select(Response.comment).execution_options(populate_existing=True)).all()
    session.commit()
    return list(found)


@pytest.mark.parametrize("who", [ORDER, f"buyer of {ORDER}", f"{ORDER}@example.com"])
def test_a_person_is_forgotten_under_every_name(session: Session, run: Run, who: str) -> None:
    answer(session, invitation(session))
    other = order(session, numbered(1), customer_id="the same person", email=f"{ORDER.lower()}@example.com")
    session.commit()
    said = run("erase", who, "--yes", "--by", "Marta")
    assert said.code == 0, said.err
    assert "    1  answers\n" in said.out
    assert "    2  people\n" in said.out
    assert said.out.endswith("Erased. The address, as a hash, is kept so that it is never asked again.\n")
    session.expire_all()
    assert {(customer.name, customer.email) for customer in session.scalars(select(Customer))} == {("", None)}
    assert session.get_one(Customer, other.customer_id).address_hash is not None
    assert session.scalars(select(Address.unsubscribed_at)).one() is not None
    session.commit()
    assert comments(session) == [""]
    assert run("erase", f"buyer of {ORDER}", "--yes").code == 0, "twice does no harm"


def test_it_asks_before_it_erases(session: Session, environment: dict[str, str]) -> None:
    answer(session, invitation(session))
    asked = CliRunner().invoke(erase, [f"buyer of {ORDER}"], input="n\n")
    assert "Zoe, known as" in asked.output
    assert f"customer buyer of {ORDER} of shop" in asked.output
    assert "Erase this person for good? [y/N]" in asked.output
    assert asked.exit_code == 1
    assert PLANTED in comments(session)[0]
    assert CliRunner().invoke(erase, [f"buyer of {ORDER}"], input="y\n").exit_code == 0
    assert comments(session) == [""]


def test_nobody_is_said_kindly(session: Session, run: Run) -> None:
    assert run("erase", "nobody", "--yes").err.startswith("Nobody is known as nobody.")
