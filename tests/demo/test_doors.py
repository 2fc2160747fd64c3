"""The demo's start page shows every way in that leads somewhere, and no other."""

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.models import Improvement
from feedback_service.config import Settings
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.demo.colleagues import PULSE
from feedback_service.demo.doors import MANAGER, PASSWORD, doors
from feedback_service.demo.walk_ins import open_ways_in
from feedback_service.home import DEMO_DOORS
from tests.cases.factories import colleague, complained, resolved, taken
from tests.responses.factories import CSAT, asked, read


def mailed(session: Session, at: datetime, survey: str) -> str:
    """Somebody who has the survey's mail; the path in it."""
    person = asked(session, at, survey=survey)
    session.add(
        Message(
            uid=person.uid,
            purpose=MessagePurpose.INVITATION,
            subject_key=person.uid,
            ordinal=1,
            invitation_id=person.invitation_id,
            state=MessageState.SENT,
            sent_at=at,
            created_at=at,
            next_attempt_at=at,
        )
    )
    session.commit()
    return person.path


def titles(session: Session, settings: Settings, now: datetime) -> list[str]:
    return [title for _, title, *_ in doors(session, settings, now)]


def test_before_anybody_was_asked_there_is_the_mailbox_and_the_desks(
    session: Session, settings: Settings, now: datetime
) -> None:
    assert titles(session, settings, now) == [
        "Read the mail",
        "Work the queue",
        "Read the answers",
        "Check the model",
        "See the trend",
        "Trust the model",
        "Stop it for good",
        "Say who answers",
        "Edit a survey",
        "Open a way in",
        "Look after the team",
    ]


def test_the_newest_mail_of_a_survey_is_the_door(session: Session, settings: Settings, now: datetime) -> None:
    mailed(session, now, CSAT)
    newest = mailed(session, now, CSAT)
    pulse = mailed(session, now, PULSE)
    found = {title: path for _, title, _, path, _ in doors(session, settings, now)}
    assert (found["Rate a delivery"], found["Say how work is"]) == (newest, pulse)
    assert "Answer a survey" not in found


def test_all_doors_of_customers_open(client: FlaskClient, session: Session, settings: Settings, now: datetime) -> None:
    ben = colleague(session, "Ben", now)
    _, case = complained(session, now)
    taken(session, case, ben, now)
    resolved(session, case, ben, now, told="A new one is on its way.")
    mailed(session, now, CSAT)
    open_ways_in(session, settings.base_url, by=MANAGER[0], now=now)
    session.commit()
    found = {title: path for _, title, _, path, _ in doors(session, settings, now)}
    session.rollback()  # or it would keep the pages from writing down that they were opened
    for title in ("Rate a delivery", "Scan a code", "Touch the screen", "See what became of it"):
        assert client.get(found[title], follow_redirects=True).status_code == 200, title
    assert "A new one is on its way." in read(client.get(found["See what became of it"])).text


def test_the_start_page_has_a_room_for_each_audience(
    app: Flask, client: FlaskClient, session: Session, settings: Settings, now: datetime
) -> None:
    app.extensions[DEMO_DOORS] = lambda: doors(session, settings, now)
    page = read(client.get("/")).text
    assert all(audience in page for audience in ("Customers", "Staff", "Managers", "Admins"))
    assert page.count(f"Sign in as {MANAGER[0]} with {PASSWORD}") == 1, "once, and not at each of its doors"


def test_what_changed_is_a_door_once_there_is_something_to_read(
    client: FlaskClient, session: Session, settings: Settings, now: datetime
) -> None:
    ben = colleague(session, "Ben", now)
    session.add(
        Improvement(
            title="A second carrier",
            owner_id=ben,
            due_on=now.date(),
            took_effect_on=now.date(),
            published_words="You said it was late. We changed the carrier.",
            published_at=now,
            created_by=ben,
            created_at=now,
        )
    )
    session.commit()
    found = {title: path for _, title, _, path, _ in doors(session, settings, now)}
    session.rollback()
    assert "We changed the carrier." in read(client.get(found["Read what changed"])).text
