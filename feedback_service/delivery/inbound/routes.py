"""What comes back, by HTTP: raw mails behind a token, and the events of mail providers behind their signatures."""

import hmac

import structlog
from flask import Blueprint, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.delivery.inbound.take_event import take_event
from feedback_service.delivery.inbound.take_mail import AS_MUCH_AS_IS_READ, take_mail
from feedback_service.delivery.providers.fetch import FetchError
from feedback_service.delivery.providers.provider import BadBodyError, NotAuthenticError, Provider
from feedback_service.delivery.providers.table import PROVIDERS, VARIABLES
from feedback_service.delivery.rules.event import Event
from feedback_service.delivery.rules.mime import BadMailError

LARGEST_MAIL = 50 * 1024 * 1024  # bytes; what large hosts let through, although only the beginning is read
LARGEST_EVENTS = 4 * 1024 * 1024  # bytes; providers send less than one at a time
MAIL_TYPES = ("message/rfc822", "application/octet-stream")

bp = Blueprint("inbound", __name__)
log = structlog.get_logger(__name__)


@bp.post("/mail")
def mail() -> Response:
    """One raw mail: a bounce, a complaint, or what a person wrote back."""
    token = current_settings().inbound_token
    if token is None:
        return _say("Mails are taken here once FEEDBACK_INBOUND_TOKEN is set.", 404)
    shown = request.authorization.token if request.authorization else None
    if not hmac.compare_digest((shown or "").encode(), token.get_secret_value().encode()):
        return _say("Send the token: Authorization: Bearer, and what FEEDBACK_INBOUND_TOKEN says.", 401)
    if request.mimetype not in MAIL_TYPES:
        return _say(f"Send the mail as it is, as {' or '.join(MAIL_TYPES)}.", 415)
    request.max_content_length = LARGEST_MAIL
    raw = request.stream.read(AS_MUCH_AS_IS_READ + 1)
    try:
        said = take_mail(db.session, raw, clock.now(), key=current_settings().privacy_secret)
    except BadMailError as error:
        return _say(str(error), 400)
    db.session.commit()
    return _say(said, 200)


@bp.post("/<any(ses, postmark, mailgun, sendgrid):provider>")
def events(provider: str) -> Response:
    """What a mail provider reports. Events that nothing follows from are taken too: refused, they would come back."""
    sender: Provider | None = current_app.extensions[PROVIDERS].get(provider)
    if sender is None:
        return _say(f"These events are taken here once {VARIABLES[provider]} is set.", 404)
    request.max_content_length = LARGEST_EVENTS
    body = request.get_data(cache=False)
    try:
        sender.verify(request.headers, body, clock.now())
        reported = sender.events(body)
    except NotAuthenticError as error:
        log.warning("event refused", provider=provider, reason=str(error))
        return _say(str(error), 403)
    except BadBodyError as error:
        return _say(str(error), 400)
    except FetchError as error:
        return _say(f"Try again: {error}.", 503)
    return _say(_take(reported), 200)


def _take(reported: list[Event]) -> str:
    """Each in a transaction of its own: two requests that report on the same mails never wait in a ring."""
    said = []
    for event in reported:
        said.append(take_event(db.session, event, clock.now(), key=current_settings().privacy_secret))
        db.session.commit()
    return ", ".join(f"{said.count(word)} {word}" for word in dict.fromkeys(said)) or "Nothing follows from this."


@bp.errorhandler(HTTPException)
def _plainly(error: HTTPException) -> Response:
    """Programs get a line instead of a page."""
    return _say(error.description or "This could not be taken.", error.code or 500)


def _say(line: str, code: int) -> Response:
    return Response(f"{line}\n", code, mimetype="text/plain", headers=_CHALLENGE if code == 401 else {})  # noqa: PLR2004


_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="mail"'}
