"""Colleagues, and how they sign in: through the page, as everybody does."""

import re
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import add_user
from feedback_service.database import db

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def address(role: RoleName) -> str:
    """Where the colleague of that role gets mail."""
    return f"{role.value}@corner-shop.example"


def add_colleague(app: Flask, role: RoleName, *, email: str = "", team: str | None = None) -> int:
    """Make an account; its id."""
    with app.app_context():
        user = add_user(
            db.session,
            email=email or address(role),
            name=f"{role.value.capitalize()} Person",
            password=PASSWORD,
            role=role,
            team=team,
            now=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
        )
        db.session.commit()
        return user.id


def csrf_token(client: FlaskClient, path: str) -> str:
    """The token in the first form of a page."""
    found = _TOKEN.search(client.get(path).text)
    assert found, f"{path} has no form"
    return found[1]


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> TestResponse:
    """Fill in the form on /sign-in."""
    token = csrf_token(client, "/sign-in")
    return client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token})
