"""What runs, what was missed, and when to look again: a case's deadlines and its queue's ladder as plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from feedback_service.accounts.business_hours import BusinessHours, after, later, passed


class Of(StrEnum):
    """Which deadline; the same words are in the table's DeadlineKind."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


class StepKind(StrEnum):
    """What a rung of the ladder does."""

    REMIND = "remind"
    REASSIGN = "reassign"
    MANAGER = "manager"


@dataclass(frozen=True)
class Deadline:
    """By when something is to be done, and whether it was."""

    of: Of
    due_at: datetime
    done_at: datetime | None = None
    met: bool | None = None
    """True when it was done in time, False as soon as the time was over."""

    @property
    def runs(self) -> bool:
        """Whether it can still be met."""
        return self.done_at is None and self.met is None


@dataclass(frozen=True)
class Rung:
    """A step of the ladder, `minutes` of the team's time after a deadline; before it where they are negative."""

    number: int
    """Its own among all rungs that its queue ever had, from 1."""
    step: StepKind
    of: Of
    minutes: int


def read_ladder(ladder: Sequence[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """A queue's column as rungs; one without a number has that of its place.

    Raises ValueError where something in it is none.
    """
    return tuple(
        Rung(int(rung.get("number", place)), StepKind(rung["step"]), Of(rung["of"]), int(rung["minutes"]))
        for place, rung in enumerate(ladder, start=1)
    )


def numbered(
    before: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]], highest: int
) -> tuple[list[dict[str, Any]], int]:
    """Another ladder as its queue keeps it, and the highest number that a rung of the queue ever had.

    What each case has behind it is told by these numbers. So a rung that stays keeps its own wherever it now stands,
    and a new one gets a number that none had before.
    """
    left = list(read_ladder(before))
    highest = max([highest, *(rung.number for rung in left)])
    ladder = []
    for rung in wanted:
        told = (rung["step"], rung["of"], rung["minutes"])
        same = next((each for each in left if (each.step, each.of, each.minutes) == told), None)
        if same is None:
            highest += 1
        else:
            left.remove(same)
        number = highest if same is None else same.number
        ladder.append({"step": rung["step"], "of": rung["of"], "minutes": rung["minutes"], "number": number})
    return ladder, highest


def first_deadlines(
    hours: BusinessHours | None, now: datetime, *, first_minutes: int, resolution_minutes: int
) -> tuple[Deadline, Deadline]:
    """Those of a case that opens now: of the first response, and of the resolution, which is never due before it."""
    first = later(hours, now, first_minutes)
    resolution = later(hours, now, resolution_minutes)
    return Deadline(Of.FIRST_RESPONSE, first), Deadline(Of.RESOLUTION, max(first, resolution))


def done(deadline: Deadline, now: datetime, waiting_since: datetime | None = None) -> Deadline:
    """It was done now, in time or late. What is stored already stays, since it happened then.

    While a case waits, time stands still: what could be met when that began still can.
    """
    if deadline.done_at is not None:
        return deadline
    met = not is_missed(deadline, now, waiting_since) if deadline.met is None else deadline.met
    return replace(deadline, done_at=now, met=met)


def put_off(hours: BusinessHours | None, deadline: Deadline, *, waiting_since: datetime, now: datetime) -> Deadline:
    """The case stood still between these moments: what could still be met then is due so much of the team's time
    later, and never earlier."""
    if not deadline.runs or deadline.due_at < waiting_since:
        return deadline
    moved = after(hours, deadline.due_at, passed(hours, waiting_since, now))
    return replace(deadline, due_at=max(deadline.due_at, moved))


def is_missed(deadline: Deadline, now: datetime, waiting_since: datetime | None) -> bool:
    """Whether its time is over and nothing was done. While a case waits, time stands still."""
    clock = now if waiting_since is None else min(now, waiting_since)
    return deadline.runs and deadline.due_at < clock


def running(deadlines: Collection[Deadline]) -> Deadline | None:
    """The one that the queue goes by: what is not done yet, the nearest first; None where all is done."""
    waiting = [deadline for deadline in deadlines if deadline.done_at is None]
    return min(waiting, key=lambda each: (each.due_at, list(Of).index(each.of)), default=None)


def rung_at(hours: BusinessHours | None, rung: Rung, deadlines: Collection[Deadline]) -> datetime | None:
    """When a rung is due; None where what it presses for is done."""
    due = next((each.due_at for each in deadlines if each.of == rung.of and each.done_at is None), None)
    return None if due is None else later(hours, due, rung.minutes)


def rungs_due(
    hours: BusinessHours | None,
    ladder: Sequence[Rung],
    deadlines: Collection[Deadline],
    *,
    taken: Collection[int],
    now: datetime,
) -> list[Rung]:
    """The rungs to take now, in the order of their moments."""
    moments = {
        rung: at
        for rung in ladder
        if rung.number not in taken and (at := rung_at(hours, rung, deadlines)) is not None and at <= now
    }
    return sorted(moments, key=lambda rung: (moments[rung], rung.number))


def next_look(
    hours: BusinessHours | None,
    ladder: Sequence[Rung],
    deadlines: Collection[Deadline],
    *,
    taken: Collection[int],
    waiting_since: datetime | None,
) -> datetime | None:
    """When there is something to do about a case: a deadline has passed, or a rung is due. None where nothing is to
    come, or where it waits."""
    passes = [each.due_at + MOMENT for each in deadlines if each.runs]
    if waiting_since is not None:
        return min((at for at in passes if at <= waiting_since), default=None)
    rungs = [rung_at(hours, rung, deadlines) for rung in ladder if rung.number not in taken]
    return min([*passes, *(at for at in rungs if at is not None)], default=None)


MOMENT = timedelta(microseconds=1)
"""The least that both databases tell apart: what is done at the very moment of a deadline is done in time."""
