"""A manager keeps the tree of causes in a browser without scripts."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.cases.causes.models import Cause
from tests.cases.factories import colleague, hire, opened, resolved, signed_in, taken
from tests.responses.factories import press, read


@pytest.fixture
def mia(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """A manager's browser."""
    return signed_in(app, hire(app, session, "Mia", now, role=RoleName.MANAGER))


def _cause(session: Session, key: str) -> Cause:
    session.rollback()
    found = session.get_one(Cause, key, populate_existing=True)
    session.commit()
    return found


def _press_button(client: FlaskClient, page: str, ending: str, **sent: str) -> str:
    form = next(form for form in read(client.get(page)).forms if form[":action"].endswith(ending))
    return read(client.post(form.pop(":action"), data={**form, **sent}, follow_redirects=True)).text


def test_a_cause_is_added_renamed_moved_and_retired(mia: FlaskClient, session: Session) -> None:
    page = press(mia, "/causes/", title="Wrong colour", group="product")
    assert page.status_code == 303
    assert "Wrong colour can be chosen now." in read(mia.get("/causes/")).text
    refused = press(mia, "/causes/", title="wrong colour", group="product")
    assert refused.status_code == 422
    assert "“wrong colour” is there already." in read(refused).text
    assert press(mia, "/causes/wrong_colour", title="Colour differs", group="shop").status_code == 303
    assert (_cause(session, "wrong_colour").title, _cause(session, "wrong_colour").parent_key) == (
        "Colour differs",
        "shop",
    )
    _press_button(mia, "/causes/", "/wrong_colour/move", way="up")
    assert _cause(session, "wrong_colour").position == 2
    assert "Retired: cases keep it" in _press_button(mia, "/causes/wrong_colour", "/retire")
    assert _cause(session, "wrong_colour").retired_at is not None
    assert "It can be chosen again." in _press_button(mia, "/causes/wrong_colour", "/bring-back")


def test_a_group_in_use_says_why_it_stays(mia: FlaskClient) -> None:
    assert "Causes in this group are in use." in _press_button(mia, "/causes/delivery", "/retire")


def test_nobody_overwrites_a_colleague_s_title(mia: FlaskClient, session: Session) -> None:
    form = read(mia.get("/causes/price")).form(having="seen")
    assert press(mia, "/causes/price", title="Too dear").status_code == 303
    late = mia.post("/causes/price", data={**form, "title": "Cost"})
    assert late.status_code == 422
    assert "A colleague named this “Too dear” in the meantime." in read(late).text
    assert _cause(session, "price").title == "Too dear"


def test_what_recurs_leads_to_an_improvement(mia: FlaskClient, session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    for number in range(5):
        case = opened(session, now, number % 6)
        taken(session, case, ana, now)
        resolved(session, case, ana, now - timedelta(minutes=1))
    shown = mia.get("/causes/")
    assert "Recurs Make an improvement : Damaged" in read(shown).text
    assert "/improvements/new?cause=damaged" in shown.text
    press(mia, "/improvements/new?cause=damaged", title="Double boxes", due_on="2026-05-01", cost="1,200 eur")
    assert "Under way : Damaged" in read(mia.get("/causes/")).text


def test_staff_do_not_change_causes(app: Flask, session: Session, now: datetime) -> None:
    ana = signed_in(app, hire(app, session, "Ana", now))
    assert ana.get("/causes/").status_code == 403


@pytest.mark.parametrize("path", ["/causes/nothing", "/causes/%00", "/improvements/new?cause=%00"])
def test_an_unknown_cause_is_no_fault(mia: FlaskClient, path: str) -> None:
    assert mia.get(path).status_code in {200, 404}
