"""What a manager reads: every count with its share, and "not known" where nobody can know."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.delivery.funnel import Funnel, StillToCome
from feedback_service.delivery.funnel_shown import (
    COLUMNS,
    NOT_KNOWN,
    cohort_name,
    coming_words,
    lines,
    losses,
    percent,
    returns,
    way,
)
from feedback_service.delivery.rules.cohorts import Span, cohorts
from feedback_service.invitations.rules.eligibility import SkipReason
from tests.accounts.factories import add_colleague, address, sign_in
from tests.delivery.factories import outbox
from tests.invitations.factories import LISBON, NOW
from tests.responses.factories import read

FUNNEL = Funnel(
    skipped=Counter({SkipReason.SAMPLED_OUT: 90, SkipReason.NO_ADDRESS: 6}),
    waiting=4,
    deferred=1,
    asked=100,
    sent=90,
    delivered=80,
    sent_with_reports=90,
    bounced=10,
    opened=40,
    confirmed=32,
    complained=0,
    unsubscribed=1,
    machine_visits=33,
    still_open=20,
)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, ""), (0, 5, "0 %"), (1, 3, "33 %"), (1, 500, "< 1 %"), (499, 500, "> 99 %"), (500, 500, "100 %")],
)
def test_a_share_never_rounds_anybody_away(part: int, whole: int, expected: str) -> None:
    assert percent(part, whole) == expected


def test_every_stage_says_what_it_is_a_share_of() -> None:
    assert [(stage.name, stage.count, stage.share, stage.part) for stage in way(FUNNEL)] == [
        ("Planned", "200", "", 100),
        ("Asked", "100", "50 % of planned", 50),
        ("Sent", "90", "90 % of asked", 45),
        ("Delivered", "80", "89 % of sent", 40),
        ("Opened the form", "40", "50 % of sent less bounced", 20),
        ("Answered", "32", "40 % of sent less bounced", 16),
    ]


def test_deliveries_that_nobody_reports_are_not_nought() -> None:
    silent = way(replace(FUNNEL, delivered=0, sent_with_reports=0))[3]
    assert (silent.count, silent.part) == (NOT_KNOWN, None)
    partly = way(replace(FUNNEL, delivered=40, sent_with_reports=50))[3]
    assert (partly.count, partly.part) == ("40", None), "a bar would be too short"
    assert partly.share == "80 % of the 50 sent while deliveries were reported"
    nothing_sent = way(Funnel())[3]
    assert (nothing_sent.count, nothing_sent.part) == ("0", 0)


def test_reasons_come_by_how_often_they_came() -> None:
    assert losses(FUNNEL) == [
        ("The event was not in the sample", "90", "45 %"),
        ("The shop knows no e-mail address", "6", "3 %"),
        ("Waits for its turn", "4", "2 %"),
        ("Of these: moved to a later hour or day", "1", "< 1 %"),
    ]


def test_bounces_and_complaints_are_known_where_somebody_reports_them() -> None:
    assert returns(FUNNEL, reported=True)[:3] == [
        ("Bounced", "10", "11 %"),
        ("Called spam", "0", "0 %"),
        ("Told us to stop", "1", "1 %"),
    ]
    assert returns(FUNNEL, reported=False)[1] == ("Called spam", NOT_KNOWN, "")
    assert returns(FUNNEL, reported=False)[0] == ("Bounced", "10", "11 %"), "what is there was reported"


@pytest.mark.parametrize(
    ("later", "undated", "expected"),
    [
        (0, 0, ""),
        (1, 0, "Not counted here: 1 event is due later."),
        (2, 1, "Not counted here: 2 events are due later and 1 has no date yet, as parcels on their way."),
    ],
)
def test_what_is_still_to_come_is_said_beside(later: int, undated: int, expected: str) -> None:
    assert coming_words(StillToCome(later, undated)) == expected


def test_lines_begin_with_the_newest_and_end_where_anything_began() -> None:
    weeks = cohorts(Span.WEEK, NOW, LISBON)
    counted = [Funnel()] * 23 + [Funnel(asked=1), Funnel(), FUNNEL]
    shown = lines(weeks, counted, Span.WEEK, reported=False)
    assert [line[0] for line in shown] == ["16–22 Mar 2026", "9–15 Mar 2026", "2–8 Mar 2026"]
    assert all(len(line) == len(COLUMNS) + 1 for line in shown)
    assert shown[0][1:] == [
        "200", "96", "4", "100 (50 %)", "90", "80 (89 %)", "10 (11 %)", "40 (50 %)", "32 (40 %)", NOT_KNOWN, "1 (1 %)",
        "33", "20",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "at", "expected"),
    [
        (Span.WEEK, datetime(2026, 3, 1, tzinfo=UTC), "23 Feb–1 Mar 2026"),
        (Span.WEEK, datetime(2026, 1, 1, tzinfo=UTC), "29 Dec–4 Jan 2026"),
        (Span.MONTH, datetime(2026, 1, 31, tzinfo=UTC), "Jan 2026"),
    ],
)
def test_a_cohort_has_a_short_name(span: Span, at: datetime, expected: str) -> None:
    assert cohort_name(cohorts(span, at, LISBON)[-1], span) == expected


# The page


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    return client


@pytest.mark.usefixtures("now")
def test_before_anything_happened_the_page_says_what_will_appear(manager: FlaskClient) -> None:
    assert "Nothing was sent in this time" in read(manager.get("/mail/funnel")).text


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "The last 26 weeks Planned 4 Asked 2 50 % of planned"),
        ("?survey=delivery_csat", "The last 26 weeks Planned 2 Asked 2 100 % of planned"),
        ("?survey=post_purchase_nps&by=month", "The last 6 months Planned 2 Asked 0 0 % of planned"),
    ],
)
def test_a_survey_and_a_span_are_chosen_by_the_address(
    manager: FlaskClient, session: Session, query: str, expected: str
) -> None:
    outbox(session, 2)
    page = manager.get(f"/mail/funnel{query}")
    assert page.status_code == 200
    assert expected in read(page).text


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("query", ["?survey=nothing", "?by=day", "?survey="])
def test_what_there_is_not_is_not_found(manager: FlaskClient, query: str) -> None:
    assert manager.get(f"/mail/funnel{query}").status_code == 404


@pytest.mark.usefixtures("now")
def test_staff_have_no_business_there(app: Flask, client: FlaskClient) -> None:
    add_colleague(app, RoleName.STAFF)
    sign_in(client, address(RoleName.STAFF))
    assert client.get("/mail/funnel").status_code == 403
