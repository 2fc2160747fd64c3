"""What should stand in the database after a replay, worked out from the real answers and the moments they came."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from .buyers import Outcome
from .replay import Posted

WINDOW = timedelta(hours=24)  # the survey's correction_hours
DETRACTOR_MAX = 2


class Second(StrEnum):
    """What a further answer to the same order is."""

    CORRECTION = "corrections within 24 h"
    LATER = "later words, kept beside the answer"
    REPEAT = "said the same again"


@dataclass
class Stored:
    """An answer as it should stand."""

    score: int
    """What counts."""
    latest: int
    """What was said last."""
    comment: str
    answered_at: datetime
    was_detractor: bool
    came_back_unhappy: bool = False
    """Said 1 or 2 after the window over a better score: the better one counts, and a case opens."""


@dataclass
class Expected:
    """By order id, and in sums."""

    stored: dict[str, Stored] = field(default_factory=dict)
    second: Counter[Second] = field(default_factory=Counter)
    revisions: Counter[str] = field(default_factory=Counter)
    expired: int = 0

    @property
    def csat(self) -> float:
        """In per cent, over the scores that count."""
        return 100 * sum(answer.score >= 4 for answer in self.stored.values()) / len(self.stored)

    @property
    def detractors(self) -> int:
        """Answers that count as 1 or 2 in the end."""
        return sum(answer.score <= DETRACTOR_MAX for answer in self.stored.values())

    @property
    def turned(self) -> int:
        """Answers that were 1 or 2 first and were corrected upwards: their case stays."""
        return sum(answer.was_detractor and answer.score > DETRACTOR_MAX for answer in self.stored.values())

    @property
    def came_back_unhappy(self) -> int:
        """Answers that count as better, whose buyers came back with a 1 or a 2."""
        return sum(answer.came_back_unhappy and not answer.was_detractor for answer in self.stored.values())

    @property
    def orders_with_case(self) -> set[str]:
        """Whoever was unhappy at any time."""
        return {order for order, answer in self.stored.items() if answer.was_detractor or answer.came_back_unhappy}


def expect(posted: Iterable[Posted]) -> Expected:
    """Apply the rules of answering to what was posted, in the order in which it was."""
    by_order: defaultdict[str, list[Posted]] = defaultdict(list)
    for post in posted:
        by_order[post.answer.order_id].append(post)
    expected = Expected()
    for order_id, posts in by_order.items():
        accepted = [post for post in posts if post.outcome != Outcome.EXPIRED]
        expected.expired += len(posts) - len(accepted)
        if accepted:
            expected.stored[order_id] = _follow(accepted, expected)
    return expected


def _follow(posts: Sequence[Posted], expected: Expected) -> Stored:
    first, *further = posts
    stored = Stored(first.answer.score, first.answer.score, "", first.at, first.answer.score <= DETRACTOR_MAX)
    expected.revisions["answer"] += 1
    _write(stored, first, expected)
    for post in further:
        news = _press(stored, post, expected) + _write(stored, post, expected)
        in_time = post.at - stored.answered_at < WINDOW
        expected.second[(Second.CORRECTION if in_time else Second.LATER) if news else Second.REPEAT] += 1
    return stored


def _press(stored: Stored, post: Posted, expected: Expected) -> int:
    """Another score counts within the window; later it is only kept. Whether it was another one."""
    score = post.answer.score
    if score == stored.latest:
        return 0
    stored.latest = score
    if post.at - stored.answered_at < WINDOW:
        stored.score = score
        stored.was_detractor |= score <= DETRACTOR_MAX
        expected.revisions["correction"] += 1
    else:
        stored.came_back_unhappy |= score <= DETRACTOR_MAX < stored.score
        expected.revisions["later"] += 1
    return 1


def _write(stored: Stored, post: Posted, expected: Expected) -> int:
    """Words are always welcome; who writes none leaves what stands there. Whether they are new."""
    if not post.answer.comment or post.answer.comment == stored.comment:
        return 0
    stored.comment = post.answer.comment
    expected.revisions["correction" if post.at - stored.answered_at < WINDOW else "later"] += 1
    return 1
