"""The questions after the score, page by page; each page is kept as it is sent."""

from flask import Blueprint

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.questionnaires.words import Band
from feedback_service.responses.follow_ups.forms import FollowUpForm
from feedback_service.responses.follow_ups.keep import keep_page
from feedback_service.responses.follow_ups.parts import Asking, asking_in
from feedback_service.responses.follow_ups.queries import answers_to_follow_ups
from feedback_service.responses.opening import Answer, Answered, Opened, personal
from feedback_service.responses.rules.applicable import Pages, page_from, pages_for

bp = Blueprint("follow_ups", __name__)


@bp.route("/<secret>/more", defaults={"number": 1}, methods=["GET", "POST"])
@bp.route("/<secret>/more/<int:number>", methods=["GET", "POST"])
@personal
def more(opened: Opened, number: int) -> Answer:
    """Say why, once the score is safe. What is good on a page with a fault is kept as well."""
    answered, band = opened.response, opened.band
    if answered is None or band is None:
        return opened.goes_to("responses.answer")
    structure = opened.survey.structure
    with db.looking.connect() as connection:
        kept = answers_to_follow_ups(connection, answered)
    pages = pages_for(structure, band, kept)
    if page_from(pages, number) != number:
        return _onward(opened, pages, number)
    asking = _asking(opened, band)
    form = FollowUpForm(opened.secret, opened.common, pages[number - 1], asking, kept, answered.revision)
    if not form.is_submitted():
        return _page(opened, answered, form)
    good = form.validate()
    if form.is_ours:
        now_kept = keep_page(
            db.session,
            answered.id,
            form.said(),
            seen=form.showed,
            window=opened.window,
            zone=current_settings().zone,
            now=clock.now(),
        )
        db.session.commit()
        if good:
            return _onward(opened, pages_for(structure, band, now_kept.answers), number + 1)
        form.shows(now_kept.revision)
    return _page(opened, answered, form), 422


def _asking(opened: Opened, band: Band) -> Asking:
    """Only whom we know can be written to."""
    has_order, by_mail = opened.order_id is not None, opened.customer_id is not None
    return asking_in(opened.wording, opened.common, opened.facts, band=band, has_order=has_order, by_mail=by_mail)


def _onward(opened: Opened, pages: Pages, number: int) -> Answer:
    """To the next page with a question on it, or to the last words."""
    following = page_from(pages, number)
    return opened.goes_to("after.thanks") if following is None else opened.goes_to("follow_ups.more", number=following)


def _page(opened: Opened, answered: Answered, form: FollowUpForm) -> str:
    return opened.page(
        "respond/more.html", form=form, score=str(answered.latest_score), skip=opened.url("after.thanks")
    )
