"""Who was asked, who was not, who answered and whom the score speaks for, counted by hand."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from feedback_service.insights.coverage import queries
from feedback_service.insights.coverage.reading import Reading
from feedback_service.insights.coverage.shown import FIGURES, IMMATURE
from feedback_service.insights.coverage.told import (
    WHY,
    cut_told,
    funnel_told,
    not_asked_told,
    waiting_told,
    weighing_told,
)
from feedback_service.insights.frame import Page
from feedback_service.insights.glance import sent_between
from feedback_service.insights.rules.rates import SendingCohort
from feedback_service.insights.scope import Scope
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.questionnaires.queries import survey_summaries
from feedback_service.responses.models import Response
from tests.insights.coverage.factories import mailed, skipped, waits
from tests.insights.factories import LISBON, counted, many
from tests.insights.plans import planned, walked
from tests.responses.factories import CSAT, NPS

DAY = timedelta(days=1)


def reading(session: Session, now: datetime, survey: str = NPS, **args: str) -> Reading:
    """What the page reads at that address, in a shop that declares regions."""
    summaries = survey_summaries(session)
    scope = Scope.read({"survey": survey, **args}, now.astimezone(LISBON).date())
    named = next(each for each in summaries if each.key == survey)
    return Reading(session, Page(scope, named, summaries), named, attributes=("region",), now=now, zone=LISBON)


def test_every_reason_is_told_in_one_way() -> None:
    told = [reason for reasons in WHY.values() for reason in reasons]
    assert sorted(told) == sorted(SkipReason)


def test_an_empty_shop_has_nothing_to_say(session: Session, now: datetime) -> None:
    empty = reading(session, now)
    assert funnel_told(empty) == not_asked_told(empty) == []
    assert waiting_told(empty) == cut_told(empty) == ""
    assert [name for name, make in FIGURES.items() if not make(empty).empty] == []
    assert empty.weighing is not None
    assert weighing_told(empty.weighing)[0].startswith("There are no answers and orders with a known region")
    assert reading(session, now, CSAT).weighing is None


def test_the_overview_counts_the_same_mails(session: Session, now: datetime) -> None:
    """Five mails: one answered, one that was said to be back and answered all the same, one back and opened by its
    reminder, one back for good, one answered and taken back, which is no answer and can be none any more."""
    january = now.replace(month=1, day=10)
    mailed(session, january, score=9)
    mailed(session, january, score=3, bounced=True)
    mailed(session, january, opened=True, bounced=True)
    mailed(session, january, bounced=True)
    gone = mailed(session, january, score=2, words="Mine alone.")
    withdrawn = session.scalars(select(Response).where(Response.invitation_id == gone.invitation_id)).one()
    withdrawn.withdrawn_at = january
    session.execute(update(Invitation).values(expires_at=now + DAY).where(Invitation.answered_at.is_not(None)))
    session.commit()
    here = reading(session, now, **{"from": "2026-01-01", "to": "2026-01-31"})
    there = sent_between(session, NPS, here.spans[0], now)
    assert here.cohorts == [there.cohort] == [SendingCohort(sent=5, bounced=1, opened=4, confirmed=2)]
    assert there.can_answer_until is None
    assert here.total.worded == 0


def test_a_quarter_counted_by_hand(session: Session, now: datetime) -> None:
    """January: six mails, one comes back, four are opened, three answered, two with words. March: two, one answered; a
    third never left. A bounce that was answered all the same has arrived."""
    january = now.replace(month=1, day=10)
    mailed(session, january, score=9, words="Quick.")
    mailed(session, january, score=2, words="Late.", bounced=True)
    mailed(session, january, score=8)
    mailed(session, january, opened=True)
    mailed(session, january)
    mailed(session, january, bounced=True)
    mailed(session, now - DAY, score=10)
    mailed(session, now - DAY)
    mailed(session, now - DAY, left=False)
    mailed(session, january, survey=CSAT, score=5)  # another survey
    for reason in (SkipReason.SAMPLED_OUT, SkipReason.SAMPLED_OUT, SkipReason.ASKED_RECENTLY, SkipReason.NO_ADDRESS):
        skipped(session, january, reason)
    waits(session, now, dated=True)
    waits(session, now, dated=False)
    session.commit()
    read = reading(session, now, **{"from": "2026-01-01", "to": "2026-03-31"})
    bars = [(mark.label, mark.value) for mark in FIGURES["funnel"](read).lines[0].marks]
    assert bars == [
        ("Decided", 13),
        ("Asked", 9),
        ("Mail sent", 8),
        ("Arrived", 7),
        ("Opened the form", 5),
        ("Answered", 4),
        ("With a comment", 2),
    ]
    months = FIGURES["response"](read).lines[0].marks
    assert [(mark.label, mark.value, mark.n, mark.note) for mark in months] == [
        ("Jan 2026", 60, 5, ""),
        ("Feb 2026", None, 0, ""),
        ("Mar 2026", 50, 2, IMMATURE),
    ]
    assert [mark.value for mark in FIGURES["completion"](read).lines[0].marks] == [75, None, 100]
    first = FIGURES["not-asked"](read).lines[0].marks[0]
    assert (first.label, first.value) == ("The event was not in the sample", 2)
    told = funnel_told(read)
    assert told[0] == "Decided in this time: 13 events. 9 were asked about, 4 were not."
    assert told[1] == "4 of 7 mails that arrived were answered, too few for a rate, 2 of them with a comment."
    assert told[2].startswith("Up to 1 of these mails can still be answered: links work for 30 days"), "one was"
    assert not_asked_told(read) == [
        "2 events because the shop chose so.",
        "1 event to leave people in peace.",
        "1 event because no mail would arrive.",
    ]
    assert (
        waiting_told(read)
        == "Not decided yet: 1 whose time has not come and 1 without a date, as parcels on their way."
    )


def test_the_score_weighed_by_what_orders_are_made_of(session: Session, now: datetime) -> None:
    """The north answers all ten mails and is happy; ten of the south's thirty orders were asked about and are not. Of
    the islands nobody answers. As answered NPS is 0; weighed 10 to 30 it is -50; the islands are a fifth of all."""
    at = now - 5 * DAY
    for _ in range(10):
        mailed(session, at, score=9, attributes={"region": "north"})
        mailed(session, at, score=2, attributes={"region": "south"})
        mailed(session, at, attributes={"region": "islands"})
    for _ in range(20):
        skipped(session, at, SkipReason.SAMPLED_OUT, attributes={"region": "south"})
    skipped(session, at, SkipReason.ORDER_REFUNDED, attributes={"region": "south"})
    skipped(session, at, SkipReason.SAMPLED_OUT)
    session.commit()
    read = reading(session, now)
    found = read.weighing
    assert found is not None
    assert (found.dimension, dict(found.population), found.unknown) == (
        "order.region",
        {"north": 10, "south": 30, "islands": 10},
        1,
    )
    raw, weighed = FIGURES["weighted"](read).lines[0].marks
    assert (raw.label, raw.value, raw.n) == ("As answered", 0, 20)
    assert (weighed.label, weighed.value, weighed.n) == ("Weighed by region", -50, 20)
    assert found.weighted.effective_n == pytest.approx(16)  # 1 / (1/16/10 + 9/16/10)
    south, islands, north = FIGURES["strata"](read).lines[0].marks
    assert (south.label, south.value, south.note) == ("south", -100, "60 % of orders, 50 % of answers")
    assert (north.value, north.note) == (100, "20 % of orders, 50 % of answers")
    assert (islands.n, islands.note, islands.url) == (0, "20 % of orders, 0 % of answers", "")
    assert "by=order.region&is=south" in south.url
    told = weighing_told(found)
    assert told[0].startswith("The population is the 50 orders whose turn came in this time")
    assert "it would be \N{MINUS SIGN}50" in told[1]
    assert told[1].endswith(": 50 points lower.")
    assert told[2].startswith("From 20\N{NO-BREAK SPACE}% of these orders, by region, not one answer came")
    assert told[3] == "Left out: 1 order whose region is not known."


def test_answers_from_before_the_first_decision_are_named(session: Session, now: datetime) -> None:
    """A shop that brought its history along: no order of January was ever decided on."""
    mailed(session, now - 5 * DAY, score=9, attributes={"region": "north"})
    counted(session, now - 5 * DAY, 8, imported=True)  # of a day that has a turn
    session.commit()
    assert not any("imported" in sentence for sentence in _weighed(session, now))
    many(session, now.replace(month=1, day=10), {9: 3, 2: 1}, imported=True)
    counted(session, now.replace(month=1, day=11), 9)
    session.commit()
    assert _weighed(session, now)[1] == (
        "With 4 imported answers from before the first of these turns, the answers are of more days than the orders."
    )
    assert not any("imported" in sentence for sentence in _weighed(session, now, **{"from": "2026-03-01"}))


def _weighed(session: Session, now: datetime, **args: str) -> list[str]:
    found = reading(session, now, **args).weighing
    assert found is not None
    return weighing_told(found)


def test_by_delivery_and_value_where_that_is_chosen(session: Session, now: datetime) -> None:
    mailed(session, now - DAY, score=9)
    session.commit()
    assert dict(reading(session, now, by="value_band").weighing.population) == {"others": 1}
    late = reading(session, now, by="delivery").weighing
    assert late is not None
    assert (dict(late.population), late.unknown) == ({}, 1)  # no day was promised
    assert reading(session, now, by="theme").dimension == "order.region"  # which no order has before it is answered


def test_a_great_shop_is_read_by_its_newest_periods(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_MAILS", 2)
    for month in (1, 2, 3):
        mailed(session, now.replace(month=month, day=5), score=9)
    session.commit()
    read = reading(session, now)
    assert [period.label for period in read.periods] == ["Feb 2026", "Mar 2026"]
    assert read.total.sent == 2
    assert cut_told(read).startswith("Read are the periods from Feb 2026 on")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_figure_walks_through_all_mails_or_events(engine: Engine, session: Session, now: datetime) -> None:
    mailed(session, now - DAY, score=9)
    session.commit()
    with planned(engine) as steps:
        read = reading(session, now)
        for make in FIGURES.values():
            make(read)
        waiting_told(read)
        session.commit()
    great = ("responses", "messages", "invitations", "orders", "decisions", "customers")
    assert [step for step in walked(steps, *great) if "ix_decisions_due" not in step] == []
    for index in ("ix_decisions_skipped", "ix_invitations_created_at", "ix_messages_sent_at_purpose"):
        assert any(index in step for step in steps), index
    assert [
        step for step in steps if "sqlite_autoindex_invitations" in step or "decisions USING INDEX sqlite" in step
    ] == []
