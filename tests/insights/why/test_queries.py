"""What the page reads is what somebody would count by hand, at any moment of the counting."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.rules.periods import Grain
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension, dimensions
from feedback_service.insights.segments.recount import recount_days
from feedback_service.insights.why import queries
from feedback_service.insights.why.queries import BEFORE, Answers, answers_of
from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import SentimentLabel
from tests.insights.segments.factories import Buyer, answer, by_hand, picked, read_as, rescored, withdrawn
from tests.responses.factories import NPS

CARRIER = "order.carrier"
KEPT = dimensions(("carrier",))


@pytest.fixture
def answers(session: Session, now: datetime) -> list[Response]:
    """Half a year of answers by three carriers, half of them counted; some corrected, one taken back."""
    given = []
    for number in range(60):
        buyer = Buyer(
            carrier=("Swift", "Tidewell", "Larkpost")[number % 3],
            days_late=(None, 0, 3)[number % 4 % 3],
            locale=("en", "pt-BR")[number % 5 == 0],
        )
        given.append(answer(session, now - timedelta(days=3 * number), (number * 7) % 11, buyer))
    for number, response in enumerate(given[:20]):
        picked(session, response, ["delivery" if number % 2 else "price"], now)
        read_as(session, response, SentimentLabel.NEUTRAL, ["delivery", "price"][: number % 3], now)
    session.commit()
    fold_changes(session, now, 40)
    recount_days(session, now, 10, attributes=("carrier",))
    rescored(session, given[3], 0)
    withdrawn(session, given[4], now)
    session.commit()
    return given


def scope(now: datetime, **more: str) -> Scope:
    return Scope(now.date(), NPS, Grain.MONTH).but(first=(now - timedelta(days=80)).date(), **more)


def placed(found: Answers, days: dict[object, dict[int, int]]) -> dict[int, dict[int, int]]:
    """Scores by day, sorted into the spans by hand."""
    places: dict[int, Counter[int]] = {}
    for day, scores in days.items():
        for at, (first, last) in enumerate(found.spans):
            if first <= day <= last:
                places.setdefault(at, Counter()).update(scores)
    return {at: dict(scores) for at, scores in places.items()}


def test_every_dimension_is_as_counted_by_hand(session: Session, now: datetime, answers: list[Response]) -> None:
    del answers
    found = answers_of(session, scope(now), KEPT)

    assert len(found.spans) == 5  # before, and four months
    assert found.spans[BEFORE][1] < found.spans[1][0]
    for dimension in set(KEPT) - {Dimension.SENTIMENT}:
        hand = {value: placed(found, days) for value, days in by_hand(session, dimension).items()}
        assert found.by[dimension] == {value: spread for value, spread in hand.items() if spread}, dimension
    everybody: dict[int, Counter[int]] = {}
    for spread in found.by[Dimension.LANGUAGE].values():
        for at, scores in spread.items():
            everybody.setdefault(at, Counter()).update(scores)
    assert found.total == everybody


def test_only_one_carrier(session: Session, now: datetime, answers: list[Response]) -> None:
    found = answers_of(session, scope(now, by=CARRIER, value="Tidewell"), KEPT)

    assert found.within == (CARRIER, "Tidewell")
    assert CARRIER not in found.by
    theirs = {response.id for response in answers[1::3] if response.withdrawn_at is None}
    for dimension in (Dimension.LANGUAGE, Dimension.DELIVERY):
        hand: dict[str, dict[int, Counter[int]]] = {}
        for response in answers:
            late = response.order.days_late if response.order else None
            value = response.locale if dimension is Dimension.LANGUAGE else (late and "late") or "on_time"
            if response.id in theirs and not (dimension is Dimension.DELIVERY and late is None):
                for at, (first, last) in enumerate(found.spans):
                    if first <= response.counted_on <= last:
                        hand.setdefault(value, {}).setdefault(at, Counter())[response.score] += 1
        assert found.by[dimension] == hand
    inside = [each for each in answers if each.id in theirs and each.counted_on >= found.spans[BEFORE][0]]
    assert sum(sum(scores.values()) for scores in found.total.values()) == len(inside)


def test_only_one_theme(session: Session, now: datetime, answers: list[Response]) -> None:
    del answers
    found = answers_of(session, scope(now, by=Dimension.THEME, value="delivery"), KEPT)

    assert found.total == placed(found, by_hand(session, Dimension.THEME)["delivery"])


def test_an_attribute_that_is_not_kept_ready_is_read(session: Session, now: datetime, answers: list[Response]) -> None:
    del answers
    found = answers_of(session, scope(now, by=CARRIER), dimensions(()))

    hand = {value: placed(found, days) for value, days in by_hand(session, CARRIER).items()}
    assert found.by[CARRIER] == hand


def test_of_too_many_answers_all_are_shown_and_that_is_said(
    session: Session, now: datetime, answers: list[Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    del answers
    monkeypatch.setattr(queries, "MOST_READ", 20)

    for asked in (scope(now, by=CARRIER, value="Tidewell"), scope(now, by="order.box")):
        found = answers_of(session, asked, KEPT)
        assert found.within is None
        assert found.too_many == sum(sum(scores.values()) for scores in found.total.values()) > 20
        assert set(found.by[CARRIER]) == {"Swift", "Tidewell", "Larkpost"}
    assert answers_of(session, scope(now), KEPT).too_many == 0
