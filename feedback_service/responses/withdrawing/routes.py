"""The pages on which an answer is taken back: one asks for a mail, and the mail's link leads to the one that erases."""

from dataclasses import dataclass
from functools import cached_property

from babel import Locale
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.customers.erasure import ERASE, Erasure
from feedback_service.database import db
from feedback_service.delivery.models import WITHDRAWAL_LASTS
from feedback_service.delivery.render_note import in_days
from feedback_service.invitations.links import PATHS, invitation_behind, token
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.questionnaires.common_words import MAIL_FACTS, WithdrawWords, common_words
from feedback_service.questionnaires.fill import facts_in, filled
from feedback_service.responses.forms import PressForm
from feedback_service.responses.models import Response
from feedback_service.responses.walk_in_links import walk_in_behind
from feedback_service.responses.withdraw import (
    Standing,
    any_answer_to,
    ask_by_mail,
    standing_of_link,
    standing_of_wish,
    walk_in_answer_of,
)

bp = Blueprint("withdraw", __name__)
Page = str | HttpResponse | tuple[str, int]
BY_MAIL = "the customer, by the link in a mail"
BY_LINK = "the customer, by the link of the answer"


@dataclass(frozen=True)
class _Link:
    """A link that works, with what its page says. A walk-in's has no invitation."""

    secret: str
    invitation: Invitation | None
    response: Response | None
    standing: Standing

    @cached_property
    def _spoken(self) -> tuple[str, WithdrawWords, PressForm]:
        known = [source.locale for source in (self.response, self.invitation) if source is not None]
        locale, common = common_words(*filter(None, [request.args.get("lang"), *known]))
        facts = {"shop": current_settings().shop_name, "span": in_days(WITHDRAWAL_LASTS, locale)}
        return (
            locale,
            filled(common.withdraw, facts_in(locale, {**dict.fromkeys(MAIL_FACTS, ""), **facts})),
            PressForm(self.secret, common),
        )

    @property
    def form(self) -> PressForm:
        """The page's one button."""
        return self._spoken[2]

    def page(self, template: str, **context: object) -> str:
        """A page of this link; it says nothing of its person, since links get passed on."""
        locale, words, form = self._spoken
        return render_template(
            template,
            words=words,
            form=form,
            walk_in=self.invitation is None,
            status_url=self._other(LinkScope.STATUS),
            locale=locale,
            direction=Locale.parse(locale, sep="-").text_direction,
            shop_name=current_settings().shop_name,
            **context,
        )

    def asks(self, template: str) -> Page:
        """The page with the button; sent back where a press did not come from it."""
        return self.page(template), 422 if self.form.is_submitted() else 200

    def says(self) -> Page:
        """How it stands, where there is nothing to press."""
        words, standing = self._spoken[1], self.standing
        notice, status = {
            Standing.NOTHING_THERE: (words.nothing, 200),
            Standing.ASKED: (words.sent, 200),
            Standing.UNREACHABLE: (words.no_mail, 200),
            Standing.DONE: (words.done, 200),
            Standing.ENDED: (words.ended, 410),
        }[standing]
        status_secret = self._other(LinkScope.STATUS).rpartition("/")[2]
        return self.page(
            "withdraw/notice.html",
            notice=notice,
            is_news=standing in {Standing.ASKED, Standing.DONE},
            contact=current_settings().mail_from if standing is Standing.UNREACHABLE else "",
            again_url=url_for(".ask", secret=status_secret) if standing is Standing.ENDED else "",
        ), status

    def goes_back(self, endpoint: str) -> HttpResponse:
        """A redirect after a press, so that reloading presses nothing."""
        return redirect(url_for(endpoint, secret=self.secret, lang=request.args.get("lang")), 303)

    def _other(self, scope: LinkScope) -> str:
        if self.invitation is None:
            return ""
        secret = token(current_settings().link_key_ring, scope, self.invitation.uid, self.invitation.link_generation)
        return f"{request.script_root}/{PATHS[scope]}/{secret}"


@bp.route("/<secret>/ask", methods=["GET", "POST"])
def ask(secret: str) -> Page:
    """What is erased and what stays, behind the status page's secret; the button sends a mail and erases nothing.

    A walk-in's secret leads to the button that erases, since nobody knows an address to ask at.
    """
    link = _wish(secret) or _walk_in(secret)
    if link is None:
        return _unknown()
    if link.standing is Standing.TO_PRESS:
        return _erase(link, ".ask", BY_LINK)
    if link.standing is not Standing.TO_ASK or link.invitation is None:
        return link.says()
    if not link.form.validate_on_submit():
        return link.asks("withdraw/ask.html")
    ask_by_mail(db.session, link.invitation, current_settings().link_key_ring, clock.now())
    db.session.commit()
    return link.goes_back(".ask")


@bp.route("/<secret>", methods=["GET", "POST"])
def confirm(secret: str) -> Page:
    """The button that erases, behind the link in the mail: it works once."""
    link = _mailed(secret)
    if link is None:
        return _unknown()
    return _erase(link, ".confirm", BY_MAIL) if link.standing is Standing.TO_PRESS else link.says()


def _erase(link: _Link, endpoint: str, by: str) -> Page:
    if link.response is None or not link.form.validate_on_submit():
        return link.asks("withdraw/erase.html")
    erasure = Erasure(
        response_ids=(link.response.id,),
        invitation_ids=(link.invitation.id,) if link.invitation else (),
        at=clock.now(),
        by=by,
        key=current_settings().privacy_secret,
    )
    current_app.extensions[ERASE](db.session, erasure)
    db.session.commit()
    return link.goes_back(endpoint)


def _wish(secret: str) -> _Link | None:
    invitation = invitation_behind(db.session, secret, LinkScope.STATUS)
    return _personal(secret, invitation, standing_of_wish(db.session, invitation, clock.now())) if invitation else None


def _mailed(secret: str) -> _Link | None:
    invitation = invitation_behind(db.session, secret, LinkScope.WITHDRAW)
    return _personal(secret, invitation, standing_of_link(db.session, invitation, clock.now())) if invitation else None


def _personal(secret: str, invitation: Invitation, standing: Standing) -> _Link:
    return _Link(secret, invitation, any_answer_to(db.session, invitation), standing)


def _walk_in(secret: str) -> _Link | None:
    uid = walk_in_behind(current_settings().link_key_ring, secret)
    response = walk_in_answer_of(db.session, uid) if uid else None
    if response is None:
        return None
    return _Link(secret, None, response, Standing.TO_PRESS if response.withdrawn_at is None else Standing.DONE)


def _unknown() -> Page:
    locale, common = common_words(*request.accept_languages.values(), current_settings().shop_locale)
    page = render_template(
        "respond/closed.html",
        heading=common.unknown_link.heading,
        text=common.unknown_link.text,
        common=common,
        locale=locale,
        direction=Locale.parse(locale, sep="-").text_direction,
        shop_name=current_settings().shop_name,
    )
    return page, 404
