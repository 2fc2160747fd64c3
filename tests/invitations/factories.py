"""Buyers and orders as a shop sends them, and the first two steps of the loop on them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import Row
from feedback_service.invitations.events import order_key
from feedback_service.invitations.go_live import set_go_live
from feedback_service.invitations.invite import Shop, decide_due
from feedback_service.invitations.models import Decision, Invitation
from feedback_service.invitations.plan import plan_decisions
from feedback_service.invitations.plan_calendar import plan_calendar
from feedback_service.invitations.rules.eligibility import sampled_in
from feedback_service.orders.import_orders import import_orders
from feedback_service.orders.models import Order
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_survey

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LISBON = ZoneInfo("Europe/Lisbon")
PRIVACY_KEY = b"a privacy key for tests only"
LINK_KEYS = (b"a link key for tests only",)
SHOP = Shop(zone=LISBON, locale="en", country="", link_keys=LINK_KEYS)
NPS, CSAT = "post_purchase_nps", "delivery_csat"


def order(session: Session, order_id: str, **cells: object) -> Order:
    """Import an order: placed twelve days ago, delivered two days ago, by a buyer of its own; `cells` say otherwise.

    Importing it again corrects it.
    """
    described = {
        "order_id": order_id,
        "customer_id": f"buyer of {order_id}",
        "email": f"{order_id.lower()}@example.com",
        "name": "Zoe",
        "ordered_at": NOW - 12 * DAY,
        "delivered_at": NOW - 2 * DAY,
        "status": "delivered",
        **cells,
    }
    row = Row(2, {name: _cell(value) for name, value in described.items()}, [])
    counts = import_orders(session, [row], source="shop", key=PRIVACY_KEY, shop_zone=LISBON, now=NOW)
    assert not counts.refused, counts.refused[0][1]
    return session.scalars(select(Order).where(Order.external_id == order_id)).one()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def numbered(number: int, *, nps: bool = False) -> str:
    """The `number`th order id that the NPS survey's sample of every second order leaves out, or takes in."""
    count = -1
    for candidate in range(10_000):
        count += sampled_in(f"order:shop:A{candidate}", NPS, 2) == nps
        if count == number:
            return f"A{candidate}"
    raise AssertionError("there are not that many")


def go_live(session: Session, at: datetime = NOW - 365 * DAY) -> None:
    """Start sending, a year ago unless said otherwise."""
    set_go_live(session, at, by="Ana", now=NOW)


def rules(session: Session, survey: str = CSAT, **sections: dict[str, object]) -> None:
    """Change some of a survey's rules, as publishing a changed file does."""
    row = session.get_one(Survey, survey)
    changed = {**row.rules, **{name: {**row.rules.get(name, {}), **values} for name, values in sections.items()}}
    row.rules = Rules.model_validate(changed).model_dump(mode="json")
    row.revision += 1
    session.flush()


def add_survey(session: Session, key: str, **trigger: object) -> None:
    """A survey asked by `trigger`: a shipped one of that key with rules made new, or one with the delivery's words."""
    shipped = read_survey(SURVEYS / CSAT)
    changed = {**shipped.rules.model_dump(mode="json"), "title": key, "trigger": trigger}
    known = session.get(Survey, key)
    if known is not None:
        thresholds = known.rules["thresholds"]
        known.rules = Rules.model_validate({**changed, "thresholds": thresholds}).model_dump(mode="json")
        known.revision += 1
        session.flush()
        return
    take_in(session, {key: shipped.model_copy(update={"key": key, "rules": Rules.model_validate(changed)})}, NOW)


def plan(session: Session, now: datetime = NOW) -> int:
    """Run the planning step and commit."""
    count = plan_decisions(session, now, 1000, shop_zone=LISBON)
    plan_calendar(session, now, 1000, shop_zone=LISBON)
    session.commit()
    return count


def decide(session: Session, now: datetime = NOW, limit: int = 1000) -> int:
    """Run the deciding step and commit."""
    count = decide_due(session, now, limit, shop=SHOP)
    session.commit()
    return count


def decision(session: Session, of: Order, survey: str = CSAT) -> Decision:
    """What one survey has to say about one order, as the database has it now."""
    return session.scalars(
        select(Decision)
        .where(Decision.event_key == order_key(of), Decision.survey_key == survey)
        .execution_options(populate_existing=True)
    ).one()


def outcome(session: Session, of: Order, survey: str = CSAT) -> str:
    """`waiting`, `invited`, or the reason why nobody was asked."""
    found = decision(session, of, survey)
    return found.reason or found.state


def invitation(session: Session, order_id: str = "", **cells: object) -> Invitation:
    """Ask about a new order that only the delivery survey wants to know of."""
    asked = order(session, order_id or numbered(0), **cells)
    go_live(session)
    plan(session)
    decide(session)
    made = session.scalars(select(Invitation).where(Invitation.order_id == asked.id)).one()
    session.commit()  # a test that goes on with a browser must not hold the database
    return made
