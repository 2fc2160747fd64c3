"""Finds cases by their words, the newest first: one function over SQLite's FTS5 and PostgreSQL's GIN.

SQLite's index gives its rows in the order of their ids, however many there are. PostgreSQL's gives all that match and
then sorts, which is slow for common words; so it is asked in windows of ids. The few newest rows are read as they are:
a common word stands in them often enough. Then the index is asked about ever wider windows below, each of which is a
word of its own in the index (`/61` for the ids from 61 times WINDOW on, and `//1` for those from WIDE_WINDOW on), so
that only rows of the window are touched. Two sizes, since asking for many windows at once takes longer than their rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps

from sqlalchemy import ColumnElement, select, text, true
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.search.query import Term, for_postgres, for_sqlite, terms_of
from feedback_service.database import LARGEST_ID

WINDOW, WIDE_WINDOW = 4_096, 131_072  # ids; the index of the words says it too
NEWEST = 400  # rows that PostgreSQL reads without the index; a word in one case of eight fills a page from them
NEAR = ((WINDOW, 2), (WINDOW, 8), (WIDE_WINDOW, 1))
"""Of which size, and how many, windows are asked about one after the other; below them, everything at once."""
FAR = ((WIDE_WINDOW, 1), (WIDE_WINDOW, 1), (WIDE_WINDOW, 2))
"""The same where so many hits are wanted, of a word that the newest rows seldom hold, that small ones lead nowhere."""
FEW = 2  # hits in the windows so far; then all that is left holds so few that it is asked about at once
SIGNS = {WINDOW: "/", WIDE_WINDOW: "//"}
"""How the words begin by which the index knows windows."""
LOOKS = 2  # at hits, for one page
MOST_EXAMINED = 1_000  # hits of the words that one look goes through for those that the page's filters let in
MOST_EXACT = 20  # cases of one order
EVERY_CASE: ColumnElement[bool] = true()
"""What lets every case through, so that nobody asks."""
_CASE_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})")

_SQLITE = text(
    "SELECT rowid FROM case_search WHERE case_search MATCH :query AND rowid < :below ORDER BY rowid DESC LIMIT :most"
)
_SQLITE_NEWEST = text("SELECT rowid, words FROM case_search WHERE rowid < :below ORDER BY rowid DESC LIMIT :newest")
_NEWEST = text(
    "SELECT count(*), min(case_id), array_agg(case_id ORDER BY case_id DESC) FILTER (WHERE words @@ CAST(:query AS"
    " tsquery)) FROM (SELECT case_id, words FROM case_search WHERE case_id < :below"
    " ORDER BY case_id DESC LIMIT :newest) newest"
)
_INDEXED = text(
    # Materialized, so that the planner cannot prefer to walk all ids until enough were found.
    "WITH hits AS MATERIALIZED (SELECT case_id FROM case_search"
    " WHERE (words || array_to_tsvector(ARRAY['/' || (case_id / 4096), '//' || (case_id / 131072)]))"
    " @@ CAST(:query AS tsquery))"
    " SELECT case_id FROM hits WHERE case_id < :below ORDER BY case_id DESC LIMIT :most"
)
_AMONG = {  # one parameter, and not one for each: a thousand take longer to bind than to look up
    "sqlite": text("cases.id IN (SELECT value FROM json_each(:hits))"),
    "postgresql": text("cases.id = ANY(CAST(:hits AS bigint[]))"),
}
_OF_ORDER = text(
    # A number belongs to one order in each of the shop's sources, which are few: the index is entered once for each.
    "WITH RECURSIVE sources (source) AS (SELECT min(source) FROM orders UNION ALL"
    " SELECT (SELECT min(orders.source) FROM orders WHERE orders.source > sources.source) FROM sources"
    " WHERE sources.source IS NOT NULL)"
    # CROSS JOIN: SQLite keeps to that order.
    " SELECT cases.id FROM sources CROSS JOIN orders CROSS JOIN cases WHERE orders.source = sources.source"
    " AND orders.external_id = :number AND cases.customer_id = orders.customer_id AND cases.order_id = orders.id"
    " LIMIT :most"
)


@dataclass(frozen=True)
class Found:
    """One page of hits, and where the next begins."""

    ids: list[int]
    """Newest first; on the first page those whose very number was typed stand before all others."""
    below: int | None
    """The next page looks at older cases than this one; None where there are no more hits."""


def matching(
    session: Session, typed: str, *, allowed: ColumnElement[bool], below: int | None = None, limit: int
) -> Found:
    """The cases that hold all words of what was typed, and that `allowed` lets through.

    A page may hold fewer than `limit` though older hits are left, where nearly all were filtered out.
    """
    exact = _exact(session, typed, allowed)
    first = exact if below is None else []
    found = _by_words(session, terms_of(typed), allowed, frozenset(exact), below or LARGEST_ID, limit - len(first))
    return Found([*first, *found.ids], found.below)


def _by_words(
    session: Session,
    terms: Sequence[Term],
    allowed: ColumnElement[bool],
    shown: frozenset[int],
    below: int,
    limit: int,
) -> Found:
    """One page of hits that are not `shown` already: a look at as many as a page holds, then at as many as it takes."""
    ids: list[int] = []
    most = limit + 1 + len(shown)
    for _ in range(LOOKS):
        hits = _hits(session, terms, below, most) if terms else []
        ids += [case_id for case_id in _passed(session, hits, allowed) if case_id not in shown]
        if len(ids) > limit:
            return Found(ids[:limit], ids[limit - 1])
        if len(hits) < most:
            return Found(ids, None)
        below = hits[-1]
        most = min(MOST_EXAMINED, 2 * limit * most // max(len(ids), 1))  # twice what may be needed, at this rate
    return Found(ids, below)


def _exact(session: Session, typed: str, allowed: ColumnElement[bool]) -> list[int]:
    """The case with that very number, then the cases of the order with that very number."""
    typed = typed.replace("\0", "").strip()
    number = _CASE_NUMBER.fullmatch(typed)
    ids = [int(number[1])] if number else []
    ids += sorted(session.scalars(_OF_ORDER, {"number": typed, "most": MOST_EXACT}), reverse=True) if typed else []
    there = set(session.scalars(select(Case.id).where(Case.id.in_(ids), allowed))) if ids else set()
    return [case_id for case_id in dict.fromkeys(ids) if case_id in there]


def _passed(session: Session, hits: list[int], allowed: ColumnElement[bool]) -> list[int]:
    if not hits or allowed is EVERY_CASE:
        return hits
    dialect = session.get_bind().dialect.name
    of_hits = _AMONG[dialect].bindparams(hits=dumps(hits) if dialect == "sqlite" else hits)
    passed = set(session.scalars(select(Case.id).where(of_hits, allowed)))
    return [case_id for case_id in hits if case_id in passed]


def _hits(session: Session, terms: Sequence[Term], below: int, most: int) -> list[int]:
    """The newest `most` cases below an id that hold all the terms."""
    ask = _sqlite_hits if session.get_bind().dialect.name == "sqlite" else _postgres_hits
    return ask(session, terms, below, most)[:most]


def _sqlite_hits(session: Session, terms: Sequence[Term], below: int, most: int) -> list[int]:
    hits: list[int] = []
    if any(term.prefix for term in terms):  # FTS5 first gathers all that begins so, which for short ones is everything
        newest = session.execute(_SQLITE_NEWEST, {"below": below, "newest": NEWEST}).all()
        hits = [case_id for case_id, words in newest if all(term.stands_in(words) for term in terms)]
        if len(hits) >= most or len(newest) < NEWEST:
            return hits
        below = newest[-1][0]
    return hits + list(session.scalars(_SQLITE, {"query": for_sqlite(terms), "below": below, "most": most}))


def _postgres_hits(session: Session, terms: Sequence[Term], below: int, most: int) -> list[int]:
    read, lowest, newest = session.execute(
        _NEWEST, {"query": for_postgres(terms), "below": below, "newest": NEWEST}
    ).one()
    hits: list[int] = list(newest or [])
    if read < NEWEST:
        return hits
    below = lowest
    ids_wanted = (most - len(hits)) * NEWEST // max(len(hits), 1)  # if the word stands below as often as in the newest
    for step, (size, width) in enumerate(NEAR if ids_wanted <= WIDE_WINDOW // 4 else FAR):
        if len(hits) >= most or below <= 1:
            return hits
        if step and len(hits) < FEW:
            break
        newest_window = (below - 1) // size
        asked = range(newest_window, max(newest_window - width, -1), -1)
        hits += _indexed(session, for_postgres(terms, [f"{SIGNS[size]}{window}" for window in asked]), below, most)
        below = asked[-1] * size
    return hits if len(hits) >= most else hits + _indexed(session, for_postgres(terms), below, most)


def _indexed(session: Session, query: str, below: int, most: int) -> list[int]:
    return list(session.scalars(_INDEXED, {"query": query, "below": below, "most": most}))
