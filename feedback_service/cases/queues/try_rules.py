"""Tries rules on the answers of the last month: which rule would have decided how many of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from feedback_service.cases.queues.facts import facts_of
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import Rule, first_match
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Touchpoint, TouchpointKind
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.models import Channel, Response
from feedback_service.sentiment.safety import SafetyWords

SPAN = timedelta(days=30)
MOST = 20_000  # answers, the newest ones: some seconds
PORTION = 500  # answers that are held in memory at once
EXAMPLES = 5


@dataclass(frozen=True)
class Tried:
    """What became of the answers."""

    since: datetime
    looked_at: int
    bounded: bool
    """Whether there were more, which were left out."""
    caught: Counter[str]
    """How many each rule would have decided, by its name."""
    examples: tuple[int, ...]
    """Ids of answers that the rule in question would have decided, the newest first."""

    def opened(self, rules: Sequence[Rule]) -> int:
        """How many cases all of it would have opened."""
        return sum(self.caught[rule.name] for rule in rules if rule.kind is not None)


def try_rules(
    session: Session, rules: Sequence[Rule], name: str, *, safety: SafetyWords, key: bytes, now: datetime
) -> Tried:
    """Run rules over answers as they stand now; `name` is the one in question.

    Answers to "did we put it right?" are left out, which belong to their case, and so is what came from a file.
    """
    since = now - SPAN
    ids = _newest(session, since)
    caught: Counter[str] = Counter()
    examples: list[int] = []
    for response_id, facts in _facts(session, ids[:MOST], safety, key):
        rule = first_match(rules, facts)
        if rule is not None:
            caught[rule.name] += 1
            if rule.name == name and len(examples) < EXAMPLES:
                examples.append(response_id)
    return Tried(since, min(len(ids), MOST), len(ids) > MOST, caught, tuple(examples))


def _newest(session: Session, since: datetime) -> list[int]:
    """The ids of the newest answers, at most one more than are looked at; survey by survey, as the index has them."""
    found: list[tuple[datetime, int]] = []
    for key in session.scalars(select(Survey.key)).all():
        rows = session.execute(
            select(Response.answered_at, Response.id)
            .outerjoin(Invitation, Invitation.id == Response.invitation_id)
            .outerjoin(Touchpoint, Touchpoint.id == Invitation.touchpoint_id)
            .where(
                Response.survey_key == key,
                Response.answered_at >= since,
                Response.id > 0,
                Response.suspected.is_(None),
                Response.withdrawn_at.is_(None),
                Response.channel != Channel.IMPORT,
                or_(Touchpoint.id.is_(None), and_(Touchpoint.kind != TouchpointKind.CASE_RESOLVED)),
            )
            .order_by(Response.answered_at.desc())
            .limit(MOST + 1)
        )
        found.extend((row.answered_at, row.id) for row in rows)
    return [response_id for _, response_id in nlargest(MOST + 1, found)]


def _facts(session: Session, ids: Sequence[int], safety: SafetyWords, key: bytes) -> Iterator[tuple[int, Facts]]:
    surveys = {name: survey.definition for name, survey in published_surveys(session).items()}
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        known = set(session.identity_map.keys())
        rows = {row.id: row for row in session.scalars(select(Response).where(Response.id.in_(portion)))}
        responses = [rows[each] for each in portion if rows[each].survey_key in surveys]
        facts = facts_of(session, responses, surveys, safety=safety, key=key)
        for response in responses:
            yield response.id, facts[response.id]
        for identity in set(session.identity_map.keys()) - known:  # or a month of a large shop would stay in memory
            session.expunge(session.identity_map[identity])
