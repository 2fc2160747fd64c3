"""A colleague answers the pulse: once, on one page, and nobody can ever tell which answer is theirs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address
from feedback_service.invitations.models import Invitation, LinkVisit
from feedback_service.responses.models import (
    Channel,
    Response,
    ResponseAnswer,
    ResponseChange,
    ResponseRevision,
    RevisionKind,
)
from tests.evidence import write_evidence
from tests.responses.factories import Asked, asked, at_once, everything, later, look, press, read

PULSE = "employee_pulse"
ROUND = date(2026, 3, 1)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)  # Lisbon keeps UTC in winter


def colleague(session: Session, at: datetime) -> Asked:
    """Somebody who is asked in this quarter's round."""
    person = asked(session, at, survey=PULSE)
    invitation = session.get_one(Invitation, person.invitation_id)
    invitation.event_key = f"pulse:shop:{person.uid}:{ROUND}"
    invitation.order_id = None
    session.commit()
    return person


@pytest.fixture
def person(session: Session, now: datetime) -> Asked:
    return colleague(session, now)


def only(session: Session) -> Response:
    session.rollback()
    return session.scalars(select(Response).execution_options(populate_existing=True)).one()


def test_score_and_words_go_together_and_nothing_says_whose_they_are(
    client: FlaskClient, session: Session, person: Asked
) -> None:
    form = look(client, person.path).forms[0]
    assert {"score", "comment"} <= set(form) | {"score"}, "everything on one page"
    sent = press(client, person.path, score="9", comment="Good people.")
    assert (sent.status_code, sent.location) == (303, f"{person.path}/thanks")
    assert client.get(sent.location).status_code == 200
    kept = only(session)
    assert kept.id < 0
    assert (kept.invitation_id, kept.customer_id, kept.order_id, kept.collector_id, kept.uid) == (None,) * 5
    assert (kept.channel, kept.score, kept.comment, kept.locale) == (Channel.MAIL, 9, "Good people.", "en")
    assert (kept.answered_at, kept.counted_on) == (MIDNIGHT, ROUND)
    assert kept.routed_revision == kept.revision, "nobody can be asked back"
    revision = session.scalars(select(ResponseRevision)).one()
    assert (revision.kind, revision.recorded_at, revision.comment) == (RevisionKind.ANSWER, MIDNIGHT, "Good people.")
    assert session.scalars(select(ResponseAnswer.answered_at)).all() == []
    change = session.scalars(select(ResponseChange)).one()
    assert (change.day, change.score, change.delta) == (ROUND, 9, 1)


def test_the_link_is_spent_and_says_no_more_than_the_day(client: FlaskClient, session: Session, now: datetime) -> None:
    with later(now, days=-2) as before:
        person = colleague(session, before)
    press(client, person.path, score="9")
    invitation = session.get_one(Invitation, person.invitation_id, populate_existing=True)
    assert invitation.answered_at == now.replace(hour=0)
    assert invitation.remind_at is None
    assert session.get_one(Address, invitation.address_hash).last_answered_at == now.replace(hour=0)


def test_who_was_asked_today_answered_not_before_that(client: FlaskClient, session: Session, person: Asked) -> None:
    press(client, person.path, score="9")
    invitation = session.get_one(Invitation, person.invitation_id, populate_existing=True)
    assert invitation.answered_at == invitation.created_at


def test_a_spent_link_cannot_be_used_again(
    client: FlaskClient, session: Session, engine: Engine, person: Asked
) -> None:
    form = {**look(client, person.path).forms[0], "score": "2"}
    press(client, person.path, score="9")
    before = everything(engine)
    for again in (client.get(person.path), client.get(f"{person.path}?score=2"), client.post(person.path, data=form)):
        assert again.status_code == 200
        assert "Your answer is in." in read(again).text
        assert "Nobody can see which answer is yours, so it cannot be changed" in read(again).text
    assert everything(engine) == before
    assert only(session).score == 9


def test_two_presses_at_once_are_one_answer(app: Flask, session: Session, person: Asked) -> None:
    clients = [app.test_client() for _ in range(4)]
    forms = [{**look(each, person.path).forms[0], "score": str(score)} for score, each in enumerate(clients)]
    presses = [
        lambda client=client, form=form: client.post(person.path, data=form).status_code
        for client, form in zip(clients, forms, strict=True)
    ]
    assert sorted(at_once(*presses)) == [200, 200, 200, 303]
    score = only(session).score
    changes = session.execute(select(ResponseChange.score, ResponseChange.delta)).all()
    assert [tuple(change) for change in changes] == [(score, 1)]


def test_ids_give_no_order_away(client: FlaskClient, session: Session, now: datetime) -> None:
    for score in range(11):
        press(client, colleague(session, now).path, score=str(score))
    rows = session.execute(select(Response.score).order_by(Response.id)).scalars().all()
    assert sorted(rows) == list(range(11))
    assert list(rows) not in (list(range(11)), list(range(10, -1, -1))), "by chance once in 20 million times"
    assert len(set(session.execute(select(Response.answered_at)).scalars())) == 1


def test_no_evidence_lies_beside_the_press(client: FlaskClient, session: Session, person: Asked) -> None:
    client.post(person.path, data={"score": "3"})
    press(client, person.path, score="9")
    write_evidence(client.application)
    assert set(session.scalars(select(LinkVisit.method))) <= {"GET"}


def test_a_press_that_looks_like_a_machine_s_is_asked_for_again(
    client: FlaskClient, session: Session, engine: Engine, person: Asked, now: datetime
) -> None:
    before = everything(engine)
    form = {**look(client, person.path, timedelta(0)).forms[0], "score": "9", "comment": "Typed in no time."}
    refused = client.post(person.path, data=form)
    assert refused.status_code == 422
    assert everything(engine) == before, "nobody could find it again to confirm it, so nothing is kept"
    page = read(refused)
    assert "One last press" in page.text
    assert (page.forms[0]["score"], page.forms[0]["comment"]) == ("9", "Typed in no time.")
    with later(now, seconds=2):
        assert client.post(person.path, data=page.forms[0]).status_code == 303
    assert only(session).comment == "Typed in no time."


def test_a_browser_with_an_odd_name_can_answer_all_the_same(
    client: FlaskClient, session: Session, person: Asked, now: datetime
) -> None:
    odd = {"User-Agent": ""}
    form = {**look(client, person.path).forms[0], "score": "9"}
    page = read(client.post(person.path, data=form, headers=odd))
    with later(now, seconds=2):
        assert client.post(person.path, data=page.forms[0], headers=odd).status_code == 303
    assert only(session).score == 9


def test_what_cannot_be_taken_comes_back_whole(client: FlaskClient, session: Session, person: Asked) -> None:
    refused = press(client, person.path, score="9", comment="x" * 5_001)
    assert refused.status_code == 422
    page = read(refused)
    assert "is longer than 5,000 characters." in page.text
    assert (page.forms[0]["score"], page.forms[0]["comment"]) == ("9", "x" * 5_001)
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_there_is_no_page_of_questions_after_it(client: FlaskClient, person: Asked) -> None:
    assert client.get(f"{person.path}/more").location == person.path
    assert client.get(f"{person.path}/thanks").location == person.path
