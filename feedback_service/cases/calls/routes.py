"""Whom to call this week, and what came of it."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.calls.forms import YES, CallForm
from feedback_service.cases.calls.log_call import CaseGoesOnError, log_call
from feedback_service.cases.calls.queries import CallLine, Cursor, call_lines, to_call, value_bands
from feedback_service.cases.calls.shown import QUIET_DAYS, USUAL_DAYS, call_line, days_words
from feedback_service.cases.desk.visible import may_see, visible_queues
from feedback_service.cases.mention import UnclearMentionError
from feedback_service.cases.models import Case
from feedback_service.config import current_settings
from feedback_service.customers.models import Customer, PersonKind
from feedback_service.database import LARGEST_ID, db
from feedback_service.formats import money

bp = Blueprint("calls", __name__)
Page = str | Response | tuple[str, int]


@bp.get("/")
def overview() -> Page:
    """The top spenders whom nobody has spoken to for so long."""
    days = request.args.get("days", type=int)
    days = days if days in QUIET_DAYS else USUAL_DAYS
    bands, wanted = value_bands(db.session), request.args.get("currency")
    band = next((each for each in bands if each.currency == wanted), bands[0] if bands else None)
    if band is None:
        return render_template("calls/list.html", currencies=[])
    after = Cursor.read(request.args.get("after"))
    lines, following = to_call(db.session, band, quiet_since=clock.now() - timedelta(days=days), after=after)
    queues = visible_queues(db.session, current_user)
    return render_template(
        "calls/list.html",
        spans=[
            (days_words(each).capitalize(), url_for(".overview", days=each, currency=band.currency), each == days)
            for each in QUIET_DAYS
        ],
        currencies=[
            (each.currency, url_for(".overview", days=days, currency=each.currency), each is band) for each in bands
        ],
        from_value=money(band.top_tenth_minor, band.currency),
        people=f"{band.customers:,}",
        quiet=days_words(days),
        calls=[_shown(line, queues) for line in lines],
        next_url=url_for(".overview", days=days, currency=band.currency, after=str(following)) if following else None,
        previous_url=url_for(".overview", days=days, currency=band.currency) if after else None,
    )


@bp.get("/<int:customer_id>")
def call(customer_id: int) -> Page:
    """What one should know before a call to somebody, and where to write down how it went."""
    line = _line(customer_id)
    if line.case is not None:
        return _to_case(line.case.id)
    return _page(line, CallForm(formdata=None))


@bp.post("/<int:customer_id>")
def log(customer_id: int) -> Page:
    """Write it down; the case that it opens is the caller's."""
    line, form = _line(customer_id), CallForm()
    if not form.validate_on_submit():
        return _page(line, form), 422
    settings = current_settings()
    try:
        case_id = log_call(
            db.session,
            customer_id,
            form.words.data or "",
            reached=form.reached.data == YES,
            uid=form.uid.data or "",
            user_id=current_user.id,
            key=settings.privacy_secret,
            zone=settings.zone,
            now=clock.now(),
        )
        db.session.commit()
    except CaseGoesOnError as error:
        db.session.rollback()
        return _to_case(error.case_id)
    except UnclearMentionError as unclear:
        db.session.rollback()
        form.words.errors = [str(unclear)]
        return _page(_line(customer_id), form), 422
    flash("Written down. Close the case when nothing is left to do.")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _line(customer_id: int) -> CallLine:
    customer = db.session.get(Customer, customer_id) if customer_id <= LARGEST_ID else None
    if customer is None or customer.kind is not PersonKind.CUSTOMER:
        abort(404)
    return call_lines(db.session, [customer])[0]


def _to_case(case_id: int) -> Response:
    """To what goes on with them already."""
    if not may_see(db.session, current_user, db.session.get_one(Case, case_id)):
        flash("Another team works on a case of this customer at present.", "error")
        return redirect(url_for(".overview"), 303)
    flash("This customer has an open case. Write the call down there.")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _page(line: CallLine, form: CallForm) -> str:
    return render_template(
        "calls/call.html",
        call=_shown(line, visible_queues(db.session, current_user)),
        form=form,
        asked_url=url_for("asking.person", customer_id=line.customer.id),
    )


def _shown(line: CallLine, queues: frozenset[int] | None) -> object:
    case_url = None
    if line.case is not None:
        visible = queues is None or line.case.queue_id in queues or line.case.owner_id == current_user.id
        case_url = url_for("cases.show", case_id=line.case.id) if visible else ""
    return call_line(
        line,
        call_url=url_for(".call", customer_id=line.customer.id),
        case_url=case_url,
        now=clock.now(),
        zone=current_settings().zone,
    )
