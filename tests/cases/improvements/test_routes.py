"""A manager follows an improvement in a browser without scripts; and customers read what came of their words."""

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.cases.improvements.models import Improvement, ImprovementCase
from feedback_service.delivery.models import Message, MessagePurpose
from tests.cases.factories import colleague, hire, opened, send_to, signed_in
from tests.cases.improvements.factories import WORDS, closed, improvement_for, published
from tests.responses.factories import press, read


@pytest.fixture
def mia(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """A manager's browser."""
    return signed_in(app, hire(app, session, "Mia", now, role=RoleName.MANAGER))


def _only(session: Session) -> Improvement:
    session.rollback()
    found = session.scalars(select(Improvement).execution_options(populate_existing=True)).one()
    session.commit()
    return found


def _linked(session: Session) -> list[int]:
    session.rollback()
    found = list(session.scalars(select(ImprovementCase.case_id)))
    session.commit()
    return found


def test_from_the_first_line_to_the_mails(mia: FlaskClient, session: Session, now: datetime) -> None:
    ben = colleague(session, "Ben", now)
    _, case = closed(session, ben, now)
    made = press(
        mia, "/improvements/new", title="Double boxes", due_on="2026-05-01", cost="1.200,50 eur", cause="price"
    )
    assert made.status_code == 303
    improvement = _only(session)
    page = f"/improvements/{improvement.id}"
    assert (improvement.cost_minor, improvement.currency, improvement.cause_key) == (120_050, "EUR", "price")
    assert "€1,200.50" in read(mia.get("/improvements/")).text
    assert "There is no case 4711." in send_to(mia, page, "/link", numbers=f"#{case.id}, 4711")[1]
    assert _linked(session) == [case.id]
    status, text = send_to(mia, page, "/effect", on="2026-03-21")
    assert (status, "That day is still to come." in text) == (422, True)
    assert send_to(mia, page, "/effect", on="2026-03-19")[0] == 200
    assert send_to(mia, page, "/publish", published_words="")[0] == 422
    assert "Customers can read it now." in send_to(mia, page, "/publish", published_words=WORDS)[1]
    assert "1 person with a linked case can be told by mail, each once." in read(mia.get(page)).text
    assert "A mail to 1 person is on its way." in send_to(mia, page, "/tell")[1]
    assert "1 person was told. Nobody is left to tell." in read(mia.get(page)).text
    purposes = list(session.scalars(select(Message.purpose)))
    assert purposes.count(MessagePurpose.IMPROVEMENT) == 1


def test_a_form_keeps_what_was_typed(mia: FlaskClient, session: Session) -> None:
    sent = press(mia, "/improvements/new", title="Double boxes", due_on="2026-05-01", cost="a lot of it")
    assert sent.status_code == 422
    page = read(sent)
    assert "That is no amount." in page.text or "is no currency" in page.text or "Say the currency" in page.text
    assert page.form(having="title")["title"] == "Double boxes"
    assert session.scalars(select(Improvement)).all() == []


def test_it_is_changed_dropped_and_taken_up(mia: FlaskClient, session: Session, now: datetime) -> None:
    ben = colleague(session, "Ben", now)
    page = f"/improvements/{improvement_for(session, ben, now, opened(session, now)).id}"
    form = read(mia.get(page)).form(having="title")
    assert send_to(mia, page, page, title="Triple boxes")[0] == 200
    assert _only(session).title == "Triple boxes"
    late = mia.post(page, data={**form, "title": "Quadruple boxes"}, follow_redirects=True)
    assert "A colleague changed this in the meantime." in read(late).text
    assert "Dropped." in send_to(mia, page, "/drop")[1]
    assert "Triple boxes" in read(mia.get("/improvements/?view=dropped")).text
    assert "Taken up again." in send_to(mia, page, "/take-up")[1]
    assert "Taken out." in send_to(mia, page, "/unlink")[1]


def test_a_case_is_linked_from_its_own_page(mia: FlaskClient, session: Session, now: datetime) -> None:
    ben = colleague(session, "Ben", now)
    case = opened(session, now)
    improvement_id = improvement_for(session, ben, now).id
    status, text = send_to(
        mia, f"/cases/{case.id}", f"/improvements/of-case/{case.id}", **{"improve-improvement": str(improvement_id)}
    )
    assert (status, "Linked to the improvement." in text) == (200, True)
    assert _linked(session) == [case.id]


@pytest.mark.parametrize("path", ["/improvements/999", f"/improvements/{2**70}", "/improvements/?view=nothing"])
def test_what_is_not_there_is_not_found(mia: FlaskClient, path: str) -> None:
    assert mia.get(path).status_code == 404


# What customers read


def test_an_empty_page_says_what_will_stand_there(client: FlaskClient) -> None:
    page = read(client.get("/improved/"))
    assert "You said, we did" in page.text
    assert "What Corner Shop changes because of what customers say will stand here." in page.text


@pytest.mark.parametrize(
    ("lang", "heading", "since", "direction"),
    [
        ("en", "You said, we did", "Works since March 20, 2026", "ltr"),
        ("de", "Sie haben es gesagt, wir haben es getan", "Gilt seit dem 20. März 2026", "ltr"),
        ("ar", "أنتم قلتم ونحن فعلنا", "معمول به منذ", "rtl"),
    ],
)
def test_the_newest_stands_first_and_nothing_personal_does(
    client: FlaskClient, session: Session, now: datetime, lang: str, heading: str, since: str, direction: str
) -> None:
    ben = colleague(session, "Ben", now)
    _, case = closed(session, ben, now)
    older, newer = improvement_for(session, ben, now, case), improvement_for(session, ben, now, title="Internal name")
    published(session, older, now, "We pack <b>twice</b>.")
    published(session, newer, now, "We answer on Saturdays.")
    improvement_for(session, ben, now, title="Not yet")
    answer = client.get(f"/improved/?lang={lang}")
    text = read(answer).text
    assert heading in text
    assert since in text
    assert f'dir="{direction}"' in answer.text
    assert "We pack <b>twice</b>." in text
    assert text.index("Saturdays") < text.index("twice")
    assert not re.search("Ben|Internal name|Not yet|Double boxes", text)
