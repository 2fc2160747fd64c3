"""How managers change the tree of causes. Nothing is deleted, since cases name it: it is retired instead."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.causes.models import Cause

LONGEST_KEY = 48  # characters; leaves room for a number behind it
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


class CauseError(Exception):
    """The tree cannot be changed so; the message says why, and what to do."""


def add(session: Session, title: str, group_key: str | None) -> Cause:
    """A new cause at the end of a group, or without one a new group. Raises CauseError where the title is taken."""
    causes = _held(session)
    if group_key is not None:
        _group(causes, group_key)
    siblings = _siblings(causes, group_key)
    _refuse_taken(siblings, title)
    key = _new_key(title, {cause.key for cause in causes})
    cause = Cause(key=key, parent_key=group_key, title=title, position=_after(siblings))
    session.add(cause)
    session.flush()
    return cause


def change(session: Session, key: str, title: str, group_key: str | None, *, seen: str) -> None:
    """Give it another title, and put it into another group; a group stays one.

    `seen` is the title as the page showed it. Raises CauseError where a colleague renamed it meanwhile, where the group
    is none, or where the title is taken there.
    """
    causes = _held(session)
    cause = _one(causes, key)
    if cause.title != seen:
        raise CauseError(f"A colleague named this “{cause.title}” in the meantime. Nothing was changed.")
    if cause.parent_key is not None and group_key != cause.parent_key:
        _group(causes, group_key or "")
        cause.position = _after(_siblings(causes, group_key))
        cause.parent_key = group_key
    _refuse_taken([other for other in _siblings(causes, cause.parent_key) if other.key != key], title)
    cause.title = title
    session.flush()


def move(session: Session, key: str, *, up: bool) -> None:
    """Change places with its neighbour among those in use; at either end nothing happens."""
    causes = _held(session)
    cause = _one(causes, key)
    siblings = [other for other in _siblings(causes, cause.parent_key) if other.retired_at is None]
    if cause not in siblings:
        return
    place = siblings.index(cause)
    neighbour = place - 1 if up else place + 1
    if 0 <= neighbour < len(siblings):
        siblings[place], siblings[neighbour] = siblings[neighbour], siblings[place]
    for position, other in enumerate(siblings, start=1):
        other.position = position
    session.flush()


def retire(session: Session, key: str, now: datetime) -> None:
    """Offer it no more. Raises CauseError for a group in use and for the last cause that can be chosen."""
    causes = _held(session)
    cause = _one(causes, key)
    if cause.retired_at is not None:
        return  # a second press
    in_use = [other for other in causes if other.retired_at is None]
    if cause.parent_key is None and any(other.parent_key == key for other in in_use):
        raise CauseError("Causes in this group are in use. Retire them or move them to another group first.")
    if cause.parent_key is not None and not any(other.parent_key for other in in_use if other.key != key):
        raise CauseError("This is the last cause that can be chosen. Add another one first.")
    cause.retired_at = now
    session.flush()


def bring_back(session: Session, key: str) -> None:
    """Offer it again, at the end of its group. Raises CauseError where its title was given to another meanwhile."""
    causes = _held(session)
    cause = _one(causes, key)
    if cause.retired_at is None:
        return  # a second press
    if cause.parent_key is not None:
        _group(causes, cause.parent_key)
    siblings = [other for other in _siblings(causes, cause.parent_key) if other.key != key]
    _refuse_taken(siblings, cause.title)
    cause.retired_at, cause.position = None, _after(siblings)
    session.flush()


def _held(session: Session) -> Sequence[Cause]:
    """The whole tree, and ours until the transaction ends; it is small. Cases may be closed meanwhile.

    It is read once it is locked: a statement that waits for a lock does not see what the one before it added.
    """
    session.execute(select(Cause.key).order_by(Cause.key).with_for_update(key_share=True)).all()
    return session.scalars(select(Cause).order_by(Cause.key).execution_options(populate_existing=True)).all()


def _one(causes: Sequence[Cause], key: str) -> Cause:
    found = next((cause for cause in causes if cause.key == key), None)
    if found is None:
        raise CauseError("There is no such cause.")
    return found


def _group(causes: Sequence[Cause], key: str) -> Cause:
    found = next((cause for cause in causes if cause.key == key), None)
    if found is None or found.parent_key is not None or found.retired_at is not None:
        raise CauseError("This group is not in use. Choose another one.")
    return found


def _siblings(causes: Sequence[Cause], group_key: str | None) -> list[Cause]:
    return sorted(
        (cause for cause in causes if cause.parent_key == group_key), key=lambda cause: (cause.position, cause.key)
    )


def _after(siblings: Sequence[Cause]) -> int:
    return max((cause.position for cause in siblings), default=0) + 1


def _refuse_taken(siblings: Sequence[Cause], title: str) -> None:
    if any(cause.title.casefold() == title.casefold() for cause in siblings if cause.retired_at is None):
        raise CauseError(f"“{title}” is there already.")


def _new_key(title: str, taken: set[str]) -> str:
    """A readable key that no cause has, such as late_delivery or late_delivery_2."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    key = _BETWEEN_WORDS.sub("_", plain).strip("_")[:LONGEST_KEY].strip("_") or "cause"
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}_{number}"
    return free
