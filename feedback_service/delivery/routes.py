"""Mail as a manager sees it."""

from collections import defaultdict
from datetime import datetime, time
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.customers.addresses import address_hash
from feedback_service.database import LARGEST_ID, db
from feedback_service.delivery.address_health import (
    REASONS,
    Reinstated,
    bounces_by_month,
    csv_lines,
    reach,
    reinstate_for_staff,
    to_correct,
)
from feedback_service.delivery.address_health import SHOWN as SHOWN_ADDRESSES
from feedback_service.delivery.forms import (
    GoLiveForm,
    PauseForm,
    ReinstateForm,
    SettleForm,
    TestMailForm,
)
from feedback_service.delivery.funnel_shown import shown_funnel
from feedback_service.delivery.health import alarms_now
from feedback_service.delivery.models import MessagePurpose, MessageState
from feedback_service.delivery.preview import preview, send_test
from feedback_service.delivery.queries import messages_by_state, messages_in_state
from feedback_service.delivery.rules.alarms import Alarm
from feedback_service.delivery.rules.cohorts import Span
from feedback_service.delivery.settle import settle
from feedback_service.delivery.smtp import MailRefused, OutcomeUnknown
from feedback_service.formats import language_name, moment, when
from feedback_service.invitations.go_live import go_live as go_live_row
from feedback_service.invitations.go_live import set_go_live, set_paused
from feedback_service.invitations.models import DecisionState
from feedback_service.invitations.queries import decisions_by_outcome, opt_outs_are_settled
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys, survey_summaries

mail_bp = Blueprint("mail", __name__)
test_mail_bp = Blueprint("test_mail", __name__)
Page = str | Response | tuple[str, int]

HIGHEST_SCORE = 10
SHOWN = {
    MessageState.UNKNOWN: 1000,
    MessageState.FAILED: 100,
}  # each unknown mail waits for a person, so none is cut off
# A mail keeps its own styles, but nothing in it may run, load or submit, not even when it is opened by itself.
MAIL_POLICY = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "sandbox": "allow-popups allow-popups-to-escape-sandbox",
}

REINSTATED = {
    Reinstated.DONE: "Mail goes to this address again.",
    Reinstated.NOT_SUPPRESSED: "Nothing was held against this address. Nothing was changed.",
    Reinstated.COMPLAINED: "This person called a mail spam. Only they can take that back, so nothing was changed.",
}

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
    form = GoLiveForm(formdata=None)
    form.ask_about_opt_outs(not opt_outs_are_settled(db.session))
    return _page(form)


def _page(form: GoLiveForm) -> str:
    now, zone = clock.now(), current_settings().zone
    row = go_live_row(db.session)
    return render_template(
        "mail/overview.html",
        go_live=moment(row.at, zone) if row else None,
        paused_since=when(row.paused_at, now, zone) if row and row.paused_at else None,
        go_live_form=form,
        pause_form=PauseForm(formdata=None),
        alarms=_alarms(),
        settle_form=SettleForm(formdata=None),
        previews=[
            (
                f"{survey.definition.rules.title}, {language_name(locale)}",
                url_for(".preview_mail", survey_key=key, locale=locale),
            )
            for key, survey in published_surveys(db.session).items()
            for locale in survey.definition.wordings
        ],
        states=[(STATE_WORDS[state], number) for state, number in messages_by_state(db.session).items()],
        decisions=_decisions(),
        troubled=[
            (
                STATE_WORDS[state],
                state == MessageState.UNKNOWN,
                [
                    (line, when(line.created_at, now, zone))
                    for line in messages_in_state(db.session, state, SHOWN[state])
                ],
            )
            for state in (MessageState.UNKNOWN, MessageState.FAILED)
        ],
    )


def _alarms() -> list[Alarm]:
    settings = current_settings()
    return alarms_now(db.session, clock.now(), hours=settings.alarm_hours, answer_hours=settings.alarm_answer_hours)


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


@mail_bp.get("/funnel")
def funnel() -> Page:
    """How far events came in the last half year, of one survey (`survey`) or all, `by` week or month of sending."""
    titles = {survey.key: survey.title for survey in survey_summaries(db.session)}
    key, by = request.args.get("survey"), request.args.get("by", Span.WEEK)
    if (key is not None and key not in titles) or by not in list(Span):
        abort(404)
    span = Span(by)
    return render_template(
        "mail/funnel.html",
        surveys=[("All surveys", url_for(".funnel", by=span), key is None)]
        + [(title, url_for(".funnel", survey=other, by=span), other == key) for other, title in titles.items()],
        spans=[(f"By {other}", url_for(".funnel", survey=key, by=other), other == span) for other in Span],
        by=span,
        shown=shown_funnel(db.session, span, key, zone=current_settings().zone, now=clock.now()),
    )


@mail_bp.post("/go-live")
def go_live() -> Page:
    """Start sending."""
    form = GoLiveForm()
    form.ask_about_opt_outs(not opt_outs_are_settled(db.session))
    if not form.validate_on_submit():
        return _page(form), 422
    zone = current_settings().zone
    at = datetime.combine(form.first_day.data or clock.now().date(), time.min, zone)
    set_go_live(db.session, at, by=current_user.email, now=clock.now(), opt_outs_settled=True)
    db.session.commit()
    flash(f"Orders placed from {moment(at, zone)} on are asked about.")
    return redirect(url_for(".overview"), 303)


@mail_bp.post("/pause")
def pause() -> Page:
    """Ask and mail nobody for a while."""
    return _set_paused(paused=True)


@mail_bp.post("/go-on")
def go_on() -> Page:
    """End the pause."""
    return _set_paused(paused=False)


def _set_paused(*, paused: bool) -> Page:
    if not PauseForm().validate_on_submit():
        abort(400)
    live = set_paused(db.session, paused, now=clock.now())
    db.session.commit()
    if not live:
        flash("Sending has not started yet. Choose a first day.", "error")
    else:
        flash("Sending is paused." if paused else "Sending goes on.")
    return redirect(url_for(".overview"), 303)


@mail_bp.get("/addresses")
def addresses() -> Page:
    """How good the addresses are, and which to correct."""
    return _addresses_page(ReinstateForm(formdata=None))


def _addresses_page(form: ReinstateForm) -> str:
    now, zone = clock.now(), current_settings().zone
    lines = [(line, when(line.since, now, zone)) for line in to_correct(db.session, SHOWN_ADDRESSES)]
    return render_template(
        "mail/addresses.html",
        reach=reach(db.session, now),
        reasons=REASONS,
        bounces=bounces_by_month(db.session, now, zone),
        lines=lines,
        form=form,
    )


@mail_bp.get("/addresses.csv")
def addresses_file() -> Page:
    """Every address to correct, for a spreadsheet."""
    lines = csv_lines(to_correct(db.session), current_settings().zone)
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=addresses-to-correct.csv"
    return response


@mail_bp.post("/addresses/reinstate")
def reinstate_address() -> Page:
    """Say that mail arrives at an address again."""
    form = ReinstateForm()
    if not form.validate_on_submit():
        return _addresses_page(form), 422
    place = address_hash(current_settings().privacy_secret, str(form.email.data))
    done = reinstate_for_staff(db.session, place, clock.now(), by=current_user.email)
    db.session.commit()
    flash(REINSTATED[done], "message" if done is Reinstated.DONE else "error")
    return redirect(url_for(".addresses"), 303)


@mail_bp.get("/preview/<survey_key>/<locale>")
def preview_mail(survey_key: str, locale: str) -> Page:
    """A survey's mail as its reader will see it; `mail` is a message's purpose, `view` is html or text."""
    survey, purpose, view = _previewed(survey_key, locale), _purpose(), request.args.get("view", "html")
    address: dict[str, Any] = {"survey_key": survey_key, "locale": locale, "mail": purpose.value}
    return render_template(
        "mail/preview.html",
        title=survey.rules.title,
        mail=preview(survey, locale, current_settings(), clock.now(), purpose=purpose),
        is_text=view == "text",
        mails=[
            (other.words, url_for(".preview_mail", **{**address, "mail": other.value}), other is purpose)
            for other in MessagePurpose
        ],
        locales=[
            (language_name(other), url_for(".preview_mail", **{**address, "locale": other}), other == locale)
            for other in survey.wordings
        ],
        views=[
            (label, url_for(".preview_mail", **address, view=name), name == ("text" if view == "text" else "html"))
            for name, label in (("html", "HTML"), ("text", "Text"))
        ],
        frame_url=url_for(".preview_html", **address),
        send_url=url_for(".send_test_mail", **address),
        test_form=TestMailForm(formdata=None),
        own_address=current_user.email,
    )


@mail_bp.get("/preview/<survey_key>/<locale>/html")
def preview_html(survey_key: str, locale: str) -> Page:
    """The HTML part alone, for the frame."""
    survey = _previewed(survey_key, locale)
    mail = preview(survey, locale, current_settings(), clock.now(), purpose=_purpose())
    return Response(mail.html, mimetype="text/html")


# Read by Flask-Talisman: this one page may stand in a frame of ours.
preview_html.talisman_view_options = {"frame_options": "SAMEORIGIN", "content_security_policy": MAIL_POLICY}  # type: ignore[attr-defined]  # Talisman looks for it on the view


@mail_bp.post("/preview/<survey_key>/<locale>/send")
def send_test_mail(survey_key: str, locale: str) -> Page:
    """Send a test to whoever is signed in."""
    if not TestMailForm().validate_on_submit():
        abort(400)
    survey, purpose, to = _previewed(survey_key, locale), _purpose(), current_user.email
    db.session.rollback()  # no transaction stays open while a mail server is spoken to
    try:
        send_test(survey, locale, current_settings(), to, clock.now(), purpose=purpose)
    except (MailRefused, OutcomeUnknown) as refusal:
        flash(str(refusal), "error")
    else:
        flash(f"A test is on its way to {to}. Its links lead to a notice and keep nothing.")
    return redirect(url_for(".preview_mail", survey_key=survey_key, locale=locale, mail=purpose.value), 303)


def _previewed(survey_key: str, locale: str) -> SurveyDefinition:
    survey = published_surveys(db.session).get(survey_key)
    if survey is None or locale not in survey.definition.wordings:
        abort(404)
    return survey.definition


def _purpose() -> MessagePurpose:
    asked = request.args.get("mail")
    return MessagePurpose(asked) if asked in list(MessagePurpose) else MessagePurpose.INVITATION


@test_mail_bp.get("/r/<secret>")
@test_mail_bp.get("/u/<secret>")
@test_mail_bp.get("/u/<secret>/why")
@test_mail_bp.get("/s/<secret>")
@test_mail_bp.get("/w/<secret>")
def test_link(secret: str) -> Page:
    """Where the links of a test lead: nothing is looked up, and nothing kept."""
    score = request.args.get("score", type=int)
    chosen = f" with {score} already chosen" if score is not None and 0 <= score <= HIGHEST_SCORE else ""
    opens = {
        "r": f"the survey opens here{chosen}",
        "u": "this stops the mails",
        "s": "the page opens that says what became of the answer",
        "w": "the page opens that erases the answer",
    }[request.path.split("/")[2]]
    return render_template(
        "respond/closed.html",
        heading="This mail was a test.",
        text=f"The link works. For a customer {opens}. Nothing was kept.",
    )


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
