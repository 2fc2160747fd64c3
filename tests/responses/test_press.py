"""What speaks for a machine is found whether it is written down, still waits to be, or is just being written."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from feedback_service.database import db
from feedback_service.invitations.models import LinkScope
from feedback_service.invitations.record_visits import Noted
from feedback_service.invitations.rules.visits import Visit
from feedback_service.invitations.visit_book import visit_book
from feedback_service.responses.press import press_suspicion
from feedback_service.responses.rules.presses import Pressed, PressSuspicion
from tests.responses.factories import asked

PHONE = "Mozilla/5.0 (iPhone) Safari/604.1"


@pytest.mark.parametrize("written", ["before", "meanwhile", "afterwards"])
def test_no_visit_is_missed(app: Flask, session: Session, now: datetime, written: str) -> None:
    person = asked(session, now).invitation_id
    act = Pressed(page_at=now, at=now + timedelta(seconds=5), agent=PHONE, page_network="", network="")
    with app.app_context():
        book = visit_book()
        book.note(Noted(person, Visit(LinkScope.UNSUBSCRIBE, now, "GET", PHONE)))
        if written == "before":
            book.flush()
        if written == "meanwhile":  # by its thread, as soon as the rows have been read
            event.listen(db.looking, "checkin", lambda *_: book.flush(), once=True)
        assert press_suspicion(db.looking, book, act, person) is PressSuspicion.SCANNED_LINKS
        book.flush()
