"""The log reads as sentences, whatever happened, and says what was erased and by whom."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback_service.cases.models import ACTIONS, CaseEntry, EntryKind
from feedback_service.cases.timeline import SENTENCES, timeline

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        (EntryKind.OPENED, {"rule": "Detractors", "score": 2}, "Opened by the rule “Detractors” at score 2"),
        (EntryKind.OPENED, {"rule": "Wrote back to the mail"}, "Opened by the rule “Wrote back to the mail”"),
        (EntryKind.CUSTOMER_WROTE, {"reply": 1}, "The customer wrote back to the mail"),
        (EntryKind.ASSIGNED, {"owner": 1, "by": "round robin"}, "Given to Ana by round robin"),
        (EntryKind.ASSIGNED, {"owner": 9, "by": "round robin"}, "Given to somebody by round robin"),
        (EntryKind.CLAIMED, {}, "Took the case"),
        (EntryKind.CLAIMED, {"from": 1}, "Took over the case"),
        (EntryKind.ANSWER_CHANGED, {"score": 1, "wants_contact": False}, "The buyer added to the answer (score 1)"),
        (
            EntryKind.ANSWER_CHANGED,
            {"score": 1, "wants_contact": True},
            "The buyer added to the answer (score 1, asks to be contacted)",
        ),
        (EntryKind.RESOLVED, {"root_cause": "damaged", "outcome": "satisfied"}, "Resolved: Damaged, satisfied"),
        (
            EntryKind.OPENED,
            {"rule": "Detractors", "score": 2, "remedy": "put_right"},
            "Opened by the rule “Detractors” at score 2, asks to have the order put right",
        ),
        (
            EntryKind.ANSWER_CHANGED,
            {"score": 1, "wants_contact": True, "remedy": "contact"},
            "The buyer added to the answer (score 1, asks to be contacted)",
        ),
        (
            EntryKind.ANSWER_CHANGED,
            {"score": 1, "wants_contact": False, "remedy": "note"},
            "The buyer added to the answer (score 1, asks for nothing but that it is known)",
        ),
        (EntryKind.CUSTOMER_WROTE, {"invitation": 1}, "The customer added something on their page"),
        (
            EntryKind.RECOVERY_ANSWERED,
            {"score": 1, "wants_contact": True},
            "Asked whether it was put right, the customer gave 1, asks to be contacted",
        ),
        (EntryKind.RELEASED, {"release": 1, "mail": True}, "Told the customer, on their page and by mail"),
        (EntryKind.RELEASED, {"release": 2, "mail": False}, "Told the customer, on their page only"),
        (EntryKind.ACCEPTED, {"invitation": 1}, "The customer says that this settles it"),
        (EntryKind.DISPUTED, {"invitation": 1}, "The customer says that this does not settle it"),
        (EntryKind.WITHDRAWN, {"erased": [], "by": "the customer", "answers": []}, "The customer took the answer back"),
        (EntryKind.REOPENED, {"due_at": "2026-03-21T10:00:00+00:00"}, "Opened again"),
    ],
)
def test_an_entry_in_words(kind: EntryKind, facts: dict[str, object], words: str) -> None:
    entry = CaseEntry(kind=kind, facts=facts, at=NOW - timedelta(hours=2))
    shown = timeline([(entry, "text", "Ana")], {1: "Ana"}, NOW, LISBON)
    assert [(line.when, line.who, line.what, line.text) for line in shown] == [("2 h ago", "Ana", words, "text")]


def test_every_action_has_its_words() -> None:
    log = [(CaseEntry(kind=kind, facts={}, at=NOW), "", "Ana") for kind in ACTIONS]
    assert all(line.what for line in timeline(log, {}, NOW, LISBON))


def test_every_kind_of_entry_has_its_words() -> None:
    assert set(SENTENCES) | set(ACTIONS) == set(EntryKind)


def test_what_was_erased_is_told_where_it_stood() -> None:
    facts = {"erased": [2], "by": "the customer", "answers": [1]}
    log = [
        (CaseEntry(ordinal=3, kind=EntryKind.WITHDRAWN, facts=facts, at=NOW), "", "The service"),
        (CaseEntry(ordinal=2, kind=EntryKind.CUSTOMER_WROTE, facts={"invitation": 1}, at=NOW), "", "The service"),
        (CaseEntry(ordinal=1, kind=EntryKind.NOTED, facts={}, at=NOW), "Seen.", "Ana"),
    ]
    shown = timeline(log, {}, NOW, LISBON)
    assert [line.erased for line in shown] == ["", "Erased on 20 Mar 2026, 10:00 by the customer.", ""]
