"""What connections want written: several notes make one transaction, which the caller commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from feedback_service.customers.forbid import suppress
from feedback_service.customers.models import SuppressionReason
from feedback_service.delivery.claim import LEASE, hand_over, mark, mark_sent
from feedback_service.delivery.last_look import Clocks, facts
from feedback_service.delivery.letters import Fate, Letter, stopped_or_deferred
from feedback_service.delivery.settle import settle

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Note:
    """One connection's share of the next commit."""

    taken: Mapping[int, str] = field(default_factory=dict)
    """Mails that the server took, by id, with what it said."""
    handing: Letter | None = None
    """The mail of which only the final dot is missing."""
    fates: Mapping[int, Fate] = field(default_factory=dict)
    """Mails that do not leave now, by id."""
    bad_address: str | None = None
    """The hash of an address that takes no mail."""


@dataclass(frozen=True)
class Writer:
    """Writes notes about mails that one lease holds. `now` stands in the rows, `moment` is when it is written."""

    lease_key: str
    clocks: Clocks
    now: datetime

    def write(self, session: Session, notes: Sequence[Note], moment: datetime) -> list[Fate | None]:
        """For each note, what kept its mail from being handed over: None where it may leave once this is committed."""
        self._taken(session, {id: said for note in notes for id, said in note.taken.items()})
        self._fates(session, {id: fate for note in notes for id, fate in note.fates.items()})
        for address in sorted({note.bad_address for note in notes if note.bad_address is not None}):
            # In one order everywhere: two workers who refuse the same two people would wait for each other.
            suppress(session, address, SuppressionReason.BAD_ADDRESS, self.now)
        letters = {note.handing.id: note.handing for note in notes if note.handing is not None}
        kept_back = self._handing(session, letters, moment) if letters else {}
        return [kept_back.get(note.handing.id) if note.handing else None for note in notes]

    def _taken(self, session: Session, taken: Mapping[int, str]) -> None:
        for said in set(taken.values()):
            ids = {message_id for message_id, words in taken.items() if words == said}
            for late in ids - mark_sent(session, ids, self.lease_key, self.now, said):
                # The answer took longer than the lease, and a sweep called the mail unknown.
                settle(session, late, arrived=True, by="the mail server's late answer", now=self.now)

    def _fates(self, session: Session, fates: Mapping[int, Fate]) -> None:
        for message_id, fate in fates.items():
            if not fate or not mark(session, message_id, self.lease_key, fate):
                log.info("lease lost", message=message_id)

    def _handing(self, session: Session, letters: Mapping[int, Letter], moment: datetime) -> dict[int, Fate]:
        """Say `handing` of those that may still leave; returns what became of the others."""
        found = facts(session, letters.keys(), self.lease_key)
        looks = {id: stopped_or_deferred(letter, found.get(id), self.clocks, moment) for id, letter in letters.items()}
        kept_back = {id: fate for id, fate in looks.items() if fate is not None}
        self._fates(session, kept_back)
        leaving = letters.keys() - kept_back.keys()
        # The lease begins anew, however long the batch has taken.
        lost = leaving - hand_over(session, leaving, self.lease_key, moment + LEASE)
        return {**kept_back, **{message_id: {} for message_id in lost}}
