"""A manager looks at what goodwill is worth, and prints a scorecard."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.cases.open_cases import open_cases
from feedback_service.insights.value.figures import FIGURES
from feedback_service.sentiment.analyzer import SentimentLabel
from tests.cases.factories import KEY
from tests.insights.segments.factories import read_as
from tests.insights.value.factories import a_group, buyer, orders, says
from tests.responses.factories import CSAT, everything, read

DAY = timedelta(days=1)
LONG_AGO = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
PAGE = "/insights/value"
LOOKING = "?survey=post_purchase_nps&from=2025-08-01&to=2026-03-31"
CARD = f"{PAGE}/scorecard{LOOKING}&by=order.carrier&is=Swift"
WORDS = "The parcel stood in the rain for hours"


def delivered(session: Session, carrier: str, score: int, number: int, *, late: int, theme: str = "") -> None:
    """So many answers about orders of one carrier, all alike; not committed."""
    for _ in range(number):
        person = buyer(session, LONG_AGO, spent=5_000)
        order = orders(session, person, LONG_AGO - DAY, took=3, late=late, carrier=carrier)
        answer = says(session, person, LONG_AGO, score, order_id=order, comment=WORDS if theme else "")
        if theme:
            read_as(session, answer, SentimentLabel.NEGATIVE, [theme], LONG_AGO)


def test_an_empty_shop_reads_well(manager: FlaskClient) -> None:
    for survey in ("post_purchase_nps", CSAT):
        page = manager.get(f"{PAGE}?survey={survey}")
        assert page.status_code == 200
        text = read(page).text
        for words in (
            "No buyer answered in this time",
            "No customer has an open case now",
            "No amount is known",
            "No order was placed in this time",
            "No delivery is known in this time",
            "Nobody who answered in this time has a link",
            "No answer of this time is about an order",
        ):
            assert words in text
        assert "<img" not in page.get_data(as_text=True)
    for name in FIGURES:
        for form in ("svg", "png", "csv"):  # what a report links to is not broken either
            assert manager.get(f"{PAGE}/{name}.{form}").status_code == 200
    assert "Nothing in this time" in read(manager.get(CARD)).text


def test_three_answers_are_said_to_be_too_few(manager: FlaskClient, session: Session) -> None:
    delivered(session, "Swift", 9, 3, late=0)
    session.commit()
    text = read(manager.get(f"{PAGE}{LOOKING}")).text
    assert "Promoters: 3, too few to say yet." in text
    card = read(manager.get(CARD)).text
    assert "Too few to say" in card
    assert "3 answers" in card


def test_the_page_tells_who_comes_back_and_what_is_at_risk(
    manager: FlaskClient, session: Session, now: datetime
) -> None:
    a_group(session, LONG_AGO, 10, 60, again={10: 40})
    a_group(session, LONG_AGO, 0, 60, again={10: 10})
    says(session, buyer(session, now, spent=100_000), now - DAY, 1)
    session.commit()
    open_cases(session, now, 1000, key=KEY)
    session.commit()
    text = read(manager.get(f"{PAGE}{LOOKING}")).text
    assert "detractors bought again less often than the others, by 50 points (" in text
    assert "open case" in text
    assert "of it would be lost if their cases stayed open" in text
    for words in ("What this assumes", "observed", "regression to the mean", "bought nothing more for 180 days"):
        assert words in text


def test_without_a_case_nothing_is_at_risk(manager: FlaskClient, session: Session) -> None:
    a_group(session, LONG_AGO, 10, 12, again={10: 4})
    session.commit()
    assert "nothing is at stake that we know of" in read(manager.get(f"{PAGE}{LOOKING}")).text


def test_a_figure_comes_in_every_form_and_only_once(manager: FlaskClient, session: Session) -> None:
    a_group(session, LONG_AGO, 10, 12, again={10: 3})
    session.commit()
    for form, kind in (("svg", "image/svg+xml"), ("png", "image/png"), ("csv", "text/csv")):
        address = f"{PAGE}/repeat-purchase.{form}{LOOKING}"
        file = manager.get(address)
        assert (file.status_code, file.mimetype) == (200, kind)
        again = manager.get(address, headers={"If-None-Match": file.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    lines = list(csv.reader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"))))
    at_30 = next(line for line in lines if line[0] == "30 days")
    assert at_30[1:3] == ["12", "25"] or [float(cell) for cell in at_30[1:3]] == [12, 25]


def test_a_scorecard_says_how_a_carrier_does_beside_the_others(manager: FlaskClient, session: Session) -> None:
    delivered(session, "Swift", 2, 12, late=3, theme="delivery")
    delivered(session, "Steady", 10, 20, late=0)
    delivered(session, "Sure", 10, 4, late=1)
    session.commit()
    page = manager.get(f"{PAGE}{LOOKING}")
    assert "scorecard?survey=post_purchase_nps" in page.get_data(as_text=True)
    assert "Steady" in read(page).text
    card = manager.get(CARD)
    text = read(card).text
    for words in (
        "Carrier: Swift",
        "−100 (",
        "12 answers",
        "200 points lower than all others together",
        "a real difference",
        "0 % (0 to 24 %)",
        "12 deliveries",
        "83 points lower than all others together",
        "Delivery: 100 % of 12 answers (33 % of all)",
        "Corner Shop",
    ):
        assert words in text, words
    assert "a scorecard of its own" not in text
    assert WORDS not in text  # nobody's words and nobody's name go to a carrier
    assert "Ana Souza" not in text
    for name in ("score", "on-time", "themes"):
        for form in ("svg", "png", "csv"):
            address = CARD.replace("/scorecard", f"/scorecard/{name}.{form}")
            assert manager.get(address).status_code == 200


def test_whoever_was_chosen_beside_it_has_a_scorecard_of_its_own(manager: FlaskClient, session: Session) -> None:
    delivered(session, "Swift", 2, 12, late=3)
    session.commit()
    page = manager.get(f"{CARD}&versus=Steady")
    assert "not beside Steady alone" in read(page).text
    assert re.search(r'href="[^"]*/value/scorecard[^"]*is=Steady">a scorecard of its own', page.text)


def test_an_attribute_that_no_counts_are_kept_of_has_scorecards_too(manager: FlaskClient, session: Session) -> None:
    for depot, score in (("North", 10), ("South", 1)):
        for _ in range(11):
            person = buyer(session, LONG_AGO)
            order = orders(session, person, LONG_AGO - DAY, took=2, late=0, depot=depot)
            says(session, person, LONG_AGO, score, order_id=order)
    session.commit()
    text = read(manager.get(f"{PAGE}/scorecard{LOOKING}&by=order.depot&is=South")).text
    assert "Depot: South" in text
    assert "11 answers" in text
    assert "200 points lower" in text


def test_what_is_not_there_is_said(manager: FlaskClient) -> None:
    for address in ("nonsense.svg", "churn.pdf", "scorecard/nonsense.svg", "scorecard/score.svg"):
        assert manager.get(f"{PAGE}/{address}").status_code == 404
    assert "Whose scorecard?" in read(manager.get(f"{PAGE}/scorecard")).text
    assert "Whose scorecard?" in read(manager.get(f"{PAGE}/scorecard?by=theme&is=delivery")).text


def test_odd_scopes_do_not_break_it(manager: FlaskClient, session: Session) -> None:
    delivered(session, "Swift", 9, 3, late=0)
    session.commit()
    for scope in (
        "by=delivery&is=late", "by=theme&is=delivery", "by=language&is=en&versus=de", "grain=day", "grain=rolling_90",
        "by=order.no%27such%22thing&is=x", "from=2031-01-01", "from=2001-01-01&grain=day", "survey=nonsense",
    ):  # fmt: skip
        assert manager.get(f"{PAGE}?{scope}").status_code == 200, scope
        assert manager.get(f"{PAGE}/scorecard?{scope}").status_code == 200, scope


def test_looking_changes_nothing(manager: FlaskClient, session: Session, engine: Engine) -> None:
    delivered(session, "Swift", 9, 12, late=0)
    session.commit()
    before = everything(engine)
    for address in (f"{PAGE}{LOOKING}", f"{PAGE}/churn.svg", CARD, CARD.replace("?", ".pdf?")):
        manager.get(address)
        manager.head(address)
    assert everything(engine) == before
