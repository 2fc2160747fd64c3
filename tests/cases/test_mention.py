"""A note calls colleagues by name; whoever could not be meant for sure is asked about."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Team, TeamMember, User
from feedback_service.accounts.people import set_active
from feedback_service.cases.mention import Colleague, UnclearMentionError, find_mentions
from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.cases.note import write_down
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.customers.models import Customer
from tests.cases.factories import KEY, colleague, complained, opened, taken

PEOPLE = [
    Colleague(1, "Ana"),
    Colleague(2, "Ben Costa"),
    Colleague(3, "Ben Okafor"),
    Colleague(4, "Zoë O'Hara"),
    Colleague(5, "Ana Maria Braga"),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Nobody is called here, not even ana@shop.example.", []),
        ("@Ben Costa please look", [2]),
        ("@ben okafor and @BEN COSTA", [3, 2]),
        ("(@Zoë)", [4]),
        ("@Zoë O'Hara: see above", [4]),
        ("@Ben Costa, @Ben Costa.", [2]),
        ("@Ana Maria Braga has it", [5]),
    ],
)
def test_who_is_meant(text: str, ids: list[int]) -> None:
    assert find_mentions(text, PEOPLE) == ids


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@Ben look", "Several colleagues are called Ben. Write @Ben Costa or @Ben Okafor."),
        ("@Bern look", "Did you mean @Ben Costa or @Ben Okafor?"),
        ("@all look", "Nobody here is called “all”. Leave out the @"),
    ],
)
def test_who_is_not_clear(text: str, said: str) -> None:
    with pytest.raises(UnclearMentionError) as unclear:
        find_mentions(text, PEOPLE)
    assert said in str(unclear.value)


def _in_team(session: Session, case: Case, name: str, now: datetime) -> int:
    """A colleague who sees the case."""
    user_id = colleague(session, name, now)
    session.add(TeamMember(team_id=session.get_one(Case, case.id).queue.team_id, user_id=user_id, takes_cases=False))
    session.commit()
    return user_id


def test_a_note_tells_whom_it_calls_once_and_not_its_writer(session: Session, now: datetime) -> None:
    case = opened(session, now)
    ana, ben = (_in_team(session, case, name, now) for name in ("Ana", "Ben"))
    taken(session, case, ana, now)
    for _ in range(2):
        write_down(session, case.id, EntryKind.NOTED, "@Ben or @Ana?", user_id=ana, key=KEY, now=now)
    session.commit()
    entry = session.scalars(select(CaseEntry).where(CaseEntry.kind == EntryKind.NOTED)).one()
    assert entry.facts == {"mentions": [ben, ana]}
    told = session.execute(select(Notice.user_id, Notice.kind, Notice.case_id)).all()
    assert [tuple(row) for row in told] == [(ben, NoticeKind.MENTIONED, case.id)]


def test_nobody_is_called_who_would_not_see_it(session: Session, now: datetime) -> None:
    case = opened(session, now)
    ana = _in_team(session, case, "Ana", now)
    taken(session, case, ana, now)
    colleague(session, "Cleo", now)
    gone = _in_team(session, case, "Gil", now)
    set_active(session, gone, active=False)
    session.commit()
    for text, why in (("@Cleo look", "Cleo does not see this queue"), ("@Gil look", "Nobody here is called")):
        with pytest.raises(UnclearMentionError, match=why):
            write_down(session, case.id, EntryKind.NOTED, text, user_id=ana, key=KEY, now=now)
    assert session.scalars(select(Team.id)).first() is not None
    assert session.scalars(select(User.id)).first() is not None


@pytest.mark.parametrize(
    ("kind", "reached", "spoken"),
    [
        (EntryKind.CALLED, True, True),
        (EntryKind.CALLED, False, False),
        (EntryKind.MAILED, None, True),
        (EntryKind.NOTED, None, False),
    ],
)
def test_a_call_says_whether_it_reached_them(
    session: Session, now: datetime, kind: EntryKind, reached: bool | None, spoken: bool
) -> None:
    ana = colleague(session, "Ana", now)
    _, case = complained(session, now)
    taken(session, case, ana, now)
    write_down(session, case.id, kind, "Rang.", reached=reached, user_id=ana, key=KEY, now=now)
    session.commit()
    entry = session.scalars(select(CaseEntry).where(CaseEntry.kind == kind)).one()
    assert entry.facts == ({} if reached is None else {"reached": reached})
    customer = session.get_one(Customer, case.customer_id, populate_existing=True)
    assert (customer.spoken_to_at == now) is spoken
