"""Ana, who works on cases of the care team, and her browser."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from tests.cases.factories import hire, signed_in


@pytest.fixture
def ana(app: Flask, session: Session, now: datetime) -> User:
    """A colleague in the team that all cases come to; committed."""
    return hire(app, session, "Ana", now)


@pytest.fixture
def anas(app: Flask, ana: User) -> FlaskClient:
    """A browser in which Ana is signed in."""
    return signed_in(app, ana)
