"""A case is found by whatever is known of it, the newest first, and each once, on either database."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseEntryWords, EntryKind
from feedback_service.cases.search import find
from feedback_service.cases.search.find import EVERY_CASE, NEWEST, SIGNS, WIDE_WINDOW, WINDOW, matching
from feedback_service.cases.search.fold import words_of
from feedback_service.cases.search.keep import as_stored, keep_words
from feedback_service.cases.search.query import terms_of
from feedback_service.cases.write_log import write_entry
from feedback_service.customers.models import Customer
from feedback_service.orders.models import Order
from feedback_service.responses.models import Response, ResponseAnswer
from tests.cases.factories import KEY, complained, queued, written


def found(session: Session, typed: str) -> list[int]:
    return matching(session, typed, allowed=EVERY_CASE, limit=50).ids


def store(session: Session, case_id: int, words: str) -> None:
    """Words as the index has them, without a case of that number."""
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no look at foreign keys
    column = "rowid" if dialect == "sqlite" else "case_id"
    value = ":words" if dialect == "sqlite" else "CAST(:words AS tsvector)"
    statement = text(f"INSERT INTO case_search ({column}, words) VALUES (:id, {value})")
    session.execute(statement, {"id": case_id, "words": as_stored(words_of(words), dialect)})


def test_a_case_is_found_by_all_that_is_known_of_it(session: Session, now: datetime) -> None:
    _, case = complained(session, now, comment="A lâmpada chegou QUEBRADA 😡")
    _, other = complained(session, now, comment="The lamp is late")
    customer, order = session.get_one(Customer, case.customer_id), session.get_one(Order, case.order_id)
    customer.name = "Zoë O'Neil"
    session.add(ResponseAnswer(response_id=case.response_id, question_key="q", chosen=[], text="Blau", answered_at=now))
    write_entry(session, case.id, EntryKind.CUSTOMER_WROTE, actor_id=None, text="Still waiting", key=KEY, now=now)
    write_entry(session, case.id, EntryKind.NOTED, actor_id=None, text="A colleague's note", key=KEY, now=now)
    keep_words(session, case.id)
    session.commit()
    for typed in ("lampada", "quebrada lâmpada", "queb*", "😡", "zoe", "O'Neil", '"still waiting"', "blau"):
        assert found(session, typed) == [case.id], typed
    assert found(session, order.external_id) == [case.id]
    assert found(session, "colleague") == []
    assert found(session, "lamp*") == [other.id, case.id]
    assert found(session, f"#{case.id}") == [case.id]
    assert found(session, '"waiting still"') == []


def test_a_letter_is_found_and_forgotten_with_its_words(session: Session, now: datetime) -> None:
    case = written(session, now, "Mi pedido no llegó", customer_name="")
    keep_words(session, case.id)
    assert found(session, "llego") == [case.id]
    assert case.reply is not None
    case.reply.words = ""
    keep_words(session, case.id)
    assert found(session, "llego") == []
    assert session.execute(text("SELECT count(*) FROM case_search")).scalar() == 0


def test_words_are_kept_anew_and_not_twice(session: Session, now: datetime) -> None:
    _, case = complained(session, now, comment="first words")
    for comment in ("second words", "second words", "third words"):
        session.get_one(Response, case.response_id).comment = comment
        keep_words(session, case.id)
        session.commit()
    assert found(session, "words") == [case.id]
    assert found(session, "second") == []
    keep_words(session, 999_999)  # a case that is not there is no reason to fail


def test_the_very_number_comes_before_whatever_mentions_it(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    order = session.get_one(Order, case.order_id)
    order.external_id = "7001"
    _, newer = complained(session, now, comment="It is about 7001")
    for each in (case.id, newer.id):
        keep_words(session, each)
    session.commit()
    assert found(session, "7001") == [case.id, newer.id]
    assert matching(session, "7001", allowed=EVERY_CASE, below=newer.id + 1, limit=50).ids == [newer.id]
    assert matching(session, "7001", allowed=Case.id != case.id, limit=50).ids == [newer.id]
    number = str(case.id)
    assert found(session, number)[0] == case.id


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "\0",
        "'",
        '"',
        "*",
        "a*b",
        "-",
        "NEAR(a b)",
        "words:x",
        "a AND",
        "(",
        "a OR b",
        "^a",
        "{a}",
        ":*",
        "a & !b",
        "\\",
        "%",
    ],
)
def test_nothing_typed_is_a_mistake(session: Session, now: datetime, typed: str) -> None:
    complained(session, now, comment="words")
    assert found(session, typed) == []


def test_an_order_s_number_or_a_case_s_may_be_any_number(session: Session) -> None:
    for typed in ("0", "9" * 17, "9" * 40, "#", "#0", "-1", "٣"):
        assert found(session, typed) == []


WORDS = st.sampled_from(["lamp", "late", "lately", "broken", "refund", "لمبة", "遅い"])
CASES = st.lists(st.tuples(st.integers(1, 3 * WIDE_WINDOW), st.lists(WORDS, min_size=1, max_size=6)), max_size=60)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cases=CASES,
    typed=st.one_of(
        st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
        st.lists(WORDS, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
        st.sampled_from(["la*", "lamp la*", "refund 遅*"]),
    ),
    limit=st.sampled_from([21, 50]),
)
def test_every_hit_comes_once_newest_first_on_whatever_page(
    session: Session, cases: list[tuple[int, list[str]]], typed: str, limit: int
) -> None:
    """However wide the windows, and however few rows are read without the index."""
    session.rollback()
    session.execute(text("DELETE FROM case_search"))
    told = {case_id: " ".join(words) for case_id, words in cases}
    for case_id, words in told.items():
        store(session, case_id, words)
    terms = terms_of(typed)
    expected = [
        case_id
        for case_id in sorted(told, reverse=True)
        if all(term.stands_in(" ".join(words_of(told[case_id]))) for term in terms)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "NEWEST", 5)
        patch.setattr(find, "MOST_EXAMINED", 60)
        seen: list[int] = []
        below = None
        while True:
            page = matching(session, typed, allowed=EVERY_CASE, below=below, limit=limit)
            seen += page.ids
            if page.below is None:
                break
            below = page.below
    session.rollback()
    assert seen == expected


def test_what_is_filtered_out_costs_no_more_than_a_page_may(session: Session, now: datetime) -> None:
    """Where nearly all hits are somebody else's, a page comes nearly empty and says where the next begins."""
    ids = queued(session, now, sort_hours=[0.0] * 30)
    for case_id in ids:
        store(session, case_id, "lamp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "MOST_EXAMINED", 5)
        page = matching(session, "lamp", allowed=Case.id == ids[0], limit=21)
        pages = [page]
        while page.below is not None:
            page = matching(session, "lamp", allowed=Case.id == ids[0], below=page.below, limit=21)
            pages.append(page)
    assert [case_id for page in pages for case_id in page.ids] == [ids[0]]
    session.rollback()


def test_the_index_knows_the_windows_that_a_search_asks_for(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        made = session.scalar(text("SELECT pg_get_indexdef('ix_case_search_words'::regclass)"))
        for size, sign in SIGNS.items():
            assert f"'{sign}'::text || (case_id / {size})" in str(made)
        assert NEWEST < WINDOW


def test_erasing_leaves_no_word_behind(session: Session, now: datetime) -> None:
    _, case = complained(session, now, comment="secret")
    write_entry(session, case.id, EntryKind.CUSTOMER_WROTE, actor_id=None, text="hidden", key=KEY, now=now)
    keep_words(session, case.id)
    assert found(session, "hidden") == [case.id]
    session.execute(delete(CaseEntryWords).where(CaseEntryWords.case_id == case.id))
    session.get_one(Response, case.response_id).comment = ""
    keep_words(session, case.id)
    assert found(session, "hidden") == found(session, "secret") == []
    assert session.scalars(select(Case.id)).all() == [case.id]
