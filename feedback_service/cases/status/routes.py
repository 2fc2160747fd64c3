"""What happened to my feedback: public, by a link that gets forwarded, so it shows nothing personal."""

from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.advocacy.queries import testimonial_of
from feedback_service.advocacy.shown import own_words
from feedback_service.advocacy.testimonials import withdraw
from feedback_service.cases.find_case import answer_behind
from feedback_service.cases.status.forms import Act, SayForm
from feedback_service.cases.status.queries import Feedback, feedback_behind
from feedback_service.cases.status.say import CaseMovedOnError, accept, add_to_case, add_without_case, dispute
from feedback_service.cases.status.shown import notice_instead, status_page
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.delivery.preferences.shown import Tongue
from feedback_service.invitations.events import zone_of
from feedback_service.invitations.links import invitation_behind
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.common_words import CommonWords, common_words
from feedback_service.responses.forms import PressForm
from feedback_service.sentiment.reader import files_of

bp = Blueprint("status", __name__)
Page = str | HttpResponse | tuple[str, int]


@dataclass(frozen=True)
class _Opened:
    """A link that works: it lives on when answering has ended, and after whatever was said."""

    secret: str
    invitation: Invitation
    common: CommonWords
    tongue: Tongue

    def frame(self) -> dict[str, object]:
        """What every page of a customer's needs."""
        locale = str(self.tongue.locale).replace("_", "-")
        return {"common": self.common, "locale": locale, "direction": self.tongue.locale.text_direction}

    def page(self, feedback: Feedback, form: SayForm | None = None) -> str:
        """Where it stands, and what can be said to it; or why there is nothing to show."""
        words = self.common.status
        instead = notice_instead(words, self.tongue, feedback)
        if instead is not None:
            return render_template("respond/closed.html", heading=instead[0], text=instead[1], **self.frame())
        return render_template(
            "status/show.html",
            page=status_page(words, self.tongue, feedback, clock.now()),
            form=form or SayForm(self.secret, self.common),
            here=url_for(".show", secret=self.secret),
            withdraw=url_for("withdraw.ask", secret=self.secret) if feedback.answered else "",
            **self._testimonial(),
            **self.frame(),
        )

    def own_words(self, form: PressForm) -> str:
        """What may be shown, but for the words themselves, with the button that takes it back."""
        kept = testimonial_of(db.session, self.invitation.id)
        return render_template(
            "status/own_words.html",
            words=own_words(self.common.testimonial, self.tongue, kept),
            kept=kept,
            form=form,
            back=url_for(".show", secret=self.secret),
            **self.frame(),
        )

    def _testimonial(self) -> dict[str, str]:
        """The way to where a consent to show one's words is taken back, for whoever gave one."""
        kept = testimonial_of(db.session, self.invitation.id)
        if kept is None or kept.withdrawn_at is not None:
            return {"testimonial": "", "testimonial_words": ""}
        said = self.common.testimonial.given_heading.format_map(self.tongue.facts())
        return {"testimonial": url_for(".testimonial", secret=self.secret), "testimonial_words": said}


@bp.route("/<secret>/testimonial", methods=["GET", "POST"])
def testimonial(secret: str) -> Page:
    """What somebody lets us show, by the link that outlives the one to the answer. A POST takes it back."""
    invitation = invitation_behind(db.session, secret, LinkScope.STATUS)
    if invitation is None:
        return _unknown_link()
    opened = _opened(secret, invitation)
    form = PressForm(secret, opened.common)
    if not form.is_submitted():
        return opened.own_words(form)
    if not form.validate():
        return opened.own_words(form), 422
    withdraw(db.session, invitation.id, clock.now())
    db.session.commit()
    return redirect(url_for(".testimonial", secret=secret), 303)


@bp.route("/<secret>", methods=["GET", "POST"])
def show(secret: str) -> Page:
    """Where it stands. A POST is a yes, a no or something more."""
    invitation = invitation_behind(db.session, secret, LinkScope.STATUS)
    if invitation is None:
        return _unknown_link()
    opened, feedback = _opened(secret, invitation), feedback_behind(db.session, invitation)
    if request.method != "POST" or notice_instead(opened.common.status, opened.tongue, feedback) is not None:
        return opened.page(feedback)
    form = SayForm(secret, opened.common)
    if not form.validate():
        return opened.page(feedback, form), 422
    try:
        _act(opened, feedback, form)
        db.session.commit()
    except CaseMovedOnError:
        db.session.rollback()
        form.form_errors = [opened.common.status.changed]
        return opened.page(feedback_behind(db.session, invitation), form), 409
    return redirect(url_for(".show", secret=secret), 303)


def _act(opened: _Opened, feedback: Feedback, form: SayForm) -> None:
    """Do what the button says; it stands for a page that somebody saw."""
    act, words, now = Act(str(form.act.data)), form.words.data or "", clock.now()
    invitation, settings = opened.invitation, current_settings()
    by: dict[str, Any] = {
        "invitation_id": invitation.id,
        "key": settings.privacy_secret,
        "now": now,
        "safety": files_of(settings.surveys_folder or SURVEYS)[1],
    }
    if feedback.case is None:
        if words:
            add_without_case(db.session, invitation, words, str(form.csrf_token.data), now)
    elif act is Act.ADD:
        add_to_case(db.session, feedback.case.id, words, **by)
    else:
        judge, seen = accept if act is Act.ACCEPT else dispute, int(form.seen.data or 0)
        judge(db.session, feedback.case.id, words, seen=seen, **by)


def _opened(secret: str, invitation: Invitation) -> _Opened:
    """The language is that of the answer, which the person may have chosen; the mail's before there is one."""
    answer = answer_behind(db.session, invitation)
    locale, common = common_words(answer.locale if answer else invitation.locale)
    settings = current_settings()
    zone = zone_of(invitation.customer, settings.zone)
    return _Opened(secret, invitation, common, Tongue(Locale.parse(locale, sep="-"), zone, settings.shop_name))


def _unknown_link() -> Page:
    locale, common = common_words(*request.accept_languages.values(), current_settings().shop_locale)
    notice, direction = common.unknown_link, Locale.parse(locale, sep="-").text_direction
    page = render_template(
        "respond/closed.html",
        heading=notice.heading,
        text=notice.text,
        common=common,
        locale=locale,
        direction=direction,
    )
    return page, 404
