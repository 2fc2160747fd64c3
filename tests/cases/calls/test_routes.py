"""The list of calls in the browser: whom to call, and writing down how it went."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.customers.models import Customer
from tests.cases.calls.factories import top_customers
from tests.cases.factories import hire, opened, signed_in
from tests.responses.factories import read


def _words(client: FlaskClient, path: str) -> str:
    return read(client.get(path)).text


def test_before_anybody_bought_much_it_says_what_will_appear(anas: FlaskClient) -> None:
    assert "Nobody to call yet" in _words(anas, "/calls/")


def test_who_is_on_the_list_and_who_was_spoken_to(anas: FlaskClient, session: Session, now: datetime) -> None:
    best = top_customers(session, now, 20)[-1]
    words = _words(anas, "/calls/?days=30")
    assert ("Buyer 20" in words, "Buyer 19" in words, "Buyer 18" in words) == (True, True, False)
    assert "€20.00" in words
    best.spoken_to_at = now
    session.commit()
    assert "Buyer 20" not in _words(anas, "/calls/?days=30")
    assert _words(anas, "/calls/?days=7") == _words(anas, "/calls/")


def test_a_call_is_written_down_and_the_case_is_theirs(anas: FlaskClient, session: Session, now: datetime) -> None:
    best = top_customers(session, now, 10)[-1].id
    form = read(anas.get(f"/calls/{best}")).form(having="words")
    path = form.pop(":action")
    for missing, said in (
        ({"words": "Fine."}, "Say whether you reached them."),
        ({"reached": "yes"}, "Say in a sentence how the call went."),
    ):
        answer = anas.post(path, data={**form, **missing})
        assert (answer.status_code, said in answer.text) == (422, True)
    sent = anas.post(path, data={**form, "reached": "yes", "words": "She loves the lamp."})
    case = session.scalars(select(Case.id)).one()
    assert sent.location == f"/cases/{case}"
    assert session.scalar(select(Customer.spoken_to_at).where(Customer.id == best)) == now
    session.rollback()
    assert "You have spoken to all of them" in _words(anas, "/calls/")
    assert anas.get(f"/calls/{best}").location == f"/cases/{case}"
    again = anas.post(path, data={**form, "uid": "0" * 32, "reached": "no", "words": "Nobody there."})
    assert again.location == f"/cases/{case}"


def test_what_another_team_works_on_is_named_and_not_shown(app: Flask, session: Session, now: datetime) -> None:
    best = top_customers(session, now, 10)[-1]
    opened(session, now).customer_id = best.id
    session.commit()
    outsider = signed_in(app, hire(app, session, "Olga", now, team="warehouse"))
    assert "With another team" in _words(outsider, "/calls/")
    sent = outsider.get(f"/calls/{best.id}")
    assert sent.location == "/calls/"
    assert "Another team works on a case" in _words(outsider, "/calls/")


@pytest.mark.parametrize("path", ["/calls/999", f"/calls/{2**70}"])
def test_of_nobody_there_is_no_page(anas: FlaskClient, path: str) -> None:
    assert anas.get(path).status_code == 404


@pytest.mark.parametrize("query", ["days=x", "currency=XXX", "after=1_x", f"after={10**30}_4"])
def test_what_makes_no_sense_in_the_address_does_no_harm(
    anas: FlaskClient, session: Session, now: datetime, query: str
) -> None:
    top_customers(session, now, 10)
    assert anas.get(f"/calls/?{query}").status_code == 200
