"""A manager looks at the loop: the page, its pictures and files, with nothing in the shop and with a little."""

from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.improve import take_effect
from feedback_service.insights.loop.shown import FIGURES
from tests.cases.factories import colleague, hire, signed_in
from tests.cases.improvements.factories import improvement_for
from tests.insights.loop.factories import case_of
from tests.insights.segments.factories import Buyer, answer
from tests.responses.factories import read

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = "/insights/loop"


def test_an_empty_shop_reads_well(manager: FlaskClient) -> None:
    page = manager.get(f"{PAGE}?cases=all")
    text = read(page).text
    for words in (
        "No case was opened in this time",
        "No case is open now.",
        "Nobody was asked in this time whether a matter was put right.",
        "No improvement has taken effect yet.",
    ):
        assert words in text, words
    assert "<picture" not in page.get_data(as_text=True)
    for name in FIGURES:
        for form in ("svg", "png", "csv"):  # a picture that a report links to is not broken either
            assert manager.get(f"{PAGE}/{name}.{form}").status_code == 200, (name, form)
    assert manager.get(f"{PAGE}/nothing.svg").status_code == 404


def test_three_cases_are_told_as_three(manager: FlaskClient, session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    unhappy = answer(session, now - 20 * DAY, 2, Buyer())
    case_of(session, now - 20 * DAY, answered=HOUR, resolved=DAY, owner=ana, cause="damaged", response=unhappy.id)
    case_of(session, now - 10 * DAY, answered=9 * HOUR, resolved=2 * DAY, owner=ana, cause="price")
    case_of(session, now - 2 * DAY, late=True)
    made = improvement_for(session, ana, now, cause="damaged", title="Double boxes & corners")
    take_effect(session, made.id, (now - 5 * DAY).date(), today=now.date())
    session.commit()
    page = manager.get(f"{PAGE}?cases=all")
    text = read(page).text
    for words in (
        "3 cases: too few to say how long it takes until one is answered.",
        "1 of 3 deadlines of first response were met, too few for a share.",
        "1 case is open now, 1 of them late",
        "Contacted within 7 days: 1 unhappy buyer, of whom none answered this survey again.",
        "This is observed, not tried",
        "regression to the mean",
        "Double boxes & corners",
        "Too few to say.",
    ):
        assert words in text, words
    shown = page.get_data(as_text=True)
    assert f'id="improvement-{made.id}"' in shown
    assert f"{PAGE}#improvement-{made.id}" in manager.get(f"/improvements/{made.id}").get_data(as_text=True)
    csv = manager.get(f"{PAGE}/root-causes.csv?cases=all").get_data(as_text=True)
    assert "Damaged" in csv


def test_what_took_effect_after_these_days_is_not_said_to_be_missing(
    manager: FlaskClient, session: Session, now: datetime
) -> None:
    made = improvement_for(session, colleague(session, "Ana", now), now, cause="damaged")
    take_effect(session, made.id, (now - 5 * DAY).date(), today=now.date())
    session.commit()
    text = read(manager.get(f"{PAGE}?from=2025-01-01&to=2025-02-01")).text
    assert "No improvement had taken effect by 28 Feb 2025. Improvements" in text
    assert "yet. Once one has" not in text


def test_staff_do_not_see_it(app: Flask, session: Session, now: datetime) -> None:
    assert signed_in(app, hire(app, session, "Ana", now)).get(PAGE).status_code == 403
