"""The page of alerts says what is alarming, what is watched, and lets each manager choose whether to hear of it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import RoleName, User
from feedback_service.config import Settings
from feedback_service.delivery.models import StaffMail
from feedback_service.insights.alerts.models import Alert, AlertsOff
from tests.cases.factories import hire, signed_in
from tests.conftest import NOW
from tests.insights.alerts.factories import BAD, steady, step
from tests.responses.factories import NPS, read

Sessions = sessionmaker[Session]

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def maria(app: Flask, session: Session) -> User:
    return hire(app, session, "Maria", NOW, role=RoleName.MANAGER, team=None)


@pytest.fixture
def manager(app: Flask, maria: User) -> FlaskClient:
    return signed_in(app, maria)


@pytest.fixture
def watch(settings: Settings, sessions: Sessions) -> Callable[[datetime], int]:
    found = step(settings, "watch")
    return lambda now: found.run(sessions, now, 200)


def test_before_the_first_look_the_page_says_what_will_come(manager: FlaskClient) -> None:
    text = read(manager.get("/insights/alerts")).text
    assert "No week was looked at yet" in text
    assert "at most one false alarm a year" in text


def test_what_is_alarming_has_its_words_and_its_picture(
    manager: FlaskClient, session: Session, watch: Callable[[datetime], int]
) -> None:
    steady(session, 30, but={0: BAD, 12: BAD})
    watch(NOW)
    page = manager.get("/insights/alerts")
    text = read(page).text
    assert "fell to −26 (" in text
    assert "Has become" not in text
    assert "Over by the week of" in text
    assert "2 things" in text
    assert f'href="/answers/?survey={NPS}&amp;from=2026-03-09&amp;to=2026-03-15">Its answers' in page.get_data(
        as_text=True
    )
    number = max(session.scalars(select(Alert.id)))
    session.commit()
    assert f"/insights/alerts/alert-{number}.svg" in page.get_data(as_text=True)
    for form in ("svg", "png", "csv"):
        assert manager.get(f"/insights/alerts/alert-{number}.{form}").status_code == 200
    table = manager.get(f"/insights/alerts/alert-{number}.csv").get_data(as_text=True)
    assert table.strip().splitlines()[-1].startswith("week of 9 Mar 2026,50,-26")
    for name in ("alert-999", "alert-x", "other", "alert-99999999999999999999"):
        assert manager.get(f"/insights/alerts/{name}.svg").status_code == 404


def test_a_quiet_shop_reads_well(manager: FlaskClient, session: Session, watch: Callable[[datetime], int]) -> None:
    steady(session)
    watch(NOW)
    assert "Nothing is alarming. The week of 9 Mar 2026 was the last one" in read(manager.get("/insights/alerts")).text


def test_each_manager_chooses_for_themselves(
    app: Flask, manager: FlaskClient, maria: User, session: Session, watch: Callable[[datetime], int]
) -> None:
    otto = hire(app, session, "Otto", NOW, role=RoleName.ADMIN, team=None)
    token = read(manager.get("/insights/alerts")).form(having="csrf_token")["csrf_token"]
    assert manager.post("/insights/alerts", data={"csrf_token": token, "mails": "maybe"}).status_code == 422
    for _ in range(2):
        assert manager.post("/insights/alerts", data={"csrf_token": token, "mails": "off"}).status_code == 303
    assert [(each.user_id, each.since) for each in session.scalars(select(AlertsOff))] == [(maria.id, NOW)]
    session.commit()
    assert "You get no mails about alerts." in read(manager.get("/insights/alerts")).text
    steady(session, but={0: BAD})
    watch(NOW)
    assert list(session.scalars(select(StaffMail.user_id))) == [otto.id]
    session.commit()
    manager.post("/insights/alerts", data={"csrf_token": token, "mails": "on"})
    assert session.scalars(select(AlertsOff)).all() == []
