"""What somebody was told: read by their own hand, so that nothing counts as read for having been on a screen."""

from types import SimpleNamespace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.cases.count_up_to import capped
from feedback_service.cases.form_parts import PressForm
from feedback_service.cases.notices.forms import ReadAllForm
from feedback_service.cases.notices.mark_read import mark_all_read, mark_read
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.notices.queries import MOST_COUNTED, names_in, notices_of, unread
from feedback_service.cases.notices.shown import sentence
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.formats import when

bp = Blueprint("notices", __name__)
Page = str | HttpResponse | tuple[str, int]


@bp.get("/")
def overview() -> Page:
    """What is new to them; and, in a view of its own, what they have read."""
    read = request.args.get("view") == "read"
    before = request.args.get("before", type=int)
    if before is not None and not 0 <= before <= LARGEST_ID:
        abort(404)
    found, more = notices_of(db.session, current_user.id, read=read, before=before)
    view = "read" if read else None
    new = unread(db.session, current_user.id)
    return render_template(
        "notices/list.html",
        views=[
            ("New", url_for(".overview"), not read, capped(new, MOST_COUNTED)),
            ("Read", url_for(".overview", view="read"), read),
        ],
        notices=_lines(found),
        read=read,
        up_to=found[0].id if found and not read else None,
        form=PressForm(formdata=None),
        next_url=url_for(".overview", view=view, before=found[-1].id) if more else None,
        previous_url=url_for(".overview", view=view) if before is not None else None,
    )


@bp.post("/<int:notice_id>/read")
def read_one(notice_id: int) -> Page:
    """One was read. A second press finds it so, and is nothing."""
    if notice_id > LARGEST_ID or not PressForm().validate_on_submit():
        abort(404)
    mark_read(db.session, current_user.id, notice_id, clock.now())
    db.session.commit()
    return redirect(url_for(".overview"), 303)


@bp.post("/read")
def read_all() -> Page:
    """All were read; what came meanwhile was not."""
    form = ReadAllForm()
    if not form.validate_on_submit():
        abort(404)
    count = mark_all_read(db.session, current_user.id, clock.now(), up_to=form.up_to.data or 0)
    db.session.commit()
    flash(f"{count} marked as read." if count else "They were read already.")
    return redirect(url_for(".overview"), 303)


def _lines(notices: list[Notice]) -> list[SimpleNamespace]:
    now, zone, names = clock.now(), current_settings().zone, names_in(db.session, notices)
    return [
        SimpleNamespace(
            id=notice.id,
            words=sentence(notice.kind, notice.case_id, notice.facts, names),
            when=when(notice.at, now, zone),
            url=_leads_to(notice),
        )
        for notice in notices
    ]


def _leads_to(notice: Notice) -> str:
    """The case, or the answer at the head of those that came before it."""
    if notice.case_id is not None:
        return url_for("cases.show", case_id=notice.case_id)
    if notice.response_id is not None:
        return url_for("inbox.answers_page", before=notice.response_id + 1, _anchor=f"answer-{notice.response_id}")
    return ""
