"""Tells a colleague something, once: on their page of notices and, where it cannot wait for them to look, by mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.cases.notices.shown import people_named, sentence, subject
from feedback_service.database import insert_new
from feedback_service.delivery.staff_mail import queue_staff_mail

NOTICES_PATH = "/notices/"


def notify(
    session: Session,
    user_id: int,
    kind: NoticeKind,
    *,
    key: str,
    case_id: int | None = None,
    response_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    now: datetime,
    mail: bool = False,
) -> bool:
    """Whether they were told now; under one `key` each is told once, and nobody who is switched off.

    `facts` are keys and ids, never a customer's words; `mail` queues a mail as well, with the notice's sentence.
    """
    if not session.scalar(select(User.active).where(User.id == user_id)):
        return False
    told = dict(facts or {})
    made = session.execute(
        insert_new(session, Notice)
        .values(user_id=user_id, key=key, kind=kind, case_id=case_id, response_id=response_id, facts=told, at=now)
        .returning(Notice.id)
    ).scalar()
    if made is not None and mail:
        names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people_named(told)))).all())
        words = sentence(kind, case_id, told, names)
        path = f"/cases/{case_id}" if case_id is not None else NOTICES_PATH
        queue_staff_mail(session, user_id, f"notice:{made}", subject(kind, case_id), words, path, now)
    return made is not None
