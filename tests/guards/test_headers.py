"""Every page tells the browser to run nothing, frame nothing, guess nothing and tell nobody where it has been."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.database import db
from tests.accounts.factories import add_colleague, address, sign_in
from tests.guards.factories import addresses, furnish
from tests.responses.walk_in.factories import SHOP

ERRORS = {"/nothing-here": "", "/r/nothing-here": "", "/u/nothing-here": "", "/cases/999999": "cases.show"}
"""Where nothing is, and the page that would be there: its policy stands before it has looked."""


pytestmark = pytest.mark.usefixtures("now")


IN_A_FRAME = {"mail.preview_html", "previews.page", "previews.mail"}
"""A mail, or a page, as its reader sees it: in a frame of ours, the mail with the styles that it brings along."""


RUNS_OUR_SCRIPTS = {
    "walk_in.kiosk", "walk_in.kiosk_thanks", "walk_in.frame", "editor.rules", "editor.questions", "editor.words",
    "cases.show", "case_mails.write", "desk.queue", "inbox.answers_page",
}  # fmt: skip
"""At a counter, in a panel, and where a manager sees what they type; without scripts these pages work as well."""
IN_THE_SHOPS_FRAME = "walk_in.frame"
DOWNLOADED = {"case_mails.put_download", "case_mails.sent_download"}
"""Files that people sent us, which are kept and never shown."""


def policy(header: str) -> dict[str, set[str]]:
    """A content security policy, by directive."""
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: set(sources) for name, *sources in parts}


def test_every_page_has_strict_headers(app: Flask, client: FlaskClient, session: Session) -> None:
    furnished = furnish(session)
    add_colleague(app, RoleName.ADMIN)
    sign_in(client, address(RoleName.ADMIN))
    paths = {
        path: rule.endpoint
        for rule, path in addresses(app, furnished)
        if "GET" in (rule.methods or ()) and rule.endpoint not in IN_A_FRAME | DOWNLOADED
    }
    for path, endpoint in {**paths, **ERRORS}.items():
        headers = client.get(path, buffered=True).headers
        allowed = policy(headers["Content-Security-Policy"])
        assert allowed["default-src"] == {"'none'"}, path
        assert allowed.get("script-src") == ({"'self'"} if endpoint in RUNS_OUR_SCRIPTS else None), path
        assert allowed["style-src"] == {"'self'"}, path
        in_frame = endpoint == IN_THE_SHOPS_FRAME
        assert allowed["frame-ancestors"] == ({SHOP} if in_frame else {"'none'"}), path
        assert allowed["base-uri"] == {"'none'"}, path
        assert allowed["form-action"] == {"'self'"}, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers.get("X-Frame-Options") == (None if in_frame else "DENY"), path
        assert headers["Referrer-Policy"] == "no-referrer", path


@pytest.mark.parametrize("endpoint", sorted(DOWNLOADED))
def test_a_file_that_somebody_sent_can_do_nothing_where_a_browser_shows_it(
    app: Flask, client: FlaskClient, session: Session, endpoint: str
) -> None:
    furnished = furnish(session)
    add_colleague(app, RoleName.ADMIN)
    sign_in(client, address(RoleName.ADMIN))
    path = next(path for rule, path in addresses(app, furnished) if rule.endpoint == endpoint)
    headers = client.get(path).headers
    assert policy(headers["Content-Security-Policy"]) == {
        "default-src": {"'none'"},
        "frame-ancestors": {"'none'"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "sandbox": set(),
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_mail_in_a_frame_brings_its_styles_and_can_do_nothing_else(app: Flask, client: FlaskClient) -> None:
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    headers = client.get("/mail/preview/delivery_csat/en/html").headers
    assert policy(headers["Content-Security-Policy"]) == {
        "default-src": {"'none'"},
        "style-src": {"'unsafe-inline'"},
        "frame-ancestors": {"'self'"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "sandbox": {"allow-popups", "allow-popups-to-escape-sandbox"},
    }
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_that_is_refused_has_them_too(client: FlaskClient) -> None:
    headers = client.post("/sign-in").headers
    assert policy(headers["Content-Security-Policy"])["default-src"] == {"'none'"}
    assert headers["X-Frame-Options"] == "DENY"


def test_nobody_reads_the_session_from_a_script(client: FlaskClient) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_behind_https_cookies_and_visits_stay_there(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://feedback.example.com"}))
    answer = app.test_client().get("/sign-in", base_url="https://feedback.example.com")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    with app.app_context():
        db.engine.dispose()


def test_no_answer_names_the_software_behind_it(client: FlaskClient) -> None:
    assert "Python" not in client.get("/").headers.get("Server", "")
