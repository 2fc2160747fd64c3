"""GET changes nothing, because the database refuses."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feedback_service.database import db


def test_a_get_request_cannot_write(app: Flask) -> None:
    with app.test_request_context("/", method="GET"), pytest.raises(DBAPIError):
        db.session.execute(text("DELETE FROM surveys"))


def test_a_post_request_can(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        db.session.execute(text("DELETE FROM go_live"))
        db.session.commit()


def test_reading_first_and_writing_later_does_not_collide(app: Flask) -> None:
    with app.test_request_context("/", method="GET"):
        db.session.execute(text("SELECT count(*) FROM surveys"))
        with app.app_context(), app.test_request_context("/", method="POST"):
            db.session.execute(text("SELECT count(*) FROM surveys"))
            db.session.execute(text("UPDATE surveys SET metric = metric"))
            db.session.commit()
