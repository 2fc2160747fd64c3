"""Staff look up why somebody was asked, and take a question back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.invitations.models import Invitation
from tests.accounts.factories import add_colleague, address, sign_in
from tests.guards.factories import Furnished, furnish
from tests.invitations.factories import invitation, numbered, order

pytestmark = pytest.mark.usefixtures("now")
ORDER = numbered(0)


@pytest.fixture
def staff(app: Flask, client: FlaskClient) -> FlaskClient:
    add_colleague(app, RoleName.STAFF, team="care")
    sign_in(client, address(RoleName.STAFF))
    return client


@pytest.fixture
def asked(session: Session) -> Invitation:
    return invitation(session, ORDER)


@pytest.mark.parametrize("who", [ORDER, f"buyer of {ORDER}", f" {ORDER}@Example.com "])
def test_one_hit_leads_to_the_person(asked: Invitation, staff: FlaskClient, who: str) -> None:
    answer = staff.get("/asking/", query_string={"q": who})
    assert (answer.status_code, answer.location) == (302, f"/asking/{asked.customer_id}")
    page = staff.get(answer.location).text
    assert f"Asked by Delivery CSAT about order {ORDER}" in page
    assert "asking.sample_one_in = 2" in page
    assert "Can still be answered" in page


def test_nobody_and_several_are_said_kindly(session: Session, staff: FlaskClient) -> None:
    assert "Nobody is known as &lt;b&gt;" in staff.get("/asking/?q=<b>").text
    assert "Nobody is known as ab" in staff.get("/asking/?q=a%00b").text
    order(session, ORDER, customer_id=numbered(1))
    order(session, numbered(1))
    session.commit()
    several = staff.get("/asking/", query_string={"q": numbered(1)}).text
    assert f"Several people are known as {numbered(1)}" in several
    assert several.count('href="/asking/') >= 3, "the bar's own, and one for each person"
    assert staff.get("/asking/4711").status_code == 404
    assert staff.get(f"/asking/{10**30}").status_code == 404


def test_a_question_is_taken_back_with_a_reason(session: Session, asked: Invitation, staff: FlaskClient) -> None:
    home = f"/asking/{asked.customer_id}"
    prefix = f"invitation-{asked.id}-"
    act = f"/asking/invitations/{asked.id}/cancel"
    token = _token(staff, home, prefix)
    refused = staff.post(act, data={f"{prefix}csrf_token": token, f"{prefix}reason": " "})
    assert refused.status_code == 422
    assert "Say in a few words" in refused.text
    done = staff.post(act, data={f"{prefix}csrf_token": token, f"{prefix}reason": "We have  spoken"})
    assert (done.status_code, done.location) == (303, home)
    page = staff.get(home).text
    assert "Taken back: the link has ended" in page
    assert "Staff Person: We have spoken" in page
    assert "Can still be answered" not in page
    again = staff.post(act, data={f"{prefix}csrf_token": token, f"{prefix}reason": "Again"}, follow_redirects=True)
    assert "Somebody took it back before you" in again.text
    assert staff.post("/asking/invitations/4711/cancel", data={"csrf_token": token}).status_code == 404


def _token(client: FlaskClient, path: str, prefix: str) -> str:
    page = client.get(path).text
    return page.split(f'name="{prefix}csrf_token"')[1].split('value="')[1].split('"')[0]


@pytest.fixture
def furnished(session: Session) -> Furnished:
    return furnish(session)


def test_a_case_leads_to_the_story_and_back(furnished: Furnished, staff: FlaskClient) -> None:
    assert f'href="/asking/{furnished.customer_id}"' in staff.get(f"/cases/{furnished.case_id}").text
    assert f'href="/cases/{furnished.case_id}"' in staff.get(f"/asking/{furnished.customer_id}").text
