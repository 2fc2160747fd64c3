"""A manager asks why, and reads it in sentences; where there is nothing to say, that is said."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from feedback_service.insights.why import queries
from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import SentimentLabel
from tests.insights.segments.factories import picked, read_as
from tests.insights.why.factories import bought, count_all
from tests.responses.factories import NPS, everything, read

WHY = f"/insights/why?survey={NPS}"
MONTH = "&from=2026-03-01"
FIGURES = ("drivers", "reach", "stands-out", "change")
GOOD = {9: 30, 7: 15, 3: 5}
BAD = {9: 5, 7: 10, 3: 25}


@pytest.fixture
def uneven(session: Session, now: datetime) -> None:
    """Three carriers of which one is bad this month; none was last month."""
    for at, of_tidewell in ((now, BAD), (now - timedelta(days=30), GOOD)):
        bought(session, at, GOOD, carrier="Swift", region="Ireland")
        bought(session, at, GOOD, carrier="Larkpost", region="Ireland")
        bought(session, at, of_tidewell, carrier="Tidewell", region="Portugal")
    count_all(session, now)


def explain(session: Session, ids: list[int], now: datetime, *, reason: str = "", theme: str = "") -> None:
    """What decided these answers, and what their comments are about."""
    for response in session.scalars(select(Response).where(Response.id.in_(ids))):
        if reason:
            picked(session, response, [reason], now)
        if theme:
            read_as(session, response, SentimentLabel.NEGATIVE, [theme], now)
    session.commit()


def test_without_answers_the_page_says_what_will_appear(manager: FlaskClient) -> None:
    page = manager.get("/insights/why")

    assert page.status_code == 200
    assert "appear here once buyers have answered" in read(page).text
    assert "<figure" not in page.get_data(as_text=True)
    for name in FIGURES:
        for form in ("svg", "png", "csv"):
            assert manager.get(f"/insights/why/{name}.{form}").status_code == 200


def test_three_answers_are_too_few_to_say_why(manager: FlaskClient, session: Session, now: datetime) -> None:
    bought(session, now, {9: 2, 3: 1}, carrier="Swift", late=3)
    count_all(session, now)
    page = manager.get(WHY)
    text = read(page).text

    assert "3 answers" in text
    assert "That is too few to say why. From 10 answers" in text
    assert "There is nothing to compare yet" in text
    assert "stands out" not in text.replace("What stands out", "")
    assert "<figure" not in page.get_data(as_text=True)


def test_where_nothing_stands_out_that_is_said(manager: FlaskClient, session: Session, now: datetime) -> None:
    for carrier in ("Swift", "Tidewell", "Larkpost"):
        bought(session, now, GOOD, carrier=carrier, region="Ireland")
        bought(session, now, GOOD, carrier=carrier, region="Portugal")
    count_all(session, now)
    text = read(manager.get(WHY)).text

    assert "Nothing stands out: 5 values were looked at." in text
    assert "5 values of carrier and region with at least 10 answers were looked at." in text
    assert "Below the others" not in text
    assert "There are no answers from" in text  # to compare with


def test_what_stands_out_is_said_with_its_interval_and_count(manager: FlaskClient, uneven: None) -> None:
    del uneven
    text = read(manager.get(WHY + MONTH)).text

    assert "Below the others Region Portugal : 100 points lower than the others (70 to 120), 40 answers." in text
    assert "Carrier Tidewell : 100 points lower than the others (" in text
    assert "Benjamini–Hochberg" in text
    assert "no proof of a cause" in text
    assert "regression to the mean" in text


def test_the_change_is_told_apart_and_by_what_one_may_choose(manager: FlaskClient, uneven: None) -> None:
    del uneven
    text = read(manager.get(WHY + MONTH)).text
    assert "NPS fell by 29 points, from +50 (150 answers, " in text
    assert "a real change." in text
    assert "Told apart by region" in text  # which tells most surely
    assert "Region Portugal adds −29: 33 % of answers before and 29 % now, NPS +50 before and −50 now." in text
    page = manager.get(f"{WHY}{MONTH}&by=order.carrier")
    assert "Told apart by carrier" in read(page).text
    assert 'aria-current="page">Carrier' in page.get_data(as_text=True)


def test_reasons_and_themes_are_called_what_the_shop_calls_them(
    manager: FlaskClient, session: Session, now: datetime
) -> None:
    bought(session, now, {9: 60, 7: 30, 3: 10})
    late = bought(session, now, {9: 2, 3: 18}, late=4)
    bought(session, now, GOOD, late=0)
    explain(session, late, now, reason="delivery", theme="delivery")
    count_all(session, now)
    text = read(manager.get(WHY)).text

    assert "costs most: " in text
    assert "“The delivery” : 12 % of buyers picked it (20 answers), and they score 130 points lower" in text.replace(
        "“The delivery” costs most:", "“The delivery” :"
    ).replace("\N{NO-BREAK SPACE}", " ")
    assert "write about it (20 answers)" in text
    assert "Late delivery" in text
    assert "of buyers had it (20 answers)" in text
    assert "NPS would be" in text


def test_only_one_carrier_is_looked_into(manager: FlaskClient, session: Session, uneven: None, now: datetime) -> None:
    del uneven
    ids = bought(session, now, {3: 15}, carrier="Tidewell")
    explain(session, ids, now, reason="delivery")
    count_all(session, now)
    text = read(manager.get(f"{WHY}{MONTH}&by=order.carrier&is=Tidewell&versus=Swift")).text

    assert "55 answers" in text
    assert "Only Carrier Tidewell." in text
    assert "one at a time" in text
    assert "(15 answers), and they score" in text


def test_more_answers_than_can_be_read_are_not_narrowed_down(
    manager: FlaskClient, uneven: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del uneven
    monkeypatch.setattr(queries, "MOST_READ", 100)
    text = read(manager.get(f"{WHY}{MONTH}&by=order.carrier&is=Tidewell")).text

    assert "290 answers lie in this time and just before it." in text
    assert "140 answers" in text


def test_every_figure_comes_in_every_form(manager: FlaskClient, uneven: None) -> None:
    del uneven
    for name in FIGURES:
        for form, mimetype in (("svg", "image/svg+xml"), ("png", "image/png"), ("csv", "text/csv")):
            found = manager.get(f"/insights/why/{name}.{form}?survey={NPS}&from=2026-03-01")
            assert (found.status_code, found.mimetype) == (200, mimetype)
    numbers = manager.get(f"/insights/why/stands-out.csv?survey={NPS}&from=2026-03-01").get_data(as_text=True)
    assert "Carrier Tidewell,40,-100" in numbers


def test_what_is_named_leads_to_its_answers(manager: FlaskClient, uneven: None) -> None:
    del uneven
    page = manager.get(WHY + MONTH).get_data(as_text=True)

    assert (
        "/answers/?survey=post_purchase_nps&amp;from=2026-03-01&amp;to=2026-03-31&amp;by=order.carrier&amp;is=Tidewell"
        in page
    )


def test_what_is_not_there_is_said(manager: FlaskClient) -> None:
    for address in ("nonsense.svg", "drivers.pdf", "drivers"):
        assert manager.get(f"/insights/why/{address}").status_code == 404


def test_looking_changes_nothing(manager: FlaskClient, uneven: None, engine: Engine) -> None:
    del uneven
    before = everything(engine)
    for address in (WHY, f"{WHY}&by=theme", f"{WHY}&by=order.carrier&is=Tidewell", "/insights/why/drivers.svg"):
        assert manager.get(address).status_code == 200
    assert everything(engine) == before
