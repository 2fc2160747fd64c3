"""What follows an answer: thanks for everybody, what happens next, and what one may do if one likes."""

from typing import Any

from flask import Blueprint

from feedback_service import clock
from feedback_service.advocacy.refer import refer
from feedback_service.advocacy.sign import signatures
from feedback_service.advocacy.testimonials import allow, withdraw
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.responses.after.forms import TestimonialForm
from feedback_service.responses.after.gather import Thanks, gather
from feedback_service.responses.after.queries import still_stands
from feedback_service.responses.forms import PressForm
from feedback_service.responses.opening import Answer, Opened, personal

bp = Blueprint("after", __name__)
THANKS = "after.thanks"


@bp.get("/<secret>/thanks")
@personal
def thanks(opened: Opened) -> Answer:
    """The last page."""
    if opened.response is None and not opened.spent:
        return opened.goes_to("responses.answer")
    return _page(_thanks(opened))


@bp.post("/<secret>/referral")
@personal
def referral(opened: Opened) -> Answer:
    """Make a link to recommend the shop by; it is made when somebody asks for it, and not before."""
    shown = _thanks(opened)
    if not shown.offers.referral or opened.customer_id is None:
        return opened.goes_to(THANKS)
    form = PressForm(opened.secret, opened.common)
    if not form.validate_on_submit():
        return _page(shown, referral=form), 422
    refer(db.session, opened.customer_id, shown.now)
    db.session.commit()
    return opened.goes_to(THANKS, _anchor="referral")


@bp.post("/<secret>/testimonial")
@personal
def testimonial(opened: Opened) -> Answer:
    """Allow that words are shown: only those, only so, and only with the box ticked."""
    shown = _thanks(opened)
    if not shown.offers.testimonial or shown.testimonial is not None or opened.invitation_id is None:
        return opened.goes_to(THANKS)
    form = _testimonial_form(shown)
    if not form.validate_on_submit():
        return _page(shown, testimonial=form), 422
    if still_stands(db.session, opened.invitation_id):
        allow(db.session, opened.invitation_id, form.agreed, shown.now)
    db.session.commit()
    return opened.goes_to(THANKS, _anchor="testimonial")


@bp.post("/<secret>/testimonial/withdraw")
@personal
def take_back(opened: Opened) -> Answer:
    """Take back that words are shown, whatever the answer has become since."""
    shown = _thanks(opened)
    if shown.testimonial is None or opened.invitation_id is None:
        return opened.goes_to(THANKS)
    form = PressForm(opened.secret, opened.common)
    if not form.validate_on_submit():
        return _page(shown, testimonial=form), 422
    withdraw(db.session, opened.invitation_id, shown.now)
    db.session.commit()
    return opened.goes_to(THANKS, _anchor="testimonial")


@bp.get("/<secret>/referral")
@personal
def back_to_referral(opened: Opened) -> Answer:
    """Where a form was refused that is reloaded, or come back to: to the page that it stands on."""
    return opened.goes_to(THANKS, _anchor="referral")


@bp.get("/<secret>/testimonial")
@bp.get("/<secret>/testimonial/withdraw")
@personal
def back_to_testimonial(opened: Opened) -> Answer:
    """The same for the words that may be shown."""
    return opened.goes_to(THANKS, _anchor="testimonial")


def _thanks(opened: Opened) -> Thanks:
    return gather(db.session, opened, current_settings(), clock.now())


def _testimonial_form(shown: Thanks) -> TestimonialForm:
    opened = shown.opened
    written = opened.response.comment if opened.response else ""
    return TestimonialForm(
        opened.secret, opened.common, shown.testimonial_words, written, signatures(opened.customer_name)
    )


def _page(shown: Thanks, **sent: Any) -> str:
    """The page, with a form that was sent and cannot be taken as it is in its place."""
    opened, kept = shown.opened, shown.testimonial
    asks = PressForm(opened.secret, opened.common) if kept else _testimonial_form(shown)
    forms = {"referral": PressForm(opened.secret, opened.common), "testimonial": asks, **sent}
    return opened.page(
        "respond/thanks.html",
        shown=shown,
        forms=forms,
        sent=bool(sent),
        reviews=current_settings().review_sites if shown.offers.reviews else (),
    )
