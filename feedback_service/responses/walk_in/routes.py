"""The pages for whoever walks in: from a receipt or a parcel, at a counter, in a panel on the shop's website."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.invitations.links import token_hash
from feedback_service.invitations.models import LinkScope
from feedback_service.paths import STATIC
from feedback_service.questionnaires.common_words import COMMON_WORDS, Notice, common_words
from feedback_service.responses.collect import Outcome
from feedback_service.responses.first_press import Press
from feedback_service.responses.models import Channel
from feedback_service.responses.nonce import network_of, read_nonce
from feedback_service.responses.opened import tongue
from feedback_service.responses.opening import said, walk_in_secret
from feedback_service.responses.press import pressed
from feedback_service.responses.rules.presses import PressSuspicion, suspicion
from feedback_service.responses.walk_in.forms import WalkInForm
from feedback_service.responses.walk_in.keep import answered_before, keep_walk_in, pages_were_sent
from feedback_service.responses.walk_in.limits import has_room
from feedback_service.responses.walk_in.order_links import proven_order
from feedback_service.responses.walk_in.queries import (
    FoundCollector,
    Walked,
    collector_behind,
    walked,
)
from feedback_service.responses.walk_in.script import Embedded, embed_script, squeezed
from feedback_service.responses.walk_in.surroundings import (
    THANKING,
    Surroundings,
    around,
    around_answer,
    policy_here,
    still_theirs,
)
from feedback_service.responses.walk_in.visits import Visit, language, new_uid, uid_in
from feedback_service.responses.walk_in_links import walk_in_behind

bp = Blueprint("walk_in", __name__)
Page = str | HttpResponse | tuple[str, int] | tuple[str, int, dict[str, str]]

DOORS = {Channel.LINK: "walk_in.answer", Channel.KIOSK: "walk_in.kiosk", Channel.EMBED: "walk_in.frame"}
QUESTIONS, CHANGE, LAST_PAGES = "follow_ups.more", "responses.answer", "after"
RETRY_AFTER = {"Retry-After": "60"}
SCRIPT_SECONDS = 3600  # how long a browser keeps a script: a way in that was closed is gone from all pages after that


def surround(app: Flask) -> None:
    """Let pages know that a walk-in sees them. Called before anything else may refuse a request or set headers."""
    app.before_request(_recognise)
    app.after_request(_leave)
    app.context_processor(lambda: {"walk_in": g.walk_in} if "walk_in" in g else {})


def _recognise() -> HttpResponse | None:
    """Find out where a page after the score is shown; at a counter, keep it from the next person."""
    uid = walk_in_behind(current_settings().link_key_ring, (request.view_args or {}).get("secret", ""))
    if uid is None:
        return None
    with db.looking.connect() as connection:  # apart from the page's session, which may come to write
        found = walked(connection, uid)
    if found is None:
        return None
    g.walk_in = around_answer(found)
    return _at_counter(found, request.view_args or {}) if g.walk_in.kiosk else None


def _at_counter(found: Walked, args: dict[str, Any]) -> HttpResponse | None:
    """Where to go instead: nowhere, while the page is theirs who gave the score."""
    if request.blueprint == LAST_PAGES:  # they offer what leads elsewhere, and a doubtful press one more press
        end = url_for(CHANGE, secret=args["secret"], **_chosen())
        return redirect(
            end if found.suspected else url_for("walk_in.kiosk_thanks", token=found.token, **_chosen()), 303
        )
    page = args.get("number") if request.endpoint == QUESTIONS else None
    if request.method == "POST" or still_theirs(found, page, clock.now()):
        return None
    return redirect(url_for("walk_in.kiosk", token=found.token), 303)


def _leave(response: FlaskResponse) -> FlaskResponse:
    here: Surroundings | None = g.get("walk_in")
    if here is None:
        return response
    response.headers["Content-Security-Policy"] = policy_here(response.headers["Content-Security-Policy"], here)
    if here.framed and here.origins:
        del response.headers["X-Frame-Options"]
    if here.kiosk:
        response.headers["Cache-Control"] = "no-store"  # nothing that was typed waits for the next person
    elif request.blueprint == bp.name and request.method == "GET":
        # Whoever goes back finds the form that they sent, and so corrects their answer instead of giving another.
        response.headers["Cache-Control"] = "private, max-age=0"
    if here.kiosk and request.endpoint == QUESTIONS and request.method == "POST" and response.status_code == 303:  # noqa: PLR2004 - HTTP's own
        args = request.view_args or {}
        uid = walk_in_behind(current_settings().link_key_ring, args["secret"])
        pages_were_sent(db.session, str(uid), args["number"])
        db.session.commit()
    return response


def _chosen() -> dict[str, Any]:
    return {"lang": request.args["lang"]} if "lang" in request.args else {}


@bp.route("/<token>", methods=["GET", "POST"])
def answer(token: str) -> Page:
    """From a receipt, a parcel or a sign."""
    return _ask(token, Channel.LINK)


@bp.route("/<token>/o/<path:number>/<signature>", methods=["GET", "POST"])
def answer_order(token: str, number: str, signature: str) -> Page:
    """From the parcel of one order. A proof that does not hold leaves the number as something that was said."""
    way = collector_behind(db.session, token)
    if way is None or way.channel is not Channel.LINK:
        return _ask(token, Channel.LINK)
    keys = current_settings().link_key_ring
    order = proven_order(db.session, keys, way.token, number, signature)
    if order is None:
        return redirect(url_for(".answer", token=way.token, order=number, **_chosen()), 303)
    visit = Visit(way, _language(way), order)
    if request.method == "GET" and answered_before(db.session, way.id, order.id):
        return _said(visit, visit.common.walk_in.answered, 200)
    return _asked(visit)


@bp.route("/<token>/kiosk", methods=["GET", "POST"])
def kiosk(token: str) -> Page:
    """On a screen in the shop."""
    return _ask(token, Channel.KIOSK)


@bp.get("/<token>/kiosk/thanks")
def kiosk_thanks(token: str) -> Page:
    """The same thanks for everybody, from nobody's answer, until the screen starts afresh."""
    way = collector_behind(db.session, token)
    if way is None or way.channel is not Channel.KIOSK:
        return _ask(token, Channel.KIOSK)
    visit = Visit(way, _language(way))
    g.walk_in = around(way, THANKING)
    return _page(visit, "walk_in/thanks.html", again=url_for(".kiosk", token=way.token))


@bp.route("/<token>/frame", methods=["GET", "POST"])
def frame(token: str) -> Page:
    """In the panel on a page of the shop's."""
    return _ask(token, Channel.EMBED)


@bp.get("/<token>/embed.js")
def embed(token: str) -> HttpResponse:
    """What a page of the shop's loads; nothing at all once the way in is closed."""
    way = collector_behind(db.session, token)
    if way is None or way.channel is not Channel.EMBED:
        abort(404)
    settings = current_settings()
    if not way.takes_answers:
        return _script("")
    embedded = Embedded(way.token, way.address(settings.base_url), way.locale, way.again_after_days)
    return _script(embed_script(embedded, current_app.extensions[COMMON_WORDS], settings.shop_name))


@bp.get("/scripts/<any(kiosk, frame):page>.js")
def script(page: str) -> HttpResponse:
    """What our own pages load at a counter or in a panel."""
    return _script(squeezed((STATIC / f"{page}.js").read_text(encoding="utf-8")))


def _script(code: str) -> HttpResponse:
    response = HttpResponse(code, mimetype="text/javascript")
    response.cache_control.public = True
    response.cache_control.max_age = SCRIPT_SECONDS
    response.add_etag()
    return response.make_conditional(request)


def _ask(token: str, channel: Channel) -> Page:
    way = collector_behind(db.session, token)
    if way is None:
        locale, common = common_words(*_wanted(), current_settings().shop_locale)
        return said(common.walk_in.unknown, 404, locale, common)
    if way.channel is not channel:
        return redirect(url_for(DOORS[way.channel], token=way.token), 302)
    return _asked(Visit(way, _language(way)))


def _asked(visit: Visit) -> Page:
    way, words = visit.way, visit.common.walk_in
    g.walk_in = around(way)
    if not way.takes_answers:
        return _said(visit, words.closed, 410)
    form = _form_at(visit)
    if not form.validate_on_submit():
        return _question(visit, form), 422 if form.is_submitted() else 200
    if not has_room(current_app, way.channel, way.token, request.remote_addr or ""):
        return _question(visit, form, words.busy), 429, RETRY_AFTER
    return _keep(visit, form)


def _keep(visit: Visit, form: WalkInForm) -> Page:
    zone, now = current_settings().zone, clock.now()
    kept, uid = keep_walk_in(db.session, _pressed(visit, form, now), window=visit.window, zone=zone, now=now)
    db.session.commit()
    match kept.outcome:
        case Outcome.ELSEWHERE:
            return _said(visit, visit.common.walk_in.answered, 200)
        case Outcome.WITHDRAWN:
            return _said(visit, visit.common.answering.withdrawn, 410)
        case Outcome.ONCE_MORE:
            return _question(visit, _form_at(visit), visit.common.answering.once_more), 422
    return redirect(url_for(QUESTIONS, secret=walk_in_secret(uid), **_chosen()), 303)


def _form_at(visit: Visit) -> WalkInForm:
    key, given = current_app.config["SECRET_KEY"], request.form.get("visit")
    signed_uid = given if given and uid_in(key, given) else new_uid(key)
    tapped, order = request.args.get("score", type=int), request.args.get("order", "")
    return WalkInForm(visit, signed_uid, _network(visit.link(signed_uid)), tapped, order)


def _network(link: str) -> str:
    return network_of(current_app.config["SECRET_KEY"].encode(), token_hash(link), request.remote_addr)


def _pressed(visit: Visit, form: WalkInForm, now: datetime) -> Press:
    way, order, key = visit.way, visit.order, current_app.config["SECRET_KEY"]
    return Press(
        survey_key=way.survey.key,
        version_id=way.version_id,
        locale=visit.locale,
        score=int(form.score.data),
        channel=way.channel,
        customer_id=order.customer_id if order else None,
        order_id=order.id if order else None,
        collector_id=way.id,
        uid=uid_in(key, form.visit.data),
        claimed_order=None if order else form.order.data or None,
        suspected=_suspicion(visit.link(str(form.visit.data)), now),
    )


def _suspicion(link: str, now: datetime) -> PressSuspicion | None:
    """By the press alone: no mail has links whose visits could tell more."""
    key = current_app.config["SECRET_KEY"].encode()
    nonce = read_nonce(key, token_hash(link), request.form.get("csrf_token"), now)
    if nonce is None:  # the form has looked already
        return None
    act = pressed(nonce, agent=request.user_agent.string, network=_network(link), now=now)
    return suspicion(act, (), scope=LinkScope.ANSWER)


def _question(visit: Visit, form: WalkInForm, notice: str = "") -> str:
    asks_order = visit.way.channel is Channel.LINK and visit.order is None
    return _page(visit, "walk_in/answer.html", form=form, why=visit.why, notice=notice, asks_order=asks_order)


def _page(visit: Visit, template: str, **context: object) -> str:
    return render_template(
        template,
        wording=visit.wording,
        common=visit.common,
        locale=visit.locale,
        direction=tongue(visit.locale).direction,
        tongues=visit.tongues,
        link=_link_in,
        send=_here(to="send"),  # an address of its own: a form sent to its page's makes the browser forget the page
        **context,
    )


def _said(visit: Visit, notice: Notice, status: int) -> tuple[str, int]:
    return said(notice, status, visit.locale, visit.common)


def _link_in(locale: str) -> str:
    """This page in another language, with what its address said besides."""
    return _here(lang=locale)


def _here(**changed: str) -> str:
    kept = {name: value for name, value in request.args.items() if name in {"order", "score", "lang"}}
    return f"{request.script_root}{request.path}?{urlencode({**kept, **changed})}"


def _language(way: FoundCollector) -> str:
    return language(way.survey, [request.args.get("lang"), way.locale, *request.accept_languages.values()])


def _wanted() -> list[str]:
    return [locale for locale in (request.args.get("lang"), *request.accept_languages.values()) if locale]
