"""Unhappy buyers with a mailbox, the mails that reach it, and what they write back."""

import email
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.mails.reply import reply
from feedback_service.cases.models import Case
from feedback_service.delivery.models import Message
from feedback_service.demo.mailbox import Mailbox
from tests.cases.factories import KEY, complained, taken
from tests.delivery.factories import LETTERHEAD, send

LETTERHEAD_WITH_PLUS = replace(LETTERHEAD, plus_addresses=True)
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 200
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200
_numbers = count(1)


def reachable(session: Session, at: datetime, *, locale: str = "en", comment: str = "", owner: int = 0) -> Case:
    """The case of somebody whose mailbox takes mail, in the hands of `owner` where there is one; committed."""
    _, case = complained(session, at, locale=locale, comment=comment)
    assert case.customer is not None
    case.customer.email = f"ana{next(_numbers)}@buyers.example"
    session.commit()
    if owner:
        taken(session, case, owner, at)
    return session.get_one(Case, case.id, populate_existing=True)


def write(session: Session, case: Case, words: str, user_id: int, at: datetime, **how: bool) -> Message:
    """Whoever has the case writes to its customer, having seen all; the mail as it lies in the outbox; committed."""
    session.refresh(case)
    reply(session, case.id, words, seen=case.log_length, user_id=user_id, key=KEY, now=at, **how)
    session.commit()
    return outbox(session, case.id)[-1]


def outbox(session: Session, case_id: int) -> list[Message]:
    """The mails of a case, oldest first."""
    of_the_case = select(CaseMail.message_id).where(CaseMail.case_id == case_id)
    found = session.scalars(select(Message).where(Message.id.in_(of_the_case)).order_by(Message.id)).all()
    session.commit()
    return list(found)


def arrived(sessions: sessionmaker[Session], mailbox: Mailbox, port: int, at: datetime) -> EmailMessage:
    """Send what is due, and open the newest mail that the customer's server took."""
    send(sessions, port, at, letterhead=LETTERHEAD_WITH_PLUS)
    opened = email.message_from_string(mailbox.read(mailbox.mails()[0].id).source, policy=default)
    assert isinstance(opened, EmailMessage)
    return opened


def written_back(
    to: str, words: str, *, answers: EmailMessage | None = None, by: str = "<a1@buyers.example>"
) -> EmailMessage:
    """What the customer writes to an address, as a mail server hands it in."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ana <ana@buyers.example>", to, "Re: About your feedback"
    mail["Message-ID"] = by
    if answers is not None:
        mail["In-Reply-To"] = str(answers["Message-ID"])
    mail.set_content(words)
    return mail
