"""A link that is done with says so, clearly and kindly, and leads on where there is somewhere to go."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from feedback_service.invitations.cancel import cancel
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response
from tests.responses.factories import LINK_KEYS, NPS, Asked, asked, everything, later, look, press, read, secret_of

ENDS = ("", "?score=9", "/more", "/thanks")


def close(session: Session, status: str) -> None:
    rules = session.scalars(select(Survey.rules).where(Survey.key == NPS)).one()
    session.execute(update(Survey).where(Survey.key == NPS).values(rules={**rules, "status": status}))
    session.commit()


def all_say(client: FlaskClient, engine: Engine, person: Asked, form: dict[str, str], sentence: str) -> None:
    before = everything(engine)
    for answer in (*(client.get(person.path + end) for end in ENDS), client.post(person.path, data=form)):
        assert answer.status_code == 410
        assert sentence in read(answer).text
    assert everything(engine) == before


@pytest.fixture
def person(session: Session, now: datetime) -> Asked:
    return asked(session, now)


@pytest.fixture
def form(client: FlaskClient, person: Asked) -> dict[str, str]:
    return {**look(client, person.path).forms[0], "score": "3"}


def test_the_time_is_over(
    client: FlaskClient, engine: Engine, person: Asked, form: dict[str, str], now: datetime
) -> None:
    with later(now, days=30):
        all_say(client, engine, person, form, "This survey has ended.")


def test_the_time_is_over_for_an_answer_and_its_page_lives_on(
    client: FlaskClient, session: Session, person: Asked, now: datetime
) -> None:
    press(client, person.path, score="3")
    with later(now, days=30):
        gone = client.get(person.path)
    assert (gone.status_code, gone.location) == (303, f"/s/{secret_of(person, 'status')}")


def test_the_shop_took_the_question_back(
    client: FlaskClient, session: Session, engine: Engine, person: Asked, form: dict[str, str], now: datetime
) -> None:
    cancel(session, person.invitation_id, by="a colleague", reason="a test order", now=now)
    session.commit()
    all_say(client, engine, person, form, "We took this question back.")


def test_the_survey_is_closed(
    client: FlaskClient, session: Session, engine: Engine, person: Asked, form: dict[str, str]
) -> None:
    close(session, "closed")
    all_say(client, engine, person, form, "This survey is closed.")


def test_a_survey_that_pauses_still_takes_answers(
    client: FlaskClient, session: Session, person: Asked, form: dict[str, str]
) -> None:
    close(session, "paused")
    assert client.post(person.path, data=form).status_code == 303


def test_thanks_are_said_though_the_survey_has_closed_meanwhile(
    client: FlaskClient, session: Session, person: Asked
) -> None:
    press(client, person.path, score="9")
    close(session, "closed")
    assert client.get(f"{person.path}/thanks").status_code == 200
    assert client.get(person.path).status_code == 410


def test_the_person_took_the_answer_back(
    client: FlaskClient, session: Session, engine: Engine, person: Asked, form: dict[str, str], now: datetime
) -> None:
    press(client, person.path, score="9")
    session.execute(update(Response).values(withdrawn_at=now))
    session.commit()
    all_say(client, engine, person, form, "You took your answer back.")


def test_it_was_taken_back_between_the_page_and_the_press(
    client: FlaskClient, session: Session, person: Asked, now: datetime
) -> None:
    press(client, person.path, score="9")
    late = {**look(client, person.path).forms[0], "score": "1"}
    session.execute(update(Response).values(withdrawn_at=now))
    session.commit()
    assert "You took your answer back." in read(client.post(person.path, data=late)).text
    assert session.scalars(select(Response.score)).one() == 9


def test_it_was_answered_on_another_device(client: FlaskClient, person: Asked, now: datetime) -> None:
    press(client, person.path, score="9")
    page = read(client.get(person.path))
    assert "Your answer 9 You can change it until March 21, 2026, 10:00 AM." in page.text
    assert page.forms[0]["score"] == "9"
    with later(now, hours=24):
        settled = read(client.get(person.path))
    assert "It stands. If you see it differently today, choose again" in settled.text
    assert settled.forms[0]["score"] == "9"


def test_every_wrong_link_gets_the_same_answer(client: FlaskClient, person: Asked) -> None:
    answers = set()
    for secret in (
        "nobody",
        secret_of(person, "status"),
        secret_of(person, "unsubscribe"),
        "w.nobody.AAAA",
        LINK_KEYS[0],
    ):
        for method in ("get", "post"):
            gone = getattr(client, method)(f"/r/{secret if isinstance(secret, str) else secret.decode()}")
            answers.add((gone.status_code, gone.get_data(as_text=True)))
    assert len(answers) == 1
    assert "This link does not work." in next(iter(answers))[1]
