"""Whether improvements helped, by the answers of as many days before and after."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.improve import take_effect
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.loop.effects import windows
from feedback_service.insights.loop.shown import FIGURES
from feedback_service.insights.loop.told import effect_told
from feedback_service.insights.rules.metrics import MetricKind
from feedback_service.sentiment.analyzer import SentimentLabel
from tests.cases.factories import colleague
from tests.cases.improvements.factories import improvement_for
from tests.insights.factories import counted
from tests.insights.loop.factories import reading
from tests.insights.segments.factories import Buyer, answer, read_as

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 3, 20), ((date(2026, 3, 19), date(2026, 3, 19)), (date(2026, 3, 20), date(2026, 3, 20)))),
        (date(2026, 3, 11), ((date(2026, 3, 1), date(2026, 3, 10)), (date(2026, 3, 11), date(2026, 3, 20)))),
        (date(2025, 9, 1), ((date(2025, 6, 3), date(2025, 8, 31)), (date(2025, 9, 1), date(2025, 11, 29)))),
    ],
)
def test_as_many_days_on_either_side_and_none_on_both(
    on: date, expected: tuple[tuple[date, date], tuple[date, date]]
) -> None:
    before, after = windows(on, date(2026, 3, 20))
    assert (before, after) == expected
    assert before[1] - before[0] == after[1] - after[0]


def works_since(session: Session, on: datetime, *, cause: str | None = None, title: str = "Double boxes") -> int:
    """An improvement that took effect that day; committed."""
    ana = colleague(session, "Ana", on)
    made = improvement_for(session, ana, on, cause=cause, title=title)
    take_effect(session, made.id, on.date(), today=on.date())
    session.commit()
    return made.id


def test_a_real_change_of_all_answers_half_of_them_not_folded(session: Session, now: datetime) -> None:
    since = now - 20 * DAY
    for at, scores in ((since - 5 * DAY, {9: 20, 2: 20}), (since + 5 * DAY, {9: 40, 2: 4})):
        for score, number in scores.items():
            for _ in range(number):
                counted(session, at, score)
    session.commit()
    fold_changes(session, now, 40)
    session.commit()
    made = works_since(session, since)
    read = reading(session, now)
    (effect,) = read.effects
    assert (effect.improvement_id, effect.theme, effect.by_theme) == (made, "", False)
    assert (effect.score.before.value, effect.score.before.n, effect.score.after.n) == (0, 40, 44)
    told = effect_told(effect, "NPS", MetricKind.NPS)
    assert (told.verdict, told.look, told.on) == ("Really better", "done", "28 Feb 2026")
    assert told.told[0].startswith(
        "All answers to this survey, 21 days before and after: NPS 0 (40 answers), then +82 (44)."
    )
    assert told.told[0].endswith("which is more than chance.")
    mark = FIGURES["improvements"](read).lines[0].marks[0]
    assert (round(mark.value or 0), mark.n, mark.note, mark.url) == (82, 84, "real", f"/improvements/{made}")


def test_one_judged_by_the_theme_of_its_cause_and_one_by_too_few(session: Session, now: datetime) -> None:
    """Ten answers about deliveries on either side, all of them bad before and good after; of prices there are none."""
    since = now - 20 * DAY
    for at, score in ((since - 5 * DAY, 2), (since + 5 * DAY, 9)):
        for _ in range(10):
            response = answer(session, at, score, Buyer())
            read_as(session, response, SentimentLabel.NEGATIVE, ["delivery"], at)
        for _ in range(10):
            answer(session, at, 9, Buyer())
    session.commit()
    works_since(session, since, cause="damaged")
    works_since(session, now, cause="price", title="Lower prices")
    read = reading(session, now)
    prices, boxes = read.effects
    assert (boxes.title, boxes.theme, boxes.by_theme) == ("Double boxes", "delivery", True)
    assert (boxes.score.before.value, boxes.score.after.value) == (-100, 100)
    assert boxes.mentions is not None
    assert (boxes.mentions.before.value, boxes.mentions.after.value) == (50, 50)
    told = effect_told(boxes, "NPS", MetricKind.NPS)
    assert told.told[0].startswith("Answers that speak of “delivery”")
    assert "50\N{NO-BREAK SPACE}% of 20 answers spoke of “delivery” before" in told.told[1]
    nothing = effect_told(prices, "NPS", MetricKind.NPS)
    assert (nothing.verdict, nothing.look) == ("Too few", "")
    (words,) = nothing.told
    assert words.startswith("All answers to this survey, 1 day before and after: 0 and 0 answers. Too few to say.")
