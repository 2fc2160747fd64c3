"""The lines of the queue say what matters, and no more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedback_service.cases.count_up_to import COUNT_CAP, capped
from feedback_service.cases.desk.filters import Filters, View
from feedback_service.cases.desk.lines import CaseLine, SurveyFacts
from feedback_service.cases.desk.shown import (
    EMPTY_WORDS,
    EXCERPT,
    KIND_CHOICES,
    KIND_WORDS,
    ORIGIN_WORDS,
    PRIORITY_CHOICES,
    PRIORITY_WORDS,
    VIEW_WORDS,
    chosen_words,
    empty_words,
    mark_of,
    queue_line,
)
from feedback_service.cases.models import CaseKind, CaseOrigin, CaseState, Verdict
from feedback_service.cases.rules.routing import HIGH, LOW, NORMAL, URGENT, CaseReason
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.responses.models import Remedy

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
NPS = SurveyFacts(
    SurveyKind.NPS, {"title": "After", "trigger": {"on": "delivered"}, "thresholds": {"detractor_max": 6}}
)
LINE = CaseLine(
    id=7,
    score=2,
    survey="nps",
    comment="The lamp\ncame  broken.",
    customer="Ana Souza",
    owner_id=3,
    owner="Ben",
    owner_active=True,
    due_at=NOW + timedelta(hours=3),
    state=CaseState.OPEN,
    kind=CaseKind.FOLLOW_UP,
    origin=CaseOrigin.RESPONSE,
    priority=URGENT,
    wants_contact=False,
    remedy=None,
    verdict=None,
    waiting_since=None,
    snoozed_until=None,
    log_length=2,
    at=NOW,
)
URLS = {"show": "/cases/7", "take": "/cases/7/take"}


def shown(line: CaseLine, *writing: str, survey: SurveyFacts | None = NPS) -> dict[str, object]:
    return vars(queue_line(line, URLS, writing, survey, NOW))


def test_everything_has_its_words() -> None:
    assert set(VIEW_WORDS) == set(EMPTY_WORDS) == set(View)
    assert set(PRIORITY_WORDS) == set(PRIORITY_CHOICES) == {URGENT, HIGH, NORMAL, LOW}
    assert set(KIND_WORDS) == set(KIND_CHOICES) == set(CaseKind)
    assert set(ORIGIN_WORDS) == set(CaseOrigin)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (COUNT_CAP - 1, f"{COUNT_CAP - 1}"), (COUNT_CAP, f"{COUNT_CAP - 1}+")]
)
def test_a_count_says_where_it_stopped(count: int, words: str) -> None:
    assert capped(count) == words


def test_a_line_of_the_queue() -> None:
    line = queue_line(LINE, URLS, [], NPS, NOW)
    assert (line.url, line.take_url, line.seen) == ("/cases/7", "/cases/7/take", "7-3-2")
    assert (line.excerpt, line.score, line.band) == ("The lamp came broken.", 2, "detractor")
    assert (line.time_left, line.late, line.priority) == ("3 h left", False, "Urgent")
    assert (line.reason, line.state, line.disputed, line.kind, line.owner) == ("", "", "", "", "Ben")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"wants_contact": True}, "reason", "Asked for contact"),
        ({"remedy": Remedy.PUT_RIGHT}, "reason", "Wants it put right"),
        ({"remedy": Remedy.NOTE}, "reason", ""),
        ({"remedy": Remedy.CONTACT, "wants_contact": True}, "reason", "Asked for contact"),
        ({}, "wrote", ""),
        ({"score": None, "origin": CaseOrigin.REPLY}, "wrote", "Wrote back"),
        ({"score": None, "origin": CaseOrigin.SILENCE}, "wrote", "Fell silent"),
        ({"score": None, "origin": CaseOrigin.MANUAL}, "score", None),
        ({"state": CaseState.IN_PROGRESS}, "state", "In progress"),
        ({"state": CaseState.IN_PROGRESS}, "take_url", ""),
        ({"state": CaseState.IN_PROGRESS, "verdict": Verdict.DISPUTED}, "disputed", "Not settled, says the customer"),
        ({"state": CaseState.RESOLVED}, "time_left", "Resolved"),
        ({"state": CaseState.MERGED}, "time_left", "Merged"),
        ({"state": CaseState.RESOLVED}, "priority", ""),
        ({"waiting_since": NOW, "due_at": NOW}, "time_left", "waiting"),
        ({"snoozed_until": NOW, "due_at": NOW}, "time_left", "asleep"),
        ({"waiting_since": NOW, "due_at": NOW}, "late", False),
        ({"due_at": NOW}, "late", True),
        ({"due_at": NOW, "state": CaseState.RESOLVED}, "late", False),
        ({"priority": NORMAL}, "priority", ""),
        ({"kind": CaseKind.REVIEW}, "kind", "To review"),
        ({"customer": None}, "customer", "Unknown buyer"),
        ({"customer": ""}, "customer", "Unknown buyer"),
        ({"owner_active": False}, "owner", "Ben (switched off)"),
        ({"owner": None, "owner_id": None, "owner_active": None}, "owner", ""),
        ({"owner": None, "owner_id": None, "owner_active": None}, "seen", "7-0-2"),
        ({"comment": "x" * EXCERPT}, "excerpt", "x" * EXCERPT),
        ({"comment": "x" * (EXCERPT + 1)}, "excerpt", "x" * EXCERPT + "…"),
    ],
)
def test_what_changes_a_line(changes: dict[str, Any], field: str, words: object) -> None:
    assert shown(LINE._replace(**changes))[field] == words


def test_who_writes_is_said() -> None:
    assert [shown(LINE, *names)["writing"] for names in ((), ("Ana",), ("Ana", "Ben", "Cy"))] == [
        "",
        "Ana is writing",
        "Ana and 2 more are writing",
    ]


def test_a_mark_changes_with_whatever_a_line_says() -> None:
    lines = [queue_line(LINE, URLS, names, NPS, NOW + later) for names, later in (
        ([], timedelta(0)), ([], timedelta(seconds=-1)), (["Ana"], timedelta(0)), ([], timedelta(hours=1)),
    )]  # fmt: skip
    marks = [line.mark for line in lines]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3
    assert mark_of(lines, 1) != mark_of(lines, 2)


def test_what_the_list_is_narrowed_by_is_said_in_words() -> None:
    filters = Filters(queue=1, owner=2, priority=1, reason=CaseReason.SAFETY, kind=CaseKind.REVIEW, text="lamp")
    assert chosen_words(filters, {1: "Care"}, {}) == [
        "“lamp”", "Care", "A former colleague", "Urgent", "Safety, law or threat", "To review",
    ]  # fmt: skip
    assert chosen_words(Filters(), {}, {}) == []
    about = Filters(View.ALL, survey="nps", by="order.carrier", value="Swift")
    assert chosen_words(about, {}, {}, survey="After") == ["About answers to: After", "Carrier: Swift"]
    assert chosen_words(about, {}, {})[0] == "About answers to: an unknown survey"


def test_an_empty_list_says_why() -> None:
    assert empty_words(Filters(text="x"))[0] == "Nothing found"
    assert empty_words(Filters(priority=1))[0] == "Nothing fits"
    assert empty_words(Filters(view=View.MINE))[0] == "Nothing of yours is open"
