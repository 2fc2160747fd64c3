"""Where a friend's link leads, and what managers see of referrals and of words that may be shown."""

from collections.abc import Iterator
from typing import Any

from babel import Locale
from flask import (
    Blueprint,
    Response,
    after_this_request,
    redirect,
    render_template,
    request,
    stream_with_context,
)
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.advocacy.codes import as_kept, is_code, shop_link
from feedback_service.advocacy.export import lines_of_referrals, lines_of_testimonials
from feedback_service.advocacy.queries import (
    consent_counts,
    number_of_referrals,
    referral_counts,
    referral_with,
    standing_testimonials,
)
from feedback_service.advocacy.record_clicks import MOST_A_DAY, record_click
from feedback_service.advocacy.shown import WHERE, worth_words
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.formats import moment, when
from feedback_service.questionnaires.common_words import CommonWords, common_words

bp = Blueprint("advocacy", __name__)
referrals_bp = Blueprint("referrals", __name__)

Page = str | HttpResponse | tuple[str, int]
SHOWN = 50  # referrals, and testimonials, on the managers' page; the files have them all


@referrals_bp.get("/<code>")
def go(code: str) -> Page:
    """Send a friend on to the shop, with the code; a code that is unknown does not keep them from it."""
    code = as_kept(code)
    referral_id = referral_with(db.session, code) if is_code(code) else None
    if referral_id is not None:
        _record_when_done(referral_id)
    if shop_url := current_settings().shop_url:
        return redirect(shop_link(shop_url, code) if referral_id is not None else shop_url, 302)
    locale, common = common_words(*request.accept_languages.values(), current_settings().shop_locale)
    if referral_id is None:
        return _arrived(locale, common, notice=common.referral.unknown, code=""), 404
    return _arrived(locale, common, notice=common.referral.arrived, code=code)


def _arrived(locale: str, common: CommonWords, **context: Any) -> str:
    return render_template("advocacy/arrived.html", **_frame(locale, common), **context)


def _frame(locale: str, common: CommonWords) -> dict[str, object]:
    direction = Locale.parse(locale, sep="-").text_direction
    return {"common": common, "locale": locale, "direction": direction, "shop_name": current_settings().shop_name}


def _record_when_done(referral_id: int) -> None:
    """Keep the click as evidence, once the answer is made and no longer needs its connection."""

    @after_this_request
    def record(response: HttpResponse) -> HttpResponse:
        db.session.rollback()
        record_click(db.engine, referral_id, method=request.method, agent=request.user_agent.string, now=clock.now())
        return response


@bp.get("/")
def overview() -> Page:
    """Who recommends the shop, and which words may be shown."""
    now, zone = clock.now(), current_settings().zone
    standing, withdrawn = consent_counts(db.session)
    return render_template(
        "advocacy/overview.html",
        referrals=[
            (count, worth_words(count.worth), when(count.created_at, now, zone))
            for count in referral_counts(db.session, SHOWN)
        ],
        known=number_of_referrals(db.session),
        testimonials=[(shown, moment(shown.consented_at, zone)) for shown in standing_testimonials(db.session, SHOWN)],
        standing=standing,
        withdrawn=withdrawn,
        where=WHERE,
        offered=bool(current_settings().shop_url),
        most=MOST_A_DAY,
    )


@bp.get("/referrals.csv")
def referrals_file() -> Page:
    """Every referral, for a spreadsheet."""
    return _file("referrals.csv", lines_of_referrals(referral_counts(db.session), current_settings().zone))


@bp.get("/testimonials.csv")
def testimonials_file() -> Page:
    """All words that may be shown at present, for a spreadsheet."""
    return _file("testimonials.csv", lines_of_testimonials(standing_testimonials(db.session), current_settings().zone))


def _file(name: str, lines: Iterator[str]) -> Response:
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
