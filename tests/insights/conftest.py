"""Who looks at insights."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from tests.cases.factories import hire, signed_in


@pytest.fixture
def manager(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """A manager's browser."""
    return signed_in(app, hire(app, session, "Maria", now, role=RoleName.MANAGER, team=None))
