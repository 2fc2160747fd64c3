"""Five members of staff at a few cases of one customer, doing whatever comes to mind: what must hold always does."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.inbox.open_case import open_for_answer
from feedback_service.cases.merge import merge, standing_for, unmerge
from feedback_service.cases.models import (
    ACTIVE,
    Case,
    CaseDeadline,
    CaseEntry,
    CaseEntryWords,
    CaseState,
    EntryKind,
    Outcome,
)
from feedback_service.cases.promises import promise as promises
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.rest import resume, snooze, wait, wake
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, claim, log_action, reopen, resolve, take_over
from feedback_service.customers.models import Customer
from tests.cases.factories import KEY, colleague, complained
from tests.responses.factories import at_once

PEOPLE = ("Ana", "Ben", "Cleo", "Dina", "Emil")
CASES = 3
_numbers = count(1)
Acts = dict[str, Callable[..., object]]


def _say(kind: EntryKind) -> Callable[..., object]:
    def act(session: Session, case_id: int, words: str, **by: object) -> None:
        log_action(session, case_id, kind, words, **by)  # type: ignore[arg-type]  # each its own type

    return act


def _take_over(session: Session, case_id: int, _words: str, **by: object) -> None:
    owner = session.scalar(select(Case.owner_id).where(Case.id == case_id))
    take_over(session, case_id, seen_owner=owner or 0, **by)  # type: ignore[arg-type]  # each its own type


def _resolve(session: Session, case_id: int, words: str, **by: object) -> None:
    known = {"root_cause": "damaged", "outcome": Outcome.SATISFIED, "promise_words": "It is settled otherwise."}
    resolve(session, case_id, text=words, **known, **by)  # type: ignore[arg-type]  # each its own type


def _snooze(session: Session, case_id: int, words: str, *, now: datetime, **by: object) -> None:
    snooze(session, case_id, now + timedelta(days=2), words, now=now, **by)  # type: ignore[arg-type]  # each its own type


def _merge(session: Session, case_id: int, _words: str, **by: object) -> None:
    other = session.scalar(
        select(Case.id).where(Case.customer_id == _customer_of(session, case_id), Case.id != case_id).limit(1)
    )
    merge(session, case_id, other or 0, **by)  # type: ignore[arg-type]  # each its own type


def _customer_of(session: Session, case_id: int) -> int | None:
    return session.scalar(select(Case.customer_id).where(Case.id == case_id))


def _promise(session: Session, case_id: int, words: str, *, now: datetime, user_id: int, key: bytes) -> None:
    due = now + timedelta(days=1)
    promises.make(session, case_id, words=words, due_at=due, owner_id=user_id, user_id=user_id, key=key, now=now)


def _keep(session: Session, case_id: int, _words: str, **by: object) -> None:
    found = session.scalars(select(Promise.id).where(Promise.case_id == case_id).order_by(Promise.id)).first()
    if found is None:
        raise CaseMovedError("Nothing was promised.")
    promises.keep(session, found, **by)  # type: ignore[arg-type]  # each its own type


def _open(session: Session, case_id: int, _words: str, **by: object) -> None:
    response = session.scalars(select(Case.response_id).where(Case.id == case_id)).one()
    assert open_for_answer(session, response or 0, **by) == standing_for(session, case_id)  # type: ignore[arg-type]  # each its own type


def _wordless(act: Callable[..., object]) -> Callable[..., object]:
    return lambda session, case_id, _words, **by: act(session, case_id, **by)


ACTS: Acts = {
    "claim": _wordless(claim),
    "take over": _take_over,
    "note": _say(EntryKind.NOTED),
    "call": _say(EntryKind.CALLED),
    "resolve": _resolve,
    "reopen": _wordless(reopen),
    "wait": wait,
    "resume": _wordless(resume),
    "snooze": _snooze,
    "wake": _wordless(wake),
    "merge": _merge,
    "unmerge": _wordless(unmerge),
    "promise": _promise,
    "keep": _keep,
    "open from the answers": _open,
}
SPOKEN = {"note", "call", "resolve", "promise"}
"""Acts whose words are in the log once they were done."""


@dataclass
class Shop:
    """Five people, the cases, and what was seen of them so far."""

    people: Sequence[int]
    cases: Sequence[int]
    customer: int
    done: list[tuple[int, str]] = field(default_factory=list)
    """Case and words of what was acknowledged."""
    refused: list[str] = field(default_factory=list)
    deadlines: dict[tuple[int, int, str], datetime] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def _shop(session: Session, now: datetime) -> Shop:
    people = [colleague(session, name, now) for name in PEOPLE]
    cases = [complained(session, now)[1] for _ in range(CASES)]
    customer = cases[0].customer_id
    assert customer is not None
    for case in cases:
        case.customer_id = customer
    session.get_one(Customer, customer).open_cases = CASES
    session.commit()
    return Shop(people, [case.id for case in cases], customer)


def _try(session: Session, shop: Shop, act: str, person: int, case: int, now: datetime) -> None:
    """Do it and commit, or be refused and change nothing."""
    case_id, words = shop.cases[case], f"Words {next(_numbers)}."
    try:
        ACTS[act](session, case_id, words, user_id=shop.people[person], key=KEY, now=now)
    except (CaseMovedError, RefusedError):
        session.rollback()
        shop.refused.append(words)
        return
    session.commit()
    if act in SPOKEN:
        shop.done.append((case_id, words))


def _check(session: Session, shop: Shop) -> None:
    """What must hold whatever was done."""
    session.expire_all()
    cases = session.scalars(select(Case).where(Case.id.in_(shop.cases))).all()
    for case in cases:
        _check_owner(session, case)
        assert case.log_length >= shop.lengths[case.id]
        shop.lengths[case.id] = case.log_length
    _check_deadlines(session, shop)
    assert verify_logs(session, KEY).fault is None
    active = select(func.count()).where(Case.customer_id == shop.customer, ACTIVE).select_from(Case)
    assert session.get_one(Customer, shop.customer).open_cases == session.scalar(active)
    said = session.execute(
        select(CaseEntryWords.case_id, CaseEntryWords.text).where(CaseEntryWords.case_id.in_(shop.cases))
    ).all()
    words = [text for _, text in said]
    assert all(words.count(text) == 1 for _, text in shop.done), "what was acknowledged stands in the log once"
    assert not set(words) & set(shop.refused), "what was refused does not"
    session.rollback()


def _check_owner(session: Session, case: Case) -> None:
    """Whoever the log says has it, has it; and nobody acts but them."""
    state, owner = CaseState.OPEN, None
    before = CaseState.OPEN
    for entry in session.scalars(select(CaseEntry).where(CaseEntry.case_id == case.id).order_by(CaseEntry.ordinal)):
        if entry.kind == EntryKind.CLAIMED:
            assert entry.facts.get("from") in (None, owner)
            state, owner = CaseState.IN_PROGRESS, entry.actor_id
        elif entry.kind in (EntryKind.NOTED, EntryKind.CALLED, EntryKind.WAITING, EntryKind.SNOOZED):
            assert (state, owner) == (CaseState.IN_PROGRESS, entry.actor_id)
        elif entry.kind == EntryKind.RESOLVED:
            assert (state, owner) == (CaseState.IN_PROGRESS, entry.actor_id)
            state = CaseState.RESOLVED
        elif entry.kind == EntryKind.REOPENED:
            assert state == CaseState.RESOLVED
            state = CaseState.IN_PROGRESS
        elif entry.kind == EntryKind.MERGED:
            assert state in (CaseState.OPEN, CaseState.IN_PROGRESS)
            before, state = state, CaseState.MERGED
        elif entry.kind == EntryKind.UNMERGED and "from" in entry.facts:
            assert state == CaseState.MERGED
            state = before
    assert case.state == state
    if state == CaseState.IN_PROGRESS:
        assert case.owner_id == owner
    assert standing_for(session, case.id) == case.id or state == CaseState.MERGED


def _check_deadlines(session: Session, shop: Shop) -> None:
    """Within one opening a deadline never moves backwards, and what was stored of it stays."""
    for row in session.scalars(select(CaseDeadline).where(CaseDeadline.case_id.in_(shop.cases))):
        place = (row.case_id, row.opening, row.kind.value)
        assert row.due_at >= shop.deadlines.get(place, row.due_at)
        shop.deadlines[place] = row.due_at
        assert row.met is not True or (row.done_at is not None and row.done_at <= row.due_at)


@settings(
    max_examples=10,
    deadline=None,
    # One database serves all examples: each has cases of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 4), st.integers(0, CASES - 1), st.integers(0, 600)),
        min_size=5,
        max_size=25,
    )
)
def test_whatever_five_people_do_one_after_the_other(
    session: Session, now: datetime, steps: list[tuple[str, int, int, int]]
) -> None:
    shop = _shop(session, now)
    _check(session, shop)
    for act, person, case, minutes in steps:
        now += timedelta(minutes=minutes)
        _try(session, shop, act, person, case, now)
        _check(session, shop)


def test_whatever_five_people_do_at_once(sessions: sessionmaker[Session], session: Session, now: datetime) -> None:
    """In real threads, each at their own speed: nobody waits for another in a ring, and nothing is lost."""
    shop, dice = _shop(session, now), random.Random(7)
    weighted = [*sorted(ACTS), *["claim", "take over", "note", "call", "note"] * 2]

    def work(person: int, steps: list[tuple[str, int]]) -> None:
        for place, (act, case) in enumerate(steps):
            with sessions() as own:
                _try(own, shop, act, person, case, now + timedelta(minutes=place))

    plans = [[(dice.choice(weighted), dice.randrange(CASES)) for _ in range(20)] for _ in PEOPLE]
    at_once(*(partial(work, person, plan) for person, plan in enumerate(plans)))
    _check(session, shop)
    assert shop.done, "something was done"
    assert shop.refused, "and somebody was told that they came too late"


def test_of_five_who_take_one_case_at_once_one_has_it(
    sessions: sessionmaker[Session], session: Session, now: datetime
) -> None:
    shop = _shop(session, now)

    def press(person: int) -> None:
        with sessions() as own:
            _try(own, shop, "claim", person, 0, now)
            _try(own, shop, "note", person, 0, now)

    at_once(*(partial(press, person) for person in range(5)))
    _check(session, shop)
    assert (len(shop.done), len(shop.refused)) == (1, 8)
