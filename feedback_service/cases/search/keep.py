"""Keeps the words by which a case is found, in the one kind of index that each database has for words."""

from collections.abc import Iterable

from sqlalchemy import Row, and_, select, text
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseEntry, CaseEntryWords, EntryKind
from feedback_service.cases.search.fold import words_of
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Reply
from feedback_service.orders.models import Order
from feedback_service.responses.models import Response, ResponseAnswer

MOST_WORDS = 8_000  # of one case; PostgreSQL tells apart 16,383 places in a text
BY_THE_CUSTOMER = (
    EntryKind.OPENED,
    EntryKind.CUSTOMER_WROTE,
    EntryKind.ACCEPTED,
    EntryKind.DISPUTED,
    EntryKind.RECOVERY_ANSWERED,
)
"""Entries of the log whose words came from outside; what colleagues noted for each other is not searched."""

_STORE = {
    "sqlite": "INSERT INTO case_search (rowid, words) VALUES (:case_id, :words)",
    "postgresql": (
        "INSERT INTO case_search (case_id, words) VALUES (:case_id, CAST(:words AS tsvector))"
        " ON CONFLICT (case_id) DO UPDATE SET words = excluded.words WHERE case_search.words <> excluded.words"
    ),
}
_REMOVE = {
    "sqlite": "DELETE FROM case_search WHERE rowid = :case_id",
    "postgresql": "DELETE FROM case_search WHERE case_id = :case_id",
}


def keep_words(session: Session, case_id: int) -> None:
    """Read the words of a case anew and store them; with none left, the case is found by its numbers only.

    To be called last in whatever opened a case, changed its answer, brought words of the customer's, or erased some.
    A name that an import corrects, which knows nothing of cases, is found once one of these happens.
    """
    session.flush()
    words = words_of_case(session, case_id)
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite" or not words:
        session.execute(text(_REMOVE[dialect]), {"case_id": case_id})
    if words:
        session.execute(text(_STORE[dialect]), {"case_id": case_id, "words": as_stored(words, dialect)})


def as_stored(words: list[str], dialect: str) -> str:
    """Folded words as the index of that database takes them."""
    if dialect == "sqlite":
        return " ".join(words)
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, start=1):
        places.setdefault(word, []).append(str(place))
    return " ".join(f"'{word}':{','.join(at[:255])}" for word, at in places.items())


def words_of_case(session: Session, case_id: int) -> list[str]:
    """All words by which a case is found: the customer's, their name, and the numbers of the order."""
    known = session.execute(
        select(
            Case.response_id, Response.comment, Response.claimed_order, Reply.words, Customer.name, Order.external_id
        )
        .outerjoin(Response, Response.id == Case.response_id)
        .outerjoin(Reply, Reply.id == Case.reply_id)
        .outerjoin(Customer, Customer.id == Case.customer_id)
        .outerjoin(Order, Order.id == Case.order_id)
        .where(Case.id == case_id)
    ).first()
    if known is None:
        return []
    texts = [*_numbers_first(known), *_other_answers(session, known.response_id), *_later(session, case_id)]
    return [word for words in texts if words for word in words_of(words)][:MOST_WORDS]


def _numbers_first(known: Row[int | None, str | None, str | None, str | None, str | None, str | None]) -> list[str]:
    """What is short and unmistakable stands first, so that no long letter pushes it out."""
    parts = (known.external_id, known.claimed_order, known.name, known.comment, known.words)
    return [part or "" for part in parts]


def _other_answers(session: Session, response_id: int | None) -> Iterable[str]:
    if response_id is None:
        return ()
    return session.scalars(
        select(ResponseAnswer.text)
        .where(ResponseAnswer.response_id == response_id)
        .order_by(ResponseAnswer.question_key)
    ).all()


def _later(session: Session, case_id: int) -> Iterable[str]:
    return session.scalars(
        select(CaseEntryWords.text)
        .join(
            CaseEntry,
            and_(CaseEntry.case_id == CaseEntryWords.case_id, CaseEntry.ordinal == CaseEntryWords.ordinal),
        )
        .where(CaseEntryWords.case_id == case_id, CaseEntry.kind.in_(BY_THE_CUSTOMER))
        .order_by(CaseEntryWords.ordinal)
    ).all()
