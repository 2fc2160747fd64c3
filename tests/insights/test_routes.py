"""A manager looks at the trend; the picture and the table hold the same numbers."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.insights.fold_changes import fold_changes
from tests.cases.factories import hire, signed_in
from tests.insights.factories import counted, many
from tests.responses.factories import CSAT, NPS, everything, later, read

FEBRUARY, JANUARY = datetime(2026, 2, 10, tzinfo=UTC), datetime(2026, 1, 10, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def manager(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """A manager's browser."""
    return signed_in(app, hire(app, session, "Maria", now, role=RoleName.MANAGER, team=None))


def test_the_first_page_is_that_of_recommendation(manager: FlaskClient) -> None:
    assert manager.get("/insights/").location == f"/insights/{NPS}"


def test_without_answers_the_page_says_what_will_appear(manager: FlaskClient) -> None:
    for survey in (NPS, CSAT):
        page = manager.get(f"/insights/{survey}")
        assert page.status_code == 200
        assert "appear here once buyers have answered" in read(page).text
        assert "<img" not in page.get_data(as_text=True)
        for form in ("svg", "png"):  # a picture that a report links to is not broken either
            assert manager.get(f"/insights/{survey}/trend.{form}").status_code == 200


def test_three_answers_are_too_few_and_shown_as_three(manager: FlaskClient, session: Session, now: datetime) -> None:
    del now
    many(session, FEBRUARY, {9: 2, 3: 1})
    text = read(manager.get(f"/insights/{NPS}")).text
    assert "Too few to say" in text
    assert "3 answers" in text


def test_many_answers_have_a_verdict_a_chart_and_a_table(manager: FlaskClient, session: Session, now: datetime) -> None:
    many(session, JANUARY, {9: 45, 7: 30, 3: 25}, imported=True)
    many(session, FEBRUARY, {9: 60, 7: 25, 3: 15})
    fold_changes(session, now, 70)  # the rest is not folded yet
    session.commit()
    page = manager.get(f"/insights/{NPS}")
    text = read(page).text
    for words in (
        "NPS in Feb 2026",
        "+45",
        "100 answers",
        "A real change from Jan 2026.",
        "What this number means",
        "Imported",
    ):
        assert words in text
    assert f"/insights/{NPS}/trend.svg" in page.get_data(as_text=True)


def test_the_chart_comes_in_every_form_and_only_once(manager: FlaskClient, session: Session, now: datetime) -> None:
    del now
    many(session, JANUARY, {9: 30, 3: 10})
    many(session, FEBRUARY, {9: 30, 3: 20})
    bodies = []
    for query, mimetype in (
        ("svg", "image/svg+xml"),
        ("svg?theme=dark", "image/svg+xml"),
        ("svg?width=narrow", "image/svg+xml"),
        ("svg?theme=dark&width=narrow", "image/svg+xml"),
        ("png", "image/png"),
    ):
        address = f"/insights/{NPS}/trend.{query}"
        image = manager.get(address)
        assert (image.status_code, image.mimetype) == (200, mimetype)
        bodies.append(image.data)
        tag = image.headers["ETag"]
        again = manager.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert len(set(bodies)) == len(bodies)
    assert bodies[-1].startswith(PNG)
    assert b"<svg" in bodies[0][:400]


def test_one_more_answer_makes_another_picture(manager: FlaskClient, session: Session, now: datetime) -> None:
    many(session, FEBRUARY, {9: 30, 3: 10})
    address = f"/insights/{NPS}/trend.svg"
    tag = manager.get(address).headers["ETag"]
    fold_changes(session, now, 1000)
    session.commit()
    same = manager.get(address, headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)  # folding changes no number
    many(session, FEBRUARY, {0: 1})
    other = manager.get(address, headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["ETag"] != tag
    assert other.content_length == len(other.data) > 0


def test_the_page_keeps_the_chart_s_place(manager: FlaskClient, session: Session, now: datetime) -> None:
    del now
    many(session, FEBRUARY, {9: 30, 3: 10})
    page = manager.get(f"/insights/{NPS}").get_data(as_text=True)
    places = re.findall(r'<(?:source|img)\b[^>]*?"/?[^">]*trend\.svg([^">]*)"[^>]* width="(\d+)" height="(\d+)">', page)
    assert len(places) == 4
    for query, width, height in places:
        image = manager.get(f"/insights/{NPS}/trend.svg{unescape(query)}").get_data(as_text=True)
        assert f'width="{width}" height="{height}"' in image


def test_what_is_not_there_is_said(manager: FlaskClient) -> None:
    for address in ("nonsense", "nonsense/trend.svg", f"{NPS}/trend.pdf", f"{NPS}/trend.svg/x"):
        assert manager.get(f"/insights/{address}").status_code == 404


def test_looking_changes_nothing(manager: FlaskClient, session: Session, engine: Engine, now: datetime) -> None:
    del now
    many(session, FEBRUARY, {9: 12})
    before = everything(engine)
    for address in ("", NPS, f"{NPS}/trend.svg", f"{NPS}/trend.png"):
        manager.get(f"/insights/{address}")
        manager.head(f"/insights/{address}")
    assert everything(engine) == before


def test_whether_a_month_is_over_is_for_the_shop_s_clock(manager: FlaskClient, session: Session, now: datetime) -> None:
    """At 23:30 UTC on the last of July it is August in Lisbon, so July is over, and an answer now is August's."""
    midsummer = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    many(session, midsummer - timedelta(days=2), {9: 12})
    counted(session, midsummer, 3)
    session.commit()
    with later(now, seconds=(midsummer - now).total_seconds()):
        page = read(manager.get(f"/insights/{NPS}"))
    assert "NPS in Jul 2026" in page.text
    row = page.words[page.words.index("Aug 2026") : page.words.index("Jul 2026", page.words.index("Aug 2026"))]
    assert row[1] == "1"
    assert "Not over yet" in row[-1]
