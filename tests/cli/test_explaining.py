"""`feedback explain` and `feedback invitations cancel`."""

import pytest
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from tests.cli.conftest import Run
from tests.invitations.factories import invitation, numbered, order

ORDER = numbered(0)


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("who", [ORDER, f"buyer of {ORDER}", f"{ORDER}@Example.com"])
def test_one_person_is_explained(session: Session, run: Run, who: str) -> None:
    made = invitation(session)
    said = run("explain", who)
    assert said.code == 0, said.err
    assert said.out.startswith(f"Zoe {ORDER.lower()}@example.com (customer buyer of {ORDER} of shop)")
    told = " ".join(said.out.split())  # however wide the terminal
    assert f"20 Mar 2026, 10:00 Asked by Delivery CSAT about order {ORDER} (“Delivery CSAT” asks 1 day" in told
    assert "(asking.sample_one_in = 2)" in told
    assert f"`feedback invitations cancel {made.id} --reason TEXT`" in said.out


@pytest.mark.usefixtures("now")
def test_nobody_and_several_are_said_kindly(session: Session, run: Run) -> None:
    order(session, ORDER, customer_id="buyer at the shop", email="shop@example.com")
    other = order(session, numbered(1), customer_id="buyer at the market", email="market@example.com")
    other.external_id, other.source = ORDER, "market"
    session.get_one(Customer, other.customer_id).source = "market"
    session.commit()
    assert run("explain", "nobody").err.startswith("Nobody is known as nobody. Give a customer's number")
    assert run("explain", ORDER, "--source", "fair").err.startswith(f"Nobody is known as {ORDER} to fair.")
    several = run("explain", ORDER)
    assert several.code == 2
    assert "--source" in several.err
    assert f"  Zoe (customer buyer at the market of market, order {ORDER})\n" in several.err
    assert "market@example.com" in run("explain", ORDER, "--source", "market").out


def test_a_question_is_taken_back_by_hand(session: Session, run: Run) -> None:
    made = invitation(session)
    words = ("invitations", "cancel", str(made.id), "--reason")
    assert run(*words, " ").err.startswith("--reason: say in a few words")
    assert run(*words, "We have spoken").out.startswith("It is taken back")
    assert run(*words, "Again").out.startswith("It was taken back before")
    assert run("invitations", "cancel", "4711", "--reason", "A guess").err == "There is no invitation 4711.\n"
    session.refresh(made)
    assert made.cancelled_by == "the command line: We have spoken"
