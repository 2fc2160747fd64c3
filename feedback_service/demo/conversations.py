"""The demo's mails between a colleague and a buyer, from a case and back into it, as through the inbound endpoint."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.mails.models import CaseMail, ReplyTemplate
from feedback_service.cases.mails.reply import reply
from feedback_service.cases.mails.templates import filled
from feedback_service.cases.mails.way import why_no_mail
from feedback_service.cases.models import Case, CaseEntry, CaseState, EntryKind
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.inbound.take_mail import take_mail
from feedback_service.delivery.models import Message, MessagePurpose, MessageState, Reply
from feedback_service.demo.facts import chance
from feedback_service.demo.photo import cracked_cup

ASKS = "Broken or faulty item"
"""The shipped template by which a colleague asks what is wrong."""
ANSWER = 0.8  # share of those for whom a case waits
LEFT_WAITING = timedelta(days=2)  # before the visitor comes: somebody is always waited for
SEND_A_PHOTO = 0.4  # share of those
WITHIN = timedelta(hours=36)
_WORDS = {
    "en": (
        "Hello {agent},\n\nthank you for asking. {photo}I would like another one, please.",
        "That was quick, thank you. {photo}Another one would be fine, there is no hurry.",
        "Hi {agent}, {photo}could I have the money back instead? I have bought one elsewhere.",
    ),
    "pt-BR": (
        "Olá, {agent}, obrigada por perguntar. {photo}Prefiro outro, por favor.",
        "Que rapidez! {photo}Pode ser outro, sem pressa.",
    ),
}
_SETTLED = {
    "en": "No, nothing else, thank you, {agent}. I had not expected an answer on the same day.",
    "pt-BR": "Não, mais nada, obrigada, {agent}. Não esperava uma resposta no mesmo dia.",
}
"""What somebody writes for whom no case waits: their matter is as good as settled."""
_PHOTO = {"en": "The photo is with this mail. ", "pt-BR": "A foto vai junto. "}


@dataclass(frozen=True)
class Mail:
    """One mail of ours, as far as it is answered from."""

    uid: str
    agent: str
    email: str
    locale: str
    subject_key: str
    waited_for: bool


def ask_by_mail(session: Session, case: Case, *, user_id: int, key: bytes, now: datetime, shop: str) -> bool:
    """Whether a mail could be written: from the shipped template, and the case waits for what comes back."""
    locale = case.response.locale if case.response is not None else "en"
    template = session.scalar(
        select(ReplyTemplate.words).where(ReplyTemplate.name == ASKS, ReplyTemplate.locale == locale)
    )
    if template is None or why_no_mail(session, case):
        return False
    words = filled(template, case, session.get_one(User, user_id), shop)
    reply(session, case.id, words, seen=case.log_length, waits=True, user_id=user_id, key=key, now=now)
    return True


def buyers_write_back(session: Session, key: bytes, moment: datetime, until: datetime) -> None:
    """Those who were written to since yesterday; for some a case waits in vain. Nothing is taken in twice."""
    for mail in _unanswered(session, moment):
        dice = random.Random(f"demo writes back {mail.subject_key}")  # noqa: S311 - nothing secret
        if not mail.waited_for:
            _write_back(session, mail, _SETTLED[mail.locale].format(agent=mail.agent), key=key, now=moment)
        elif chance(dice, ANSWER) and moment <= until - LEFT_WAITING:
            photo = chance(dice, SEND_A_PHOTO)
            words = dice.choice(_WORDS[mail.locale])
            words = words.format(agent=mail.agent, photo=_PHOTO[mail.locale] if photo else "")
            _write_back(session, mail, words, photo=photo, key=key, now=moment)


def _write_back(session: Session, mail: Mail, words: str, *, photo: bool = False, key: bytes, now: datetime) -> None:
    """One answer, as a mail program sends it."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = mail.email, "hello@ember-and-oak.example", "Re: your order"
    letter["Message-ID"] = f"<back-{mail.subject_key.replace(':', '-')}@example.com>"
    letter["In-Reply-To"] = message_id_for(mail.uid, "ember-and-oak.example")
    letter.set_content(words)
    if photo:
        letter.add_attachment(cracked_cup(), maintype="image", subtype="png", filename="photo.png")
    take_mail(session, letter.as_bytes(), now, key=key)


def answered_cases(session: Session) -> list[Case]:
    """Those in somebody's hands in which a buyer answered the first mail, and nothing was done since."""
    news = select(CaseEntry.case_id).where(CaseEntry.case_id == Case.id, CaseEntry.kind == EntryKind.CUSTOMER_WROTE)
    wrote = select(CaseMail.case_id).where(CaseMail.case_id == Case.id)
    return list(
        session.scalars(
            select(Case)
            .where(Case.state == CaseState.IN_PROGRESS, Case.waiting_since.is_(None), news.exists(), wrote.exists())
            .order_by(Case.id)
        )
    )


def _unanswered(session: Session, moment: datetime) -> list[Mail]:
    rows = session.execute(
        select(Message, Case.waiting_since)
        .join(CaseMail, CaseMail.message_id == Message.id)
        .join(Case, Case.id == CaseMail.case_id)
        .outerjoin(Reply, Reply.message_id == Message.id)
        .where(
            Message.purpose == MessagePurpose.REPLY,
            Message.state == MessageState.SENT,
            Message.created_at.between(moment - WITHIN, moment),
            Reply.id.is_(None),
        )
        .order_by(Message.id)
    ).all()
    return [_mail(message, waited_for=since is not None) for message, since in rows]


def _mail(message: Message, *, waited_for: bool) -> Mail:
    return Mail(
        uid=message.uid,
        agent=message.signed or "",
        email=message.invitation.customer.email or "",
        locale=message.locale or message.invitation.locale,
        subject_key=message.subject_key,
        waited_for=waited_for,
    )
