"""Mails to colleagues: an escalation, a mention, a report. Queued once under a key, and sent as customers' mails are.

    pending -> leased -> handing -> sent

`handing` is committed just before the final dot; what a crash leaves there is `unknown`, and is not sent again: the
same words stand on the colleague's page of notices.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.database import SessionFactory, insert_new
from feedback_service.delivery.claim import LEASE, RELEASED
from feedback_service.delivery.compose import LONGEST_SUBJECT, compose, message_id_for
from feedback_service.delivery.enclose import Enclosed
from feedback_service.delivery.models import UNSENT, MessageState, StaffMail, StaffMailFile
from feedback_service.delivery.pool import ConnectionPool
from feedback_service.delivery.render import Letterhead
from feedback_service.delivery.rules.backoff import next_attempt
from feedback_service.delivery.rules.refusals import Stage
from feedback_service.delivery.smtp import Conversation, MailRefused, OutcomeUnknown

log = structlog.get_logger(__name__)
STOPPED = "The service stopped while the mail was being handed over. It may or may not have left."
OVER = frozenset({MessageState.SENT, MessageState.UNKNOWN, MessageState.FAILED, MessageState.CANCELLED})
"""Nothing is tried any more."""
LONGEST_KEPT_SUBJECT = min(200, LONGEST_SUBJECT)  # characters, as the column has it


class TakenBackError(Exception):
    """The mail must not leave after all: another worker holds it, or its reader was switched off meanwhile."""


@dataclass(frozen=True)
class StaffLetter:
    """A claimed mail, as far as it is written from; a row may change while a mail server is spoken to."""

    id: int
    uid: str
    recipient: str
    name: str
    subject: str
    words: str
    path: str
    attempts: int
    created_at: datetime
    html: str = ""


def queue_staff_mail(
    session: Session,
    user_id: int,
    key: str,
    subject: str,
    words: str,
    path: str,
    now: datetime,
    *,
    html: str = "",
    files: Sequence[Enclosed] = (),
) -> bool:
    """Put a mail to a colleague into the outbox; False where one with this key is there already.

    `words` are plain paragraphs without a customer's words in them, `path` is where in the service they lead. With
    `html`, a whole page, `words` are the whole of its text. `files` go along with it.
    """
    made = session.execute(
        insert_new(session, StaffMail)
        .values(
            uid=secrets.token_hex(16),
            key=key,
            user_id=user_id,
            subject=subject[:LONGEST_KEPT_SUBJECT],
            words=words,
            html=html,
            path=path,
            state=MessageState.PENDING,
            attempts=0,
            created_at=now,
            next_attempt_at=now,
            detail="",
        )
        .returning(StaffMail.id)
    )
    mail_id = made.scalar()
    if mail_id is None:
        return False
    session.add_all(
        StaffMailFile(
            mail_id=mail_id, place=at, name=file.name, media_type=file.media_type, shown=file.shown,
            content=file.content,
        )
        for at, file in enumerate(files)
    )  # fmt: skip
    return True


def send_staff_mails(
    sessions: SessionFactory, now: datetime, limit: int, *, pool: ConnectionPool, letterhead: Letterhead
) -> int:
    """Send up to `limit` mails to colleagues, one after the other; returns how many were dealt with.

    Commits as it goes. They leave while mails to customers are paused, too: they are about what has happened already.
    """
    with sessions() as session:
        _release_expired(session, now)
        lease_key, ids = _claim(session, now, limit)
        session.commit()
    if not ids:
        return 0
    batch = _Batch(sessions, letterhead, lease_key, now)
    letters = batch.letters(ids)
    tried = 0
    try:
        with pool.lent() as conversation:
            for letter in letters:
                tried += 1
                if not batch.send(conversation, letter):
                    break
    finally:
        untried = [letter.id for letter in letters[tried:]]
        batch.give_back(untried)
    return len(ids) - len(untried)


class _Batch:
    """What one run holds: mails under one lease, written about one by one."""

    def __init__(self, sessions: SessionFactory, letterhead: Letterhead, lease_key: str, now: datetime) -> None:
        self._sessions = sessions
        self._letterhead = letterhead
        self._lease_key = lease_key
        self._now = now

    def letters(self, ids: list[int]) -> list[StaffLetter]:
        """The mails whose readers still work here; the others are cancelled."""
        with self._sessions() as session:
            rows = session.execute(
                select(StaffMail, User.email, User.name, User.active)
                .join(User, User.id == StaffMail.user_id)
                .where(StaffMail.id.in_(ids), StaffMail.lease_key == self._lease_key)
                .order_by(StaffMail.id)
            ).all()
            found = []
            for mail, address, name, active in rows:
                if active:
                    found.append(
                        StaffLetter(
                            mail.id, mail.uid, address, name, mail.subject, mail.words, mail.path, mail.attempts,
                            mail.created_at, mail.html,
                        )
                    )  # fmt: skip
                else:
                    gone = {"state": MessageState.CANCELLED, "detail": "Not sent: this account is switched off."}
                    self._mark(session, mail.id, gone)
            session.commit()
        return found

    def send(self, conversation: Conversation, letter: StaffLetter) -> bool:
        """Deal with one mail; False where the server takes no more of them now."""
        try:
            raw = render_staff_mail(letter, self._letterhead, self._now, self._files(letter))
        except ValueError as error:  # a header that cannot be written: another attempt would be the same mail
            self._write(letter, {"state": MessageState.FAILED, "detail": str(error)})
            return True
        try:
            taken = conversation.send(self._letterhead.sender, letter.recipient, raw, lambda: self._hand_over(letter))
        except TakenBackError:
            log.info("staff mail taken back", mail=letter.id)
        except OutcomeUnknown as unknown:
            self._write(letter, {"state": MessageState.UNKNOWN, "detail": str(unknown)})
        except MailRefused as refusal:
            self._keep_refusal(letter, refusal)
            return not refusal.settings_are_bad and refusal.stage is not Stage.CONNECT
        else:
            said = f"The mail server accepted it ({taken.code})."
            self._write(letter, {"state": MessageState.SENT, "sent_at": self._now, "detail": said})
        return True

    def _files(self, letter: StaffLetter) -> list[Enclosed]:
        """Read for one mail at a time: a batch of them would not fit everywhere."""
        with self._sessions() as session:
            session.info["read_only"] = True
            rows = session.scalars(
                select(StaffMailFile).where(StaffMailFile.mail_id == letter.id).order_by(StaffMailFile.place)
            )
            return [Enclosed(row.name, row.media_type, row.content, row.shown) for row in rows]

    def give_back(self, ids: list[int]) -> None:
        """Return what was not tried, since the server takes nothing now."""
        if not ids:
            return
        with self._sessions() as session:
            for mail_id in ids:
                self._mark(session, mail_id, {"state": MessageState.PENDING})
            session.commit()

    def _hand_over(self, letter: StaffLetter) -> None:
        with self._sessions() as session:
            handed = session.execute(
                update(StaffMail)
                .where(
                    StaffMail.id == letter.id,
                    StaffMail.lease_key == self._lease_key,
                    StaffMail.state == MessageState.LEASED,
                    StaffMail.user_id.in_(select(User.id).where(User.active)),
                )
                .values(state=MessageState.HANDING, attempts=StaffMail.attempts + 1, leased_until=self._now + LEASE)
                .returning(StaffMail.id)
                .execution_options(synchronize_session=False)
            ).first()
            session.commit()
        if handed is None:
            raise TakenBackError

    def _keep_refusal(self, letter: StaffLetter, refusal: MailRefused) -> None:
        attempts = letter.attempts + 1
        again = (
            None if refusal.permanent else next_attempt(attempts, letter.created_at, self._now, spread_by=letter.uid)
        )
        fate: dict[str, object] = {"attempts": attempts, "detail": str(refusal)}
        if again is None:
            fate["state"] = MessageState.FAILED
        else:
            fate |= {"state": MessageState.PENDING, "next_attempt_at": again}
        self._write(letter, fate)
        log.info("staff mail refused", mail=letter.id, stage=refusal.stage, code=refusal.code)

    def _write(self, letter: StaffLetter, fate: Mapping[str, object]) -> None:
        with self._sessions() as session:
            self._mark(session, letter.id, fate)
            session.commit()

    def _mark(self, session: Session, mail_id: int, fate: Mapping[str, object]) -> None:
        """Let go of a mail; one whose lease ran out meanwhile was called unknown, and a late answer settles it."""
        held = [StaffMail.lease_key == self._lease_key]
        if fate["state"] is MessageState.SENT:
            held = [StaffMail.state.in_((MessageState.HANDING, MessageState.UNKNOWN))]
        marked = session.execute(
            update(StaffMail)
            .where(StaffMail.id == mail_id, *held)
            .values(**{**fate, **RELEASED})
            .returning(StaffMail.id)
            .execution_options(synchronize_session=False)
        ).first()
        if marked and fate["state"] in OVER:
            session.execute(delete(StaffMailFile).where(StaffMailFile.mail_id == mail_id))


def render_staff_mail(
    letter: StaffLetter, letterhead: Letterhead, now: datetime, files: Sequence[Enclosed] = ()
) -> bytes:
    """The mail: its words, and a link to where they lead. Raises ValueError where a header cannot be written."""
    url = f"{letterhead.base_url}{letter.path}"
    foot = f"You get this because you work on feedback at {letterhead.shop_name}."
    paragraphs = [line.strip() for line in letter.words.split("\n") if line.strip()]
    links = f'<p><a href="{escape(url)}">{escape(url)}</a></p>' if letter.path else ""
    body = "".join(f'<p dir="auto">{escape(paragraph)}</p>' for paragraph in paragraphs)
    page = f'<!doctype html><html lang="en"><body>{body}{links}<p><small>{escape(foot)}</small></p></body></html>'
    text = "\n\n".join([*paragraphs, *([url] if letter.path else []), f"-- \n{foot}"]) + "\n"
    return compose(
        message_id=message_id_for(letter.uid, letterhead.sender.rpartition("@")[2]),
        date=now,
        sender_name=letterhead.shop_name,
        sender_address=letterhead.sender,
        recipient_name=letter.name,
        recipient_address=letter.recipient,
        subject=letter.subject,
        text=letter.words if letter.html else text,
        html=letter.html or page,
        language="en",
        unsubscribe_url=None,
        files=files,
    )


def _claim(session: Session, now: datetime, limit: int) -> tuple[str, list[int]]:
    lease_key = secrets.token_hex(16)
    due = session.scalars(
        select(StaffMail.id)
        .where(sql(UNSENT), StaffMail.state == MessageState.PENDING, StaffMail.next_attempt_at <= now)
        .order_by(StaffMail.next_attempt_at, StaffMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    ids = session.scalars(
        update(StaffMail)
        .where(StaffMail.id.in_(due), StaffMail.state == MessageState.PENDING)
        .values(state=MessageState.LEASED, leased_until=now + LEASE, lease_key=lease_key)
        .returning(StaffMail.id)
        .execution_options(synchronize_session=False)
    )
    return lease_key, sorted(ids)


def _release_expired(session: Session, now: datetime) -> None:
    """Take up what a crashed worker held: before the final dot it is safe to try again, after it nobody knows."""
    for held, fate in (
        (MessageState.LEASED, {"state": MessageState.PENDING}),
        (MessageState.HANDING, {"state": MessageState.UNKNOWN, "detail": STOPPED}),
    ):
        session.execute(
            update(StaffMail)
            .where(sql(UNSENT), StaffMail.state == held, StaffMail.leased_until <= now)
            .values({**fate, **RELEASED})
            .execution_options(synchronize_session=False)
        )
