"""Who bought again, what they are worth, and whom they brought along: counted by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from feedback_service.advocacy.queries import referral_with
from feedback_service.advocacy.refer import refer
from feedback_service.insights.figures.words import SPACE
from feedback_service.insights.rules.metrics import MIN_ANSWERS
from feedback_service.insights.value.figures import repeat_by_period, repeat_purchase
from feedback_service.insights.value.queries import buyers_who_answered
from feedback_service.insights.value.sample import sample_of
from feedback_service.insights.value.told import looked_at, repeat_told
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.orders.models import OrderStatus
from tests.advocacy.factories import clicked
from tests.insights.factories import LISBON
from tests.insights.value.factories import a_group, buyer, orders, reading, says
from tests.responses.factories import CSAT, NPS

DAY = timedelta(days=1)
LONG_AGO = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
"""200 days before now: whoever answered then could be followed to the last horizon."""
LOOKING = {"from_": "2025-08-01", "to": "2026-03-31"}


@pytest.fixture
def shop(app: Flask, now: datetime) -> Iterator[Flask]:
    """The app, with a context for its settings."""
    del now
    with app.app_context():
        yield app


def shares(repeats: list) -> list[tuple[int, float | None]]:  # type: ignore[type-arg]  # of repeat purchases
    return [(each.days, each.estimate.value) for each in repeats if each.days in {30, 90, 180}]


def test_repeat_purchase_by_what_they_said(shop: Flask, session: Session, now: datetime) -> None:
    promoters = a_group(session, LONG_AGO, 10, 12, again={10: 3, 100: 3})
    a_group(session, LONG_AGO, 3, 12, again={20: 3})
    says(session, promoters[0], LONG_AGO + 5 * DAY, 0)  # only the first answer says to which group they belong
    orders(session, promoters[8], LONG_AGO - DAY)  # before the answer
    orders(session, promoters[9], LONG_AGO + DAY, status=OrderStatus.CANCELLED)
    orders(session, promoters[10], LONG_AGO + DAY, status=OrderStatus.REFUNDED)
    says(session, None, LONG_AGO, 10)  # somebody whom nobody can follow
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    assert {key: len(buyers) for key, buyers in found.by_group.items()} == {
        "promoter": 12, "passive": 0, "detractor": 12,
    }  # fmt: skip
    assert shares(found.repeats["promoter"]) == [(30, 25.0), (90, 25.0), (180, 50.0)]
    assert shares(found.repeats["detractor"]) == [(30, 25.0), (90, 25.0), (180, 25.0)]
    assert all(each.mature for each in found.repeats["promoter"])
    assert [line.name for line in repeat_purchase(found).lines] == ["Promoters", "Detractors"]


def test_who_answered_lately_counts_for_as_long_as_they_were_followed(
    shop: Flask, session: Session, now: datetime
) -> None:
    """10 could be followed for 100 days and 10 for 40; of the former, 4 bought on the 50th: 4 of 10 at risk then."""
    a_group(session, now - 100 * DAY, 9, 10, again={50: 4})
    a_group(session, now - 40 * DAY, 9, 10, again={})
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    at_90 = next(each for each in found.repeats["promoter"] if each.days == 90)
    assert at_90.estimate.value is not None
    assert round(at_90.estimate.value, 9) == 40
    assert (at_90.estimate.n, at_90.known, at_90.mature, at_90.estimate.enough) == (20, 10, False, True)
    curve = repeat_purchase(found).lines[0]
    assert [(mark.label, bool(mark.note)) for mark in curve.marks if mark.label in {"30 days", "105 days"}] == [
        ("30 days", False),
        ("105 days", True),  # of those 6 who had not bought again, none was followed so long: grey
    ]


def test_a_number_of_buyers_leads_nowhere_or_to_more_answers_and_says_so(
    app: Flask, manager: FlaskClient, session: Session, now: datetime
) -> None:
    """Twelve buyers gave thirteen answers. Of a curve, no list holds those who are known of on one day."""
    people = a_group(session, LONG_AGO, 10, 12, again={10: 6})
    says(session, people[0], LONG_AGO + DAY, 9)
    session.commit()
    with app.app_context():
        found = reading(app, session, now, **LOOKING)
        curve, cohorts = (figure(found).lines[0].marks for figure in (repeat_purchase, repeat_by_period))
    assert {mark.url for mark in curve} == {""}
    assert [mark.n for mark in cohorts if mark.url] == [12]
    session.rollback()
    address = f"/insights/value?survey={NPS}&from={LOOKING['from_']}&to={LOOKING['to']}"
    page = manager.get(address).get_data(as_text=True)
    under = page.partition('id="figure-repeat-by-period"')[2].partition("</figure>")[2]
    assert under.lstrip().startswith('<p class="small muted prose">Its points lead to all answers with such a score')
    assert '<a href="/answers/' not in page.partition('id="figure-repeat-purchase"')[2].partition("</figure>")[0]


def test_young_cohorts_are_marked(shop: Flask, session: Session, now: datetime) -> None:
    a_group(session, LONG_AGO, 9, 12, again={10: 6})
    a_group(session, now - 20 * DAY, 9, 12, again={5: 3})
    session.commit()
    marks = {mark.label: mark for mark in repeat_by_period(reading(shop, session, now, **LOOKING)).lines[0].marks}
    assert (marks["Sep 2025"].value, marks["Sep 2025"].n, marks["Sep 2025"].note) == (50.0, 12, "")
    assert marks["Feb 2026"].value is None
    assert "so long yet" in marks["Feb 2026"].note
    assert "from=2025-09-01" in marks["Sep 2025"].url
    assert "low=9" in marks["Sep 2025"].url


def test_the_difference_is_told_with_its_interval(shop: Flask, session: Session, now: datetime) -> None:
    a_group(session, LONG_AGO, 10, 60, again={10: 40})
    a_group(session, LONG_AGO, 0, 60, again={10: 10})
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    assert found.gap is not None
    assert round(found.gap.value, 9) == 50
    assert found.gap.low < 50 < found.gap.high
    text = " ".join(repeat_told(found)).replace(SPACE, " ")
    assert "Of 60 promoters, 67 %" in text
    assert "detractors bought again less often than the others, by 50 points (" in text


def test_three_answers_are_too_few(shop: Flask, session: Session, now: datetime) -> None:
    a_group(session, LONG_AGO, 10, 2, again={10: 1})
    a_group(session, LONG_AGO, 0, 1, again={})
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    assert found.gap is None
    assert "too few" in " ".join(repeat_told(found))
    assert not any(mark.enough for line in repeat_purchase(found).lines for mark in line.marks)


def test_satisfaction_has_its_own_groups(shop: Flask, session: Session, now: datetime) -> None:
    for score in (1, 2, 3, 4, 5):
        says(session, buyer(session, LONG_AGO), LONG_AGO, score, survey=CSAT)
    session.commit()
    found = reading(shop, session, now, **{**LOOKING, "survey": CSAT})
    assert {group.name: (group.low, group.high) for group in found.groups} == {
        "Satisfied": (4, 5), "Neutral": (3, 3), "Dissatisfied": (1, 2),
    }  # fmt: skip
    assert {key: len(buyers) for key, buyers in found.by_group.items()} == {
        "promoter": 2, "passive": 1, "detractor": 2,
    }  # fmt: skip


def test_lifetime_value_keeps_currencies_apart(shop: Flask, session: Session, now: datetime) -> None:
    for spent in (1_000, 2_000, 9_000):
        says(session, buyer(session, LONG_AGO, spent=spent), LONG_AGO, 9)
    says(session, buyer(session, LONG_AGO, spent=50_000, currency="BRL"), LONG_AGO, 9)
    says(session, buyer(session, LONG_AGO, spent=700), LONG_AGO, 2)
    says(session, buyer(session, LONG_AGO), LONG_AGO, 2)
    session.commit()
    found = reading(shop, session, now, **LOOKING).lifetime
    assert list(found) == ["EUR", "BRL"]
    told = {(currency, key): (of.n, of.median, of.mean) for currency, by in found.items() for key, of in by.items()}
    assert told == {
        ("EUR", "promoter"): (3, 2_000, 4_000),
        ("EUR", "detractor"): (1, 700, 700),
        ("BRL", "promoter"): (1, 50_000, 50_000),
    }
    assert MIN_ANSWERS > 3
    assert not found["EUR"]["promoter"].enough


def test_what_came_of_their_links(shop: Flask, session: Session, now: datetime) -> None:
    happy, friend = buyer(session, LONG_AGO), buyer(session, LONG_AGO)
    says(session, happy, LONG_AGO, 10)
    says(session, buyer(session, LONG_AGO), LONG_AGO, 1)
    code = refer(session, happy, LONG_AGO)
    link = referral_with(session, code)
    assert link is not None
    clicked(session, link, LONG_AGO)
    clicked(session, link, LONG_AGO)
    clicked(session, link, LONG_AGO, VisitSuspicion.KNOWN_AGENT)
    orders(session, friend, LONG_AGO + DAY, code=code, minor=2_500)
    orders(session, friend, LONG_AGO + DAY, code=code, minor=900, status=OrderStatus.CANCELLED)
    orders(session, happy, LONG_AGO + DAY, code=code, minor=800)  # their own
    session.commit()
    found = reading(shop, session, now, **LOOKING).referred
    assert {key: (of.links, of.clicks, of.orders, dict(of.minor)) for key, of in found.items()} == {
        "promoter": (1, 2, 1, {"EUR": 2_500}), "passive": (0, 0, 0, {}), "detractor": (0, 0, 0, {}),
    }  # fmt: skip


def test_of_those_without_a_link_nothing_more_is_asked(
    shop: Flask, session: Session, engine: Engine, now: datetime
) -> None:
    person = buyer(session, LONG_AGO)
    says(session, person, LONG_AGO, 10)
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    assert [each.has_link for each in found.by_group["promoter"]] == [False]
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, sql, *_: asked.append(sql))
    assert found.referred["promoter"].links == 0
    assert asked == []
    refer(session, person, LONG_AGO)
    assert [each.has_link for each in reading(shop, session, now, **LOOKING).buyers] == [True]


def test_an_answer_belongs_to_the_month_in_which_it_was_given_in_the_shop(
    shop: Flask, session: Session, now: datetime
) -> None:
    midnight = datetime(2025, 9, 1, tzinfo=LISBON)
    for at, times in ((midnight - timedelta(seconds=1), 1), (midnight, 2)):
        for _ in range(times):
            says(session, buyer(session, at), at, 9)
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    assert [each.estimate.n for each in found.repeats_by_period["promoter"]][:3] == [1, 2, 0]


def test_of_one_value_only_its_buyers_are_followed(shop: Flask, session: Session, now: datetime) -> None:
    for carrier, number in (("Swift", 3), ("Snail", 2)):
        for _ in range(number):
            person = buyer(session, LONG_AGO)
            says(session, person, LONG_AGO, 9, order_id=orders(session, person, LONG_AGO - DAY, carrier=carrier))
    session.commit()
    found = reading(shop, session, now, by="order.carrier", **{"is": "Swift"}, **LOOKING)
    assert len(found.buyers) == 3
    assert sum(len(each.orders) for each in found.orders) == 3
    assert sum(len(each.orders) for each in found.all_orders) == 5


def test_of_a_great_shop_some_days_are_read_and_that_is_said(shop: Flask, session: Session, now: datetime) -> None:
    for day in range(40):
        says(session, buyer(session, LONG_AGO), LONG_AGO + day * DAY, 9)
    session.commit()
    found = reading(shop, session, now, **LOOKING)
    assert (found.sample.every, found.sample.answers) == (1, 40)
    sample = sample_of(session, found.page.scope, most=6)  # every 7th would always be the same day of the week
    assert sample.every == 8
    some = buyers_who_answered(session, found.page.scope, sample)
    assert len(some) == sum(LONG_AGO.date() <= day <= (LONG_AGO + 39 * DAY).date() for day in sample.days) == 5
    found.sample = sample
    assert any("40 answers lie in this time" in said and "one day in 8" in said for said in looked_at(found))
