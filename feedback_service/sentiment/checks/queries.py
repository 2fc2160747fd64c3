"""Reads of the blind checks."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.checks.agreement import Agreement
from feedback_service.sentiment.models import BlindCheck


@dataclass(frozen=True)
class ToCheck:
    """A comment to be labelled: its words and nothing that anybody made of them."""

    response_id: int
    comment: str
    language: str


def next_to_check(session: Session, after: int | None = None) -> ToCheck | None:
    """The comment to check next, or the one after `after`, which somebody left out; newest weeks first."""
    statement = (
        select(BlindCheck.response_id, Response.comment, BlindCheck.language)
        .join(Response, Response.id == BlindCheck.response_id)
        .where(BlindCheck.checked_at.is_(None))
        .order_by(BlindCheck.week.desc(), BlindCheck.place.desc())
        .limit(1)
    )
    left_out = session.get(BlindCheck, after) if after is not None else None
    if left_out is not None:
        here = tuple_(BlindCheck.week, BlindCheck.place)
        further = session.execute(statement.where(here < tuple_(left_out.week, left_out.place))).first()
        if further is not None:
            return ToCheck(*further)
    found = session.execute(statement).first()
    return ToCheck(*found) if found else None


def count_to_check(session: Session) -> int:
    """How many comments wait to be checked."""
    return session.scalar(select(func.count()).where(BlindCheck.checked_at.is_(None))) or 0


@dataclass(frozen=True)
class VersionChecks:
    """What the checks of one model came to."""

    model_version: str
    newest: datetime
    pairs: Counter[tuple[str, str]]
    """How often the model said the first and the person the second."""

    @property
    def agreement(self) -> Agreement:
        """Of all labels together."""
        right = sum(count for (model, person), count in self.pairs.items() if model == person)
        return Agreement(right, self.pairs.total())

    def saying(self, label: str) -> Agreement:
        """Of the comments to which the model gave this label."""
        said = Counter({person: count for (model, person), count in self.pairs.items() if model == label})
        return Agreement(said[label], said.total())


def checks_by_version(session: Session) -> list[VersionChecks]:
    """The checks of each model, the one that was checked last first. Corrections by chance finds are not among them."""
    rows = session.execute(
        select(
            BlindCheck.model_version,
            BlindCheck.model_label,
            BlindCheck.label,
            func.count(),
            func.max(BlindCheck.checked_at, type_=BlindCheck.checked_at.type),
        )
        .where(BlindCheck.checked_at.is_not(None))
        .group_by(BlindCheck.model_version, BlindCheck.model_label, BlindCheck.label)
    )
    found: dict[str, tuple[datetime, Counter[tuple[str, str]]]] = {}
    for version, model, person, count, newest in rows:
        if person is None or newest is None:  # the database promises that there is none
            continue
        at, pairs = found.get(version, (newest, Counter()))
        pairs[model.value, person.value] += count
        found[version] = (max(at, newest), pairs)
    by_age = [VersionChecks(version, at, pairs) for version, (at, pairs) in found.items()]
    return sorted(by_age, key=lambda each: each.newest, reverse=True)
