"""The pages on which a person says what they may be asked, and reads why they were: public, by the link in a mail."""

from dataclasses import dataclass

from babel import Locale
from flask import Blueprint, render_template, request, url_for

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.delivery.preferences.choose import Choice, choose, standing
from feedback_service.delivery.preferences.forms import PreferenceForm
from feedback_service.delivery.preferences.reasons import reasons_for
from feedback_service.delivery.preferences.shown import (
    Tongue,
    explanation,
    options,
    preference_words,
    standing_words,
)
from feedback_service.invitations.events import zone_of
from feedback_service.invitations.links import invitation_behind
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.invitations.record_visits import noted
from feedback_service.invitations.visit_book import visit_book
from feedback_service.questionnaires.common_words import CommonWords, common_words

bp = Blueprint("unsubscribe", __name__)
Page = str | tuple[str, int]


@dataclass(frozen=True)
class _Opened:
    """A link that works, with the words for its person; no link of this kind ever ends."""

    secret: str
    invitation: Invitation
    common: CommonWords
    tongue: Tongue

    def page(self, template: str, form: PreferenceForm, **context: object) -> str:
        """A page with what holds now and the choices."""
        now = clock.now()
        stands = standing(db.session, self.invitation, now)
        words = preference_words(self.common, self.tongue, stands, now)
        if not form.choice.errors:
            form.choice.data = stands.choice
        return render_template(
            template,
            form=form,
            words=words,
            now_holds=standing_words(words, stands),
            options=options(words),
            links={endpoint: url_for(f".{endpoint}", secret=self.secret) for endpoint in ("stop", "why")},
            **_frame(self.invitation.locale, self.common),
            **context,
        )


def _frame(locale: str, common: CommonWords) -> dict[str, object]:
    direction = Locale.parse(locale, sep="-").text_direction
    return {"common": common, "locale": locale, "direction": direction, "shop_name": current_settings().shop_name}


def _opened(secret: str) -> _Opened | None:
    invitation = invitation_behind(db.session, secret, LinkScope.UNSUBSCRIBE)
    if invitation is None:
        return None
    settings, (_, common) = current_settings(), common_words(invitation.locale)
    locale, zone = Locale.parse(invitation.locale, sep="-"), zone_of(invitation.customer, settings.zone)
    seen = noted(
        invitation.id,
        LinkScope.UNSUBSCRIBE,
        method=request.method,
        agent=request.user_agent.string,
        now=clock.now(),
    )
    visit_book().note(seen)
    return _Opened(secret, invitation, common, Tongue(locale, zone, settings.shop_name))


def _unknown_link() -> Page:
    locale, common = common_words(*request.accept_languages.values(), current_settings().shop_locale)
    notice = common.unknown_link
    page = render_template("respond/closed.html", heading=notice.heading, text=notice.text, **_frame(locale, common))
    return page, 404


@bp.route("/<secret>", methods=["GET", "POST"])
def stop(secret: str) -> Page:
    """What may be asked. A GET shows it and changes nothing, since scanners open links; a POST is an act.

    A POST without a choice is a mail program's one click (RFC 8058) and ends all survey mail at once. The answer is
    never a redirect, which that RFC forbids; sending it again does no harm.
    """
    opened = _opened(secret)
    if opened is None:
        return _unknown_link()
    form = PreferenceForm()
    if request.method != "POST":
        return opened.page("respond/preferences.html", form, saved=False)
    form.choose_from(opened.common.preferences.choose_one)
    one_click = "choice" not in request.form or "List-Unsubscribe" in request.form
    if not one_click and not form.validate():
        return opened.page("respond/preferences.html", form, saved=False), 422
    choose(db.session, opened.invitation, Choice.NEVER if one_click else Choice(form.choice.data), clock.now())
    db.session.commit()
    return opened.page("respond/preferences.html", form, saved=True)


@bp.get("/<secret>/why")
def why(secret: str) -> Page:
    """Why this person was asked, and by which rules."""
    opened = _opened(secret)
    if opened is None:
        return _unknown_link()
    settings = current_settings()
    reasons = reasons_for(db.session, opened.invitation, settings.zone, settings.shop_country, clock.now())
    return opened.page(
        "respond/why.html",
        PreferenceForm(formdata=None),
        explained=explanation(opened.common, opened.tongue, reasons, settings.data_kept),
        privacy_url=settings.privacy_url,
        postal_address=settings.shop_postal_address,
    )
