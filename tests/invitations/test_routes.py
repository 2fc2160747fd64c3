"""A manager tries other rules, sees what they would do, and only then asks by them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.invitations import routes
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from tests.accounts.factories import add_colleague, address, csrf_token, sign_in
from tests.invitations.factories import CSAT, go_live, numbered, order

pytestmark = pytest.mark.usefixtures("now")
HOME = f"/asking/rehearsal/{CSAT}"
PRESENT = {
    "delay_days": "1", "sample_one_in": "1", "quarantine_days": "30", "daily_cap": "0", "opens": "08:00",
    "until": "20:00", "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "reminders": "1",
    "reminder_after_days": "4", "revision": "1",
}  # fmt: skip


@pytest.fixture
def manager(app: Flask, client: FlaskClient, session: Session) -> FlaskClient:
    for number in range(3):
        order(session, numbered(number))
    go_live(session)
    session.commit()
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    return client


def survey(session: Session) -> Survey:
    """As the database has it now; the session is left without a transaction, so that pages can write."""
    found = session.get_one(Survey, CSAT, populate_existing=True)
    session.commit()
    return found


def kept(session: Session) -> Rules:
    return Rules.model_validate(survey(session).rules)


def test_the_form_shows_the_rules_as_they_are(manager: FlaskClient) -> None:
    page = manager.get("/asking/").text
    assert f'href="{HOME}"' in page
    shown = manager.get(HOME).text
    assert "Other rules for Delivery CSAT" in shown
    assert 'name="quarantine_days"' in shown
    assert shown.count("checked") == 7
    assert "Use these rules" not in shown, "first it is shown what they would do"
    assert manager.get("/asking/rehearsal/nothing").status_code == 404


def test_other_rules_are_tried_and_nothing_is_kept(manager: FlaskClient, session: Session) -> None:
    before = kept(session)
    page = manager.get(HOME, query_string={**PRESENT, "daily_cap": "1"}).text
    assert "In the next 30 days Delivery CSAT would ask 3 people; by the present rules it asks 3." in page
    assert "Put off: as many people had been asked that day as may be" in page
    assert "Sun 22 Mar" in page
    assert "Use these rules from now on" in page
    assert kept(session) == before
    same = manager.get(HOME, query_string=PRESENT).text
    assert "Nobody would be asked, left alone or asked on another day because of the change." in same
    assert "Use these rules from now on" not in same


def test_then_they_hold(manager: FlaskClient, session: Session) -> None:
    page = f"{HOME}?daily_cap=1&" + "&".join(
        f"{name}={value}" for name, value in PRESENT.items() if name not in {"daily_cap", "weekdays"}
    )
    page += "&weekdays=mon&weekdays=tue"
    shown = manager.get(page).text
    token = shown.split("Use these rules")[0].rsplit('name="csrf_token"', 1)[1].split('value="')[1].split('"')[0]
    sent = {**PRESENT, "daily_cap": "1", "weekdays": ["mon", "tue"], "csrf_token": token}
    done = manager.post(HOME, data=sent)
    assert (done.status_code, done.location) == (303, HOME)
    assert "Delivery CSAT asks by these rules from now on." in manager.get(HOME).text
    rules = kept(session)
    assert (rules.asking.daily_cap, [day.value for day in rules.window.weekdays]) == (1, ["mon", "tue"])
    assert survey(session).revision == 2, "so that recent events are planned by them"
    late = manager.post(HOME, data={**sent, "daily_cap": "9"}, follow_redirects=True)
    assert "Somebody changed the rules meanwhile." in late.text
    assert kept(session).asking.daily_cap == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"daily_cap": "-1"}, "Choose a number between 0 and 1,000,000."),
        ({"sample_one_in": "many"}, "Give a whole number."),
        ({"opens": "20:00", "until": "08:00"}, "The hours: opens at 20:00 and closes at 08:00: it must open first."),
        ({"weekdays": []}, "The hours: names no day, so nothing would ever be sent."),
        ({"delay_days": "40"}, "When to ask: delay_days 40 is beyond max_age_days 30: nobody is asked."),
        ({"weekdays": ["someday"]}, "someday"),
    ],
)
def test_rules_that_cannot_be_are_refused_in_words(
    manager: FlaskClient, session: Session, typed: dict[str, object], said: str
) -> None:
    before = kept(session)
    shown = manager.get(HOME, query_string={**PRESENT, **typed})
    assert shown.status_code == 422
    assert said in shown.text
    token = csrf_token(manager, "/asking/rehearsal/post_purchase_nps")
    refused = manager.post(HOME, data={**PRESENT, **typed, "csrf_token": token})
    assert refused.status_code == 422
    assert said in refused.text
    assert kept(session) == before


def test_too_much_for_a_page_is_said(manager: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MOST_ON_A_PAGE", 2)
    page = manager.get(HOME, query_string={**PRESENT, "daily_cap": "1"}).text
    assert "More than 2 orders, matters and people take part" in page
    assert f"feedback surveys rehearse {CSAT}" in page
