"""Puts the queue into words: its lines, its views and what they are narrowed by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from json import dumps
from types import SimpleNamespace

from feedback_service.cases.desk.filters import Filters, View
from feedback_service.cases.desk.lines import CaseLine, SurveyFacts
from feedback_service.cases.inbox.shown import dimension_words, value_words
from feedback_service.cases.models import CaseKind, CaseOrigin, CaseState, Verdict
from feedback_service.cases.rules.routing import HIGH, LOW, NORMAL, URGENT, CaseReason
from feedback_service.cases.shown import DISPUTED, REASON_WORDS, STATE_WORDS, buyer_named, colleague_named
from feedback_service.formats import days_in_words, time_left
from feedback_service.questionnaires.definition import Rules
from feedback_service.responses.models import Remedy
from feedback_service.responses.rules.bands import band

VIEW_WORDS = {
    View.MINE: "Mine",
    View.UNASSIGNED: "Unassigned",
    View.OPEN: "All open",
    View.LATE: "Late",
    View.RESTING: "Resting",
    View.RESOLVED: "Resolved",
    View.STANDING: "Open or resting",
    View.ALL: "Everything",
}
EMPTY_WORDS = {
    View.MINE: ("Nothing of yours is open", "A case comes here when you take it, or when somebody gives it to you."),
    View.UNASSIGNED: ("Everything has an owner", "A case that nobody is to see to would stand here."),
    View.OPEN: ("Nothing is open", "A case appears when a buyer gives a low score or asks to be contacted."),
    View.LATE: ("Nothing is late", "A case whose deadline has passed would stand here."),
    View.RESTING: ("Nothing is resting", "A case that waits for its customer, or for a day, stands here."),
    View.RESOLVED: ("Nothing is resolved yet", "What was closed stands here, the newest first."),
    View.STANDING: ("Nothing is open", "A case appears when a buyer gives a low score or asks to be contacted."),
    View.ALL: ("No cases", "A case appears when a buyer gives a low score or asks to be contacted."),
}
"""What will stand in a view, where nothing does."""
NOTHING_FOUND = (
    "Nothing found",
    "No case that you see holds all these words. Try fewer of them, or only how a word begins, with a star: deliv*",
)
NOTHING_FITS = ("Nothing fits", "No case of this view fits all these filters.")
KIND_WORDS = {CaseKind.FOLLOW_UP: "", CaseKind.REVIEW: "To review", CaseKind.THANKS: "Say thank you"}
"""Only what is no matter to be put right is said in the list."""
KIND_CHOICES = {CaseKind.FOLLOW_UP: "To follow up", CaseKind.REVIEW: "To review", CaseKind.THANKS: "To thank"}
ORIGIN_WORDS = {
    CaseOrigin.RESPONSE: "No score",
    CaseOrigin.REPLY: "Wrote back",
    CaseOrigin.SILENCE: "Fell silent",
    CaseOrigin.MANUAL: "By hand",
}
"""What stands in the list, in the width of a score, where nobody gave one."""
PRIORITY_WORDS = {URGENT: "Urgent", HIGH: "High", NORMAL: "", LOW: ""}
"""Only what should catch the eye is said in the list."""
PRIORITY_CHOICES = {URGENT: "Urgent", HIGH: "High", NORMAL: "Normal", LOW: "Low"}
EXCERPT = 160  # characters of a comment in the list


def queue_line(
    line: CaseLine, urls: Mapping[str, str], writing: Sequence[str], survey: SurveyFacts | None, now: datetime
) -> SimpleNamespace:
    """A case as a line of the queue. `urls` are those of its page and of taking it; `writing` names who is at it."""
    closed = line.state in {CaseState.RESOLVED, CaseState.MERGED}
    resting = not closed and (line.waiting_since is not None or line.snoozed_until is not None)
    late = not closed and not resting and line.due_at <= now
    shown = SimpleNamespace(
        id=line.id,
        url=urls["show"],
        take_url=urls["take"] if line.state is CaseState.OPEN else "",
        seen=f"{line.id}-{line.owner_id or 0}-{line.log_length}",
        at=int(line.at.timestamp() * 1_000_000),
        **_score_of(line, survey),
        excerpt=_excerpt(line.comment),
        customer=buyer_named(line.customer),
        owner=colleague_named(line.owner, active=line.owner_active),
        time_left=_time(line, now),
        late=late,
        reason="" if closed else _wish(line),
        state=STATE_WORDS[line.state] if line.state is CaseState.IN_PROGRESS else "",
        disputed=DISPUTED if line.verdict is Verdict.DISPUTED and not closed else "",
        priority="" if closed else PRIORITY_WORDS[line.priority],
        kind="" if closed else KIND_WORDS[line.kind],
        writing=_writing(writing),
        mark="",
    )
    shown.mark = mark_of([shown])
    return shown


def mark_of(lines: Sequence[SimpleNamespace], *more: object) -> str:
    """A mark of what some lines say: another one as soon as they say something else."""
    said = dumps([[vars(line) for line in lines], *more], sort_keys=True, default=str)
    return sha256(said.encode()).hexdigest()[:16]


def _time(line: CaseLine, now: datetime) -> str:
    if line.state in {CaseState.RESOLVED, CaseState.MERGED}:
        return STATE_WORDS[line.state]
    if line.snoozed_until is not None:
        return "asleep"
    return "waiting" if line.waiting_since is not None else time_left(line.due_at, now)


def _wish(line: CaseLine) -> str:
    """What should catch the eye of whoever is free; that somebody only wants it known is no news in a list."""
    if line.wants_contact:
        return REASON_WORDS[CaseReason.CONTACT_WISH]
    return "Wants it put right" if line.remedy is Remedy.PUT_RIGHT else ""


def _score_of(line: CaseLine, survey: SurveyFacts | None) -> dict[str, object]:
    """Score, metric and band; all empty where nobody gave a score."""
    if line.score is None or survey is None:
        return {"score": None, "metric": "", "band": "", "wrote": ORIGIN_WORDS[line.origin]}
    of_score = band(survey.kind, line.score, _detractor_max(dumps(survey.rules, sort_keys=True)))
    return {"score": line.score, "metric": survey.kind.value, "band": of_score, "wrote": ""}


@lru_cache(maxsize=64)
def _detractor_max(rules: str) -> int:
    return Rules.model_validate_json(rules).thresholds.detractor_max


def _excerpt(comment: str) -> str:
    in_one_line = " ".join(comment.split())
    return f"{in_one_line[:EXCERPT]}…" if len(in_one_line) > EXCERPT else in_one_line


def _writing(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"{names[0]} is writing" if len(names) == 1 else f"{names[0]} and {len(names) - 1} more are writing"


def chosen_words(
    filters: Filters,
    queues: Mapping[int, str],
    owners: Mapping[int, str],
    *,
    team: str | None = None,
    cause: str | None = None,
    survey: str | None = None,
) -> list[str]:
    """What the list is narrowed by besides its view, in words; team, cause and survey are what these are called."""
    happened = "Resolved" if filters.view is View.RESOLVED else "Opened"
    told = [
        VIEW_WORDS[filters.view] if filters.view is View.STANDING else "",  # which has no place in the bar
        f"“{filters.text}”" if filters.text else "",
        queues.get(filters.queue, "An unknown queue") if filters.queue else "",
        owners.get(filters.owner, "A former colleague") if filters.owner else "",
        PRIORITY_CHOICES[filters.priority] if filters.priority else "",
        REASON_WORDS[filters.reason] if filters.reason else "",
        KIND_CHOICES[filters.kind] if filters.kind else "",
        f"Team: {team or 'unknown'}" if filters.team else "",
        f"Cause: {cause or 'unknown'}" if filters.cause else "",
        f"About answers to: {survey or 'an unknown survey'}" if filters.survey else "",
        f"{dimension_words(filters.by)}: {value_words(filters.by, filters.value)}" if filters.value else "",
        f"{happened}: {days_in_words(filters.first, filters.last)}" if filters.first or filters.last else "",
    ]
    return [words for words in told if words]


def empty_words(filters: Filters) -> tuple[str, str]:
    """Heading and sentence for a list without lines."""
    if filters.text:
        return NOTHING_FOUND
    return NOTHING_FITS if filters.narrowed else EMPTY_WORDS[filters.view]
