"""As it runs in production: https at a proxy in front, plain http behind it, and a broker that may be away."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feedback_service.accounts.models import RoleName
from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.database import db
from tests.accounts.factories import PASSWORD, add_colleague, address

FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Host": "shop.example"}


@contextmanager
def browsing(settings: Settings, **changed: object) -> Iterator[FlaskClient]:
    app = create_app(settings.model_copy(update=changed))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def proxied(settings: Settings) -> Iterator[FlaskClient]:
    with browsing(settings, proxies=1, public_url="https://shop.example") as browser:
        yield browser


def test_staff_sign_in_over_https_though_browsers_send_no_referer(proxied: FlaskClient) -> None:
    add_colleague(proxied.application, RoleName.STAFF)
    page = proxied.get("/sign-in", headers=FORWARDED, base_url="https://shop.example")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    nonce = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert nonce
    form = {"email": address(RoleName.STAFF), "password": PASSWORD, "csrf_token": nonce[1]}
    done = proxied.post("/sign-in", data=form, headers=FORWARDED, base_url="https://shop.example")
    assert done.status_code == 302, done.text


def test_a_broker_that_is_away_costs_no_page(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with browsing(settings, broker_url=SecretStr(f"redis://127.0.0.1:{port}/0")) as browser:
        assert browser.get("/r/unknown").status_code == 404
        assert browser.get("/sign-in").status_code == 200


def test_an_error_of_the_database_repeats_nobodys_words(app: Flask) -> None:
    with app.test_request_context("/", method="POST"), pytest.raises(DBAPIError) as error:
        db.session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "my private words"})
    assert "my private words" not in str(error.value)
