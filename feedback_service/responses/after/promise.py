"""What happens next, and by when: never a promise that the routing of answers does not make as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback_service.accounts.business_hours import BusinessHours, later
from feedback_service.questionnaires.definition import Rules
from feedback_service.responses.models import Remedy


class Next(StrEnum):
    """What somebody may expect; the same words are in `AfterWords`."""

    NOBODY = "nobody"
    """Nobody answers: they were content, and asked for nothing."""
    NOTED = "noted"
    """They were not content, and want nothing but that it is known."""
    LOOKED_INTO = "looked_into"
    CONTACT = "contact"
    PUT_RIGHT = "put_right"


DATED = frozenset({Next.LOOKED_INTO, Next.CONTACT, Next.PUT_RIGHT})
"""What somebody is to do by a day."""


@dataclass(frozen=True)
class Said:
    """An answer as it stood from one moment on."""

    at: datetime
    score: int
    wants_contact: bool


@dataclass(frozen=True)
class Promise:
    """What is told."""

    next: Next
    by: datetime | None
    """Where somebody is to do something."""


def promise(
    rules: Rules,
    history: Sequence[Said],
    *,
    score: int,
    wants_contact: bool,
    remedy: Remedy | None,
    reachable: bool,
    hours: BusinessHours | None,
) -> Promise:
    """What may be told to somebody whose answer now is this, and whose `history` is given oldest first.

    `reachable`: whether we know where to answer them; a passer-by may have told us nothing of the kind. `hours` are
    those of the team that is to answer, whose deadlines count nothing else; None: it works around the clock.
    """
    unhappy = score <= rules.thresholds.detractor_max
    comes = _next(remedy, unhappy=unhappy, wants_contact=wants_contact, reachable=reachable)
    if comes not in DATED or not history:
        return Promise(comes, None)
    return Promise(comes, _due(rules, history, hours, unhappy=unhappy, wants_contact=wants_contact))


def _next(remedy: Remedy | None, *, unhappy: bool, wants_contact: bool, reachable: bool) -> Next:
    if wants_contact:
        return Next.CONTACT if reachable else Next.LOOKED_INTO
    if not unhappy:
        return Next.NOBODY
    if remedy is Remedy.NOTE:
        return Next.NOTED
    return Next.PUT_RIGHT if remedy is Remedy.PUT_RIGHT and reachable else Next.LOOKED_INTO


def _due(
    rules: Rules, history: Sequence[Said], hours: BusinessHours | None, *, unhappy: bool, wants_contact: bool
) -> datetime:
    """The earliest of the deadlines that the answer has brought about so far, as its case has it."""
    due, contact_due = rules.routing.due_hours * 60, rules.routing.contact_due_hours * 60
    deadlines = []
    if unhappy:
        became_so = _since([(said.at, said.score <= rules.thresholds.detractor_max) for said in history])
        deadlines.append(later(hours, became_so, due))
    if wants_contact:
        wanted = _since([(said.at, said.wants_contact) for said in history])
        deadlines.append(later(hours, wanted, min(due, contact_due)))
    return min(deadlines)


def _since(states: Sequence[tuple[datetime, bool]]) -> datetime:
    """Since when something holds without a break; the last moment where nothing says."""
    began = states[-1][0]
    for at, holds in reversed(states):
        if not holds:
            break
        began = at
    return began
