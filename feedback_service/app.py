"""Puts the app together: the blueprints and their audiences are a table; everything else is a short function."""

import logging
import sys
from datetime import timedelta
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

import structlog
from babel import Locale
from flask import Blueprint, Flask, current_app, render_template, request
from flask import Response as FlaskResponse
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import FSQLALiteUserDatastore, Security, current_user
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.response import Response

from feedback_service.accounts import routes as accounts
from feedback_service.accounts.audience import Audience, audience_of, guard_routes, may
from feedback_service.accounts.models import Role, User
from feedback_service.advocacy import routes as advocacy
from feedback_service.advocacy.codes import PATH as REFERRALS
from feedback_service.cases import routes as cases
from feedback_service.cases.asking import routes as asking
from feedback_service.cases.by_hand import routes as by_hand
from feedback_service.cases.calls import routes as calls
from feedback_service.cases.causes import routes as causes
from feedback_service.cases.count_up_to import capped
from feedback_service.cases.desk import routes as desk
from feedback_service.cases.improvements import routes as improvements
from feedback_service.cases.inbox import routes as inbox
from feedback_service.cases.mails import routes as case_mails
from feedback_service.cases.notices import routes as notices
from feedback_service.cases.notices.queries import MOST_COUNTED, unread
from feedback_service.cases.promises import routes as promises
from feedback_service.cases.queues import routes as queues
from feedback_service.cases.status import routes as status
from feedback_service.config import SETTINGS, Settings, current_settings
from feedback_service.customers.erasure import ERASE
from feedback_service.database import LOOKING, SAFE_METHODS, db, prepare_engine, prepare_for_pages
from feedback_service.delivery import routes as delivery
from feedback_service.delivery.inbound import routes as inbound
from feedback_service.delivery.preferences import routes as preferences
from feedback_service.delivery.preview import TEST_LINKS
from feedback_service.delivery.providers.table import PROVIDERS, providers_of
from feedback_service.delivery.render_note import IMPROVED
from feedback_service.demo import example_shop
from feedback_service.demo import routes as demo
from feedback_service.demo.example_shop import EXAMPLE_SHOP
from feedback_service.home import bp as home
from feedback_service.home import styleguide_bp
from feedback_service.insights import routes as insights
from feedback_service.insights.alerts import routes as alerts
from feedback_service.insights.coverage import routes as coverage
from feedback_service.insights.looks import routes as looks
from feedback_service.insights.loop import routes as loop
from feedback_service.insights.reports import routes as reports
from feedback_service.insights.staff import routes as staff_pulse
from feedback_service.insights.value import routes as value
from feedback_service.insights.why import routes as why
from feedback_service.insights.words import routes as words
from feedback_service.invitations import routes as invitations
from feedback_service.invitations.links import invitation_behind
from feedback_service.invitations.models import LinkScope
from feedback_service.invitations.visit_book import VISIT_BOOK, VisitBook
from feedback_service.paths import SURVEYS, TEMPLATES
from feedback_service.pipeline import erase
from feedback_service.questionnaires.common_words import COMMON_WORDS, common_words
from feedback_service.questionnaires.editing import routes as editor
from feedback_service.questionnaires.read_files import read_common_words
from feedback_service.responses import routes as responses
from feedback_service.responses.after import routes as after
from feedback_service.responses.busy import busy_page, is_away
from feedback_service.responses.follow_ups import routes as follow_ups
from feedback_service.responses.last_answers import last_answers
from feedback_service.responses.previews import routes as previews
from feedback_service.responses.quick_lane import Allowance, spare
from feedback_service.responses.quick_look import QuickLook
from feedback_service.responses.stencils import STENCILS, Stencils
from feedback_service.responses.walk_in import routes as walk_in
from feedback_service.responses.ways_in import routes as ways_in
from feedback_service.responses.withdrawing import routes as withdrawing
from feedback_service.sentiment import routes as comments
from feedback_service.sentiment.checks import routes as checks

BLUEPRINTS: tuple[tuple[Blueprint, str, Audience], ...] = (
    (home, "/", Audience.PUBLIC),
    (responses.bp, "/r", Audience.PUBLIC),
    (follow_ups.bp, "/r", Audience.PUBLIC),
    (after.bp, "/r", Audience.PUBLIC),
    (walk_in.bp, "/c", Audience.PUBLIC),
    (advocacy.referrals_bp, f"/{REFERRALS}", Audience.PUBLIC),
    (withdrawing.bp, "/w", Audience.PUBLIC),
    (preferences.bp, "/u", Audience.PUBLIC),
    (status.bp, "/s", Audience.PUBLIC),
    (delivery.test_mail_bp, f"/{TEST_LINKS}", Audience.PUBLIC),
    (improvements.improved_bp, f"/{IMPROVED}", Audience.PUBLIC),
    (cases.bp, "/cases", Audience.STAFF),
    (desk.bp, "/cases", Audience.STAFF),
    (notices.bp, "/notices", Audience.STAFF),
    (promises.bp, "/promises", Audience.STAFF),
    (case_mails.bp, "/cases", Audience.STAFF),
    (case_mails.templates_bp, "/replies", Audience.MANAGER),
    (causes.bp, "/causes", Audience.MANAGER),
    (improvements.bp, "/improvements", Audience.MANAGER),
    (inbox.bp, "/answers", Audience.STAFF),
    (calls.bp, "/calls", Audience.STAFF),
    (by_hand.bp, "/cases/new", Audience.STAFF),
    (queues.bp, "/queues", Audience.MANAGER),
    (asking.bp, "/asking", Audience.STAFF),
    (invitations.rehearsal_bp, "/asking/rehearsal", Audience.MANAGER),
    (comments.bp, "/comments", Audience.STAFF),
    (checks.bp, "/comments/checks", Audience.STAFF),
    (checks.agreement_bp, "/comments/agreement", Audience.MANAGER),
    (insights.bp, "/insights", Audience.MANAGER),
    (alerts.bp, "/insights", Audience.MANAGER),
    (reports.bp, "/insights", Audience.MANAGER),
    (looks.bp, "/insights", Audience.MANAGER),
    (coverage.bp, "/insights", Audience.MANAGER),
    (staff_pulse.bp, "/insights", Audience.MANAGER),
    (words.bp, "/insights", Audience.MANAGER),
    (loop.bp, "/insights", Audience.MANAGER),
    (value.bp, "/insights", Audience.MANAGER),
    (why.bp, "/insights", Audience.MANAGER),
    (delivery.mail_bp, "/mail", Audience.MANAGER),
    (editor.bp, "/surveys", Audience.MANAGER),
    (previews.bp, "/surveys", Audience.MANAGER),
    (ways_in.bp, "/ways-in", Audience.MANAGER),
    (advocacy.bp, "/advocacy", Audience.MANAGER),
    (accounts.bp, "/team", Audience.ADMIN),
    (styleguide_bp, "/styleguide", Audience.ADMIN),
    (inbound.bp, "/inbound", Audience.MACHINE),
)
DEMO_BLUEPRINTS = (
    (demo.bp, "/mailbox", Audience.PUBLIC),
    (example_shop.bp, EXAMPLE_SHOP, Audience.PUBLIC),
    (styleguide_bp, "/styleguide", Audience.PUBLIC),
)
WORK = (
    ("Queue", "desk.queue", Audience.STAFF),
    ("Answers", "inbox.answers_page", Audience.STAFF),
    ("Promises", "promises.overview", Audience.STAFF),
    ("Calls", "calls.overview", Audience.STAFF),
    ("Comments", "comments.review", Audience.STAFF),
    ("Asking", "asking.search", Audience.STAFF),
    ("Notices", "notices.overview", Audience.STAFF),
    ("Insights", "insights.overview", Audience.MANAGER),
)
"""Where people go all day: always in sight."""
MANAGE = (
    ("Improvements", "improvements.overview", Audience.MANAGER),
    ("Surveys", "editor.overview", Audience.MANAGER),
    ("Ways in", "ways_in.overview", Audience.MANAGER),
    ("Mail", "mail.overview", Audience.MANAGER),
    ("Advocacy", "advocacy.overview", Audience.MANAGER),
    ("Queues and rules", "queues.overview", Audience.MANAGER),
    ("Root causes", "causes.overview", Audience.MANAGER),
    ("Replies", "reply_templates.overview", Audience.MANAGER),
    ("Team", "accounts.team", Audience.ADMIN),
)
"""What is set up now and then: one press further."""
PART_OF = {
    "cases": "desk",
    "case_mails": "desk",
    "by_hand": "desk",
    "checks": "comments",
    "rehearsal": "asking",
    "why": "insights",
    "coverage": "insights",
    "staff_pulse": "insights",
    "words": "insights",
    "loop": "insights",
    "value": "insights",
    "alerts": "insights",
    "reports": "insights",
    "looks": "insights",
}
"""Pages that belong to a place without being one, by blueprint."""
LARGEST_BODY = 512 * 1024  # bytes; 5,000 emoji, percent-encoded, are 60,000
PUBLIC_LIMIT = "240 per minute"  # per address: an office behind one router must get through, a script must not
MACHINE_LIMIT = "1200 per minute"  # a provider reports on a day's mails within minutes; more waits at its side
SIGN_IN_LIMIT = "10 per minute"
CUSTOMERS_BLUEPRINTS: tuple[tuple[Blueprint, LinkScope | None, str | None], ...] = (
    (responses.bp, LinkScope.ANSWER, PUBLIC_LIMIT),
    (follow_ups.bp, LinkScope.ANSWER, PUBLIC_LIMIT),
    (after.bp, LinkScope.ANSWER, PUBLIC_LIMIT),
    (walk_in.bp, None, PUBLIC_LIMIT),
    (advocacy.referrals_bp, None, PUBLIC_LIMIT),
    (withdrawing.bp, LinkScope.WITHDRAW, PUBLIC_LIMIT),
    (status.bp, LinkScope.STATUS, PUBLIC_LIMIT),
    (improvements.improved_bp, None, PUBLIC_LIMIT),
    # Unsubscribing is never refused: a large mail host sends its users' one-click requests from few addresses.
    (preferences.bp, LinkScope.UNSUBSCRIBE, None),
)
"""Blueprints for customers, with the scope of their link and their limit: their errors are worded for buyers, in their
language, nobody signs in there, and their forms carry a nonce bound to the link, or need none."""

QUICK_LANE = frozenset({"responses", "follow_ups", "after"})
"""Blueprints that extensions are kept from: whoever answers is nobody's user."""

FOR_CUSTOMERS = {blueprint.name: scope for blueprint, scope, _ in CUSTOMERS_BLUEPRINTS}
CUSTOMER_PATHS = tuple(sorted({f"{prefix}/" for blueprint, prefix, _ in BLUEPRINTS if blueprint.name in FOR_CUSTOMERS}))

CONTENT_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the empty icon of the layout, which saves a request
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def create_app(settings: Settings) -> Flask:
    """The web application of one installation.

    Raises SurveyFileError where the shared words cannot be read, SettingsError where a provider's key cannot.
    """
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(_flask_settings(settings))
    app.extensions[SETTINGS] = settings
    app.extensions[PROVIDERS] = providers_of(settings)
    app.extensions[ERASE] = erase
    app.extensions[editor.LAST_ANSWERS] = last_answers
    app.extensions[COMMON_WORDS] = read_common_words(settings.surveys_folder or SURVEYS)
    allowance = Allowance(int(PUBLIC_LIMIT.split(maxsplit=1)[0]))
    app.extensions[STENCILS] = Stencils()
    app.wsgi_app = QuickLook(app, allowance)  # type: ignore[method-assign, assignment]  # Flask's own way to wrap it
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.proxies] * 4)  # type: ignore[method-assign]
    db.init_app(app)
    # There are no asynchronous sessions, and closing them would start a thread at the end of every request.
    app.teardown_appcontext_funcs[:] = [each for each in app.teardown_appcontext_funcs if not iscoroutinefunction(each)]
    with app.app_context():
        prepare_for_pages(prepare_engine(db.engine), db.looking)
        app.extensions[VISIT_BOOK] = VisitBook(db.engine)
    walk_in.surround(app)
    csrf = CSRFProtect(app)
    limiter = _limiter(app, settings)
    _protect(app, settings)
    Security(app, FSQLALiteUserDatastore(db, User, Role))
    _register(app, settings, csrf, limiter)
    app.errorhandler(Exception)(_say_kindly)
    app.after_request(_keep_private)
    app.context_processor(partial(_shared_context, settings))
    spare(app, QUICK_LANE, allowance)
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    secret = settings.secret_key.get_secret_value()
    secure = settings.base_url.startswith("https://")
    database = {
        "url": make_url(settings.database_url),
        "hide_parameters": True,  # an error in the log must not hold a buyer's words
    }
    return {
        "SECRET_KEY": secret,
        "SQLALCHEMY_ENGINES": {
            "default": database,
            LOOKING: {**database, "isolation_level": "AUTOCOMMIT"},
        },
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "WTF_CSRF_SSL_STRICT": False,  # it wants a Referer, which our own policy keeps back; the token decides
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a page left open over lunch still works
        # The salt is for Flask-Security's double hash, which argon2 alone makes needless.
        "SECURITY_PASSWORD_SALT": secret,
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
        "SECURITY_POST_LOGIN_VIEW": "/cases/",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_FRESHNESS": timedelta(minutes=-1),  # no page asks for the password a second time yet
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("This address and this password do not belong together.", "error"),
    }


def _limiter(app: Flask, settings: Settings) -> Limiter:
    broker = settings.broker_url.get_secret_value()
    shared = broker.startswith("redis")
    return Limiter(
        get_remote_address,
        app=app,
        storage_uri=broker if shared else "memory://",
        storage_options={"socket_connect_timeout": 1, "socket_timeout": 1} if shared else {},
        strategy="fixed-window",
        in_memory_fallback_enabled=True,  # a broker that is away must not cost an answer
        swallow_errors=True,
    )


def _protect(app: Flask, settings: Settings) -> None:
    Talisman(
        app,
        force_https=False,  # the proxy in front redirects; here it would only break health checks
        strict_transport_security=settings.base_url.startswith("https://"),
        content_security_policy=CONTENT_POLICY,
        frame_options="DENY",
        referrer_policy="no-referrer",  # a personal link must not travel on
        session_cookie_secure=settings.base_url.startswith("https://"),
    )


def _register(app: Flask, settings: Settings, csrf: CSRFProtect, limiter: Limiter) -> None:
    # Later rows win, so the demo can open a door further.
    table = {row[0]: row for row in BLUEPRINTS + (DEMO_BLUEPRINTS if settings.demo else ())}
    for blueprint, prefix, _ in table.values():
        app.register_blueprint(blueprint, url_prefix=prefix)
    audiences = {blueprint.name: audience for blueprint, _, audience in table.values()}
    guard_routes(app, {**audiences, "security": Audience.PUBLIC})
    for blueprint, _, limit in CUSTOMERS_BLUEPRINTS:
        csrf.exempt(blueprint)
        if limit is not None:
            limiter.limit(limit)(blueprint)
    csrf.exempt(inbound.bp)  # programs have no form; a token or a signature is checked in every request
    limiter.limit(MACHINE_LIMIT)(inbound.bp)
    sign_in = app.view_functions["security.login"]
    app.view_functions["security.login"] = limiter.limit(SIGN_IN_LIMIT, methods=["POST"])(sign_in)  # type: ignore[assignment]


def _keep_private(response: FlaskResponse) -> FlaskResponse:
    """Nobody's cache keeps a page about a person; a chart may be kept as long as it is asked about first.

    What a customer's form is answered with their own browser may keep, and no other cache can use: else it would ask
    whoever goes back there whether to send the form once more, and they could not know that it does no harm.
    """
    if request.method == "POST" and request.blueprint in FOR_CUSTOMERS and response.location is None:
        response.headers["Cache-Control"] = "private, max-age=0"
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache" if "ETag" in response.headers else "no-store"
    return response


def _shared_context(settings: Settings) -> dict[str, object]:
    """What every page may show: who is signed in, and where they may go."""
    audience = audience_of(request.blueprint) if request else None
    context: dict[str, object] = {"shop_name": settings.shop_name}
    if request and request.blueprint not in FOR_CUSTOMERS and current_user.is_authenticated:
        context["signed_in_as"] = current_user.name
        context["nav"], context["manage"] = _places(WORK), _places(MANAGE)
    context["audience"] = audience
    return context


def _places(places: tuple[tuple[str, str, Audience], ...]) -> list[tuple[str, str, bool]]:
    """Those that the present user may go to: name, address, and whether they are there."""
    here = PART_OF.get(str(request.blueprint), request.blueprint)
    return [
        (_label(label, endpoint), current_app.url_for(endpoint), endpoint.split(".")[0] == here)
        for label, endpoint, wanted in places
        if may(wanted)
    ]


def _label(label: str, endpoint: str) -> str:
    """A place's name; that of notices with how many are new, on pages that only read, and as long as they can."""
    if endpoint != "notices.overview" or request.method not in SAFE_METHODS:
        return label
    try:
        new = unread(db.session, current_user.id)
    except SQLAlchemyError:  # this may be the page that says that the database is away
        return label
    return f"{label} ({capped(new, MOST_COUNTED)})" if new else label


SENTENCES = {
    400: ("That could not be read.", "Go back, check what you typed and send it again."),
    403: ("This page is not for you.", "Your account does not include it. Ask an administrator if it should."),
    404: ("There is nothing here.", "The address may be mistyped, or what was here has moved."),
    405: ("That cannot be done here.", "Go back and use the buttons on the page."),
    413: ("That was too much at once.", "Send less, or attach less, and try again."),
    429: ("One moment, please.", "There were too many tries. Wait a minute and try again."),
    500: ("Something went wrong on our side.", "It was written down for us. Try again in a minute."),
}


CSRF_SENTENCES = {
    True: ("This page was open too long.", "Go back, reload the page and send it again."),
    False: ("Your browser sent no cookie.", "Allow cookies for this site, reload the page and send it again."),
}


def _say_kindly(error: Exception) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """One clear page for whatever went wrong; nothing about our insides."""
    if isinstance(error, HTTPException) and error.response is not None:
        return error.response
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    if not isinstance(error, HTTPException):
        log = structlog.get_logger(__name__)
        if is_away(error):  # nothing is wrong with the code: a line for whoever wonders, not a page of it
            log.warning("database busy or away", endpoint=request.endpoint, reason=type(error).__name__)
        else:
            log.exception("request failed", endpoint=request.endpoint)
        db.session.rollback()
    if request.blueprint in FOR_CUSTOMERS or request.path.startswith(CUSTOMER_PATHS):
        return _busy() if is_away(error) else (_for_customers(code), code)
    heading, text = SENTENCES.get(code, SENTENCES[500 if code >= 500 else 400])  # noqa: PLR2004 - HTTP's own line
    if isinstance(error, CSRFError):
        heading, text = CSRF_SENTENCES[bool(request.cookies)]
    return render_template("errors/error.html", heading=heading, text=text), code


def _busy() -> tuple[str, int, dict[str, str]]:
    """The database is away: nothing may be asked of it, and nothing that was typed may be lost."""
    address = request.script_root + request.full_path.rstrip("?")
    sent = request.form if request.method == "POST" else None
    wanted = [request.args.get("lang", ""), *request.accept_languages.values(), current_settings().shop_locale]
    return busy_page(address, sent, [locale for locale in wanted if locale])


def _languages(code: int) -> list[str]:
    """The language chosen here, the mail's where the link tells it, the browser's; a fault of ours asks no database."""
    blueprint, arguments = _addressed()
    secret, scope = arguments.get("secret"), FOR_CUSTOMERS.get(blueprint)
    ours = code >= 500  # noqa: PLR2004 - HTTP's own line
    invitation = invitation_behind(db.session, secret, scope) if secret and scope and not ours else None
    wanted = [request.args.get("lang", ""), invitation.locale if invitation else "", *request.accept_languages.values()]
    return [locale for locale in wanted if locale]


def _addressed() -> tuple[str, dict[str, Any]]:
    """Whose page stands at this address, by blueprint, and what the address says to it, whatever it refuses to take."""
    refused, adapter = request.routing_exception, current_app.create_url_adapter(request)
    if not isinstance(refused, MethodNotAllowed) or adapter is None:
        return str(request.blueprint), request.view_args or {}
    try:
        endpoint, arguments = adapter.match(method=next(iter(refused.valid_methods or ()), None))
    except HTTPException:  # the page is found by a redirect only
        return "", {}
    return str(endpoint).partition(".")[0], dict(arguments)


def _for_customers(code: int) -> str:
    locale, words = common_words(*_languages(code), current_settings().shop_locale)
    notices = {404: words.unknown_link, 405: words.wrong_way, 413: words.too_large, 429: words.too_many}
    notice = notices.get(code, words.broken)
    return render_template(
        "respond/closed.html",
        heading=notice.heading,
        text=notice.text,
        common=words,
        locale=locale,
        direction=Locale.parse(locale, sep="-").text_direction,
    )


def configure_logs() -> None:
    """Structured lines on standard error; libraries speak from warnings up."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
