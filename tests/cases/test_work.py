"""One owner at a time, no legal step left out, and whoever comes second is told how things stand."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.accounts.models import User
from feedback_service.cases.models import ACTIONS, Case, CaseEntry, CaseState, EntryKind, Outcome
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.notices.shown import sentence
from feedback_service.cases.queries import log_of
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, claim, log_action, reopen, resolve, take_over
from tests.cases.factories import KEY, colleague, opened
from tests.responses.factories import at_once

EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    # One database serves all examples: each works on a case of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _resolve(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    resolve(
        session,
        case_id,
        root_cause="damaged",
        outcome=Outcome.SATISFIED,
        text="Sent another.",
        user_id=user_id,
        key=key,
        now=now,
    )


_notes = count(1)


def _note(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime, text: str = "A note.") -> None:
    log_action(session, case_id, EntryKind.NOTED, text, user_id=user_id, key=key, now=now)


def _another_note(session: Session, case_id: int, *, user_id: int, key: bytes, now: datetime) -> None:
    _note(session, case_id, user_id=user_id, key=key, now=now, text=f"Note {next(_notes)}.")


ACTS: dict[str, Callable[..., None]] = {"claim": claim, "note": _another_note, "resolve": _resolve, "reopen": reopen}


def _try(session: Session, act: Callable[..., None], case_id: int, user_id: int, now: datetime) -> str:
    """Act and commit, or roll back; what the person is told, or nothing."""
    try:
        act(session, case_id, user_id=user_id, key=KEY, now=now)
    except CaseMovedError as moved:
        session.rollback()
        return str(moved)
    session.commit()
    return ""


def _as_it_is(session: Session, case_id: int) -> Case:
    session.rollback()
    return session.scalars(select(Case).where(Case.id == case_id).execution_options(populate_existing=True)).one()


@pytest.fixture
def three(session: Session, now: datetime) -> dict[str, int]:
    """Three colleagues, by name."""
    return {name: colleague(session, name, now) for name in ("Ana", "Ben", "Cleo")}


def test_a_case_from_claim_to_close_and_back(session: Session, three: dict[str, int], now: datetime) -> None:
    case = opened(session, now)
    ana = three["Ana"]
    for hours, act in enumerate((claim, _note, _resolve, reopen)):
        assert _try(session, act, case.id, ana, now + timedelta(hours=hours)) == ""
    assert (case.state, case.owner_id, case.resolved_at) == (CaseState.IN_PROGRESS, ana, None)
    assert case.due_at == now + timedelta(hours=3 + 24)
    log = [(entry.kind, words, who) for entry, words, who in reversed(log_of(session, case.id))]
    assert log == [
        (EntryKind.OPENED, "", "The service"),
        (EntryKind.CLAIMED, "", "Ana"),
        (EntryKind.NOTED, "A note.", "Ana"),
        (EntryKind.RESOLVED, "Sent another.", "Ana"),
        (EntryKind.REOPENED, "", "Ana"),
    ]


def test_of_three_who_claim_at_once_one_has_it_and_the_others_are_told_who(
    sessions: sessionmaker[Session], session: Session, three: dict[str, int], now: datetime
) -> None:
    case_id = opened(session, now).id

    def press(user_id: int) -> str:
        with sessions() as own:
            return _try(own, claim, case_id, user_id, now)

    told = at_once(*(partial(press, user_id) for user_id in three.values()))
    assert told.count("") == 1
    winner = list(three)[told.index("")]
    assert set(told) == {"", f"{winner} has this case now. Nothing was changed."}
    case = _as_it_is(session, case_id)
    assert (case.owner_id, case.state, case.log_length) == (three[winner], CaseState.IN_PROGRESS, 2)


def test_the_loser_is_told_the_new_owner_though_the_page_showed_another(
    sessions: sessionmaker[Session], session: Session, three: dict[str, int], now: datetime
) -> None:
    """The route has read the case, with its owner, before it acts."""
    case = opened(session, now)
    case.owner_id = three["Cleo"]
    session.commit()
    with sessions() as slow:
        seen = slow.scalars(select(Case)).one()
        assert seen.owner is not None
        assert seen.owner.name == "Cleo"
        slow.rollback()
        assert _try(session, claim, case.id, three["Ben"], now) == ""
        assert _try(slow, claim, case.id, three["Ana"], now) == "Ben has this case now. Nothing was changed."


def test_a_double_press_says_you(session: Session, three: dict[str, int], now: datetime) -> None:
    case = opened(session, now)
    assert _try(session, claim, case.id, three["Ana"], now) == ""
    assert _try(session, claim, case.id, three["Ana"], now) == "You have this case now. Nothing was changed."
    assert _try(session, _resolve, case.id, three["Ana"], now) == ""
    again = _try(session, _resolve, case.id, three["Ana"], now)
    assert again == "You have resolved this case in the meantime. Nothing was changed."


def test_take_over_names_from_whom(session: Session, three: dict[str, int], now: datetime) -> None:
    case = opened(session, now)
    _try(session, claim, case.id, three["Ana"], now)
    from_ana = partial(take_over, seen_owner=three["Ana"])
    assert _try(session, from_ana, case.id, three["Ben"], now) == ""
    assert (case.owner_id, case.state) == (three["Ben"], CaseState.IN_PROGRESS)
    assert log_of(session, case.id)[0][0].facts == {"from": three["Ana"]}
    assert _try(session, from_ana, case.id, three["Cleo"], now) == "Ben has this case now. Nothing was changed."
    assert _as_it_is(session, case.id).owner_id == three["Ben"]


def _told(session: Session, user_id: int) -> list[str]:
    """What somebody's notices say."""
    session.rollback()
    names = dict(session.execute(select(User.id, User.name)).all())
    found = session.scalars(select(Notice).where(Notice.user_id == user_id).order_by(Notice.id)).all()
    return [sentence(notice.kind, notice.case_id, notice.facts, names) for notice in found]


def test_whoever_loses_a_case_hears_who_has_it(session: Session, three: dict[str, int], now: datetime) -> None:
    """Given to Ana, and not begun, then taken by Ben, and taken over by Cleo."""
    case = opened(session, now)
    case.owner_id = three["Ana"]
    session.commit()
    assert _try(session, claim, case.id, three["Ben"], now) == ""
    assert log_of(session, case.id)[0][0].facts == {"from": three["Ana"]}
    assert _try(session, partial(take_over, seen_owner=three["Ben"]), case.id, three["Cleo"], now) == ""
    assert _told(session, three["Ana"]) == [f"Case {case.id} is with Ben now."]
    assert _told(session, three["Ben"]) == [f"Case {case.id} is with Cleo now."]
    assert _told(session, three["Cleo"]) == []


def test_taking_what_was_given_to_one_is_no_news(session: Session, three: dict[str, int], now: datetime) -> None:
    case = opened(session, now)
    case.owner_id = three["Ana"]
    session.commit()
    assert _try(session, claim, case.id, three["Ana"], now) == ""
    assert log_of(session, case.id)[0][0].facts == {}
    assert _told(session, three["Ana"]) == []


def test_the_owner_hears_when_a_colleague_opens_it_again(
    session: Session, three: dict[str, int], now: datetime
) -> None:
    case = opened(session, now)
    ana, ben = three["Ana"], three["Ben"]
    assert _try(session, claim, case.id, ana, now) == ""
    for who in (ana, ben):
        assert _try(session, _resolve, case.id, ana, now) == ""
        assert _try(session, reopen, case.id, who, now) == ""
    assert _told(session, ana) == [f"Case {case.id} waits for you: it was opened again."]
    assert _told(session, ben) == []


@pytest.mark.parametrize("act", [_note, _resolve])
def test_only_the_owner_acts(session: Session, three: dict[str, int], now: datetime, act: Callable[..., None]) -> None:
    case = opened(session, now)
    nobody = "Nobody has taken this case yet. Take it first. Nothing was changed."
    assert _try(session, act, case.id, three["Ana"], now) == nobody
    _try(session, claim, case.id, three["Ana"], now)
    assert _try(session, act, case.id, three["Ben"], now) == "Ana has this case now. Nothing was changed."
    assert _as_it_is(session, case.id).log_length == 2


def test_a_resolved_case_takes_no_action(session: Session, three: dict[str, int], now: datetime) -> None:
    case = opened(session, now)
    _try(session, claim, case.id, three["Ana"], now)
    _try(session, _resolve, case.id, three["Ana"], now)
    told = _try(session, _note, case.id, three["Ben"], now)
    assert told == "Ana has resolved this case in the meantime. Nothing was changed."
    assert _try(session, claim, case.id, three["Ben"], now) == told


def test_nobody_logs_by_hand_what_the_service_logs(session: Session, three: dict[str, int], now: datetime) -> None:
    case = opened(session, now)
    _try(session, claim, case.id, three["Ana"], now)
    for kind in set(EntryKind) - set(ACTIONS):
        with pytest.raises(ValueError, match="nothing that people log"):
            log_action(session, case.id, kind, "", user_id=three["Ana"], key=KEY, now=now)


# Any order


class _Model:
    """What a case must be after any acts of three colleagues."""

    def __init__(self) -> None:
        self.state = CaseState.OPEN
        self.owner: int | None = None
        self.entries = 1

    def expect(self, act: str, user: int, seen_owner: int) -> bool:
        """Take an act over into the model; whether it is legal now."""
        mine = self.state == CaseState.IN_PROGRESS and self.owner == user
        legal = {
            "claim": self.state == CaseState.OPEN,
            "take over": self.state == CaseState.IN_PROGRESS and self.owner == seen_owner,
            "note": mine,
            "resolve": mine,
            "reopen": self.state == CaseState.RESOLVED,
        }[act]
        if legal:
            self.entries += 1
            self.owner = user if act in ("claim", "take over") else self.owner
            self.state = CaseState.RESOLVED if act == "resolve" else CaseState.IN_PROGRESS
        return legal


@EXAMPLES
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["claim", "take over", "note", "resolve", "reopen"]), st.integers(0, 2), st.integers(0, 2)
        ),
        max_size=14,
    )
)
def test_any_order_of_acts_keeps_a_case_legal(
    session: Session, three: dict[str, int], now: datetime, acts: list[tuple[str, int, int]]
) -> None:
    case_id, model, ids = opened(session, now).id, _Model(), list(three.values())
    for name, actor, seen in acts:
        act = partial(take_over, seen_owner=ids[seen]) if name == "take over" else ACTS[name]
        legal = model.expect(name, ids[actor], ids[seen])
        assert (_try(session, act, case_id, ids[actor], now) == "") is legal, name
    case = _as_it_is(session, case_id)
    assert (case.state, case.owner_id, case.log_length) == (model.state, model.owner, model.entries)
    assert verify_logs(session, KEY).fault is None


@pytest.mark.parametrize("seed", range(3))
def test_three_colleagues_at_the_same_time_never_fork_the_log(
    sessions: sessionmaker[Session], session: Session, three: dict[str, int], now: datetime, seed: int
) -> None:
    case_id, ids = opened(session, now).id, list(three.values())

    def busy(me: int) -> int:
        dice = random.Random(f"{seed} {me}")
        done = 0
        for _ in range(12):
            name = dice.choice(["claim", "take over", "note", "note", "resolve", "reopen"])
            act = partial(take_over, seen_owner=dice.choice(ids)) if name == "take over" else ACTS[name]
            with sessions() as own:
                done += _try(own, act, case_id, me, now) == ""
        return done

    done = sum(at_once(*(partial(busy, me) for me in ids)))
    case = _as_it_is(session, case_id)
    assert case.log_length == 1 + done
    assert (case.state == CaseState.OPEN) is (case.owner_id is None)
    assert verify_logs(session, KEY).fault is None
    assert _replayed(session, case_id) == (case.state, case.owner_id)


def _replayed(session: Session, case_id: int) -> tuple[CaseState, int | None]:
    """The state and owner that the log alone tells, each step being legal after the one before."""
    state, owner = CaseState.OPEN, None
    entries = session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id).order_by(CaseEntry.ordinal))
    for entry in entries:
        if entry.kind == EntryKind.CLAIMED:
            assert entry.facts.get("from") == owner
            state, owner = CaseState.IN_PROGRESS, entry.actor_id
        elif entry.kind == EntryKind.REOPENED:
            assert state == CaseState.RESOLVED
            state = CaseState.IN_PROGRESS
        elif entry.kind in (EntryKind.NOTED, EntryKind.RESOLVED):
            assert (state, owner) == (CaseState.IN_PROGRESS, entry.actor_id)
            state = CaseState.RESOLVED if entry.kind == EntryKind.RESOLVED else state
    return state, owner


@pytest.mark.parametrize("words", ["No answer.", "They read 4111 1111 1111 1111 out to me."])
def test_a_double_press_is_one_entry_and_a_later_repeat_is_another(
    session: Session, three: dict[str, int], now: datetime, words: str
) -> None:
    case = opened(session, now, 3)
    claim(session, case.id, user_id=three["Ana"], key=KEY, now=now)
    for at in (now, now, now + timedelta(seconds=59), now + timedelta(minutes=1)):
        log_action(session, case.id, EntryKind.CALLED, words, user_id=three["Ana"], key=KEY, now=at)
    session.commit()
    kinds = [entry.kind for entry, _, _ in log_of(session, case.id)]
    assert kinds.count(EntryKind.CALLED) == 2
