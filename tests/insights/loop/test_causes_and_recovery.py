"""Over what cases were closed, and whether customers say that it was put right."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.insights.loop.shown import FIGURES
from feedback_service.insights.loop.told import cause_rows, recovery_told
from feedback_service.orders.models import Touchpoint, TouchpointKind
from tests.cases.factories import colleague
from tests.cases.improvements.factories import improvement_for
from tests.insights.coverage.factories import mailed
from tests.insights.loop.factories import case_of, reading

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def closed_over(session: Session, at: datetime, cause: str, number: int) -> None:
    """Cases closed at that time; not committed."""
    for _ in range(number):
        case_of(session, at - HOUR, answered=HOUR, resolved=HOUR, cause=cause)


def test_groups_with_their_causes_and_those_that_recur(session: Session, now: datetime) -> None:
    """Damaged: six in the last quarter of a year, two in the one before. Lost: five after four, which is no news."""
    ana = colleague(session, "Ana", now)
    closed_over(session, now - 10 * DAY, "damaged", 6)
    closed_over(session, now - 100 * DAY, "damaged", 2)
    closed_over(session, now - 10 * DAY, "lost_parcel", 5)
    closed_over(session, now - 100 * DAY, "lost_parcel", 4)
    closed_over(session, now - 10 * DAY, "price", 1)
    session.commit()
    boxes = improvement_for(session, ana, now, cause="damaged")
    lately = reading(session, now, {"from": "2026-01-01", "to": "2026-03-31"})
    bars = [(mark.label, mark.value, mark.note) for mark in FIGURES["root-causes"](lately).lines[0].marks]
    assert bars == [
        ("Delivery", 11, ""),
        ("– Damaged", 6, "2 in the time before, recurs"),
        ("– Lost parcel", 5, "4 in the time before"),
        ("Money", 1, ""),
        ("– Price", 1, "0 in the time before"),
    ]
    rows = {row.title: row for row in cause_rows(lately)}
    assert (rows["Delivery"].now, rows["Delivery"].before, rows["Delivery"].group) == (11, 6, True)
    assert (rows["Damaged"].recurs, rows["Damaged"].improvement) == (True, boxes.id)
    assert (rows["Lost parcel"].recurs, rows["Lost parcel"].improvement) == (False, None)
    assert "Product" not in rows


def ask_whether(session: Session, at: datetime, score: int | None) -> None:
    """The mail that asks whether it was put right, and perhaps its answer; not committed."""
    mail = mailed(session, at, survey="recovery_csat", score=score)
    about = Touchpoint(
        source="feedback", kind=TouchpointKind.CASE_RESOLVED, external_id=str(mail.id), happened_at=at - DAY,
        customer_id=mail.invitation.customer_id, attributes={}, created_at=at, updated_at=at,
    )  # fmt: skip
    session.add(about)
    session.flush()
    mail.invitation.order_id, mail.invitation.touchpoint_id = None, about.id


def test_recovered_by_the_month_in_which_it_was_asked(session: Session, now: datetime) -> None:
    """February: ten asked, eight of ten answers are 4 or 5. March: two asked, one answered, one can still answer."""
    february = now.replace(month=2)
    closed_over(session, february, "damaged", 16)
    for score in (5, 5, 5, 5, 4, 4, 4, 4, 3, 1):
        ask_whether(session, february, score)
    ask_whether(session, now - DAY, 5)
    ask_whether(session, now - DAY, None)
    session.commit()
    read = reading(session, now)
    months = {mark.label: mark for mark in FIGURES["recovery"](read).lines[0].marks}
    assert (months["Feb 2026"].value, months["Feb 2026"].n, months["Feb 2026"].enough) == (80, 10, True)
    assert (months["Mar 2026"].n, months["Mar 2026"].enough) == (1, False)
    assert months["Mar 2026"].note == "not over yet, 1 can still answer"
    assert [months[month].immature for month in ("Feb 2026", "Mar 2026")] == [False, True]
    assert months["Jan 2026"].n == 0
    told = recovery_told(read)
    assert told[0].startswith("9 of 11 who answered say that it was put right: 82")
    assert told[1] == "Of 16 cases closed in this time, silence taken as a no, that is 56\N{NO-BREAK SPACE}%."
    assert told[2] == "1 of 12 who were asked can still answer, so this may yet change."
    assert len(session.scalars(select(Touchpoint)).all()) == 12
