"""Whether a mail can be sent to a case's customer, and if not, why."""

from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.release import asked_by
from feedback_service.customers.models import Address

TAKEN_BACK = "The customer took the answer back, so nothing more goes to them."
NOT_ASKED = "This customer was not asked by mail, so no mail can go out from here. Call, and log what you did."
NO_ADDRESS = "The shop no longer has an address of this customer. Call, and log what you did."
COMES_BACK = "Mail to this customer comes back or was called spam, so none is sent. Call, and log what you did."


def why_no_mail(session: Session, case: Case) -> str:
    """A sentence for staff; empty where a mail can be sent."""
    if case.response is not None and case.response.withdrawn_at is not None:
        return TAKEN_BACK
    invitation = asked_by(case)
    if invitation is None:
        return NOT_ASKED
    customer = invitation.customer
    address = session.get(Address, customer.address_hash) if customer.email and customer.address_hash else None
    if address is None:
        return NO_ADDRESS
    return COMES_BACK if address.suppressed_at is not None else ""
