"""Counts afterwards what became of every order, against the mail server's own log and the pages' own words."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from .buyers import Told
from .faults import MAY_LEAVE_UNKNOWN, Fault
from .people import number_of
from .sink import KEPT

FINE = "ok"
FATES = (
    "SELECT c.email, m.state"
    " FROM customers c JOIN invitations i ON i.customer_id = c.id JOIN messages m ON m.invitation_id = i.id"
)
ANSWERS = (
    "SELECT c.email, r.score, r.comment,"
    " (SELECT count(*) FROM response_revisions v WHERE v.response_id = r.id)"
    " FROM responses r JOIN customers c ON c.id = r.customer_id"
)
COUNTED = (
    "SELECT (SELECT coalesce(sum(count), 0) FROM daily_scores) + (SELECT coalesce(sum(delta), 0) FROM response_changes)"
)
CASES_OFF = (  # a kind answer may have one too: words against its score are reviewed
    "SELECT count(*) FROM (SELECT r.id FROM responses r LEFT JOIN cases c ON c.response_id = r.id"
    " GROUP BY r.id, r.score HAVING count(c.id) > 1 OR count(c.id) = 0 AND r.score <= :detractor_max) off"
)


@dataclass(frozen=True)
class Log:
    """The mail server's log: per buyer, how often a mail was taken and what else befell them."""

    kept: Counter[int]
    message_ids: Counter[str]
    befell: dict[int, set[str]]


@dataclass
class Mails:
    """What became of the orders' mails."""

    sent: int = 0
    refused: int = 0
    """The server said 550, and its log says so too."""
    unknown: list[int] = field(default_factory=list)
    unknown_by_fault: int = 0
    """The server's own doing: it hung up, or said nothing."""
    unknown_taken: int = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)

    @property
    def unknown_by_kill(self) -> int:
        """All others."""
        return len(self.unknown) - self.unknown_by_fault


@dataclass
class Answers:
    """What became of what the pages acknowledged."""

    kept: int = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    miscounted: int = 0
    """How far the daily counts are from the answers."""
    cases_off: int = 0
    """How many unhappy answers have no case, and how many answers of any kind have cases too many."""


def read_log(file: Path) -> Log:
    """The log as it was written."""
    kept: Counter[int] = Counter()
    message_ids: Counter[str] = Counter()
    befell: dict[int, set[str]] = defaultdict(set)
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        number = number_of(entry["recipient"])
        befell[number].add(entry["did"])
        if entry["did"] == KEPT:
            kept[number] += 1
            message_ids[entry["message_id"]] += 1
    return Log(kept, message_ids, befell)


def audit_mails(engine: Engine, orders: int, log: Log) -> Mails:
    """Every order has one mail, and the mail one fate that the log bears out."""
    found, states = Mails(), _states(engine)
    for number in range(orders):
        _count_fate(found, number, states.get(number, []), log)
    found.twice = [number for number, times in log.kept.items() if times > 1]
    return found


def _states(engine: Engine) -> dict[int, list[str]]:
    states: dict[int, list[str]] = defaultdict(list)
    with engine.connect() as connection:
        for email, state in connection.execute(text(FATES)):
            states[number_of(email)].append(state)
    return states


def _count_fate(found: Mails, number: int, states: list[str], log: Log) -> None:
    befell = log.befell.get(number, set())
    match states:
        case ["sent"] if log.kept[number]:
            found.sent += 1
        case ["failed"] if Fault.NO_SUCH_USER in befell:
            found.refused += 1
        case ["unknown"]:
            found.unknown.append(number)
            found.unknown_by_fault += bool(befell & MAY_LEAVE_UNKNOWN)
            found.unknown_taken += bool(log.kept[number])
        case _:
            found.lost.append(number)


def audit_answers(engine: Engine, told: Told, detractor_max: int) -> Answers:
    """Whatever a page said was kept is there, once, and had its consequences once."""
    found = Answers()
    with engine.connect() as connection:
        rows: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        for address, score, comment, revisions in connection.execute(text(ANSWERS)):
            rows[number_of(address)].append((score, comment, revisions))
        for number, score in told.scores.items():
            _count_answer(found, number, score, told.comments.get(number, ""), rows.get(number, []))
        found.twice += [number for number, answers in rows.items() if len(answers) > 1 and number not in told.scores]
        total = sum(len(answers) for answers in rows.values())
        found.miscounted = abs(int(connection.scalar(text(COUNTED)) or 0) - total)
        found.cases_off = int(connection.scalar(text(CASES_OFF), {"detractor_max": detractor_max}) or 0)
    return found


def _count_answer(found: Answers, number: int, score: int, comment: str, rows: list[tuple[int, str, int]]) -> None:
    if not any(row[:2] == (score, comment) for row in rows):
        found.lost.append(number)
    elif len(rows) > 1 or rows[0][2] > 1 + bool(comment):  # a press, and words where there are any
        found.twice.append(number)
    else:
        found.kept += 1


def integrity(engine: Engine) -> str:
    """What the database says about itself: `FINE`, or the first fault."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return _sqlite_integrity(connection)
        return _postgres_integrity(connection)


def _sqlite_integrity(connection: Connection) -> str:
    said = str(connection.scalar(text("PRAGMA integrity_check")))
    dangling = connection.execute(text("PRAGMA foreign_key_check")).first()
    return f"foreign key: {tuple(dangling)}" if said == FINE and dangling else said


def _postgres_integrity(connection: Connection) -> str:
    """Every index against its table by `amcheck`, where it is installed; and every row of every table is read."""
    available = connection.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'"))
    try:
        if available:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
            connection.execute(
                text(
                    "SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
                    " WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace"
                )
            ).all()
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'SELECT count(t.*::text) FROM "{table}" t')).all()  # noqa: S608 - our own tables
    except Exception as error:  # whatever it is, it is the answer
        return str(error).splitlines()[0]
    return FINE
