"""Advocacy's part in an erasure: words go, a person's code stays a number that belongs to nobody."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.advocacy.models import Referral, ReferralClick, Testimonial
from feedback_service.customers.erasure import Erasure


def erase_advocacy(session: Session, erasure: Erasure) -> int:
    """Withdraw what was allowed; returns how many rows lost words.

    Of people who are forgotten, also what the browsers that opened their link called themselves. The code stays:
    friends may still hold it, and what they ordered is the shop's own history.
    """
    withdrawn = session.scalars(
        update(Testimonial)
        .where(Testimonial.invitation_id.in_(erasure.invitation_ids), Testimonial.withdrawn_at.is_(None))
        .values(words="", withdrawn_at=erasure.at)
        .returning(Testimonial.id)
        .execution_options(synchronize_session=False)
    ).all()
    own = select(Referral.id).where(Referral.customer_id.in_(erasure.customer_ids))
    session.execute(
        update(ReferralClick)
        .where(ReferralClick.referral_id.in_(own))
        .values(agent="")
        .execution_options(synchronize_session=False)
    )
    return len(withdrawn)
