"""The demo's managers see who recommends the shop, and whose words may be shown."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.advocacy import models as advocacy
from feedback_service.advocacy.models import Referral, ReferralClick
from feedback_service.demo.advocates import friends_come, promoters_recommend
from feedback_service.orders.models import Order
from feedback_service.responses.models import Response
from tests.conftest import NOW
from tests.responses.factories import answered_by

DAYS = timedelta(days=1)


def test_some_promoters_recommend_the_shop_and_nobody_else_does(session: Session) -> None:
    for number in range(60):
        answered_by(session, NOW, 10 if number % 2 else 6, locale="pt-BR" if number % 3 else "en")
    session.execute(update(Response).values(comment="Lovely coffee."))
    for _ in range(2):  # a second half day adds nobody
        promoters_recommend(session, NOW)
    glad = set(session.scalars(select(Response.customer_id).where(Response.score == 10)))
    recommend = list(session.scalars(select(Referral.customer_id)))
    allowed = list(session.scalars(select(advocacy.Testimonial)))
    assert 0 < len(recommend) < len(glad)
    assert set(recommend) <= glad
    assert 0 < len(allowed) < len(glad)
    assert all(each.consent_words for each in allowed)


def test_friends_open_the_links_and_somebody_new_orders_by_one(session: Session) -> None:
    for _ in range(30):
        answered_by(session, NOW - 4 * DAYS, 10)
    promoters_recommend(session, NOW - 4 * DAYS)
    session.execute(update(Order).values(ordered_at=NOW - 2 * DAYS))
    friends_come(session, NOW)
    codes = set(session.scalars(select(Referral.code)))
    ordered = list(session.scalars(select(Order).where(Order.referral_code.is_not(None))))
    assert session.scalars(select(ReferralClick.id)).first()
    assert ordered
    assert {order.referral_code for order in ordered} <= codes
    assert all(
        session.scalar(select(Referral.code).where(Referral.customer_id == order.customer_id)) != order.referral_code
        for order in ordered
    ), "nobody is their own friend"
