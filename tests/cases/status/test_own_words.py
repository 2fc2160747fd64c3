"""Words that may be shown are taken back by the link to the status page, long after the answering link has ended."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.advocacy import models
from feedback_service.advocacy.models import ShownWhere, SignedAs
from feedback_service.advocacy.testimonials import Consent, allow
from tests.cases.factories import status_path
from tests.responses.factories import Asked, asked, later, press, read

CONSENT = Consent("Lovely lamp", SignedAs.FIRST_NAME, ShownWhere.ANYWHERE, "I allow Corner Shop to show these words.")


@pytest.fixture
def allowed(session: Session, now: datetime) -> Asked:
    """Somebody who lets the shop show their words."""
    person = asked(session, now)
    allow(session, person.invitation_id, CONSENT, now)
    session.commit()
    return person


def page_of(session: Session, person: Asked) -> str:
    return f"{status_path(session, person)}/testimonial"


def shown_words(session: Session) -> str:
    session.rollback()
    words = session.scalars(select(models.Testimonial.words)).one()
    session.rollback()
    return words


def test_words_are_taken_back(client: FlaskClient, session: Session, allowed: Asked, now: datetime) -> None:
    path = page_of(session, allowed)
    with later(now, days=300):
        page = client.get(path)
        assert "You allowed this on March 20, 2026." in page.text
        assert "My first name" in page.text
        assert "Lovely lamp" not in page.text, "the link may have been passed on"
        assert "Ana" not in read(page).text
        pressed = press(client, path)
        assert (pressed.status_code, pressed.location) == (303, path), "a reload sends nothing twice"
        assert "You took it back on January 14, 2027." in client.get(path).text
    assert shown_words(session) == ""


@pytest.mark.parametrize("sent", [{}, {"csrf_token": ""}, {"csrf_token": "made up"}])
def test_nothing_is_taken_back_by_a_form_that_was_not_ours(
    client: FlaskClient, session: Session, allowed: Asked, sent: dict[str, str]
) -> None:
    refused = client.post(page_of(session, allowed), data=sent)
    assert refused.status_code == 422
    assert "please press the button once more" in read(refused).text
    assert shown_words(session) == "Lovely lamp"


def test_the_nonce_of_another_link_is_none_of_this(
    client: FlaskClient, session: Session, allowed: Asked, now: datetime
) -> None:
    another = asked(session, now)
    allow(session, another.invitation_id, CONSENT, now)
    session.commit()
    theirs = read(client.get(page_of(session, another))).forms[0]
    assert client.post(page_of(session, allowed), data=theirs).status_code == 422


def test_a_page_that_was_open_for_days_asks_for_one_more_press(
    client: FlaskClient, session: Session, allowed: Asked, now: datetime
) -> None:
    path = page_of(session, allowed)
    form = read(client.get(path)).forms[0]
    with later(now, days=2):
        again = client.post(path, data=form)
        assert again.status_code == 422
        assert client.post(path, data=read(again).forms[0]).status_code == 303
    assert shown_words(session) == ""


def test_whoever_allowed_nothing_reads_that(client: FlaskClient, session: Session, now: datetime) -> None:
    page = client.get(page_of(session, asked(session, now)))
    assert page.status_code == 200
    assert "You have not allowed us to show any words of yours." in page.text


def test_another_links_secret_does_not_open_it(client: FlaskClient, session: Session, allowed: Asked) -> None:
    for secret in (allowed.secret, "wrong"):
        assert client.post(f"/s/{secret}/testimonial").status_code == 404
    assert shown_words(session) == "Lovely lamp"
