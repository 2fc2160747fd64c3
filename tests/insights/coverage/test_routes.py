"""A manager looks at coverage: the page, its pictures and files, with nothing in the shop and with a little."""

from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.insights.coverage.shown import FIGURES
from feedback_service.invitations.rules.eligibility import SkipReason
from tests.cases.factories import hire, signed_in
from tests.insights.coverage.factories import mailed, skipped
from tests.responses.factories import CSAT, read

DAY = timedelta(days=1)
PAGE = "/insights/coverage"


def test_an_empty_shop_reads_well(manager: FlaskClient) -> None:
    page = manager.get(PAGE)
    assert page.status_code == 200
    assert "Nothing was decided in this time" in read(page).text
    assert "<picture" not in page.get_data(as_text=True)
    for name in FIGURES:
        for form in ("svg", "png", "csv"):  # a picture that a report links to is not broken either
            assert manager.get(f"{PAGE}/{name}.{form}").status_code == 200, (name, form)
    assert manager.get(f"{PAGE}/nothing.svg").status_code == 404


def test_a_tiny_shop_says_what_is_too_few(manager: FlaskClient, session: Session, now: datetime) -> None:
    for score in (9, 3, None):
        mailed(session, now - DAY, score=score, words="Well." if score else "", attributes={"region": "north"})
    skipped(session, now - DAY, SkipReason.UNSUBSCRIBED)
    session.commit()
    page = manager.get(f"{PAGE}?by=order.region")
    text = read(page).text
    for words in (
        "Decided in this time: 4 events. 3 were asked about, 1 were not.",
        "2 of 3 mails that arrived were answered, too few for a rate, 2 of them with a comment.",
        "1 event because people want it so.",
        "2 answers: too few for a score.",
        "The person asked not to be asked",
    ):
        assert words in text, words
    assert page.get_data(as_text=True).count("<picture") == 2  # rates and scores of so few would be empty frames
    csv = manager.get(f"{PAGE}/funnel.csv?by=order.region").get_data(as_text=True)
    assert "Answered" in csv
    assert "Only the scores of surveys that ask for a recommendation" in read(manager.get(f"{PAGE}?survey={CSAT}")).text


def test_staff_do_not_see_it(app: Flask, session: Session, now: datetime) -> None:
    assert signed_in(app, hire(app, session, "Ana", now)).get(PAGE).status_code == 403
