"""What a rehearsal showed is what is then sent, in a shop in which everything happens at once."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.config import Settings
from feedback_service.customers.models import Address, Customer, PersonKind
from feedback_service.invitations.go_live import set_paused
from feedback_service.invitations.invite import Shop
from feedback_service.invitations.models import Decision, DecisionState, DecisionStep, Invitation, StepKind
from feedback_service.invitations.rehearsal_rows import Stretch, TooManyEventsError, rows_that_matter
from feedback_service.invitations.rehearse import BATCH, Forecast, NotLiveError, rehearse
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.invitations.rules.sending_hours import Deferral
from feedback_service.orders.models import Order, Touchpoint, TouchpointKind
from feedback_service.pipeline import BATCH as PIPELINE_BATCH
from feedback_service.pipeline import run_step, steps
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import change_rules
from tests.guards.factories import fingerprint
from tests.invitations.factories import (
    CSAT,
    DAY,
    LINK_KEYS,
    LISBON,
    NOW,
    NPS,
    add_survey,
    decide,
    go_live,
    numbered,
    order,
    plan,
    rules,
)  # fmt: skip

HOUR = timedelta(hours=1)
SWEEP = timedelta(hours=21)
CHECK_IN, PULSE, SUPPORT = "relationship_nps", "employee_pulse", "support_csat"
SHOP = Shop(zone=LISBON, locale="en", country="PT", link_keys=LINK_KEYS)
ZONES = ("Europe/Lisbon", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati", None)
Sessions = sessionmaker[Session]


@pytest.fixture
def shop_settings(settings: Settings) -> Settings:
    """Portuguese holidays are kept: Good Friday and the 25th of April lie in the days that are rehearsed."""
    return settings.model_copy(update={"shop_country": "PT"})


def furnish(session: Session, seed: int) -> None:
    """A month of a shop's life: five surveys, eighty people, and what they bought, heard and forbade; committed."""
    chance = random.Random(seed)
    add_survey(session, CHECK_IN, on="check_in", every_months=1, max_age_days=10, delay_days=0)
    add_survey(session, PULSE, on="pulse", every_months=1, max_age_days=10, delay_days=1)
    add_survey(session, SUPPORT, on="support_closed", delay_days=2, max_age_days=20)
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    window = {"from": "09:00:00", "until": "17:00:00", "weekdays": weekdays}
    rules(session, CSAT, window=window, asking={"daily_cap": 3, "priority": 10, "quarantine_days": 5})
    rules(session, NPS, asking={"priority": 20, "quarantine_days": 8, "sample_one_in": 2}, window={"holidays": True})
    rules(session, SUPPORT, asking={"priority": 30, "quarantine_days": 3, "quarantine_after_answer_days": 5})
    rules(session, CHECK_IN, asking={"priority": 5, "quarantine_days": 4})
    for number in range(90):
        ordered = _moment(chance, NOW - 14 * DAY, NOW - HOUR)
        delivered = ordered + timedelta(minutes=chance.randrange(60, 10_000))
        buyer = f"buyer {chance.randrange(80)}"
        cells = {
            "customer_id": buyer,
            "email": f"{buyer.replace(' ', '.')}@example.com",
            "time_zone": chance.choice(ZONES),
            "ordered_at": ordered,
            "delivered_at": delivered if delivered < NOW else None,
            "status": "delivered" if delivered < NOW else chance.choice(["placed", "shipped", "refunded"]),
            "promised_on": chance.choice([None, (ordered + timedelta(days=chance.randrange(2, 25))).date()]),
            "amount": chance.choice(["9.90", "49.90"]),
            "currency": "EUR",
        }
        order(session, f"B{number}", **cells)
    people = session.scalars(select(Customer).order_by(Customer.id)).all()
    for number, person in enumerate(people):
        if number % 8 == 0:
            person.kind = PersonKind.EMPLOYEE
        if number % 9 == 1:
            person.open_cases = 1
        if number % 3 == 0:
            session.add(_matter(chance, person, number))
    hashes = sorted(session.scalars(select(Address.hash)))
    for facts, some in (
        ({"unsubscribed_at": NOW - DAY}, hashes[:3]),
        ({"paused_until": NOW + 9 * DAY}, hashes[3:6]),
        ({"purchases_only": True}, hashes[6:12]),
        ({"last_answered_at": NOW - 20 * DAY}, hashes[12:16]),
    ):
        session.execute(update(Address).where(Address.hash.in_(some)).values(**facts))
    go_live(session, NOW - 13 * DAY)
    session.commit()


def _moment(chance: random.Random, since: datetime, until: datetime) -> datetime:
    return since + timedelta(minutes=chance.randrange(int((until - since).total_seconds() // 60)))


def _matter(chance: random.Random, person: Customer, number: int) -> Touchpoint:
    return Touchpoint(
        source="desk", kind=TouchpointKind.SUPPORT_CLOSED, external_id=f"T{number}", customer_id=person.id,
        happened_at=_moment(chance, NOW - 12 * DAY, NOW), attributes={}, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def play(settings: Settings, sessions: Sessions, since: datetime, until: datetime) -> None:
    """Run the loop's own steps with a clock that sweeps every few hours, and whenever something falls due."""
    loop = {step.name: step for step in steps(settings)}
    planning, calendar, deciding = loop["plan decisions"], loop["plan the calendar"], loop["decide"]
    now = since
    while now < until:
        for step in (planning, calendar, deciding, calendar):
            run_step(step, sessions, lambda now=now: now)
        with sessions() as session:
            due = session.scalar(
                select(func.min(Decision.due_at)).where(Decision.state == DecisionState.WAITING, Decision.due_at > now)
            )
        now = min(now + SWEEP, due or until)


def asked(session: Session, since: datetime) -> set[tuple[str, str]]:
    """Whom the shop has really asked."""
    rows = session.execute(select(Invitation.survey_key, Invitation.event_key).where(Invitation.created_at >= since))
    return {(survey, event) for survey, event in rows}


def real_outcomes(session: Session, since: datetime) -> Counter[tuple[object, ...]]:
    """What the shop has really written down, as a rehearsal says it."""
    ends = (StepKind.INVITED, StepKind.SKIPPED, StepKind.DEFERRED)
    rows = session.execute(
        select(DecisionStep.at, Decision.survey_key, Decision.event_key, DecisionStep.reason, DecisionStep.deferral)
        .join(Decision, Decision.id == DecisionStep.decision_id)
        .where(DecisionStep.at >= since, DecisionStep.kind.in_(ends))
    )
    return Counter((at.astimezone(LISBON).date(), *rest) for at, *rest in rows)


def shown(forecast: Forecast) -> Counter[tuple[object, ...]]:
    return Counter(
        (found.day, found.survey_key, found.event_key, found.reason, found.deferral) for found in forecast.outcomes
    )


def now_as(session: Session, survey: str, **sections: dict[str, object]) -> Rules:
    """A survey's rules as they are, with some changes."""
    row = session.get_one(Survey, survey).rules
    return Rules.model_validate({**row, **{name: {**row[name], **values} for name, values in sections.items()}})


Change = Callable[[Session], dict[str, Rules]]


def _nothing(session: Session) -> dict[str, Rules]:
    return {}


def _milder(session: Session) -> dict[str, Rules]:
    window = {"from": "00:00:00", "until": "00:00:00", "weekdays": ["sat", "sun", "mon"], "holidays": True}
    return {CSAT: now_as(session, CSAT, window=window, asking={"daily_cap": 0, "quarantine_days": 7, "priority": 40})}


def _stricter(session: Session) -> dict[str, Rules]:
    asking = {"daily_cap": 1, "sample_one_in": 3, "quarantine_days": 30}
    trigger = {"delay_days": 6, "max_age_days": 9}
    return {CSAT: now_as(session, CSAT, asking=asking, trigger=trigger, filter={"min_value": {"EUR": "20"}})}


def _another_trigger(session: Session) -> dict[str, Rules]:
    return {
        NPS: now_as(session, NPS, trigger={"on": "ordered", "delay_days": 20, "max_age_days": 60}),
        CHECK_IN: now_as(session, CHECK_IN, asking={"priority": 50, "quarantine_days": 1}),
    }


@pytest.mark.parametrize(("seed", "change"), [(1, _nothing), (2, _milder), (3, _stricter), (4, _another_trigger)])
def test_what_was_shown_is_what_is_then_sent(
    shop_settings: Settings, sessions: Sessions, session: Session, seed: int, change: Change
) -> None:
    furnish(session, seed)
    play(shop_settings, sessions, NOW - 3 * DAY, NOW - timedelta(minutes=1))
    changed = change(session)
    session.rollback()
    rehearsal = rehearse(session, changed, now=NOW, shop=SHOP)
    for key, new in changed.items():
        change_rules(session, key, new, seen_revision=session.get_one(Survey, key).revision)
    session.commit()
    play(shop_settings, sessions, NOW, NOW + 30 * DAY)
    assert rehearsal.changed.asked == asked(session, NOW)
    assert shown(rehearsal.changed) == real_outcomes(session, NOW), "and every reason and every day as well"
    assert len(rehearsal.changed.asked) > 10, "or it would prove nothing"
    if change is not _nothing:
        assert rehearsal.changed.asked != rehearsal.present.asked
    else:
        assert rehearsal.changed == rehearsal.present


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_shop_of_these_tests_meets_every_rule(session: Session) -> None:
    """Or the comparison above would prove less than it says."""
    furnish(session, 5)
    changed = _stricter(session) | _another_trigger(session)
    session.rollback()
    found = rehearse(session, changed, now=NOW, shop=SHOP)
    met = {outcome.reason or outcome.deferral for one in (found.present, found.changed) for outcome in one.outcomes}
    assert met >= {
        None, *Deferral, SkipReason.SAMPLED_OUT, SkipReason.ASKED_RECENTLY, SkipReason.ANSWERED_RECENTLY,
        SkipReason.OTHER_SURVEY_FIRST, SkipReason.UNSUBSCRIBED, SkipReason.PAUSED, SkipReason.PURCHASES_ONLY,
        SkipReason.OPEN_CASE, SkipReason.TOO_OLD, SkipReason.BEFORE_GO_LIVE, SkipReason.ORDER_REFUNDED,
    }  # fmt: skip
    assert {survey for survey, _ in found.present.asked} == {CSAT, NPS, CHECK_IN, PULSE, SUPPORT}


# --- what a rehearsal does not do -----------------------------------------------------------------------------------


def test_a_rehearsal_only_reads(engine: Engine, sessions: Sessions, session: Session) -> None:
    asked_about = order(session, numbered(0))
    go_live(session)
    session.commit()
    before = fingerprint(engine)
    with sessions() as reading:
        reading.info["read_only"] = True  # the database itself refuses to write
        found = rehearse(reading, {CSAT: now_as(reading, CSAT, trigger={"delay_days": 9})}, now=NOW, shop=SHOP)
    assert fingerprint(engine) == before
    assert found.present.asked == {(CSAT, f"order:shop:{asked_about.external_id}")}
    assert found.present.asked_by_day(CSAT) == {NOW.date(): 1}
    assert found.changed.asked_by_day(CSAT) == {(NOW + 7 * DAY).date(): 1}
    assert found.present.reasons(NPS) == {SkipReason.SAMPLED_OUT: 1}


def test_while_sending_is_paused_it_is_shown_how_it_would_go_on(session: Session) -> None:
    order(session, numbered(0))
    go_live(session)
    set_paused(session, True, now=NOW - DAY)
    session.commit()
    found = rehearse(session, {}, now=NOW, shop=SHOP)
    assert (found.paused, len(found.present.asked)) == (True, 1)


def test_where_sending_never_began_there_is_nothing_to_show(session: Session) -> None:
    with pytest.raises(NotLiveError, match="first day"):
        rehearse(session, {}, now=NOW, shop=SHOP)


def test_too_much_is_refused_and_not_tried(session: Session) -> None:
    for number in range(4):
        order(session, numbered(number))
    go_live(session)
    with pytest.raises(TooManyEventsError, match="More than 7 orders"):
        rows_that_matter(
            session, {}, Stretch(NOW, NOW + DAY), most=7
        )  # four orders, and four people of whom the calendar may ask something
    assert len(rows_that_matter(session, {}, Stretch(NOW, NOW + DAY), most=8)[Order]) == 4


def test_what_is_decided_is_left_out(session: Session) -> None:
    """Most orders of a shop are: the whole point of a bound on the rest."""
    for number in range(4):
        order(session, numbered(number))
    go_live(session)
    plan(session)
    decide(session)
    rows = rows_that_matter(session, {CSAT: now_as(session, CSAT)}, Stretch(NOW, NOW + 30 * DAY), most=10)
    assert rows[Order] == []


def test_portions_are_those_of_the_loop() -> None:
    assert BATCH == PIPELINE_BATCH
