"""The second run: two years of the shop's life, with every real buyer in it."""

import heapq
import socket
import sys
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from feedback_service import clock
from feedback_service.csvfiles import ImportCounts
from feedback_service.invitations.go_live import set_go_live
from feedback_service.invitations.models import Decision, DecisionState
from feedback_service.pipeline import run_all

from .buyers import Buyers, Outcome, serving
from .files import ORDER_COLUMNS, ZONE, Answer, Record, Sample, write_csv
from .shop import Shop, open_shop
from .sink import Received, Sink, listening

GO_LIVE = datetime.combine(date(2016, 9, 1), time.min, ZoneInfo(ZONE))
READING = timedelta(seconds=5)  # from the page to the press
READS_AT_ONCE = timedelta(minutes=1)  # whoever answered Olist before our mail answers ours as soon as it is there


@dataclass(frozen=True)
class Posted:
    """One real answer, taken to the pages: when, and what they made of it."""

    answer: Answer
    at: datetime
    outcome: Outcome


@dataclass
class Played:
    """What happened outside the service: what was exported to it, mailed by it and answered to it."""

    imported: ImportCounts = field(default_factory=ImportCounts)
    rows: int = 0
    files: int = 0
    mails: list[Received] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    requests: int = 0
    moments: int = 0


@contextmanager
def replayed(database_url: str, surveys: Path, sample: Sample, folder: Path) -> Iterator[tuple[Shop, Played]]:
    """Play the sample on an empty database; gives the shop as it then stands, and what happened around it."""
    with listening() as sink, socket.create_server(("127.0.0.1", 0)) as web:
        host, port = web.getsockname()
        public_url = f"http://{host}:{port}"
        with open_shop(database_url, surveys, now=GO_LIVE, mail_url=sink.url, public_url=public_url) as shop:
            with serving(shop.app, web), closing(HTTPConnection(host, port, timeout=60)) as connection:
                town = _Town(shop, sample, folder / "export.csv", sink, connection)
                with clock.running_on(lambda: town.now):
                    town.play()
            yield shop, town.played


class _Town:
    """The shop's system, the buyers and the clock."""

    def __init__(self, shop: Shop, sample: Sample, export: Path, sink: Sink, connection: HTTPConnection) -> None:
        self.now = GO_LIVE.astimezone(UTC)
        self.played = Played(mails=sink.log)
        self._shop = shop
        self._export = export
        self._buyers = Buyers(connection, self._read_the_page)
        self._exports = deque(sorted(_exports(sample).items()))
        self._answers = _by_order(sample)
        self._numbers = {order.id: number for number, order in enumerate(sample.orders, start=1)}
        self._visits: list[tuple[datetime, int, Received, Answer]] = []
        self._sequence = count()  # two answers at one moment come in their real order
        self._read = 0

    def play(self) -> None:
        """Move from one thing that happens to the next until nothing is left to happen."""
        with self._shop.sessions() as session:
            set_go_live(session, GO_LIVE, by="the replay", now=self.now)
            session.commit()
        while (following := self._next()) is not None:
            if following <= self.now:
                raise RuntimeError(f"What was due at {following} is still not done")
            self._show_progress(following)
            self.now = following
            self._moment()
        self.played.requests = self._buyers.requests

    def _moment(self) -> None:
        """The shop's file comes in, buyers answer, and the service does what it finds to do."""
        self.played.moments += 1
        if self._exports and self._exports[0][0] <= self.now:
            self._take(self._exports.popleft()[1])
        while self._visits and self._visits[0][0] <= self.now:
            _, _, mail, answer = heapq.heappop(self._visits)
            self.played.posted.append(Posted(answer, self.now, self._answered(mail, answer)))
        run_all(self._shop.settings, self._shop.sessions, self.now)
        self._open_mails()

    def _answered(self, mail: Received, answer: Answer) -> Outcome:
        """The press is at this moment; its page was opened shortly before."""
        press_at, self.now = self.now, self.now - READING
        outcome = self._buyers.answer(mail, answer, self._numbers[answer.order_id])
        self.now = press_at  # for whoever found nothing to press as well
        return outcome

    def _read_the_page(self) -> None:
        self.now += READING

    def _next(self) -> datetime | None:
        """When the next thing happens: an export, an answer, or a decision that falls due."""
        with self._shop.sessions() as session:
            due = session.scalar(select(func.min(Decision.due_at)).where(Decision.state == DecisionState.WAITING))
        times = [due] if due else []
        times += [queue[0][0] for queue in (self._exports, self._visits) if queue]
        return min(times, default=None)

    def _take(self, rows: list[Record]) -> None:
        counts = self._shop.take_orders(write_csv(self._export, ORDER_COLUMNS, rows), self.now)
        self.played.imported.add(counts)
        self.played.rows += len(rows)
        self.played.files += 1

    def _open_mails(self) -> None:
        """Whoever got a mail will answer when they really did, at the earliest now."""
        fresh = self.played.mails[self._read :]
        self._read += len(fresh)
        for mail in fresh:
            for answer in self._answers.get(mail.order_id, ()):
                at = max(_instant(answer.answered_at), self.now + READS_AT_ONCE)
                heapq.heappush(self._visits, (at, next(self._sequence), mail, answer))

    def _show_progress(self, following: datetime) -> None:
        if (following.year, (following.month - 1) // 3) != (self.now.year, (self.now.month - 1) // 3):
            told = f"{len(self.played.mails):,} mails, {len(self.played.posted):,} answers"
            print(f"       {following:%B %Y}: {told} so far", file=sys.stderr, flush=True)


def _instant(at: datetime) -> datetime:
    return at.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def _exports(sample: Sample) -> dict[datetime, list[Record]]:
    """What the shop's system exports every midnight: the orders that are new or changed, as they then stand."""
    exports: defaultdict[datetime, dict[str, Record]] = defaultdict(dict)
    for order in sample.orders:
        for at, row in order.life():
            midnight = datetime.combine(at.date() + timedelta(days=1), time.min)
            exports[_instant(midnight)][order.id] = row
    return {at: list(rows.values()) for at, rows in exports.items()}


def _by_order(sample: Sample) -> dict[str, list[Answer]]:
    answers: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in sample.answers:
        answers[answer.order_id].append(answer)
    return answers
