"""The log reads as sentences, whatever happened, and says what was erased and by whom."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback_service.cases.models import ACTIONS, CaseEntry, EntryKind
from feedback_service.cases.timeline import SENTENCES, in_short, timeline

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
        (EntryKind.OPENED, {"priority": 3}, "Opened by hand"),
        (EntryKind.ASSIGNED, {"owner": 1}, "Given to Ana"),
        (EntryKind.CALLED, {}, "Called the customer"),
        (EntryKind.CALLED, {"reached": True}, "Called and spoke with the customer"),
        (EntryKind.CALLED, {"reached": False}, "Called, and nobody could be reached"),
        (EntryKind.NOTED, {"mentions": [1]}, "Note"),
        (EntryKind.REPLIED, {}, "Wrote to the customer by mail"),
        (EntryKind.REPLIED, {"attachments": [1, 2]}, "Wrote to the customer by mail, with 2 files"),
        (EntryKind.MAIL_CAME_BACK, {"left": True}, "The mail came back"),
        (EntryKind.MAIL_CAME_BACK, {"left": False}, "The mail could not leave"),
        (EntryKind.ATTACHED, {"attachment": 1}, "Put a file to the case"),
        (EntryKind.CORRECTED, {"corrects": 1}, "Put an earlier entry right"),
        (EntryKind.REROUTED, {"rule": "Big orders"}, "Another rule applies now: “Big orders”"),
        (EntryKind.WAITING, {}, "Waits for the customer; the deadline stands still"),
        (EntryKind.RESUMED, {}, "No longer waits for the customer; the deadline runs again"),
        (
            EntryKind.SNOOZED,
            {"until": "2026-03-24T00:00:00+00:00"},
            "Put to sleep until 24 Mar 2026, 00:00; the deadline goes on",
        ),
        (EntryKind.WOKEN, {}, "Awake again"),
        (EntryKind.MERGED, {"into": 12, "state": "open"}, "Merged into case 12, which goes on for both"),
        (EntryKind.TOOK_IN, {"case": 7}, "Took in case 7 and goes on for both"),
        (EntryKind.UNMERGED, {"from": 12}, "Stands for itself again, apart from case 12"),
        (EntryKind.UNMERGED, {"case": 7}, "Case 7 stands for itself again"),
        (
            EntryKind.PROMISED,
            {"promise": 1, "owner": 1, "due_at": "2026-03-24T17:00:00+00:00"},
            "Promised, due 24 Mar 2026, 17:00; Ana keeps it",
        ),
        (EntryKind.PROMISE_KEPT, {"promise": 1}, "Kept a promise"),
        (EntryKind.PROMISE_BROKEN, {"promise": 1}, "A promise was not kept in time"),
        (EntryKind.PROMISE_LET_GO, {"promise": 1}, "Let a promise go"),
        (EntryKind.PROMISE_HANDED_ON, {"promise": 1, "from": 2, "to": 1}, "Handed a promise on to Ana"),
        (
            EntryKind.DEADLINE_MISSED,
            {"deadline": "first_response", "opening": 1},
            "The deadline for a first response has passed",
        ),
        (EntryKind.REMINDED, {"to": 1, "reason": "2 h are left"}, "Reminded Ana: 2 h are left"),
        (EntryKind.REMINDED, {"people": [1, 9]}, "Reminded Ana and somebody"),
        (EntryKind.REMINDED, {"people": [1, 8, 9]}, "Reminded 3 colleagues (Ana, somebody, somebody)"),
        (EntryKind.MAILED, {"improvement": 1}, "Told the customer about an improvement"),
        (EntryKind.MAILED, {}, "Wrote to the customer"),
        (EntryKind.ESCALATED, {"step": "reassign", "to": 1, "reason": "late"}, "Handed to Ana: late"),
        (EntryKind.ESCALATED, {"step": "reassign", "people": [], "reason": "late"}, "Could be handed to nobody: late"),
        (EntryKind.ESCALATED, {"step": "manager", "to": 1, "reason": "late"}, "Brought before Ana: late"),
        (EntryKind.ESCALATED, {"step": "manager", "people": []}, "Brought before a manager"),
        (EntryKind.UNASSIGNED, {"from": 1, "reason": "Ana is away"}, "Without an owner again: Ana is away"),
        (
            EntryKind.RESOLVED,
            {"root_cause": "torn", "outcome": "satisfied", "reached": False},
            "Resolved: Torn in the van, satisfied, customer not reached",
        ),
        (EntryKind.RESOLVED, {"outcome": "not_reached"}, "Resolved: Not reached"),
    ],
)
def test_an_entry_in_words(kind: EntryKind, facts: dict[str, object], words: str) -> None:
    entry = CaseEntry(ordinal=1, kind=kind, actor_id=1, facts=facts, at=NOW - timedelta(hours=2))
    causes = {"torn": "Torn in the van"}
    shown = timeline([(entry, "text", "Ana")], {1: "Ana"}, NOW, LISBON, causes=causes)
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


def test_what_was_put_right_leads_to_the_newer_words_and_back() -> None:
    log = [
        (CaseEntry(ordinal=3, kind=EntryKind.CORRECTED, facts={"corrects": 2}, actor_id=1, at=NOW), "25.", "Ana"),
        (CaseEntry(ordinal=2, kind=EntryKind.NOTED, facts={}, actor_id=1, at=NOW), "20.", "Ana"),
    ]
    shown = timeline(log, {}, NOW, LISBON)
    assert [(line.corrects, line.corrected_by) for line in shown] == [(2, None), (None, 3)]


def test_who_did_it_and_how_loudly_it_is_told() -> None:
    kinds = (EntryKind.CUSTOMER_WROTE, EntryKind.REMINDED, EntryKind.DEADLINE_MISSED)
    log = [
        (CaseEntry(ordinal=number, kind=kind, facts={}, at=NOW), "", "The service") for number, kind in enumerate(kinds)
    ]
    shown = timeline(log, {}, NOW, LISBON, new=frozenset({0}))
    assert [(line.who, line.calm, line.new) for line in shown] == [
        ("The customer", False, True),
        ("The service", True, False),
        ("The service", False, False),
    ]


def test_news_of_every_kind_can_be_told_in_short() -> None:
    assert all(in_short(kind, "Ana") for kind in EntryKind)
    assert in_short(EntryKind.CALLED, "Ana") == "Ana called the customer"
