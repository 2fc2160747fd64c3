"""Keeps what a manager looks at under a name, for whoever gave it."""

from collections.abc import Sequence
from datetime import datetime
from unicodedata import normalize

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.refused import RefusedError
from feedback_service.insights.looks.look import Look
from feedback_service.insights.looks.models import LONGEST_NAME, SavedLook

MOST_LOOKS = 50  # of one person; more is no help to find anything


def looks_of(session: Session, user_id: int) -> Sequence[SavedLook]:
    """What somebody saved, by name."""
    return session.scalars(
        select(SavedLook).where(SavedLook.user_id == user_id).order_by(func.lower(SavedLook.name), SavedLook.id)
    ).all()


def save_look(session: Session, user_id: int, name: str, look: Look, now: datetime) -> tuple[SavedLook, Look | None]:
    """Keep a look under a name, and what stood under it before, which may be the same; None where nothing did.

    Raises RefusedError, in a sentence, where the name will not do or there are many.
    """
    name, kept = _name(name), _held(session, user_id)
    saved = _named(kept, name)
    if saved is None:
        if len(kept) >= MOST_LOOKS:
            raise RefusedError(f"You have {MOST_LOOKS} saved looks. Remove one that you need no more, and save again.")
        saved = SavedLook(user_id=user_id, name=name, place=look.place, query=look.query, saved_at=now)
        session.add(saved)
        return saved, None
    before = Look(saved.place, saved.query)
    saved.name, saved.place, saved.query, saved.saved_at = name, look.place, look.query, now
    return saved, before


def rename_look(session: Session, user_id: int, look_id: int, name: str) -> SavedLook | None:
    """Give one's look another name; None where there is no such look of theirs.

    Raises RefusedError, in a sentence, where the name will not do or another look has it.
    """
    kept = _held(session, user_id)
    look = _numbered(kept, look_id)
    if look is None:
        return None
    name = _name(name)
    other = _named(kept, name)
    if other not in {None, look}:
        raise RefusedError(f"Another of your looks is called “{name}”. Choose another name.")
    look.name = name
    return look


def remove_look(session: Session, user_id: int, look_id: int) -> SavedLook | None:
    """Forget one's look; None where there is no such look of theirs."""
    look = _numbered(_held(session, user_id), look_id)
    if look is not None:
        session.delete(look)
    return look


def _name(text: str) -> str:
    """On one line, and written in one way. A joiner may stand between emoji, but not alone."""
    name = normalize("NFC", " ".join(text.replace("\0", "").split()))
    if len(name) > LONGEST_NAME or not any(each.isprintable() and not each.isspace() for each in name):
        raise RefusedError(f"Give the look a name of 1 to {LONGEST_NAME} characters.")
    return name


def _held(session: Session, user_id: int) -> Sequence[SavedLook]:
    """What somebody saved, and nobody saves for them until this is over: a second press finds what the first one did.

    SQLite's writers wait for each other anyway.
    """
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    return looks_of(session, user_id)


def _named(looks: Sequence[SavedLook], name: str) -> SavedLook | None:
    return next((each for each in looks if each.name.casefold() == name.casefold()), None)


def _numbered(looks: Sequence[SavedLook], look_id: int) -> SavedLook | None:
    return next((each for each in looks if each.id == look_id), None)
