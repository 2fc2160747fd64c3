"""Many at once: inserts that lose a race do so quietly, and writers wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.customers.models import Address
from feedback_service.database import insert_new
from tests.invitations.factories import NOW

WORKERS = 4
HASHES = [f"{number:064x}" for number in range(50)]


def test_of_many_who_insert_the_same_rows_at_once_one_succeeds_for_each(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    start = Barrier(WORKERS)

    def insert_all() -> list[str]:
        start.wait(30)
        with sessions() as worker:
            statement = insert_new(worker, Address).values([{"hash": value} for value in HASHES])
            mine = worker.scalars(statement.returning(Address.hash)).all()
            worker.commit()
            return list(mine)

    with ThreadPoolExecutor(WORKERS) as pool:
        inserted = [future.result() for future in [pool.submit(insert_all) for _ in range(WORKERS)]]
    assert sorted(value for mine in inserted for value in mine) == HASHES, "each row was new to exactly one of them"
    assert session.scalar(select(func.count()).select_from(Address)) == len(HASHES)


def test_a_row_that_is_there_already_stays_as_it_is(session: Session) -> None:
    session.add(Address(hash=HASHES[0], last_asked_at=NOW))
    session.flush()
    session.execute(insert_new(session, Address), [{"hash": HASHES[0]}, {"hash": HASHES[1]}])
    session.expire_all()
    assert session.get_one(Address, HASHES[0]).last_asked_at == NOW
    assert session.get_one(Address, HASHES[1]).last_asked_at is None


def test_an_insert_that_is_taken_back_leaves_the_place_to_others(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    with sessions() as other:
        other.execute(insert_new(other, Address).values(hash=HASHES[0]))
        other.rollback()
    assert session.scalar(insert_new(session, Address).values(hash=HASHES[0]).returning(Address.hash)) == HASHES[0]


def test_writers_wait_for_each_other_instead_of_failing(session: Session, sessions: sessionmaker[Session]) -> None:
    """Each reads first and writes later, which is what SQLite refuses when nobody took the lock at BEGIN."""
    session.add(Address(hash=HASHES[0], last_asked_at=NOW))
    session.commit()

    def read_then_write(_: int) -> None:
        with sessions() as worker:
            worker.scalar(select(func.count()).select_from(Address))
            worker.execute(text("UPDATE addresses SET unsubscribed_at = last_asked_at"))
            worker.commit()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(read_then_write, range(40)))
    assert session.scalars(select(Address.unsubscribed_at)).one() == NOW
