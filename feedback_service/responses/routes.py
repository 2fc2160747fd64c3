"""The public answering page: GET preselects and changes nothing, a press confirms."""

from datetime import datetime

from flask import Blueprint, request

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.invitations.models import LinkScope
from feedback_service.invitations.record_visits import noted
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.invitations.visit_book import visit_book
from feedback_service.responses.anonymous import keep_anonymous
from feedback_service.responses.answer_page import Trouble, answer_page
from feedback_service.responses.collect import Outcome, keep_press
from feedback_service.responses.first_press import Press
from feedback_service.responses.forms import score_in
from feedback_service.responses.nonce import Nonce
from feedback_service.responses.opening import Answer, Opened, personal, said
from feedback_service.responses.press import press_suspicion, pressed
from feedback_service.responses.pulse_form import PulseForm
from feedback_service.responses.rules.presses import PressSuspicion

bp = Blueprint("responses", __name__)


@bp.route("/<secret>", methods=["GET", "POST"])
@personal
def answer(opened: Opened) -> Answer:
    """Choose a score, or change it."""
    if request.method != "POST":
        return answer_page(opened, _preselected(opened), questions=_questions(opened))
    now, score = clock.now(), score_in(request.form.get("score"), opened.survey.structure.scale)
    nonce = opened.read_nonce(request.form.get("csrf_token"))
    if nonce is None:
        _note_no_nonce(opened, now)
    if nonce is None or not nonce.fresh(now):
        return _again(opened, score, Trouble(notice=opened.common.errors.page_too_old))
    if score is None:
        return _again(opened, None, Trouble(error=opened.common.errors.choose_score))
    keep = _keep_pulse if opened.survey.structure.anonymous else _keep
    return keep(opened, score, _suspicion(opened, nonce, now), now)


def _preselected(opened: Opened) -> int | None:
    given = opened.response.latest_score if opened.response else None
    tapped = score_in(request.args.get("score"), opened.survey.structure.scale)
    return given if tapped is None else tapped


def _questions(opened: Opened) -> PulseForm | None:
    """What an anonymous survey asks besides the score: all of it on its one page."""
    if not opened.survey.structure.anonymous:
        return None
    return PulseForm(opened.survey.structure.follow_ups, opened.wording, opened.common, opened.facts)


def _again(opened: Opened, score: int | None, trouble: Trouble, questions: PulseForm | None = None) -> Answer:
    """The form as it was sent, with a fresh nonce."""
    if score is None and opened.response is not None:
        score = opened.response.latest_score
    return answer_page(opened, score, trouble, questions or _questions(opened)), 422


def _note_no_nonce(opened: Opened, now: datetime) -> None:
    """Keep as evidence that something sent the form that had not been given the page."""
    if opened.invitation_id is not None and not opened.survey.structure.anonymous:
        seen = noted(
            opened.invitation_id,
            LinkScope.ANSWER,
            method=request.method,
            agent=request.user_agent.string,
            now=now,
            suspected=VisitSuspicion.NO_NONCE,
        )
        visit_book().note(seen)


def _suspicion(opened: Opened, nonce: Nonce, now: datetime) -> PressSuspicion | None:
    act = pressed(nonce, agent=request.user_agent.string, network=opened.network, now=now)
    return press_suspicion(db.looking, visit_book(), act, opened.invitation_id)


def _press_of(opened: Opened, score: int, suspected: PressSuspicion | None) -> Press:
    return Press(
        survey_key=opened.survey.key,
        version_id=opened.version_id,
        locale=opened.locale,
        score=score,
        channel=opened.channel,
        invitation_id=opened.invitation_id,
        customer_id=opened.customer_id,
        order_id=opened.order_id,
        collector_id=opened.collector_id,
        uid=None if opened.invitation_id is not None else opened.uid,
        suspected=suspected,
    )


def _keep(opened: Opened, score: int, suspected: PressSuspicion | None, now: datetime) -> Answer:
    press, zone = _press_of(opened, score, suspected), current_settings().zone
    kept = keep_press(db.session, press, window=opened.window, zone=zone, now=now)
    db.session.commit()
    if kept.outcome is Outcome.ONCE_MORE:
        return _again(opened, score, Trouble(notice=opened.common.answering.once_more))
    if kept.outcome is Outcome.WITHDRAWN:
        return said(opened.common.answering.withdrawn, 410, opened.locale, opened.common)
    if kept.outcome is Outcome.STANDS:
        notice = opened.common.too_late
        return opened.page("respond/closed.html", heading=notice.heading, text=notice.text, more=True)
    return opened.goes_to("follow_ups.more")


def _keep_pulse(opened: Opened, score: int, suspected: PressSuspicion | None, now: datetime) -> Answer:
    """Score and answers at once. Nobody could find the answer again to confirm it, so a doubt is settled beforehand."""
    questions = _questions(opened)
    if questions is None or opened.asked_at is None:
        return opened.goes_to("responses.answer")
    if not questions.validate():
        return _again(opened, score, Trouble(), questions)
    if suspected is PressSuspicion.TOO_FAST or (suspected is not None and not questions.asked_once_more):
        questions.ask_once_more()
        return _again(opened, score, Trouble(notice=opened.common.answering.once_more), questions)
    kept = keep_anonymous(
        db.session,
        _press_of(opened, score, None),
        questions.said(),
        event_key=opened.event_key,
        asked_at=opened.asked_at,
        zone=current_settings().zone,
        now=now,
    )
    db.session.commit()
    if not kept:
        return said(opened.common.answering.spent, 200, opened.locale, opened.common)
    return opened.goes_to("after.thanks")
