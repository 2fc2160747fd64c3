"""An erased person's words are shown no more; that somebody sent friends stays, without a name."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.advocacy import models
from feedback_service.advocacy.erase import erase_advocacy
from feedback_service.advocacy.models import ReferralClick, ShownWhere, SignedAs
from feedback_service.advocacy.queries import referral_counts, referral_with
from feedback_service.advocacy.testimonials import Consent, allow, withdraw
from feedback_service.customers.erasure import Erasure
from feedback_service.invitations.models import Invitation
from tests.advocacy.factories import A_BROWSER, clicked, code_of, customer, ordered
from tests.responses.factories import asked

CONSENT = Consent("Lovely lamp", SignedAs.FULL_NAME, ShownWhere.ANYWHERE, "I allow it.")


def erasure(at: datetime, *, invitation: int = 0, person: int | None = None) -> Erasure:
    people = () if person is None else (person,)
    return Erasure((), (invitation,), at, by="Ana", key=b"a key of at least so many bytes", customer_ids=people)


def test_words_go_and_the_count_stays(session: Session, now: datetime) -> None:
    ana, bo = asked(session, now), asked(session, now, name="Bo")
    for person in (ana, bo):
        allow(session, person.invitation_id, CONSENT, now)
    owner = session.get_one(Invitation, ana.invitation_id).customer
    code = code_of(session, owner, now)
    clicked(session, referral_with(session, code) or 0, now)
    ordered(session, customer(session, now), now, code)
    whole = erasure(now + timedelta(days=1), invitation=ana.invitation_id, person=owner.id)
    assert erase_advocacy(session, whole) == 1
    session.commit()
    rows = dict(session.execute(select(models.Testimonial.invitation_id, models.Testimonial.words)).all())
    assert rows == {ana.invitation_id: "", bo.invitation_id: "Lovely lamp"}
    assert session.scalars(select(ReferralClick.agent)).all() == [""]
    (count,) = referral_counts(session)
    assert (count.code, count.clicks, count.orders) == (code, 1, 1)


def test_whoever_takes_back_one_answer_keeps_their_link(session: Session, now: datetime) -> None:
    ana = asked(session, now)
    allow(session, ana.invitation_id, CONSENT, now)
    owner = session.get_one(Invitation, ana.invitation_id).customer
    clicked(session, referral_with(session, code_of(session, owner, now)) or 0, now)
    assert erase_advocacy(session, erasure(now, invitation=ana.invitation_id)) == 1
    assert session.scalars(select(models.Testimonial.words)).all() == [""]
    assert session.scalars(select(ReferralClick.agent)).all() == [A_BROWSER]


def test_what_was_taken_back_before_keeps_its_day(session: Session, now: datetime) -> None:
    ana = asked(session, now)
    allow(session, ana.invitation_id, CONSENT, now)
    withdraw(session, ana.invitation_id, now)
    assert erase_advocacy(session, erasure(now + timedelta(days=1), invitation=ana.invitation_id)) == 0
    assert session.scalars(select(models.Testimonial.withdrawn_at)).one() == now
