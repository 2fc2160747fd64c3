"""The demo's mailbox: every mail as HTML, as text and as source."""

from types import SimpleNamespace

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.demo.mailbox import Mailbox, OpenedMail
from feedback_service.formats import moment, when

bp = Blueprint("demo", __name__)

MAILBOX = "demo_mailbox"
"""Under this name the demo leaves its mailbox for these pages."""

VIEWS = {"html": "HTML", "text": "Text", "source": "Source"}

PAGE = 50  # mails on a page
# The mail keeps its own styles, but nothing in it may run, load or submit.
MAIL_POLICY = {"default-src": "'none'", "style-src": "'unsafe-inline'", "frame-ancestors": "'self'"}


def _mailbox() -> Mailbox:
    mailbox: Mailbox | None = current_app.extensions.get(MAILBOX)
    if mailbox is None:
        abort(404)
    return mailbox


def _mail(mail_id: str) -> OpenedMail:
    try:
        return _mailbox().read(mail_id)
    except KeyError:
        abort(404)


@bp.get("/")
def mails() -> str:
    """Every mail, newest first."""
    stored = _mailbox().mails()
    page = max(1, min(request.args.get("page", 1, type=int), len(stored) // PAGE + 1))
    first = (page - 1) * PAGE
    now, zone = clock.now(), current_settings().zone
    return render_template(
        "demo/mailbox.html",
        mails=[
            SimpleNamespace(
                url=url_for(".mail", mail_id=mail.id),
                to=mail.to,
                subject=mail.subject,
                when=when(mail.sent_at, now, zone),
            )
            for mail in stored[first : first + PAGE]
        ],
        next_url=url_for(".mails", page=page + 1) if first + PAGE < len(stored) else None,
        previous_url=url_for(".mails", page=page - 1) if page > 1 else None,
    )


@bp.get("/<mail_id>")
def mail(mail_id: str) -> str:
    """One mail; `view` is html, text or source."""
    opened = _mail(mail_id)
    view = request.args.get("view", "html")
    if view not in VIEWS:
        abort(404)
    return render_template(
        "demo/mail.html",
        mail=SimpleNamespace(
            subject=opened.subject,
            to=opened.to,
            sender=opened.sender,
            when=moment(opened.sent_at, current_settings().zone),
        ),
        mailbox_url=url_for(".mails"),
        tabs=[(label, url_for(".mail", mail_id=mail_id, view=name), name == view) for name, label in VIEWS.items()],
        frame_url=url_for(".mail_html", mail_id=mail_id) if view == "html" else None,
        text={"text": opened.text, "source": opened.source}.get(view),
    )


@bp.get("/<mail_id>/html")
def mail_html(mail_id: str) -> Response:
    """The HTML part alone, for the frame."""
    return Response(_mail(mail_id).html, mimetype="text/html")


# Read by Flask-Talisman: this one page may stand in a frame of ours.
mail_html.talisman_view_options = {"frame_options": "SAMEORIGIN", "content_security_policy": MAIL_POLICY}  # type: ignore[attr-defined]  # Talisman looks for it on the view
