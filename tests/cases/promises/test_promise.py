"""A promise is made once, kept by somebody, and never forgotten: not by a double press, a merge or the case's end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import User
from feedback_service.cases.merge import merge
from feedback_service.cases.models import Case, CaseState, EntryKind, Outcome
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.promise import hand_on, keep, let_go, make
from feedback_service.cases.promises.queries import kept_late, promises_of, promises_to_keep, standing
from feedback_service.cases.queries import log_of
from feedback_service.cases.refused import RefusedError
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, PromisesLeftError, resolve
from tests.cases.deadlines.factories import away
from tests.cases.factories import KEY, log_kinds, opened
from tests.cases.promises.factories import DAY, HOUR, in_care, promised, worked_on
from tests.responses.factories import at_once


def _try(session: Session, act: Callable[..., object], *arguments: object, **by: object) -> str:
    """Act and commit, or roll back; what the person is told, or nothing."""
    try:
        act(session, *arguments, key=KEY, **by)
    except CaseMovedError as moved:
        session.rollback()
        return str(moved)
    session.commit()
    return ""


def _as_it_is(session: Session, promise_id: int) -> Promise:
    session.rollback()
    found = session.scalars(
        select(Promise).where(Promise.id == promise_id).execution_options(populate_existing=True)
    ).one()
    session.commit()
    return found


def _facts(session: Session, case: Case, kind: EntryKind) -> list[dict[str, object]]:
    return [entry.facts for entry, _, _ in log_of(session, case.id) if entry.kind == kind]


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return in_care(session, "Ana", now)


@pytest.fixture
def ben(session: Session, now: datetime) -> int:
    return in_care(session, "Ben", now)


def test_a_promise_is_made_handed_on_and_kept(session: Session, ana: int, ben: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    assert _try(session, hand_on, promise.id, ben, user_id=ana, now=now + HOUR) == ""
    assert _try(session, keep, promise.id, user_id=ben, now=now + 2 * HOUR) == ""
    promise = _as_it_is(session, promise.id)
    assert (promise.owner_id, promise.kept_at, promise.broken_at) == (ben, now + 2 * HOUR, None)
    said = [(entry.kind, words, who) for entry, words, who in reversed(log_of(session, case.id))][-3:]
    assert said == [
        (EntryKind.PROMISED, "Refund by Friday.", "Ana"),
        (EntryKind.PROMISE_HANDED_ON, "", "Ana"),
        (EntryKind.PROMISE_KEPT, "", "Ben"),
    ]
    due = (now + DAY).isoformat()
    assert _facts(session, case, EntryKind.PROMISED) == [{"promise": promise.id, "due_at": due, "owner": ana}]
    assert [notice.user_id for notice in session.scalars(select(Notice))] == [ben]
    assert [line.words for line in promises_of(session, case.id)] == ["Refund by Friday."]
    assert verify_logs(session, KEY).fault is None


def test_only_whoever_has_the_case_promises_something(session: Session, ana: int, ben: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    by_ben = {"words": "A call.", "due_at": now + DAY, "owner_id": ben, "user_id": ben, "now": now}
    assert _try(session, make, case.id, **by_ben) == "Ana has this case now. Nothing was changed."
    untaken = opened(session, now, 3)
    assert _try(session, make, untaken.id, **by_ben).startswith("Nobody has taken this case yet.")
    assert session.scalars(select(Promise)).all() == []


def test_a_double_press_is_one_promise_and_the_same_words_for_another_day_are_two(
    session: Session, ana: int, now: datetime
) -> None:
    case = worked_on(session, now, ana)
    first = promised(session, case, ana, now)
    again = promised(session, case, ana, now + timedelta(seconds=5), due=DAY - timedelta(seconds=5))
    assert first.id == again.id
    assert promised(session, case, ana, now, due=2 * DAY).id != first.id
    assert log_kinds(session, case.id).count(EntryKind.PROMISED) == 2


@pytest.mark.parametrize("due", [timedelta(0), -HOUR, 400 * DAY])
def test_nothing_is_promised_for_the_past_or_for_never(
    session: Session, ana: int, now: datetime, due: timedelta
) -> None:
    case = worked_on(session, now, ana)
    with pytest.raises(ValueError, match="time to come"):
        promised(session, case, ana, now, due=due)


def test_nobody_who_cannot_sign_in_keeps_a_promise(session: Session, ana: int, ben: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    session.get_one(User, ben).active = False
    session.commit()
    with pytest.raises(ValueError, match="can sign in"):
        hand_on(session, promise.id, ben, user_id=ana, key=KEY, now=now)


# now is a Friday


@pytest.mark.parametrize(
    ("away_days", "due_days", "stands_in", "refused"),
    [
        ((3, 7), 4, False, True),
        ((3, 7), 4, True, False),
        ((3, 7), 3, False, True),
        ((3, 7), 7, False, True),
        ((3, 7), 1, False, False),
        ((3, 7), 8, False, False),
    ],
)
def test_nothing_is_promised_for_somebody_who_is_away_then_and_for_whom_nobody_stands_in(
    session: Session,
    ana: int,
    ben: int,
    now: datetime,
    away_days: tuple[int, int],
    due_days: int,
    stands_in: bool,
    refused: bool,
) -> None:
    case, kept_so_far = worked_on(session, now, ana), worked_on(session, now, ana)
    mine = promised(session, kept_so_far, ana, now, due=due_days * DAY)
    first, last = (now.date() + days * DAY for days in away_days)
    away(session, ben, first, last, taker=ana if stands_in else None)
    if not refused:
        assert promised(session, case, ana, now, due=due_days * DAY, owner=ben).owner_id == ben
        assert _try(session, hand_on, mine.id, ben, user_id=ana, now=now) == ""
        return
    said = f"Ben is away on {(now + due_days * DAY).day} Mar 2026, and nobody is named who keeps their promises."
    with pytest.raises(RefusedError, match=said):
        promised(session, case, ana, now, due=due_days * DAY, owner=ben)
    session.rollback()
    with pytest.raises(RefusedError, match="Choose somebody else, or another day"):
        hand_on(session, mine.id, ben, user_id=ana, key=KEY, now=now)
    session.rollback()
    assert _as_it_is(session, mine.id).owner_id == ana


def test_what_is_overdue_is_not_handed_to_somebody_who_is_away_today(
    session: Session, ana: int, ben: int, now: datetime
) -> None:
    promise = promised(session, worked_on(session, now, ana), ana, now, due=HOUR)
    today = now + 3 * DAY
    away(session, ben, today.date(), today.date())
    with pytest.raises(RefusedError, match="Ben is away on 23 Mar 2026"):
        hand_on(session, promise.id, ben, user_id=ana, key=KEY, now=today)


def test_the_day_is_the_shop_s(session: Session, ana: int, now: datetime) -> None:
    """Half past eleven at night in London is the next day in Kiritimati."""
    case = worked_on(session, now, ana)
    away(session, ana, now.date() + DAY, now.date() + DAY)
    by = {"owner_id": ana, "user_id": ana, "key": KEY, "now": now, "words": "A call."}
    due = now + timedelta(hours=13.5)
    make(session, case.id, due_at=due, **by)
    session.rollback()
    with pytest.raises(RefusedError):
        make(session, case.id, due_at=due, zone=ZoneInfo("Pacific/Kiritimati"), **by)


def test_what_is_kept_late_stays_broken_though_no_step_saw_it(session: Session, ana: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    assert _try(session, keep, promise.id, user_id=ana, now=now + 2 * DAY) == ""
    promise = _as_it_is(session, promise.id)
    assert (promise.broken_at, promise.kept_at) == (now + DAY, now + 2 * DAY)
    assert log_kinds(session, case.id)[-2:] == [EntryKind.PROMISE_BROKEN, EntryKind.PROMISE_KEPT]
    assert [each.id for each in kept_late(session, case.id)] == [promise.id]


def test_whoever_comes_second_reads_how_it_ended(session: Session, ana: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    assert _try(session, let_go, promise.id, "They cancelled.", user_id=ana, now=now) == ""
    told = "This promise was let go in the meantime. Nothing was changed."
    assert _try(session, keep, promise.id, user_id=ana, now=now) == told
    assert _try(session, let_go, promise.id, "Again.", user_id=ana, now=now) == told
    assert _as_it_is(session, promise.id).let_go_reason == "They cancelled."
    assert log_kinds(session, case.id).count(EntryKind.PROMISE_LET_GO) == 1


def test_of_two_who_keep_it_at_once_one_does(
    sessions: sessionmaker[Session], session: Session, ana: int, ben: int, now: datetime
) -> None:
    case = worked_on(session, now, ana)
    promise_id = promised(session, case, ana, now, owner=ben).id

    def press(user_id: int) -> str:
        with sessions() as own:
            return _try(own, keep, promise_id, user_id=user_id, now=now)

    told = at_once(partial(press, ana), partial(press, ben), partial(press, ana))
    assert sorted(told) == ["", *["This promise was kept in the meantime. Nothing was changed."] * 2]
    assert log_kinds(session, case.id).count(EntryKind.PROMISE_KEPT) == 1
    assert verify_logs(session, KEY).fault is None


def test_a_promise_is_its_keeper_s_the_case_s_owner_s_and_a_manager_s(
    session: Session, ana: int, ben: int, now: datetime
) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    told = _try(session, keep, promise.id, user_id=ben, now=now)
    assert told.startswith("Ana keeps this promise.")
    assert _try(session, keep, promise.id, user_id=ben, manager=True, now=now) == ""


# Closing


def _resolve(session: Session, case: Case, user_id: int, now: datetime, **given: str) -> str:
    return _try(
        session,
        resolve,
        case.id,
        root_cause="damaged",
        outcome=Outcome.SATISFIED,
        text="Sent another.",
        reached=True,
        user_id=user_id,
        now=now,
        **given,
    )


def test_no_case_closes_over_a_promise_without_a_word(session: Session, ana: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    late = promised(session, case, ana, now, words="A call.", due=HOUR)
    told = _resolve(session, case, ana, now + 2 * HOUR)
    assert told.startswith("2 promises are not kept yet.")
    assert session.get_one(Case, case.id, populate_existing=True).state == CaseState.IN_PROGRESS
    assert _resolve(session, case, ana, now + 2 * HOUR, promise_words="They cancelled the order.") == ""
    kept = [_as_it_is(session, each.id) for each in (promise, late)]
    assert [(each.let_go_reason, each.broken_at) for each in kept] == [
        ("They cancelled the order.", None),
        ("They cancelled the order.", now + HOUR),
    ]
    assert log_kinds(session, case.id)[-4:] == [
        EntryKind.PROMISE_BROKEN,
        EntryKind.PROMISE_LET_GO,
        EntryKind.PROMISE_LET_GO,
        EntryKind.RESOLVED,
    ]
    assert _facts(session, case, EntryKind.RESOLVED) == [
        {"root_cause": "damaged", "outcome": "satisfied", "reached": True}
    ]
    assert verify_logs(session, KEY).fault is None


def test_what_was_kept_late_wants_a_word_once(session: Session, ana: int, now: datetime) -> None:
    case = worked_on(session, now, ana)
    promise = promised(session, case, ana, now)
    keep(session, promise.id, user_id=ana, key=KEY, now=now + 2 * DAY)
    session.commit()
    with pytest.raises(PromisesLeftError, match="kept too late"):
        resolve(
            session,
            case.id,
            root_cause=None,
            outcome=Outcome.SATISFIED,
            text="",
            user_id=ana,
            key=KEY,
            now=now + 3 * DAY,
        )
    session.rollback()
    assert _resolve(session, case, ana, now + 3 * DAY, promise_words="The bank was closed.") == ""
    said = [(entry.kind, words) for entry, words, _ in log_of(session, case.id)]
    assert (EntryKind.NOTED, "The bank was closed.") in said
    assert kept_late(session, case.id) == []


def test_a_promise_goes_with_its_case_into_another(session: Session, ana: int, ben: int, now: datetime) -> None:
    first, second = worked_on(session, now, ana), worked_on(session, now, ben)
    second.customer_id = first.customer_id
    promise = promised(session, first, ana, now)
    merge(session, first.id, second.id, user_id=ana, key=KEY, now=now)
    session.commit()
    assert [each.id for each in standing(session, second.id)] == [promise.id]
    assert [line.case_id for line in promises_to_keep(session, owner_id=ana, after=None)[0]] == [second.id]
    assert _resolve(session, second, ben, now).startswith("A promise is not kept yet.")
    assert _try(session, keep, promise.id, user_id=ana, now=now) == ""
    assert log_kinds(session, second.id)[-1] == EntryKind.PROMISE_KEPT
    assert _resolve(session, second, ben, now) == ""


def test_what_is_to_be_kept_stands_by_due_time_page_by_page(
    session: Session, ana: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_service.cases.promises.queries.PAGE", 2)
    case = worked_on(session, now, ana)
    for hours in (3, 1, 2):
        promised(session, case, ana, now, words=f"In {hours} hours.", due=hours * HOUR)
    kept = promised(session, case, ana, now, words="Kept.", due=HOUR)
    keep(session, kept.id, user_id=ana, key=KEY, now=now)
    session.commit()
    first, after = promises_to_keep(session, owner_id=ana, after=None)
    second, end = promises_to_keep(session, owner_id=None, after=after)
    assert [line.words for line in (*first, *second)] == ["In 1 hours.", "In 2 hours.", "In 3 hours."]
    assert end is None
