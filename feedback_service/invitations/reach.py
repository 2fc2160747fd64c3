"""What the rules need to know of a person: asked when deciding, and again at the moment of sending."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, Customer
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.eligibility import Question, Reachability, SkipReason, unreachable
from feedback_service.invitations.rules.sending_hours import Hours, no_holidays, public_holidays
from feedback_service.questionnaires.definition import Rules, Weekday, Window
from feedback_service.questionnaires.queries import survey_version

_DAYS = tuple(Weekday)


def reachability(session: Session, customer: Customer, address: Address | None) -> Reachability:
    """What is known of a person and their address. A complaint counts under whichever name the person bought."""
    if address is None:
        return Reachability(has_address=False, unsubscribed=False, suppressed=False)
    complains = select(Customer.id).where(Customer.address_hash == address.hash, Customer.open_cases > 0)
    return Reachability(
        has_address=bool(customer.email),
        unsubscribed=address.unsubscribed_at is not None,
        suppressed=address.suppressed_at is not None,
        paused_until=address.paused_until,
        purchases_only=address.purchases_only,
        consented=address.consented_at is not None,
        open_case=session.scalar(select(complains.exists())) or False,
    )


def forbids(session: Session, invitation: Invitation, now: datetime) -> SkipReason | None:
    """Why no further mail may go out about an invitation; None where one may."""
    customer, order = invitation.customer, invitation.order
    address = session.get(Address, customer.address_hash) if customer.address_hash else None
    rules = survey_version(session, invitation.version_id).definition.rules
    reach = reachability(session, customer, address)
    return unreachable(order.status if order else None, reach, question_of(rules), now)


def question_of(rules: Rules) -> Question:
    """What a person's own wishes hang on."""
    return Question(about_purchase=rules.trigger.by_order, needs_consent=rules.asking.consent == "needed")


def hours_for(window: Window, customer: Customer, shop_country: str) -> Hours:
    """A survey's sending hours with the holidays of the customer's country, or the shop's where it is not known."""
    country = customer.country or shop_country
    return Hours(
        weekdays=frozenset(_DAYS.index(day) for day in window.weekdays),
        opens=window.from_,
        until=window.until,
        is_holiday=no_holidays if window.holidays or not country else public_holidays(country),
    )
