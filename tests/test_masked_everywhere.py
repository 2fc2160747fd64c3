"""By whatever door words come in, no card number and no password is stored: every column of every table is searched."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.status.forms import SayForm
from feedback_service.cases.status.say import add_to_case, add_without_case, dispute
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.work import log_action
from feedback_service.csvfiles import Row
from feedback_service.database import Base
from feedback_service.delivery.inbound.take_mail import take_mail
from feedback_service.invitations.models import Invitation
from feedback_service.masking import CARD
from feedback_service.responses.anonymous import write_anonymous
from feedback_service.responses.collect import add_words
from feedback_service.responses.first_press import Press
from feedback_service.responses.follow_ups.keep import keep_page
from feedback_service.responses.import_answers import import_answers
from feedback_service.responses.models import ContactHow, ContactWhen, Response
from feedback_service.responses.rules.answers import Contact, Given
from feedback_service.responses.rules.words import as_kept, as_phone_number
from feedback_service.sentiment.assess import assess_comments
from tests.cases.factories import KEY, colleague, complained, taken
from tests.delivery.inbound.factories import sent
from tests.delivery.returned_mails import REPLY, mail
from tests.invitations.factories import NOW, PRIVACY_KEY
from tests.responses.factories import NPS, asked

NUMBER, PASSWORD = "4111 1111-1111 1111", "hunter2secret"
SAID = f"I paid with {NUMBER}, and my password is {PASSWORD}. It never came."
UTC_ZONE, DAY = ZoneInfo("UTC"), timedelta(days=1)


@pytest.fixture(autouse=True)
def searched(session: Session) -> Iterator[None]:
    """Whatever a test leaves behind is searched, and its words must have come in at all."""
    yield
    session.commit()
    found = {
        f"{table.name}.{name}": repr(value)
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table)).mappings()
        for name, value in row.items()
    }
    assert [place for place, value in found.items() if NUMBER in value or PASSWORD in value] == []
    assert any(CARD in value for value in found.values())
    assert any("never came" in value for value in found.values())


def test_a_page_of_answers(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    said = {"comment": Given(text=SAID), "liked": Given(("other",), SAID)}
    for at in (now, now + DAY):  # the same page twice changes nothing, masked or not
        kept = keep_page(session, case.response_id, said, seen=2, window=DAY, zone=UTC_ZONE, now=at)
        session.commit()
    assert kept.revision == session.get_one(Response, case.response_id).revision == 2
    assess_comments(session, now, 10)
    open_cases(session, now, 10, key=KEY)


def test_words_that_are_added(session: Session, now: datetime) -> None:
    person, _ = complained(session, now)
    invitation = session.get_one(Invitation, person.invitation_id)
    add_words(session, invitation, comment=SAID, wants_contact=False, window=DAY, now=now)


def test_an_anonymous_answer(session: Session, now: datetime) -> None:
    person = asked(session, now)
    version = session.get_one(Invitation, person.invitation_id).version_id
    press = Press(survey_key=NPS, version_id=version, locale="en", score=3)
    said = {"comment": Given(text=SAID), "why": Given(text=SAID)}
    write_anonymous(session, press, said, day=date(2026, 3, 2), zone=UTC_ZONE)


def test_an_import(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    order = session.get_one(Case, case.id).order
    assert order is not None
    cells = {"survey": NPS, "order_id": order.external_id, "score": "3", "answered_at": "2026-03-01", "comment": SAID}
    row = Row(2, cells, list(cells.values()))
    counts = import_answers(session, [row], source="shop", shop_zone=UTC_ZONE, shop_locale="en", now=now)
    assert (counts.added, counts.refused) == (1, [])


def test_a_mail_written_back(session: Session) -> None:
    message = sent(session)
    raw = mail(REPLY, uid=message.uid)
    head, _, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    take_mail(session, head + b"\r\n\r\n" + SAID.encode() + b"\r\n", NOW, key=PRIVACY_KEY)
    take_replies(session, NOW, 10, key=PRIVACY_KEY)
    assert body


def test_the_customers_page(session: Session, now: datetime) -> None:
    person, case = complained(session, now)
    by = {"invitation_id": person.invitation_id, "key": KEY, "now": now}
    add_to_case(session, case.id, SAID, **by)
    dispute(session, case.id, f"{SAID} Really!", seen=0, **by)
    add_without_case(session, session.get_one(Invitation, person.invitation_id), SAID, "press", now)


def test_a_colleagues_note(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    user = colleague(session, "Marta", now)
    taken(session, case, user, now)
    log_action(session, case.id, EntryKind.CALLED, f"She said: {SAID}", user_id=user, key=KEY, now=now)


def test_every_text_field_of_a_customers_page_masks_what_it_takes(session: Session, now: datetime) -> None:
    """And a phone number stays one: somebody must be able to call it."""
    _, case = complained(session, now, comment=as_kept(SAID))
    assert as_kept in SayForm.words.kwargs["filters"]
    assert as_phone_number("+49 151 2345 678 900") == "+49 151 2345 678 900"
    assert as_phone_number(NUMBER) == CARD
    contact = Contact(ContactHow.PHONE, ContactWhen.ANY, as_phone_number(NUMBER))
    said = {"remedy": Given(("contact",), contact=contact)}
    keep_page(session, case.response_id, said, seen=None, window=DAY, zone=UTC_ZONE, now=now)
