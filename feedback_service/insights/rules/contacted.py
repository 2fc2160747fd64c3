"""What came after for unhappy buyers to whom somebody spoke, beside those to whom nobody did.

Nobody drew lots over who was contacted, so the two groups differ in other ways too, and a difference between them is
observed, not caused. Both are followed from the same day on: counted from the call, those who answered or bought before
anybody called would all be among the others.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.insights.rules.survival import RepeatPurchase, repeat_purchases

FROM_DAY = timedelta(days=7)
"""After the answer: whoever was contacted by then is among those contacted, and only what comes later counts."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Unhappy:
    """One buyer who was unhappy, and what is known of them since. Answers and orders in order of time."""

    answered_at: datetime
    score: int
    contacted_at: datetime | None
    later_answers: Sequence[tuple[datetime, int]] = ()
    """To the same survey: when, and which score."""
    later_orders: Sequence[datetime] = ()

    @property
    def followed_from(self) -> datetime:
        """The moment from which on both groups are looked at."""
        return self.answered_at + FROM_DAY

    @property
    def was_contacted(self) -> bool:
        """By the day from which on both groups are looked at."""
        return self.contacted_at is not None and self.contacted_at <= self.followed_from


@dataclass(frozen=True)
class Aftermath:
    """What came after for one of the two groups."""

    people: int
    first: Counter[int]
    """How often each score was given at first, by those who answered again."""
    following: Counter[int]
    """How often each score was given the next time."""
    repeat: tuple[RepeatPurchase, ...]


def beside(people: Iterable[Unhappy], now: datetime) -> tuple[Aftermath, Aftermath]:
    """Those contacted, and the others. Whose first days are not over at `now` belongs to neither yet."""
    groups: tuple[list[Unhappy], list[Unhappy]] = ([], [])
    for person in people:
        if person.followed_from <= now:
            groups[0 if person.was_contacted else 1].append(person)
    return _aftermath(groups[0], now), _aftermath(groups[1], now)


def _aftermath(people: list[Unhappy], now: datetime) -> Aftermath:
    first, following = Counter[int](), Counter[int]()
    until_next: list[float] = []
    without: list[float] = []
    for person in people:
        answer = next((score for at, score in person.later_answers if at > person.followed_from), None)
        if answer is not None:
            first[person.score] += 1
            following[answer] += 1
        bought = next((at for at in person.later_orders if at > person.followed_from), None)
        times = without if bought is None else until_next
        times.append(((bought or now) - person.followed_from) / _DAY)
    return Aftermath(len(people), first, following, tuple(repeat_purchases(until_next, without)))
