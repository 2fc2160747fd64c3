"""A manager reads how colleagues are; nobody can tell from any address of the page what a few have said."""

import re
from datetime import UTC, date, datetime
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.staff.models import ToldQuarter
from feedback_service.insights.staff.queries import pulses
from feedback_service.questionnaires.models import Survey
from tests.insights.factories import many
from tests.insights.staff.factories import JULY, OCTOBER, PULSE, said, standings, tell
from tests.responses.factories import NPS, read


def numbers(client: FlaskClient, address: str) -> str:
    """The table of a figure as a file."""
    return client.get(address).get_data(as_text=True)


def test_an_empty_shop_hears_what_will_be_told(manager: FlaskClient) -> None:
    for address in ("/insights/staff", "/insights/staff?each=month"):
        page = read(manager.get(address))
        assert "Nothing to tell yet" in page.text
        assert "at least 5 colleagues have answered" in page.text
    assert manager.get("/insights/staff/enps.svg").status_code == 200
    assert manager.get("/insights/staff/other.svg").status_code == 404


def test_a_shop_that_asks_no_colleagues(manager: FlaskClient, session: Session) -> None:
    session.query(Survey).where(Survey.kind == "enps").update({"kind": "nps"})
    session.commit()
    assert "Colleagues are not asked yet" in read(manager.get("/insights/staff")).text
    assert manager.get("/insights/staff/enps.csv").status_code == 404


def test_a_quarter_with_its_interval_its_count_and_its_change(
    manager: FlaskClient, session: Session, now: datetime
) -> None:
    said(session, JULY, {9: 12, 7: 6, 3: 2})
    said(session, OCTOBER, {9: 3, 7: 5, 3: 12})
    fold_changes(session, now, 25)  # the rest is not folded yet
    tell(session, now)
    text = read(manager.get("/insights/staff")).text
    assert "eNPS in Q4 2025" in text
    assert "−45" in text
    assert "20 answers" in text
    assert "A real change from Q3 2025." in text
    rows = numbers(manager, "/insights/staff/enps.csv").splitlines()
    assert rows[0].lstrip("\ufeff") == "Period,Answers,eNPS,Low,High,Note"
    assert [row.split(",")[:3] for row in rows[1:]] == [
        ["Q3 2025", "20", "50.0"],
        ["Q4 2025", "20", "-45.0"],
        ["Q1 2026", "", ""],
    ]
    assert rows[-1].endswith("Not told yet")
    parts = numbers(manager, "/insights/staff/enps-shares.csv").splitlines()
    assert parts[1].startswith("Q3 2025,20,10.0,30.0,60.0")


def test_five_are_told_and_four_are_not(manager: FlaskClient, session: Session, now: datetime) -> None:
    said(session, JULY, {9: 5})
    said(session, OCTOBER, {9: 4})
    tell(session, now)
    assert standings(session, now, JULY) == {
        "Q3 2025": "told", "Jul 2025": "told", "Aug 2025": "no_answers", "Sep 2025": "no_answers",
        "Q4 2025": "kept_back", "Oct 2025": "kept_back", "Nov 2025": "kept_back", "Dec 2025": "kept_back",
        "Q1 2026": "not_yet", "Jan 2026": "not_yet", "Feb 2026": "not_yet", "Mar 2026": "not_yet",
    }  # fmt: skip
    page = read(manager.get("/insights/staff")).text
    assert "eNPS in Q3 2025" in page
    assert "Kept back: Q4 2025, since fewer than 5 colleagues answered." in page
    assert re.search(r"Q4 2025,,,,,Kept back", numbers(manager, "/insights/staff/enps.csv"))


def test_no_address_tells_a_month_that_could_be_worked_out(
    manager: FlaskClient, session: Session, now: datetime
) -> None:
    """Seven in October and three in November: ten less seven would be the three."""
    said(session, OCTOBER, {9: 7})
    said(session, date(2025, 11, 1), {2: 3})
    tell(session, now)
    for days in (
        "",
        "&from=2025-10-01&to=2025-10-31",
        "&from=2025-10-15&to=2025-11-20",
        "&grain=day",
        "&grain=rolling_30",
    ):
        for each in ("", "month"):
            for survey in ("", f"&survey={PULSE}", f"&survey={NPS}&by=language&is=en"):
                address = f"?each={each}{days}{survey}"
                page = unescape(manager.get(f"/insights/staff{address}").get_data(as_text=True))
                assert "7 answers" not in page
                assert "3 answers" not in page
                for figure in ("enps", "enps-shares"):
                    rows = numbers(manager, f"/insights/staff/{figure}.csv{address}").splitlines()[1:]
                    assert {row.split(",")[1] for row in rows} <= {"", "0", "10"}
    months = read(manager.get("/insights/staff?each=month")).text
    assert "eNPS in" not in months


def test_a_quarter_that_goes_on_is_told_nowhere(manager: FlaskClient, session: Session, now: datetime) -> None:
    """Whoever watches five become six would know the sixth."""
    before = [manager.get(f"/insights/staff{each}").data for each in ("", "/enps.svg", "/enps.csv", "/enps-shares.csv")]
    for _ in range(3):
        said(session, date(2026, 1, 1), {10: 2})
        tell(session, now)
        for at, each in enumerate(("", "/enps.svg", "/enps.csv", "/enps-shares.csv")):
            assert _steady(manager.get(f"/insights/staff{each}").data) == _steady(before[at])


def _steady(page: bytes) -> bytes:
    return re.sub(rb'name="csrf_token" value="[^"]+"', b"", page)


def test_colleagues_stand_on_no_other_page(manager: FlaskClient, session: Session, now: datetime) -> None:
    said(session, OCTOBER, {9: 20})
    tell(session, now)
    many(session, datetime(2026, 2, 10, tzinfo=UTC), {9: 3})
    title = pulses(session)[0].title
    session.rollback()
    for place in ("", "why", "loop"):
        page = unescape(manager.get(f"/insights/{place}?survey={PULSE}&from=2025-09-01").get_data(as_text=True))
        assert title not in page
        assert "eNPS" not in page
    assert manager.get(f"/insights/{PULSE}").status_code == 404
    assert manager.get(f"/insights/staff?pulse={NPS}").status_code == 200
    assert {row.survey_key for row in session.scalars(select(ToldQuarter))} == {PULSE}


def test_filters_of_other_pages_stay_for_them(manager: FlaskClient) -> None:
    page = unescape(manager.get(f"/insights/staff?survey={NPS}&by=language&is=en&grain=week").get_data(as_text=True))
    assert f'href="/insights/why?survey={NPS}&grain=week&by=language&is=en"' in page
    assert '<input type="hidden" name="by" value="language">' in page
