"""The public answering pages: GET preselects and changes nothing, a press confirms."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from types import SimpleNamespace
from typing import Any, Concatenate, ParamSpec

from babel import Locale
from flask import Blueprint, after_this_request, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.invitations.links import invitation_behind, token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.invitations.record_visits import record_visit
from feedback_service.questionnaires.common_words import CommonWords, Notice, common_words
from feedback_service.questionnaires.definition import SurveyDefinition, Wording
from feedback_service.questionnaires.fill import filled
from feedback_service.questionnaires.queries import survey_version
from feedback_service.responses.collect import add_words, confirm_score
from feedback_service.responses.forms import ScoreForm, WordsForm
from feedback_service.responses.models import Response
from feedback_service.responses.queries import response_to

bp = Blueprint("responses", __name__)
MAILED = "responses.answer"
"""The page that a mail links to; the others follow a press, which is more than a visit."""

P = ParamSpec("P")
Answer = str | HttpResponse | tuple[str, int]


@dataclass(frozen=True)
class Opened:
    """A personal link that works, with all its pages need."""

    secret: str
    invitation: Invitation
    response: Response | None
    survey: SurveyDefinition
    wording: Wording
    common: CommonWords

    @property
    def window(self) -> timedelta:
        """How long the score may be corrected."""
        return timedelta(hours=self.survey.rules.asking.correction_hours)

    @property
    def unsubscribe_secret(self) -> str:
        """The other link of the same mail."""
        keys, invitation = current_settings().link_key_ring, self.invitation
        return token(keys, LinkScope.UNSUBSCRIBE, invitation.uid, invitation.link_generation)

    def page(self, template: str, **context: Any) -> str:
        """A page in the language of the mail."""
        return render_template(
            template,
            wording=self.wording,
            common=self.common,
            locale=self.invitation.locale,
            direction=Locale.parse(self.invitation.locale, sep="-").text_direction,
            shop_name=current_settings().shop_name,
            links=SimpleNamespace(
                change=url_for("responses.answer", secret=self.secret),
                words=url_for("responses.more", secret=self.secret),
                unsubscribe=url_for("unsubscribe.stop", secret=self.unsubscribe_secret),
                why=url_for("unsubscribe.why", secret=self.unsubscribe_secret),
            ),
            **context,
        )

    def goes_to(self, endpoint: str) -> HttpResponse:
        """A redirect after a form, so that reloading sends nothing twice."""
        return redirect(url_for(endpoint, secret=self.secret), 303)


def _notice(notice: Notice, status: int, locale: str, common: CommonWords) -> tuple[str, int]:
    page = render_template(
        "respond/closed.html",
        heading=notice.heading,
        text=notice.text,
        common=common,
        locale=locale,
        direction=Locale.parse(locale, sep="-").text_direction,
        shop_name=current_settings().shop_name,
    )
    return page, status


def personal(view: Callable[Concatenate[Opened, P], Answer]) -> Callable[..., Answer]:
    """Open the link first; every wrong one gets the same answer."""

    @wraps(view)
    def opened(secret: str, *args: P.args, **kwargs: P.kwargs) -> Answer:
        invitation = invitation_behind(db.session, secret, LinkScope.ANSWER)
        if invitation is None:
            locale, common = common_words(*request.accept_languages.values(), current_settings().shop_locale)
            return _notice(common.unknown_link, 404, locale, common)
        if request.endpoint == MAILED:
            _record_when_done(invitation.id)
        locale, common = common_words(invitation.locale)
        if clock.now() >= invitation.expires_at or invitation.cancelled_at is not None:
            return _notice(common.expired, 410, locale, common)
        return view(_opened(secret, invitation, common), *args, **kwargs)

    return opened


def _record_when_done(invitation_id: int) -> None:
    """Keep the visit as evidence, once the page is made and no longer needs its connection."""

    @after_this_request
    def record(response: HttpResponse) -> HttpResponse:
        db.session.rollback()
        record_visit(
            db.engine,
            invitation_id,
            LinkScope.ANSWER,
            method=request.method,
            agent=request.user_agent.string,
            now=clock.now(),
        )
        return response


def _opened(secret: str, invitation: Invitation, common: CommonWords) -> Opened:
    survey = survey_version(db.session, invitation.version_id).definition
    response = response_to(db.session, invitation)
    facts = {
        "name": invitation.customer.name,
        "shop": current_settings().shop_name,
        "order": invitation.order.external_id if invitation.order else "",
        "score": str(response.score) if response else "",
    }
    return Opened(secret, invitation, response, survey, filled(survey.wordings[invitation.locale], facts), common)


@bp.route("/<secret>", methods=["GET", "POST"])
@personal
def answer(opened: Opened) -> Answer:
    """Choose a score, or change it."""
    given = opened.response.score if opened.response else None
    tapped = request.args.get("score", default=given, type=int)
    form = ScoreForm(opened.secret, opened.common, opened.survey.structure.scale, tapped)
    if not form.validate_on_submit():
        return opened.page(
            "respond/answer.html", form=form, why=opened.wording.page.why, answered=given
        ), 422 if form.is_submitted() else 200
    kept = confirm_score(
        db.session,
        opened.invitation,
        int(form.score.data),
        window=opened.window,
        zone=current_settings().zone,
        now=clock.now(),
    )
    db.session.commit()
    if kept.score_stands:
        notice = opened.common.too_late
        return opened.page("respond/closed.html", heading=notice.heading, text=notice.text, more=True)
    return opened.goes_to("responses.more")


@bp.route("/<secret>/more", methods=["GET", "POST"])
@personal
def more(opened: Opened) -> Answer:
    """Say why, once the score is safe."""
    if opened.response is None:
        return opened.goes_to("responses.answer")
    if not any(vars(_asks(opened.survey)).values()):
        return opened.goes_to("responses.thanks")
    form = WordsForm(
        opened.secret,
        opened.common,
        opened.wording.more.question,
        opened.wording.more.contact,
        opened.response.comment,
        opened.response.wants_contact,
    )
    if not form.validate_on_submit():
        page = opened.page(
            "respond/more.html", form=form, score=str(opened.response.latest_score), asks=_asks(opened.survey)
        )
        return page, 422 if form.is_submitted() else 200
    add_words(
        db.session,
        opened.invitation,
        comment=form.words,
        wants_contact=form.wants_contact.data,
        window=opened.window,
        now=clock.now(),
    )
    db.session.commit()
    return opened.goes_to("responses.thanks")


def _asks(survey: SurveyDefinition) -> SimpleNamespace:
    """Which words this survey asks for."""
    return SimpleNamespace(text=survey.structure.asks("text"), contact_wish=survey.structure.asks("contact_wish"))


@bp.get("/<secret>/thanks")
@personal
def thanks(opened: Opened) -> Answer:
    """The last page."""
    if opened.response is None:
        return opened.goes_to("responses.answer")
    return opened.page("respond/thanks.html")
