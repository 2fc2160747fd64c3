"""A shop's cases with all that hangs on them: customers, orders, answers, their readings, deadlines and logs."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from feedback_service.cases.models import (
    Case,
    CaseDeadline,
    CaseEntry,
    CaseEntryWords,
    CaseKind,
    CaseOrigin,
    CaseState,
    DeadlineKind,
    EntryKind,
    Outcome,
)
from feedback_service.cases.rules.chain import Link, commitment, entry_hash
from feedback_service.cases.rules.routing import URGENT, CaseReason, sort_at
from feedback_service.cases.search.fold import words_of
from feedback_service.customers.models import Address, Customer, PersonKind
from feedback_service.database import Base
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.models import Channel, Response, ResponseRevision, RevisionKind
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import Assessment, CommentTheme, ThemeSource

from .bulk import Bulk, Row, at
from .words import Vocabulary, name

OPEN, RESTING = 0.08, 0.005
"""Shares of all cases: 80,000 of a million are to be seen to, and 5,000 wait for their customer."""
PORTION = 5000  # cases at a time
YEARS = timedelta(days=3 * 365)
A_DAY = timedelta(days=1)
PER_CUSTOMER = 2  # cases
OWNED = 0.7  # of the open cases
REASONS = (CaseReason.DETRACTOR,) * 8 + (CaseReason.CONTACT_WISH,) * 3 + (CaseReason.CONTRADICTION, CaseReason.SAFETY)
PRIORITIES = (1, 2, 2, 3, 3, 3, 3, 4, 4)
THEMES = ("delivery", "quality", "price", "service", "returns")
CAUSES = ("late_delivery", "damaged", "product_quality", "wrong_item", "billing")
RULES = {
    CaseReason.DETRACTOR: "Detractors",
    CaseReason.CONTACT_WISH: "Asked to be contacted",
    CaseReason.CONTRADICTION: "Score and words disagree",
    CaseReason.SAFETY: "Words of safety, law or threat",
}


@dataclass(frozen=True)
class Setting:
    """What the cases belong to."""

    queues: Sequence[int]
    """Ids, the busiest first."""
    shares: Sequence[float]
    """Of the cases, by queue."""
    members: Sequence[Sequence[int]]
    """Ids of users, by queue."""
    surveys: Sequence[tuple[str, int]]
    """Key and the version that was answered."""
    key: bytes
    """The privacy key, which the log's commitments are made with."""
    now: datetime


def fill(bulk: Bulk, count: int, setting: Setting) -> Vocabulary:
    """Put `count` cases in place."""
    words, chance = Vocabulary(), Random(count)
    for first in range(1, count + 1, PORTION):
        numbers = range(first, min(first + PORTION, count + 1))
        rows: dict[type[Base], list[Row]] = defaultdict(list)
        found = []
        for number, comment in zip(numbers, words.comments(len(numbers)), strict=True):
            for table, row in _Story(number, count, comment, setting, chance).rows():
                rows[table].append(row)
            found.append((number, [*words_of(f"{_order(number)} {name(_customer(number))}"), *comment.split()]))
        for table, several in rows.items():
            bulk.put(table, several)
        bulk.words(found)
    return words


def _customer(number: int) -> int:
    return (number + PER_CUSTOMER - 1) // PER_CUSTOMER


def _order(number: int) -> str:
    return f"A{number:08d}"


_Entry = tuple[EntryKind, int | None, datetime, Mapping[str, object], str]
"""Of a log: kind, who, when, facts, words."""


class _Story:
    """How one case came about, and how far it is."""

    def __init__(self, number: int, count: int, comment: str, setting: Setting, chance: Random) -> None:
        self.number, self.comment, self.setting, self.chance = number, comment, setting, chance
        self.opened = setting.now - YEARS * (1 - (number - chance.random()) / count)
        # What is open is of the later half: the shop works, and some things drag on.
        drawn = chance.random() if number > count / 2 else 1.0
        self.active = drawn < 2 * (OPEN + RESTING)
        self.rests = drawn < 2 * RESTING
        self.queue = chance.choices(range(len(setting.queues)), setting.shares)[0]
        somebody = chance.choice(setting.members[self.queue])
        self.owner = somebody if not self.active or chance.random() < OWNED else None
        self.reason = chance.choice(REASONS)
        self.priority = URGENT if self.reason is CaseReason.SAFETY else chance.choice(PRIORITIES)
        # Half of what is open is late, whenever it was opened: deadlines were let slip, or began anew.
        self.due = setting.now + A_DAY * chance.uniform(-5, 5) if self.active else self.opened + A_DAY
        self.resolved = None if self.active else min(self.opened + A_DAY * chance.uniform(0.1, 1.5), setting.now)

    def rows(self) -> Iterator[tuple[type[Base], Row]]:
        """Everything, in the order in which the tables need each other."""
        if self.number % PER_CUSTOMER == 1:
            yield from self._person()
        yield from self._answer()
        entries, words = self._log()
        yield Case, self._case(str(entries[-1]["hash"]))
        for kind, due in ((DeadlineKind.FIRST_RESPONSE, self.due), (DeadlineKind.RESOLUTION, self.due + 2 * A_DAY)):
            yield CaseDeadline, self._deadline(kind, due)
        for entry, said in zip(entries, words, strict=True):
            yield CaseEntry, entry
            yield CaseEntryWords, said

    def _person(self) -> Iterator[tuple[type[Base], Row]]:
        customer, since = _customer(self.number), at(self.opened - 90 * A_DAY)
        yield Address, {
            "hash": f"{customer:064x}", "last_asked_at": since, "purchases_only": False, "soft_bounces": 0,
        }  # fmt: skip
        yield Customer, {
            "id": customer, "source": "shop", "external_id": f"buyer {customer}", "kind": PersonKind.CUSTOMER.value,
            "name": name(customer), "email": f"buyer{customer}@{customer % 50}.example.com",
            "address_hash": f"{customer:064x}", "locale": "en", "open_cases": int(self.active),
            "lifetime_minor": self.chance.randrange(1_000, 90_000), "lifetime_currency": "EUR",
            "lifetime_orders": PER_CUSTOMER, "created_at": since,
        }  # fmt: skip

    def _answer(self) -> Iterator[tuple[type[Base], Row]]:
        number, customer = self.number, _customer(self.number)
        survey, version = self.setting.surveys[number % len(self.setting.surveys)]
        answered, score, wants = at(self.opened), self.chance.randrange(1, 3), self.reason == CaseReason.CONTACT_WISH
        delivered = self.opened - 5 * A_DAY
        yield Order, {
            "id": number, "source": "shop", "external_id": _order(number), "customer_id": customer,
            "ordered_at": at(delivered - 4 * A_DAY), "delivered_at": at(delivered),
            "promised_on": str(delivered.date()), "amount_minor": self.chance.randrange(900, 30_000),
            "currency": "EUR", "status": OrderStatus.DELIVERED.value, "attributes": '{"carrier": "post"}',
            "revision": 1, "planned_revision": 1, "created_at": at(delivered), "updated_at": at(delivered),
        }  # fmt: skip
        yield Invitation, {
            "id": number, "uid": f"{number:032x}", "survey_key": survey, "event_key": f"order:shop:{_order(number)}",
            "version_id": version, "customer_id": customer, "address_hash": f"{customer:064x}", "order_id": number,
            "locale": "en", "link_generation": 1, "created_at": at(self.opened - A_DAY),
            "expires_at": at(self.opened + 30 * A_DAY), "queued_at": at(self.opened - A_DAY), "answered_at": answered,
        }  # fmt: skip
        yield Response, {
            "id": number, "invitation_id": number, "version_id": version, "channel": Channel.MAIL.value,
            "survey_key": survey, "customer_id": customer, "order_id": number, "locale": "en", "score": score,
            "latest_score": score, "comment": self.comment, "wants_contact": wants, "answered_at": answered,
            "counted_on": answered[:10], "revision": 1, "assessed_revision": 1, "routed_revision": 1,
            "routed_assessed": 1,
        }  # fmt: skip
        yield ResponseRevision, {
            "response_id": number, "ordinal": 1, "kind": RevisionKind.ANSWER.value, "score": score,
            "comment": self.comment, "wants_contact": wants, "details": "{}", "recorded_at": answered,
        }  # fmt: skip
        yield Assessment, {
            "response_id": number, "response_revision": 1, "label": SentimentLabel.NEGATIVE.value,
            "model_label": SentimentLabel.NEGATIVE.value, "p_neg": 0.8, "p_neu": 0.15, "p_pos": 0.05,
            "polarity": -0.75, "language": "en", "reason": "Most of its words complain.",
            "words": json.dumps([[self.comment.partition(" ")[0], -1.5]]), "model_version": "english-1",
            "alerts": "[]", "assessed_at": answered,
        }  # fmt: skip
        yield CommentTheme, {
            "response_id": number, "theme_key": self.chance.choice(THEMES), "polarity": -0.7,
            "source": ThemeSource.WORDS.value,
        }  # fmt: skip

    def _case(self, head: str) -> Row:
        number, since = self.number, self.opened
        in_hand = self.owner is not None and number % 2 == 0
        active = CaseState.IN_PROGRESS if in_hand else CaseState.OPEN
        return {
            "id": number, "origin_kind": CaseOrigin.RESPONSE.value, "origin_key": f"response:{number}",
            "response_id": number, "customer_id": _customer(number), "order_id": number,
            "queue_id": self.setting.queues[self.queue], "owner_id": self.owner, "kind": CaseKind.FOLLOW_UP.value,
            "reason": self.reason.value, "state": (active if self.active else CaseState.RESOLVED).value,
            "rule": RULES[self.reason], "priority": self.priority, "priority_words": "Low + 1: unhappy",
            "opened_at": at(since), "opening": 1, "due_at": at(self.due),
            "sort_at": at(sort_at(self.due, self.priority)), "next_look_at": at(self.due) if self.active else None,
            "waiting_since": at(since) if self.rests else None,
            "resolved_at": at(self.resolved) if self.resolved else None,
            "root_cause": None if self.active else self.chance.choice(CAUSES),
            "outcome": None if self.active else Outcome.SATISFIED.value, "reached": None if self.active else True,
            "log_length": 2, "log_head": head, "proved_length": 2,
        }  # fmt: skip

    def _deadline(self, kind: DeadlineKind, due: datetime) -> Row:
        done = self.resolved
        return {
            "case_id": self.number, "opening": 1, "kind": kind.value, "due_at": at(due),
            "done_at": at(done) if done else None, "met": done <= due if done else None,
        }  # fmt: skip

    def _log(self) -> tuple[list[Row], list[Row]]:
        """Two entries, chained as the service chains them, and their words."""
        opened = {"rule": RULES[self.reason], "priority": self.priority, "due_at": self.due.isoformat(), "score": 2}
        last: _Entry
        if self.resolved:
            closed = {"root_cause": CAUSES[0], "outcome": Outcome.SATISFIED.value}
            last = (EntryKind.RESOLVED, self.owner, self.resolved, closed, "We sent another one.")
        elif self.owner:
            last = (EntryKind.ASSIGNED, None, self.opened, {"owner": self.owner, "by": "round robin"}, "")
        else:
            somebody = self.setting.members[self.queue][0]
            last = (EntryKind.NOTED, somebody, self.opened, {}, "To be looked at.")
        first: _Entry = (EntryKind.OPENED, None, self.opened, opened, "")
        entries: list[Row] = []
        words: list[Row] = []
        head = ""
        for ordinal, (kind, actor, moment, facts, said) in enumerate((first, last), start=1):
            salt = self.chance.randbytes(16)
            promise = commitment(self.setting.key, salt, said)
            head = entry_hash(Link(self.number, ordinal, kind, actor, moment, facts, promise, previous := head))
            entries.append({
                "case_id": self.number, "ordinal": ordinal, "kind": kind.value, "actor_id": actor, "at": at(moment),
                "facts": json.dumps(facts), "commitment": promise, "previous_hash": previous, "hash": head,
            })  # fmt: skip
            words.append({"case_id": self.number, "ordinal": ordinal, "salt": salt, "text": said})
        return entries, words
