"""A colleague opens a case by hand, and writes down what a customer answered on the phone."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.accounts.models import User
from feedback_service.cases.models import Case, CaseOrigin, CaseState, EntryKind
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queries import log_of
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from feedback_service.responses.models import Channel, Response, ResponseChange
from feedback_service.sentiment.assess import assess_comments
from tests.cases.factories import KEY, hire, log_kinds, signed_in
from tests.responses.factories import CSAT, NPS, asked, read


@pytest.fixture
def invitation(session: Session, now: datetime) -> Invitation:
    """Zoë, who was asked and has not answered."""
    found = session.get_one(Invitation, asked(session, now, name="Zoë Costa").invitation_id)
    session.commit()
    return found


def _form(anas: FlaskClient, customer_id: int) -> dict[str, str]:
    form = dict(read(anas.get(f"/cases/new/{customer_id}")).form(having="happened"))
    form.pop(":action")
    return form


def _send(anas: FlaskClient, invitation: Invitation, **changed: str) -> TestResponse:
    path = f"/cases/new/{invitation.customer_id}"
    form = _form(anas, invitation.customer_id)
    return anas.post(path, data={**form, "happened": "The lamp hums.", **changed})


def _only(session: Session) -> Case:
    found = session.scalars(select(Case).execution_options(populate_existing=True)).one()
    session.commit()
    return found


@pytest.mark.parametrize("by", ["name", "part", "order", "number"])
def test_the_customer_is_found(anas: FlaskClient, session: Session, invitation: Invitation, by: str) -> None:
    order = session.get_one(Order, invitation.order_id)
    customer = session.get_one(Customer, invitation.customer_id)
    wanted = {
        "name": "Zoë Costa",
        "part": "costa",
        "order": order.external_id,
        "number": customer.external_id,
    }[by]
    session.commit()
    found = anas.get("/cases/new/", query_string={"q": wanted})
    assert found.location == f"/cases/new/{invitation.customer_id}"


def test_several_of_one_name_are_told_apart_and_nobody_is_said_kindly(
    anas: FlaskClient, session: Session, now: datetime, invitation: Invitation
) -> None:
    asked(session, now, name="Zoë Costa")
    page = read(anas.get("/cases/new/?q=zoë costa")).text
    assert "Who of these?" in page
    assert "Nobody is known as Q%" in read(anas.get("/cases/new/?q=Q%25")).text
    assert "Nobody is known as ab" in read(anas.get("/cases/new/?q=a%00b")).text
    assert anas.get("/cases/new/999999").status_code == 404


def test_a_case_is_opened_and_taken(
    anas: FlaskClient, session: Session, ana: User, now: datetime, invitation: Invitation
) -> None:
    sent = _send(anas, invitation, order=str(invitation.order_id), urgency="2", mine="y")
    case = _only(session)
    assert sent.location == f"/cases/{case.id}"
    assert (case.origin_kind, case.reason, case.rule) == (CaseOrigin.MANUAL, CaseReason.BY_HAND, "Opened by hand")
    assert (case.state, case.owner_id, case.order_id) == (CaseState.IN_PROGRESS, ana.id, invitation.order_id)
    assert case.priority_words == "Low + 2: pressing; sorted 8 h ahead of its deadline"
    (_, words, who) = log_of(session, case.id)[-1]
    assert (words, who) == ("The lamp hums.", "Ana")
    session.commit()
    assert log_kinds(session, case.id) == [EntryKind.OPENED, EntryKind.CLAIMED]
    assert session.get_one(Customer, invitation.customer_id, populate_existing=True).open_cases == 1
    session.commit()


def test_left_to_the_team_it_is_given_to_somebody(
    anas: FlaskClient, session: Session, ana: User, invitation: Invitation
) -> None:
    form = _form(anas, invitation.customer_id)
    form.pop("mine")
    anas.post(f"/cases/new/{invitation.customer_id}", data={**form, "happened": "The lamp hums."})
    case = _only(session)
    assert (case.state, case.owner_id) == (CaseState.OPEN, ana.id)
    assert log_kinds(session, case.id) == [EntryKind.OPENED, EntryKind.ASSIGNED]


def test_somebody_of_another_team_is_told_that_the_case_is_there(
    app: Flask, session: Session, now: datetime, invitation: Invitation
) -> None:
    olga = signed_in(app, hire(app, session, "Olga", now, team="warehouse"))
    form = _form(olga, invitation.customer_id)
    form.pop("mine")
    sent = olga.post(f"/cases/new/{invitation.customer_id}", data={**form, "happened": "The lamp hums."})
    assert (sent.status_code, sent.location) == (303, "/cases/new/")
    assert "The case is open. It is with another team." in read(olga.get(sent.location)).text
    assert _only(session).state == CaseState.OPEN


def test_a_double_press_opens_one_case(anas: FlaskClient, session: Session, invitation: Invitation) -> None:
    form = {**_form(anas, invitation.customer_id), "happened": "The lamp hums.", "survey": NPS, "score": "4"}
    path = f"/cases/new/{invitation.customer_id}"
    first, second = (anas.post(path, data=form) for _ in range(2))
    assert first.location == second.location
    assert first.status_code == second.status_code == 303
    _only(session)
    assert len(session.scalars(select(Response.id)).all()) == 1
    session.commit()


def test_an_answer_on_the_phone_answers_the_open_invitation(
    anas: FlaskClient, session: Session, now: datetime, invitation: Invitation
) -> None:
    told = {"survey": NPS, "score": "3", "comment": "It hums all night.", "order": str(invitation.order_id)}
    assert _send(anas, invitation, **told).status_code == 303
    response = session.scalars(select(Response)).one()
    assert (response.channel, response.invitation_id, response.score) == (Channel.PHONE, invitation.id, 3)
    assert response.comment == "It hums all night."
    assert session.get_one(Invitation, invitation.id, populate_existing=True).answered_at == now
    assert [change.score for change in session.scalars(select(ResponseChange))] == [3]
    case = _only(session)
    assert case.response_id == response.id
    assert session.get_one(Customer, invitation.customer_id, populate_existing=True).spoken_to_at == now
    session.commit()
    assess_comments(session, now, 10)
    open_cases(session, now, 10, key=KEY)
    session.commit()
    assert _only(session).rule == "Opened by hand"


def test_without_an_open_invitation_it_is_an_answer_of_its_own(
    anas: FlaskClient, session: Session, now: datetime, invitation: Invitation
) -> None:
    assert _send(anas, invitation, survey=CSAT, score="2", order=str(invitation.order_id)).status_code == 303
    response = session.scalars(select(Response)).one()
    assert (response.channel, response.invitation_id, response.customer_id) == (
        Channel.PHONE,
        None,
        invitation.customer_id,
    )
    session.commit()
    again = _send(anas, invitation, survey=CSAT, score="1", order=str(invitation.order_id))
    assert again.status_code == 422
    assert "This order has an answer to this survey already. Leave the survey out." in read(again).text
    assert read(again).form(having="happened")["happened"] == "The lamp hums."
    _only(session)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"happened": "  "}, "Say in a few words what happened, so that others understand it."),
        ({"score": "3"}, "Choose the survey that the score belongs to."),
        ({"survey": CSAT, "score": "6"}, "Write their score as a number from 1 to 5."),
        ({"survey": CSAT, "score": ""}, "Write their score as a number from 1 to 5."),
        ({"comment": "It hums."}, "Choose the survey that these words belong to"),
        ({"order": "999"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    anas: FlaskClient, session: Session, invitation: Invitation, changed: dict[str, str], sentence: str
) -> None:
    sent = _send(anas, invitation, **{"comment": "", **changed})
    assert sent.status_code == 422
    assert sentence in read(sent).text
    assert read(sent).form(having="happened")["happened"] == changed.get("happened", "The lamp hums.").strip()
    assert session.scalars(select(Case.id)).all() == []
    session.commit()
