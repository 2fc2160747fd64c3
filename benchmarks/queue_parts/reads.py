"""What is measured as SQL: each read on a session of its own, from BEGIN to COMMIT, as a page makes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, Select, and_, event, or_, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk.counts import counts_by_view
from feedback_service.cases.desk.filters import Filters, View, Viewer
from feedback_service.cases.desk.lines import PAGE, found_by_words, page_of_queue
from feedback_service.cases.models import PRESENT, Case, CaseState
from feedback_service.cases.rules.routing import LOW, CaseReason
from feedback_service.database import ReadAwareSession, db, session_factory, spelled_out
from feedback_service.responses.models import Response

from .shop import Full, Person, the_app
from .timing import DIFFERENT
from .visitors import signed_in

DEEP = 0.75
"""How far down a deep page lies, as a share of the view: 60,000 of 80,000."""
LOOKUP = "lookup"
Read = Callable[[Session, int], int]
"""Says how many rows it found."""
Statement = tuple[str, Any]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Reads:
    """The reads of one shop, by group and name."""

    lookup: Read
    first: Mapping[str, Read]
    deep: Mapping[str, Read]
    search: Mapping[str, Read]
    opening: Mapping[str, Read]
    counts: Mapping[str, Read]
    baselines: Mapping[str, Read]
    """What the same would take in the ways that come to mind first."""

    def grouped(self) -> dict[str, Mapping[str, Read]]:
        """All but the baselines, by the name of the group."""
        return {
            LOOKUP: {"one case by id": self.lookup}, "first page": self.first, "deep page": self.deep,
            "search": self.search, "open a case": self.opening, "counts": self.counts,
        }  # fmt: skip


@dataclass(frozen=True)
class Room:
    """A shop as the service's own process sees it."""

    full: Full
    app: Flask
    sessions: sessionmaker[ReadAwareSession]

    def run(self, read: Callable[[Session, int], Found], number: int = 0) -> Found:
        """A read in a session that may not write."""
        with self.sessions() as session:
            session.info["read_only"] = True
            found = read(session, number)
            session.commit()
            return found

    def viewer(self, person: Person) -> Viewer:
        """How a list sees somebody."""
        everything = person == self.full.manager
        return Viewer(person.id, None if everything else frozenset({person.queue}), self.full.now)


def room(full: Full) -> Room:
    """The shop through the service's own engine."""
    app = the_app(full.shop)
    with app.app_context():
        return Room(full, app, session_factory(db.engine))


def reads_of(place: Room) -> Reads:
    """What is measured in a shop."""
    full = place.full
    busy, quiet, manager = (place.viewer(person) for person in (full.busy, full.quiet, full.manager))
    some = Filters(owner=full.busy.id)
    return Reads(
        lookup=partial(_one_case, opened(place, full.manager)),
        first={
            "all open": partial(_page, Filters(), manager),
            "late": partial(_page, Filters(view=View.LATE), manager),
            "an agent's queue": partial(_page, Filters(), busy),
            "a small team's queue": partial(_page, Filters(), quiet),
            "owner": partial(_page, some, manager),
            "priority": partial(_page, Filters(priority=1), manager),
            "owner, priority, late": partial(_page, Filters(View.LATE, owner=full.busy.id, priority=1), manager),
            "what nothing is": partial(_page, Filters(priority=LOW, reason=CaseReason.SAFETY), manager),
            "small team, priority": partial(_page, Filters(priority=1), quiet),
            "resolved": partial(_page, Filters(view=View.RESOLVED), manager),
        },
        deep={
            "all open": _deep(place, Filters(), manager),
            "late": _deep(place, Filters(view=View.LATE), manager),
            "an agent's queue": _deep(place, Filters(), busy),
            "priority": _deep(place, Filters(priority=4), manager),
            "resolved": _deep(place, Filters(view=View.RESOLVED), manager),
        },
        search={
            **{name: partial(_search, word, manager) for name, word in full.searched.items()},
            **{f"{name}, by a small team": partial(_search, word, quiet) for name, word in full.searched.items()},
        },
        opening={"its statements": _opening(place)},
        counts={"by view, manager": partial(_counts, manager), "by view, small team": partial(_counts, quiet)},
        baselines=_baselines(place, full.searched["a rare word"]),
    )


def _one_case(ids: Sequence[int], session: Session, number: int) -> int:
    return len(session.scalars(select(Case).where(Case.id == ids[number % len(ids)])).all())


def _page(filters: Filters, viewer: Viewer, session: Session, _number: int, after: TimeCursor | None = None) -> int:
    return len(page_of_queue(session, filters, viewer, after=after).lines)


def _search(word: str, viewer: Viewer, session: Session, _number: int) -> int:
    return len(found_by_words(session, Filters(View.ALL, text=word), viewer, below=None)[0])


def _counts(viewer: Viewer, session: Session, _number: int) -> int:
    return len(counts_by_view(session, viewer))


def _deep(place: Room, filters: Filters, viewer: Viewer) -> Read:
    return partial(_page, filters, viewer, after=deep_place(place, filters, viewer))


def deep_place(place: Room, filters: Filters, viewer: Viewer) -> TimeCursor:
    """Where a deep page of a view begins."""
    newest_first = filters.view is View.RESOLVED
    column: Any = Case.resolved_at if newest_first else Case.sort_at
    conditions = [Case.state == spelled_out(CaseState.RESOLVED) if newest_first else PRESENT]
    if filters.view is View.LATE:
        conditions.append(Case.due_at <= viewer.now)
    if filters.priority is not None:
        conditions.append(Case.priority == filters.priority)
    if viewer.queues is not None:
        conditions.append(Case.queue_id.in_(viewer.queues))
    order = (column.desc(), Case.id.desc()) if newest_first else (column, Case.id)

    def walk(session: Session, _number: int) -> TimeCursor:
        places = session.execute(select(column, Case.id).where(*conditions).order_by(*order)).all()
        at, case_id = places[int(len(places) * DEEP)]
        return TimeCursor(at, case_id)

    return place.run(walk)


def opened(place: Room, person: Person) -> list[int]:
    """Ids of cases that somebody opens: half of them are to be seen to, half were resolved, from all over the years."""
    mine = [] if person == place.full.manager else [Case.queue_id == person.queue]

    def ids(session: Session, _number: int) -> list[int]:
        there = [
            session.scalars(select(Case.id).where(condition, *mine).order_by(Case.id)).all()
            for condition in (PRESENT, Case.state == spelled_out(CaseState.RESOLVED))
        ]
        return [case_id for each in there for case_id in each[:: max(1, 2 * len(each) // DIFFERENT)]]

    return place.run(ids)


def _opening(place: Room) -> Read:
    """The statements that a case's page asks, for one case after the other."""
    client = signed_in(place.app, place.full.manager)
    pages = [f"/cases/{case_id}" for case_id in opened(place, place.full.manager)]
    return _replay([_overheard(place, partial(_must, client, path)) for path in pages])


def _must(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    if page.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{path}: {page.status_code}")


def _overheard(place: Room, act: Callable[[], object]) -> Sequence[Statement]:
    """What something asks the database for."""
    said: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, words: str, values: Any, _context: Any, _many: bool) -> None:
        if words.lstrip().startswith(("SELECT", "WITH")):
            said.append((words, values))

    with place.app.app_context():
        engines: list[Engine] = [db.engine, db.looking]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    act()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", hear)
    return said


def _replay(asked: Sequence[Sequence[Statement]]) -> Read:
    """Asks the same again, as it goes to the driver, for one set of statements after the other; all rows are read."""

    def read(session: Session, number: int) -> int:
        connection = session.connection()
        return sum(len(connection.exec_driver_sql(words, values).all()) for words, values in asked[number % len(asked)])

    return read


def _baselines(place: Room, rare: str) -> dict[str, Read]:
    viewer = place.viewer(place.full.manager)
    edge = deep_place(place, Filters(), viewer)
    behind = or_(Case.sort_at > edge.at, and_(Case.sort_at == edge.at, Case.id > edge.id))
    ordered = select(Case.id).where(PRESENT).order_by(Case.sort_at, Case.id).limit(PAGE + 1)
    offset = int(place.run(_count_open) * DEEP)
    like = select(Response.id).where(Response.comment.like(f"%{rare}%")).order_by(Response.id.desc()).limit(PAGE + 1)
    return {
        "deep page by OFFSET, ids only": partial(_ids, ordered.offset(offset)),
        "deep page by OR, ids only": partial(_ids, ordered.where(behind)),
        "search by LIKE, ids only": partial(_ids, like),
    }


def _ids(asked: Select[int], session: Session, _number: int) -> int:
    return len(session.scalars(asked).all())


def _count_open(session: Session, _number: int) -> int:
    return len(session.scalars(select(Case.id).where(PRESENT)).all())
