"""Whoever is in another team sees nothing of a case: its routes are not there for them, and no page leads to it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from feedback_service.accounts.audience import AUDIENCES, Audience
from feedback_service.accounts.models import RoleName, Team
from tests.accounts.factories import add_colleague, address, sign_in
from tests.guards.factories import Furnished, about_a_case, addresses, fingerprint, furnish

pytestmark = pytest.mark.usefixtures("now")
STAFF = RoleName.STAFF


@pytest.fixture
def furnished(session: Session) -> Furnished:
    return furnish(session)


@pytest.fixture
def outsider(app: Flask, furnished: Furnished, client: FlaskClient) -> FlaskClient:
    """A browser in which an agent of another team is signed in."""
    del furnished
    add_colleague(app, STAFF, team="warehouse")
    sign_in(client, address(STAFF))
    app.config["WTF_CSRF_ENABLED"] = False  # so that the team alone decides
    return client


def test_no_route_about_a_case_is_there_for_them(
    app: Flask, engine: Engine, furnished: Furnished, outsider: FlaskClient
) -> None:
    before, walked, wrong = fingerprint(engine), 0, []
    for rule, path in addresses(app, furnished):
        if not about_a_case(rule):
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            answer = outsider.open(path, method=method, buffered=True)
            walked += 1
            if answer.status_code not in {403, 404}:
                wrong.append(f"{method} {path} ({rule.endpoint}): {answer.status_code}")
    assert wrong == []
    assert walked > 20
    assert fingerprint(engine) == before


def test_no_page_leads_them_to_it(app: Flask, furnished: Furnished, outsider: FlaskClient) -> None:
    link = re.compile(rf'href="[^"]*/cases/{furnished.case_id}(?![0-9])')
    leading = [
        path
        for rule, path in addresses(app, furnished)
        if "GET" in (rule.methods or ())
        and app.extensions[AUDIENCES][rule.endpoint.rpartition(".")[0]] == Audience.STAFF
        and not about_a_case(rule)
        and link.search(outsider.get(path).text)
    ]
    assert leading == []


@pytest.mark.parametrize("path", ["/cases/?view=all", "/cases/", "/cases/?q=Ana", "/answers/", "/promises/"])
def test_no_list_holds_it(furnished: Furnished, outsider: FlaskClient, path: str) -> None:
    answer = outsider.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert f"/cases/{furnished.case_id}" not in answer.text


def test_an_open_team_s_case_is_there_for_everybody(
    session: Session, furnished: Furnished, outsider: FlaskClient
) -> None:
    assert outsider.get(f"/cases/{furnished.case_id}").status_code == 404
    session.execute(update(Team).where(Team.key == "care").values(open_to_all=True))
    session.commit()
    assert outsider.get(f"/cases/{furnished.case_id}").status_code == 200
    assert f"/cases/{furnished.case_id}" in outsider.get("/answers/").text


def test_a_colleague_of_the_team_sees_it(app: Flask, furnished: Furnished, client: FlaskClient) -> None:
    add_colleague(app, STAFF, team="care")
    sign_in(client, address(STAFF))
    assert client.get(f"/cases/{furnished.case_id}").status_code == 200
