"""What stands beside the scores: who answered of those asked, what is owed to customers, and what it is worth."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseDeadline, CaseKind, DeadlineKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.recovered import Recovered
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import BounceKind, Message, MessagePurpose, MessageState
from feedback_service.insights import glance
from feedback_service.insights.cards import (
    contacted_card,
    open_card,
    promises_card,
    recovered_card,
    response_card,
    risk_card,
)
from feedback_service.insights.glance import (
    AtRisk,
    InTime,
    OpenCases,
    Promises,
    Sent,
    contacted_in_time,
    open_cases_now,
    promises_between,
    revenue_at_risk,
    sent_between,
)
from feedback_service.insights.rules.periods import Grain, period_of
from feedback_service.insights.rules.rates import SendingCohort
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from tests.cases.factories import colleague, complained, opened, resolved, taken
from tests.insights.plans import planned
from tests.responses.factories import CSAT, NPS, answered_by, asked

DAY = timedelta(days=1)
MARCH = period_of(Grain.MONTH, date(2026, 3, 1))
LISBON = ZoneInfo("Europe/Lisbon")
SPAN = MARCH.bounds(LISBON)
_numbers = count(1)


def _plain(*words: str) -> tuple[str, ...]:
    """With blanks at which a line may break."""
    return tuple(text.replace("\N{NO-BREAK SPACE}", " ") for text in words)


def _mailed(session: Session, invitation_id: int, at: datetime) -> Message:
    message = Message(
        uid=f"m{next(_numbers)}", purpose=MessagePurpose.INVITATION, subject_key=f"invitation:{invitation_id}",
        invitation_id=invitation_id, state=MessageState.SENT, created_at=at, next_attempt_at=at, sent_at=at,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def _cohort(session: Session, now: datetime) -> list[Message]:
    """Six mails that asked, the last for another survey: three answers, one that came back, one still open."""
    sent_at = now - 40 * DAY
    mails = [_mailed(session, answered_by(session, sent_at, 9).invitation_id, sent_at) for _ in range(2)]
    returned = _mailed(session, asked(session, sent_at).invitation_id, sent_at)
    returned.bounced_at, returned.bounce = sent_at, BounceKind.HARD
    mails += [returned, _mailed(session, asked(session, sent_at).invitation_id, sent_at)]
    mails.append(_mailed(session, answered_by(session, sent_at, 3).invitation_id, sent_at))
    mails[4].bounced_at, mails[4].bounce = sent_at, BounceKind.SOFT  # and yet they answered
    mails.append(_mailed(session, answered_by(session, sent_at, 3, survey=CSAT).invitation_id, sent_at))
    session.commit()
    return mails


def test_who_answered_of_those_asked(session: Session, now: datetime) -> None:
    _cohort(session, now)
    span = (now - 41 * DAY, now - 39 * DAY)
    assert sent_between(session, NPS, span, now) == Sent(SendingCohort(5, 1, 3, 3), None, False)
    assert sent_between(session, CSAT, span, now) == Sent(SendingCohort(1, 0, 1, 1), None, False)
    assert sent_between(session, NPS, (now - 39 * DAY, now), now) == Sent(SendingCohort(0), None, False)


def test_a_rate_is_final_once_nobody_can_answer(session: Session, now: datetime) -> None:
    mails = _cohort(session, now)
    waiting = session.get_one(Invitation, mails[3].invitation_id)
    span = (now - 41 * DAY, now - 39 * DAY)
    before = waiting.expires_at - timedelta(seconds=1)
    session.commit()
    assert sent_between(session, NPS, span, before).can_answer_until == waiting.expires_at
    assert sent_between(session, NPS, span, waiting.expires_at).can_answer_until is None


def test_a_great_cohort_is_read_so_far_and_no_further(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cohort(session, now)
    monkeypatch.setattr(glance, "MOST_MAILS", 2)
    found = sent_between(session, NPS, (now - 41 * DAY, now), now)
    assert found == Sent(SendingCohort(2, 0, 2, 2), None, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_mails_are_read_by_when_they_were_sent(engine: Engine, session: Session, now: datetime) -> None:
    """And not by their purpose: a great shop has asked millions of times."""
    with planned(engine) as steps:
        sent_between(session, NPS, SPAN, now)
        session.commit()
    assert [step for step in steps if " messages " in step] == [
        "SEARCH messages USING INDEX ix_messages_sent_at_purpose (sent_at>? AND sent_at<?)"
    ]


def test_open_and_late_cases(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    cases = [opened(session, now) for _ in range(5)]
    cases[0].kind = CaseKind.THANKS
    cases[1].waiting_since = now
    taken(session, cases[2], ana, now)
    resolved(session, cases[2], ana, now)
    cases[3].due_at = now
    cases[4].due_at = now + DAY
    session.commit()
    assert open_cases_now(session, now) == OpenCases(open=2, late=1, resting=1)


def test_first_responses_in_time_by_when_the_case_was_opened(session: Session, now: datetime) -> None:
    for met, at in ((True, now), (True, now), (False, now), (None, now), (False, now - 40 * DAY)):
        case = opened(session, at)
        deadline = session.get_one(CaseDeadline, (case.id, 1, DeadlineKind.FIRST_RESPONSE))
        deadline.met, deadline.done_at = met, at if met else None
        session.commit()
    assert contacted_in_time(session, SPAN) == InTime(met=2, missed=1, running=1)


def test_promises(session: Session, now: datetime) -> None:
    case, ana = opened(session, now), colleague(session, "Ana", now)
    for due, broken, kept in (
        (now - DAY, now - DAY, None),
        (now - DAY, now - DAY, now),
        (now - 40 * DAY, now - 40 * DAY, now),
        (now + DAY, None, None),
    ):
        session.add(
            Promise(case_id=case.id, entry=1, owner_id=ana, made_at=now, due_at=due, broken_at=broken, kept_at=kept)
        )
    session.commit()
    assert promises_between(session, SPAN, now) == Promises(broken=2, to_keep=2, late=1)


Change = Callable[[Case], None]


def test_revenue_at_risk_counts_each_customer_once(session: Session, now: datetime) -> None:
    def worth(case: Case, minor: int | None, currency: str | None) -> None:
        customer = session.get_one(Customer, case.customer_id)
        customer.lifetime_minor, customer.lifetime_currency = minor, currency

    def cost(case: Case, minor: int) -> None:
        order = session.get_one(Order, case.order_id)
        order.amount_minor, order.currency = minor, "EUR"

    cases = [complained(session, now)[1] for _ in range(6)]
    worth(cases[0], 10_000, "EUR")
    cases[1].customer_id = cases[0].customer_id  # a second case of the same customer
    worth(cases[2], 700, "USD")
    cost(cases[2], 999)  # part of what they bought
    cost(cases[3], 2_500)
    worth(cases[5], 1_000_000, "EUR")
    cases[5].kind = CaseKind.THANKS
    session.commit()
    assert revenue_at_risk(session) == AtRisk(4, {"EUR": 12_500, "USD": 700}, by_order=1, unknown=1)


def test_the_cards_of_an_empty_shop() -> None:
    cards = [
        response_card(Sent(SendingCohort(0), None, False), MARCH, LISBON),
        open_card(OpenCases(0, 0, 0)),
        contacted_card(InTime(0, 0, 0), MARCH),
        recovered_card(Recovered(0, 0, 0, 0, 0), MARCH),
        promises_card(Promises(0, 0, 0), MARCH),
        risk_card(AtRisk(0, {}, 0, 0)),
    ]
    assert [(card.value, card.n) for card in cards] == [
        ("–", "No mails sent"),
        ("0", "Nobody waits for us"),
        ("–", "No case whose deadline has passed"),
        ("–", "No answers to “did we put it right?”"),
        ("0", "None to keep now"),
        ("–", "No customer with an open case"),
    ]
    assert {card.interval + card.note + card.url for card in cards} == {""}
    assert all(card.text for card in cards)


def test_the_cards_of_a_busy_shop() -> None:
    until = datetime(2026, 4, 2, 23, 30, tzinfo=UTC)
    response = response_card(Sent(SendingCohort(1_020, 20, 260, 230), until, True), MARCH, LISBON)
    assert _plain(response.value, response.interval) == ("23 %", "20 to 26 %")
    assert response.n == "230 answers to 1,000 delivered mails"
    assert response.note == (
        "Not final: some can answer until 3 Apr 2026, so it can only rise. Of the first 20,000 mails of the period."
    )
    late = open_card(OpenCases(12, 3, 1))
    assert (late.value, late.n, late.note) == ("12", "3 overdue", "1 more waits for the customer, or for a day.")
    assert late.url == "/cases/?view=late&kind=follow_up"
    assert open_card(OpenCases(1, 0, 0)).url == "/cases/?kind=follow_up"
    contacted = contacted_card(InTime(81, 19, 4), MARCH)
    assert _plain(contacted.value, contacted.n, contacted.note) == ("81 %", "81 of 100 cases", "4 still have time.")
    right = recovered_card(Recovered(closed=40, asked=30, answers=20, recovered=15, still_open=2), MARCH)
    assert _plain(right.value, right.interval, right.n) == ("75 %", "53 to 89 %", "15 of 20 answers")
    assert right.note == "38 % of the 40 cases closed then, silence counted as no. Not final: 2 can still answer."
    few = recovered_card(Recovered(closed=2, asked=5, answers=4, recovered=4, still_open=0), MARCH)
    assert (few.value, few.note) == ("Too few to say", ""), "more put right than closed: cases are asked about later"
    promises = promises_card(Promises(2, 5, 1), MARCH)
    assert (promises.value, promises.n) == ("2", "5 promises to keep now, 1 of them late")
    risk = risk_card(AtRisk(4, {"EUR": 12_500, "USD": 700}, 1, 1))
    assert (risk.value, risk.n) == ("€125.00 + $7.00", "4 customers with an open case")
    assert risk.note == (
        "Of 1 customer only the orders of their cases are known. Of 1 customer no amount is known, so none is counted."
    )
