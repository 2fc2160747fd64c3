"""Whoever watches the process learns what is wrong with it, and what is suspiciously silent."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from feedback_service.invitations.models import GoLive
from feedback_service.orders.models import Order
from tests.delivery.factories import outbox
from tests.invitations.factories import DAY, NOW, go_live, numbered, order

pytestmark = pytest.mark.usefixtures("now")


def test_all_is_well(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "tables": "ok", "alarms": []}


def test_an_alarm_is_said_in_words_and_leaves_the_process_ready(client: FlaskClient, session: Session) -> None:
    order(session, numbered(0))
    go_live(session)
    session.execute(update(GoLive).values(set_at=NOW - 3 * DAY))
    session.execute(update(Order).values(updated_at=NOW - 2 * DAY))
    session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 200, "the answering pages must not be taken away because nothing is sent"
    assert answer.json is not None
    (alarm,) = answer.json["alarms"]
    assert alarm.startswith("Work that was due 2 d ago has not been taken up.")


def test_tables_that_are_not_up_to_date_are_not_asked_about_alarms(client: FlaskClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "database": "ok",
        "tables": "are not up to date: `feedback migrate` creates and updates them",
    }


def test_a_shop_at_work_raises_no_alarm(client: FlaskClient, session: Session) -> None:
    outbox(session, 1)
    assert client.get("/readyz").json == {"database": "ok", "tables": "ok", "alarms": []}
