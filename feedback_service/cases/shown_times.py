"""Puts into words how a case stands in time: what runs, what was met or missed, and whether it rests."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from feedback_service.cases.models import ACTIVE_STATES, Case, CaseDeadline, DeadlineKind
from feedback_service.formats import moment, span, time_left

KIND_WORDS = {DeadlineKind.FIRST_RESPONSE: "First response", DeadlineKind.RESOLUTION: "Resolution"}
OF_MERGED = "Of a merged case"


def times_of(case: Case, deadlines: Sequence[CaseDeadline], now: datetime, zone: ZoneInfo) -> SimpleNamespace:
    """The line under the name, and the deadlines of the present opening; `deadlines` may be those of all openings."""
    here = {each.kind: each for each in deadlines if each.opening == case.opening}
    active = case.state in ACTIVE_STATES
    return SimpleNamespace(
        rest=_rest(case, now, zone) if active else "",
        waiting=active and case.waiting_since is not None,
        asleep=active and case.snoozed_until is not None,
        left=_left(case, here, now) if active and case.waiting_since is None else "",
        late=active and case.waiting_since is None and case.due_at <= now,
        due=moment(case.due_at, zone),
        deadlines=[
            *((KIND_WORDS[kind], _stands(here[kind], case, now, zone)) for kind in DeadlineKind if kind in here),
            *([(OF_MERGED, f"By {moment(case.due_at, zone)}")] if active and _goes_by_another(case, here) else []),
        ],
        opened_again=_opened_again(case.opening),
    )


def _rest(case: Case, now: datetime, zone: ZoneInfo) -> str:
    if case.waiting_since is not None:
        return f"Waits for the customer since {span(now - case.waiting_since)}; the deadline stands still"
    return f"Asleep until {moment(case.snoozed_until, zone)}" if case.snoozed_until is not None else ""


def _left(case: Case, here: dict[DeadlineKind, CaseDeadline], now: datetime) -> str:
    """The deadline that runs, as "First response: 2 h left"."""
    running = next((kind for kind in DeadlineKind if kind in here and here[kind].done_at is None), None)
    left = time_left(case.due_at, now)
    if _goes_by_another(case, here):
        return f"{OF_MERGED}: {left}"
    return f"{KIND_WORDS[running]}: {left}" if running is not None else left


def _goes_by_another(case: Case, here: dict[DeadlineKind, CaseDeadline]) -> bool:
    """Whether a case that was merged into this one is due before it."""
    own = min((each.due_at for each in here.values() if each.done_at is None), default=None)
    return own is not None and case.due_at < own


def _stands(deadline: CaseDeadline, case: Case, now: datetime, zone: ZoneInfo) -> str:
    due = moment(deadline.due_at, zone)
    if deadline.done_at is not None:
        return f"{'In time' if deadline.met else 'Late'}, {moment(deadline.done_at, zone)} (due {due})"
    if deadline.met is False or (deadline.due_at <= now and case.waiting_since is None):
        return f"Missed, was due {due}"
    return f"By {due}"


def _opened_again(opening: int) -> str:
    again = opening - 1
    return {0: "", 1: "Once"}.get(again, f"{again} times")
