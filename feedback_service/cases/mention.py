"""Finds the colleagues whom a note calls by "@name", and tells them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.desk.visible import may_see
from feedback_service.cases.models import Case, CaseEntry
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.refused import RefusedError

CALLED = re.compile(r"(?<![\w.])@(?P<name>\w[\w'’.-]*\w|\w)(?P<more>(?:[ ]\w[\w'’-]*){0,3})")
"""An @ that begins a word, so that no address is taken for a call, and the words after it that may be of the name."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who can be called."""

    id: int
    name: str


class UnclearMentionError(RefusedError):
    """A name that nobody has, or several; the message says who could be meant."""


def mentioned(session: Session, case_id: int, text: str) -> list[int]:
    """Ids of the colleagues whom a text about a case calls, each once, in its order.

    Raises UnclearMentionError where a name is nobody's or several people's, or where they do not see the case.
    """
    if "@" not in text:
        return []
    names = session.execute(select(User.id, User.name).where(User.active).order_by(User.name, User.id))
    called = find_mentions(text, [Colleague(*row) for row in names])
    case = session.get_one(Case, case_id)
    for user_id in called:
        user = session.get_one(User, user_id)
        if not may_see(session, user, case):
            raise UnclearMentionError(f"{user.name} does not see this queue, so a note does not reach them here.")
    return called


def find_mentions(text: str, people: Sequence[Colleague]) -> list[int]:
    """The same among `people`: by full name or, where it belongs to one alone, by first name."""
    found: dict[int, None] = {}
    for call in CALLED.finditer(text):
        found[_meant(call["name"], call["more"], people).id] = None
    return list(found)


def tell_mentioned(session: Session, entry: CaseEntry, by: int, now: datetime) -> None:
    """Tell everybody whom an entry calls, except whoever wrote it."""
    for user_id in entry.facts.get("mentions", ()):
        if user_id != by:
            key = f"mention:{entry.case_id}:{entry.ordinal}"
            facts = {"by": by, "entry": entry.ordinal}
            notify(
                session,
                user_id,
                NoticeKind.MENTIONED,
                key=key,
                case_id=entry.case_id,
                facts=facts,
                now=now,
                mail=True,
            )


def _meant(first: str, more: str, people: Sequence[Colleague]) -> Colleague:
    said = f"{first}{more}".casefold()
    full = [each for each in people if _begins(said, each.name.casefold())]
    if full:
        return max(full, key=lambda each: len(each.name))
    named = [each for each in people if each.name.casefold().split()[:1] == [first.casefold()]]
    if len(named) == 1:
        return named[0]
    if named:
        who = " or ".join(f"@{each.name}" for each in named)
        raise UnclearMentionError(f"Several colleagues are called {first}. Write {who}.")
    near = [each.name for each in people if each.name.casefold().startswith(first.casefold()[:2])]
    meant = f" Did you mean {' or '.join(f'@{name}' for name in near[:5])}?" if near else ""
    raise UnclearMentionError(f"Nobody here is called “{first}”.{meant} Leave out the @ if you call nobody.")


def _begins(said: str, name: str) -> bool:
    return " " in name and (said == name or said.startswith(f"{name} "))
