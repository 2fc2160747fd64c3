"""People come by the demo shop's code, screen and panel, each once, however often the shop is loaded."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.demo.walk_ins import WAYS_IN, WalkIns, open_ways_in
from feedback_service.responses.models import Channel, Collector, Response, ResponseAnswer

LISBON = ZoneInfo("Europe/Lisbon")
SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 20)
END = datetime(2026, 3, 20, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def open_shop(session: Session) -> Session:
    """A session on a shop with its three ways in."""
    open_ways_in(session, BASE, by="maya@ember-and-oak.example", now=END)
    return session


def come(session: Session) -> None:
    WalkIns(session, SINCE, UNTIL, LISBON).come(session, END)


def by_channel(session: Session) -> dict[Channel, int]:
    return dict(session.execute(select(Response.channel, func.count()).group_by(Response.channel)).all())


def test_there_is_one_way_in_of_each_kind(open_shop: Session) -> None:
    open_ways_in(open_shop, BASE, by="maya@ember-and-oak.example", now=END)
    assert {collector.channel for collector in open_shop.scalars(select(Collector))} == {
        Channel.LINK, Channel.KIOSK, Channel.EMBED
    }  # fmt: skip
    assert open_shop.scalar(select(func.count()).select_from(Collector)) == len(WAYS_IN)


def test_the_panel_opens_on_the_shops_page_wherever_it_is_started(open_shop: Session) -> None:
    open_ways_in(open_shop, "http://127.0.0.1:9000", by="maya@ember-and-oak.example", now=END)
    panel = open_shop.scalars(select(Collector).where(Collector.channel == Channel.EMBED)).one()
    assert panel.origins == ["http://127.0.0.1:9000", "http://localhost:9000"]


def test_whoever_comes_counts(open_shop: Session) -> None:
    come(open_shop)
    answers = open_shop.scalars(select(Response)).all()
    assert min(by_channel(open_shop).values()) >= 4
    assert all(answer.suspected is None and answer.collector_id and answer.uid for answer in answers)
    assert all(SINCE <= answer.counted_on < UNTIL for answer in answers)
    assert open_shop.scalar(select(func.count()).select_from(ResponseAnswer)) > len(answers) / 3
    assert {answer.channel for answer in answers if answer.claimed_order} == {Channel.LINK}


def test_an_interrupted_load_goes_on_with_the_same_people(open_shop: Session) -> None:
    WalkIns(open_shop, SINCE, UNTIL, LISBON).come(open_shop, datetime(2026, 3, 9, tzinfo=UTC))
    half = by_channel(open_shop)
    come(open_shop)
    whole = by_channel(open_shop)
    come(open_shop)
    assert by_channel(open_shop) == whole
    assert all(whole[channel] > half[channel] for channel in half)
