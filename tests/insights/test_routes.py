"""A manager looks at the overview; pictures, tables and files hold the same numbers, and each leads to its answers."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.models import Improvement
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.responses.models import Response
from tests.cases.factories import colleague, complained
from tests.insights.factories import counted, many
from tests.responses.factories import CSAT, NPS, everything, later, read

FEBRUARY, JANUARY = datetime(2026, 2, 10, tzinfo=UTC), datetime(2026, 1, 10, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"
PULSE = "employee_pulse"


def _german(session: Session, at: datetime, scores: dict[int, int]) -> None:
    for score, number in scores.items():
        for _ in range(number):
            counted(session, at, score).locale = "de"
    session.commit()


def test_the_first_survey_is_that_of_recommendation(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 12})
    assert "NPS in Feb 2026" in read(manager.get("/insights/")).text
    assert "CSAT in Feb 2026" in read(manager.get(f"/insights/?survey={CSAT}")).text, "the last month that is over"


def test_an_older_address_leads_to_the_survey(manager: FlaskClient) -> None:
    assert manager.get(f"/insights/{CSAT}").location == f"/insights/?survey={CSAT}"


def test_without_answers_the_page_says_what_will_appear(manager: FlaskClient) -> None:
    for address in ("/insights/", f"/insights/?survey={CSAT}&grain=week"):
        page = manager.get(address)
        assert page.status_code == 200
        text = read(page).text
        assert "appear here once buyers have answered" in text
        assert "Nobody waits for us" in text
        assert "<img" not in page.get_data(as_text=True)
        for form in ("svg", "png", "csv"):  # a picture that a report links to is not broken either
            assert manager.get(f"/insights/overview/trend.{form}").status_code == 200


def test_three_answers_are_too_few_and_shown_as_three(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 2, 3: 1})
    text = read(manager.get("/insights/")).text
    assert "Too few to say" in text
    assert "3 answers" in text


def test_many_answers_have_a_verdict_a_chart_and_a_table(manager: FlaskClient, session: Session, now: datetime) -> None:
    many(session, JANUARY, {9: 45, 7: 30, 3: 25}, imported=True)
    many(session, FEBRUARY, {9: 60, 7: 25, 3: 15})
    fold_changes(session, now, 70)  # the rest is not folded yet
    session.commit()
    page = manager.get("/insights/")
    text = read(page).text
    for words in (
        "NPS in Feb 2026",
        "+45",
        "100 answers",
        "A real change from Jan 2026.",
        "What this number means",
        "imported",
    ):
        assert words in text
    html = unescape(page.get_data(as_text=True))
    assert f"/insights/overview/trend.svg?survey={NPS}" in html
    assert f"/answers/?survey={NPS}&from=2026-02-01&to=2026-02-28" in html
    assert f"/answers/?survey={NPS}&from=2026-02-01&to=2026-02-28&low=0&high=6" in html, "the detractors"


def test_a_mark_leads_to_the_answers_that_it_counts(manager: FlaskClient, session: Session) -> None:
    for at, score, comment in ((JANUARY, 2, "In January."), (FEBRUARY, 3, "A sad one."), (FEBRUARY, 9, "A glad one.")):
        counted(session, at, score).comment = comment
    session.commit()
    page = unescape(manager.get("/insights/").get_data(as_text=True))
    (address,) = set(re.findall(r'"(/answers/\?[^"]*from=2026-02-01[^"]*low=0&high=6)"', page))
    text = read(manager.get(address)).text
    assert [words in text for words in ("In January.", "A sad one.", "A glad one.")] == [False, True, False]


def test_the_other_surveys_stand_beside_in_the_same_period(manager: FlaskClient, session: Session) -> None:
    many(session, JANUARY, {5: 5, 3: 15}, survey=CSAT)
    many(session, FEBRUARY, {5: 18, 3: 2}, survey=CSAT)
    many(session, FEBRUARY, {9: 12})
    page = manager.get("/insights/?grain=month")
    text = read(page).text
    assert "90 %" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "A real change from Jan 2026. +65 points" in " ".join(text.split())
    assert f"/insights/?survey={CSAT}" in page.get_data(as_text=True)


def test_two_segments_side_by_side(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 90, 3: 10})
    _german(session, FEBRUARY, {9: 10, 3: 40})
    page = manager.get("/insights/?by=language&is=en&versus=de")
    text = " ".join(read(page).text.split())
    assert "NPS in Feb 2026, Language: English" in text
    assert "NPS in Feb 2026, Language: German" in text
    assert "English lies 140 points above German" in text
    table = manager.get("/insights/overview/trend.csv?by=language&is=en&versus=de").get_data(as_text=True)
    assert "English: Answers" in table
    assert manager.get("/insights/overview/shares-beside.svg?by=language&is=en&versus=de").status_code == 200
    assert manager.get("/insights/overview/shares-beside.svg?by=language&is=en").status_code == 404
    nobody = read(manager.get("/insights/?by=language&is=fr")).text
    assert "Choose other days, or all answers" in nobody


def test_another_dimension_leaves_the_values_of_the_one_before(manager: FlaskClient, session: Session) -> None:
    """The form sends both at once; what its values were of is a hidden field."""
    many(session, FEBRUARY, {9: 12})
    page = manager.get("/insights/?by=language&is=en")
    sent = read(page).form(having="grain")
    assert (sent["of"], sent["by"], sent["is"]) == ("language", "language", "en")
    another = {**sent, "by": "order.carrier"}
    assert read(manager.get("/insights/", query_string=another)).form(having="grain")["is"] == ""
    assert read(manager.get("/insights/", query_string=sent)).form(having="grain")["is"] == "en"


def test_a_value_of_no_dimension_is_left_out(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 12})
    page = manager.get("/insights/?by=colour&is=blue")
    assert "Answers cannot be told apart by that, so all are shown." in read(page).text
    assert page.get_data(as_text=True).count('role="alert"') == 1
    assert "12 answers" in read(page).text


def test_what_no_answer_has_is_said(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 12})
    said = "Carrier: no answer of this time has “Nobody <b>”."
    address = "/insights/?by=order.carrier&is=Nobody+%3Cb%3E"
    assert said in read(manager.get(address)).text
    assert "<b>”" not in manager.get(address).get_data(as_text=True)
    assert "no answer of this time" not in read(manager.get("/insights/?by=language&is=en")).text
    assert (
        "Language: no answer of this time has “German”."
        in read(manager.get("/insights/?by=language&is=en&versus=de")).text
    )


def test_a_day_a_week_and_a_month_are_told_as_people_do(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 12})
    for grain, words in (
        ("day", "NPS on 10 Feb 2026"),
        ("week", "NPS in the week of 9 Feb 2026"),
        ("month", "NPS in Feb 2026"),
        ("rolling_30", "NPS in the 30 days to 15 Feb 2026"),
    ):
        assert words in read(manager.get(f"/insights/?grain={grain}&to=2026-02-15")).text


def test_an_improvement_stands_where_it_took_effect(manager: FlaskClient, session: Session, now: datetime) -> None:
    many(session, JANUARY, {9: 12})
    ana = colleague(session, "Ana", now)
    for title, dropped in (("Boxes with corners", None), ("An idea", now)):
        session.add(
            Improvement(
                title=title, owner_id=ana, due_on=date(2026, 2, 1), took_effect_on=date(2026, 1, 20),
                dropped_at=dropped, created_by=ana, created_at=now,
            )
        )  # fmt: skip
    session.commit()
    picture = manager.get("/insights/overview/trend.svg").get_data(as_text=True)
    assert "Boxes with corners" in picture
    assert "An idea" not in picture


def test_what_is_done_stands_beside(manager: FlaskClient, session: Session, now: datetime) -> None:
    complained(session, now)
    text = " ".join(read(manager.get("/insights/")).text.split())
    assert "1 customer with an open case" in text
    assert "Open cases" in text
    assert "buy as much again" in text, "the assumption is on the page"


@pytest.mark.parametrize("name", ["trend", "shares"])
def test_a_figure_comes_in_every_form_and_only_once(manager: FlaskClient, session: Session, name: str) -> None:
    many(session, JANUARY, {9: 30, 3: 10})
    many(session, FEBRUARY, {9: 30, 3: 20})
    bodies = []
    for query, mimetype in (
        ("svg", "image/svg+xml"),
        ("svg?theme=dark", "image/svg+xml"),
        ("svg?theme=dark&width=narrow", "image/svg+xml"),
        ("csv", "text/csv"),
        ("png", "image/png"),
    ):
        address = f"/insights/overview/{name}.{query}"
        image = manager.get(address)
        assert (image.status_code, image.mimetype) == (200, mimetype)
        bodies.append(image.data)
        tag = image.headers["ETag"]
        again = manager.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert len(set(bodies)) == len(bodies)
    assert bodies[-1].startswith(PNG)


def test_one_more_answer_makes_another_picture(manager: FlaskClient, session: Session, now: datetime) -> None:
    many(session, FEBRUARY, {9: 30, 3: 10})
    address = f"/insights/overview/trend.svg?survey={NPS}"
    tag = manager.get(address).headers["ETag"]
    fold_changes(session, now, 1000)
    session.commit()
    same = manager.get(address, headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)  # folding changes no number
    many(session, FEBRUARY, {0: 1})
    other = manager.get(address, headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["ETag"] != tag


def test_colleagues_do_not_appear_here(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 12}, survey=PULSE)
    many(session, FEBRUARY, {9: 12})
    page = manager.get("/insights/")
    assert PULSE not in page.get_data(as_text=True)
    assert "eNPS" not in read(page).text
    assert manager.get(f"/insights/{PULSE}").status_code == 404
    named = read(manager.get(f"/insights/?survey={PULSE}")).text
    assert "There is no such survey" in named
    assert "eNPS" not in named


def test_what_is_not_there_is_said(manager: FlaskClient) -> None:
    for address in ("nonsense", "overview/nonsense.svg", "overview/trend.pdf", "overview/trend.svg/x"):
        assert manager.get(f"/insights/{address}").status_code == 404
    for address in (
        "?survey=nonsense",
        "?from=never",
        "?grain=century",
        "?by=colour",
        "?from=2026-03-01&to=2026-02-01",
    ):
        page = manager.get(f"/insights/{address}")
        assert page.status_code == 200
        assert 'role="alert"' in page.get_data(as_text=True)


def test_any_days_can_be_looked_at(manager: FlaskClient, session: Session) -> None:
    many(session, FEBRUARY, {9: 12})
    for grain in ("day", "week", "month", "quarter", "rolling_30", "rolling_90"):
        for days in ("", "&from=2026-02-10&to=2026-02-10", "&from=2000-01-01&to=2199-12-31", "&to=2000-01-01"):
            page = manager.get(f"/insights/?grain={grain}{days}")
            assert page.status_code == 200, (grain, days)


def test_looking_changes_nothing(manager: FlaskClient, session: Session, engine: Engine) -> None:
    many(session, FEBRUARY, {9: 12})
    before = everything(engine)
    for address in ("", NPS, "overview/trend.svg", "overview/shares.csv"):
        manager.get(f"/insights/{address}")
        manager.head(f"/insights/{address}")
    assert everything(engine) == before


def test_whether_a_month_is_over_is_for_the_shop_s_clock(manager: FlaskClient, session: Session, now: datetime) -> None:
    """At 23:30 UTC on the last of July it is August in Lisbon, so July is over, and an answer now is August's."""
    midsummer = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    many(session, midsummer - timedelta(days=2), {9: 12})
    counted(session, midsummer, 3)
    session.commit()
    assert {each.counted_on for each in session.query(Response)} == {date(2026, 7, 30), date(2026, 8, 1)}
    session.rollback()
    with later(now, seconds=(midsummer - now).total_seconds()):
        assert "NPS in Jul 2026" in read(manager.get("/insights/")).text
        table = manager.get("/insights/overview/trend.csv").get_data(as_text=True).splitlines()
    assert table[-1].startswith("Aug 2026,1,")
    assert table[-1].endswith("not over yet")
