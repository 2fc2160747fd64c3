"""Some of the demo's promoters recommend the shop: by a link that friends open, and by words that may be shown."""

import random
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.advocacy.models import Referral, ReferralClick, ShownWhere, SignedAs, Testimonial
from feedback_service.advocacy.refer import refer
from feedback_service.advocacy.testimonials import Consent, allow
from feedback_service.demo.facts import NPS, chance
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from feedback_service.responses.models import Response

TAKE_A_LINK, ALLOW_THEIR_WORDS = 0.3, 0.35  # shares of promoters, and of those who wrote something
A_FRIEND_ORDERS = 0.25  # share of links, each day
PROMOTER = 9
A_DAY = timedelta(days=1)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile"
_CONSENT = {
    "en": "I agree that Ember & Oak shows these words.",
    "pt-BR": "Concordo que a Ember & Oak mostre estas palavras.",
}


def promoters_recommend(session: Session, moment: datetime) -> None:
    """Whoever gave a 9 or a 10 within the last half day, each at most once."""
    glad = session.scalars(
        select(Response)
        .join(Invitation, Response.invitation_id == Invitation.id)
        .where(
            Response.survey_key == NPS,
            Response.latest_score >= PROMOTER,
            Response.answered_at > moment - A_DAY,
            ~select(Testimonial.id).where(Testimonial.invitation_id == Response.invitation_id).exists(),
            ~select(Referral.id).where(Referral.customer_id == Response.customer_id).exists(),
        )
        .order_by(Response.id)
    ).all()
    for response in glad:
        if response.customer_id is None or response.invitation_id is None:
            continue
        dice = random.Random(f"demo advocate {response.order_id}")  # noqa: S311 - the same on every start, nothing secret
        if chance(dice, TAKE_A_LINK):
            refer(session, response.customer_id, moment)
        if response.comment and chance(dice, ALLOW_THEIR_WORDS):
            signed_as, shown_where = dice.choice(list(SignedAs)), dice.choice(list(ShownWhere))
            sentence = _CONSENT[response.locale]
            allow(session, response.invitation_id, Consent(response.comment, signed_as, shown_where, sentence), moment)


def friends_come(session: Session, moment: datetime) -> None:
    """Friends open the links of a few days, and the next order of somebody new may be one of theirs."""
    links = session.scalars(
        select(Referral).where(Referral.created_at.between(moment - 5 * A_DAY, moment - A_DAY)).order_by(Referral.id)
    ).all()
    for link in links:
        dice = random.Random(f"demo friend {link.customer_id} {moment:%Y%m%d%H}")  # noqa: S311 - nothing secret
        for _ in range(dice.choice((0, 0, 1, 1, 2))):
            at = moment - timedelta(minutes=dice.randrange(600))
            session.add(ReferralClick(referral_id=link.id, at=at, agent=PHONE, suspected=None))
        if chance(dice, A_FRIEND_ORDERS) and (order := _first_order_of_somebody(session, link, moment)) is not None:
            order.referral_code = link.code
    session.flush()


def _first_order_of_somebody(session: Session, link: Referral, moment: datetime) -> Order | None:
    once = select(Order.customer_id).group_by(Order.customer_id).having(func.count() == 1)
    return session.scalar(
        select(Order)
        .where(
            Order.customer_id.in_(once),
            Order.customer_id != link.customer_id,
            Order.referral_code.is_(None),
            Order.ordered_at.between(link.created_at, moment),
        )
        .order_by(Order.id)
        .limit(1)
    )
