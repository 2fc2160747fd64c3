"""Mail as a manager sees it, and the page that ends all mail to a person."""

from collections import defaultdict
from datetime import datetime, time

from babel import Locale
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.delivery.forms import GoLiveForm, SettleForm, UnsubscribeForm
from feedback_service.delivery.models import MessageState
from feedback_service.delivery.queries import messages_by_state, messages_in_state
from feedback_service.delivery.settle import settle
from feedback_service.delivery.unsubscribe import unsubscribe_person
from feedback_service.formats import moment, when
from feedback_service.invitations.go_live import go_live_at, set_go_live
from feedback_service.invitations.links import invitation_behind
from feedback_service.invitations.models import DecisionState, LinkScope
from feedback_service.invitations.queries import decisions_by_outcome
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.questionnaires.common_words import common_words
from feedback_service.questionnaires.queries import survey_summaries

mail_bp = Blueprint("mail", __name__)
unsubscribe_bp = Blueprint("unsubscribe", __name__)
Page = str | Response | tuple[str, int]

STATE_WORDS = {
    MessageState.PENDING: "Waiting",
    MessageState.LEASED: "Being sent",
    MessageState.HANDING: "Being handed over",
    MessageState.SENT: "Sent",
    MessageState.UNKNOWN: "Nobody knows",
    MessageState.FAILED: "Failed",
    MessageState.CANCELLED: "Not sent after all",
}


@mail_bp.get("/")
def overview() -> Page:
    """Whether sending is on, who was asked and why not, and what waits for a person."""
    return _page(GoLiveForm(formdata=None))


def _page(form: GoLiveForm) -> str:
    now, zone = clock.now(), current_settings().zone
    go_live = go_live_at(db.session)
    return render_template(
        "mail/overview.html",
        go_live=moment(go_live, zone) if go_live else None,
        go_live_form=form,
        settle_form=SettleForm(formdata=None),
        states=[(STATE_WORDS[state], number) for state, number in messages_by_state(db.session).items()],
        decisions=_decisions(),
        troubled=[
            (
                STATE_WORDS[state],
                state == MessageState.UNKNOWN,
                [(line, when(line.created_at, now, zone)) for line in messages_in_state(db.session, state)],
            )
            for state in (MessageState.UNKNOWN, MessageState.FAILED)
        ],
    )


def _decisions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Per survey: its title, and how many orders came to which outcome."""
    outcomes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, state, reason, number in decisions_by_outcome(db.session):
        outcomes[key].append((_outcome(state, reason), f"{number:,}"))
    return [(survey.title, outcomes[survey.key]) for survey in survey_summaries(db.session) if survey.key in outcomes]


def _outcome(state: DecisionState, reason: SkipReason | None) -> str:
    if reason is not None:
        return f"Not asked: {reason.words}"
    return "Asked" if state == DecisionState.INVITED else "Waits for its time"


@mail_bp.post("/go-live")
def go_live() -> Page:
    """Start sending."""
    form = GoLiveForm()
    if not form.validate_on_submit():
        return _page(form), 422
    zone = current_settings().zone
    at = datetime.combine(form.first_day.data or clock.now().date(), time.min, zone)
    set_go_live(db.session, at, by=current_user.email, now=clock.now())
    db.session.commit()
    flash(f"Orders placed from {moment(at, zone)} on are asked about.")
    return redirect(url_for(".overview"), 303)


@mail_bp.post("/<int:message_id>/<any(arrived, lost):fate>")
def settle_mail(message_id: int, fate: str) -> Page:
    """Say what became of a mail of which nobody knew."""
    if not SettleForm().validate_on_submit() or message_id > LARGEST_ID:
        abort(400)
    settled = settle(db.session, message_id, arrived=fate == "arrived", by=current_user.name, now=clock.now())
    db.session.commit()
    if settled:
        flash("Kept as sent." if fate == "arrived" else "It is sent again.")
    else:
        flash("Somebody settled this mail before you. Nothing was changed.", "error")
    return redirect(url_for(".overview"), 303)


@unsubscribe_bp.route("/<secret>", methods=["GET", "POST"])
def stop(secret: str) -> Page:
    """End all survey mail: a GET shows a button, since scanners open links; a POST ends it at once (RFC 8058)."""
    invitation = invitation_behind(db.session, secret, LinkScope.UNSUBSCRIBE)
    shop = current_settings().shop_name
    spoken = request.accept_languages.values()
    wanted = [invitation.locale] if invitation else [*spoken, current_settings().shop_locale]
    locale, words = common_words(*wanted)
    context = {
        "common": words,
        "locale": locale,
        "direction": Locale.parse(locale, sep="-").text_direction,
        "shop_name": shop,
    }
    if invitation is None:
        notice = words.unknown_link
        return render_template("respond/closed.html", heading=notice.heading, text=notice.text, **context), 404
    if request.method == "POST":
        unsubscribe_person(db.session, invitation, clock.now())
        db.session.commit()
    return render_template(
        "respond/unsubscribe.html", done=request.method == "POST", form=UnsubscribeForm(formdata=None), **context
    )
