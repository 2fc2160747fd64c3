"""What people forbade elsewhere holds here, and no file takes an opt-out back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import ImportCounts, Row
from feedback_service.customers.addresses import address_hash
from feedback_service.customers.import_opt_outs import import_opt_outs, opt_outs_taken_in
from feedback_service.customers.models import Address, AddressChange, AddressFact

KEY = b"a privacy key for tests only"
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LISBON = ZoneInfo("Europe/Lisbon")
ANA = "ana@example.com"


def take_in(session: Session, *rows: Mapping[str, str], now: datetime = NOW) -> ImportCounts:
    given = [Row(line, row, list(row.values())) for line, row in enumerate(rows, start=2)]
    counts = import_opt_outs(session, given, file="old-tool.csv", key=KEY, shop_zone=LISBON, now=now)
    session.commit()
    return counts


def came_to(counts: ImportCounts) -> tuple[int, int, int, int]:
    return counts.added, counts.updated, counts.unchanged, len(counts.refused)


def address(session: Session, email: str = ANA) -> Address:
    return session.get_one(Address, address_hash(KEY, email), populate_existing=True)


def changes(session: Session) -> list[tuple[AddressFact, datetime, str, str]]:
    rows = session.scalars(select(AddressChange).order_by(AddressChange.id))
    return [(row.fact, row.at, row.by, row.detail) for row in rows]


def refusal(session: Session, **cells: str) -> str:
    counts = take_in(session, {"email": ANA, **cells})
    assert came_to(counts) == (0, 0, 0, 1)
    return counts.refused[0][1]


def test_an_address_alone_means_never(session: Session) -> None:
    assert came_to(take_in(session, {"email": " Ana@Example.com "})) == (1, 0, 0, 0)
    assert address(session).unsubscribed_at == NOW
    assert changes(session) == [(AddressFact.UNSUBSCRIBED, NOW, "file old-tool.csv", "")]


def test_a_file_may_say_when_and_by_whom(session: Session) -> None:
    take_in(session, {"email": ANA, "choice": "Never", "at": "2025-07-01T10:00:00", "by": "the old newsletter"})
    said = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
    assert address(session).unsubscribed_at == said, "Lisbon's clocks are an hour ahead in summer"
    assert changes(session) == [(AddressFact.UNSUBSCRIBED, said, "file old-tool.csv, the old newsletter", "")]


@pytest.mark.parametrize(
    ("cells", "until"),
    [
        ({}, NOW + 90 * DAY),
        ({"at": "2026-03-10T10:00:00+00:00"}, NOW + 80 * DAY),
        ({"until": "2026-05-01T00:00:00+00:00"}, datetime(2026, 5, 1, tzinfo=UTC)),
    ],
)
def test_a_pause_ends(session: Session, cells: dict[str, str], until: datetime) -> None:
    take_in(session, {"email": ANA, "choice": "pause", **cells})
    assert address(session).paused_until == until
    assert changes(session)[0][3] == f"until {until:%Y-%m-%d}"


def test_a_pause_that_is_over_is_none(session: Session) -> None:
    assert came_to(take_in(session, {"email": ANA, "choice": "pause", "at": "2025-01-01"})) == (0, 0, 1, 0)
    assert address(session).paused_until is None


def test_a_pause_is_made_longer_and_never_shorter(session: Session) -> None:
    take_in(session, {"email": ANA, "choice": "pause", "until": "2026-05-01"})
    assert came_to(take_in(session, {"email": ANA, "choice": "pause", "until": "2026-04-01"})) == (0, 0, 1, 0)
    assert came_to(take_in(session, {"email": ANA, "choice": "pause", "until": "2026-06-01"})) == (0, 1, 0, 0)
    assert address(session).paused_until == datetime(2026, 5, 31, 23, 0, tzinfo=UTC), "midnight in Lisbon"


@pytest.mark.parametrize("choice", ["never", "pause", "purchases", "consent"])
def test_the_same_file_again_changes_nothing_even_a_week_later(session: Session, choice: str) -> None:
    row = {"email": ANA, "choice": choice}
    assert came_to(take_in(session, row)) == (1, 0, 0, 0)
    before = changes(session)
    assert came_to(take_in(session, row, now=NOW + 7 * DAY)) == (0, 0, 1, 0)
    assert changes(session) == before


def test_consent_never_undoes_an_opt_out(session: Session) -> None:
    take_in(session, {"email": ANA, "choice": "never"})
    assert came_to(take_in(session, {"email": ANA, "choice": "consent"})) == (0, 1, 0, 0)
    found = address(session)
    assert (found.unsubscribed_at, found.consented_at) == (NOW, NOW), "both were said, and the opt-out decides"


def test_within_one_file_different_choices_hold_together_and_of_equal_ones_the_last(session: Session) -> None:
    counts = take_in(
        session,
        {"email": ANA, "choice": "never", "at": "2026-01-01", "by": "first"},
        {"email": "ANA@example.com", "choice": "consent"},
        {"email": ANA, "choice": "never", "at": "2026-02-01", "by": "last"},
    )
    assert counts.repeated == 1
    found = address(session)
    assert (found.unsubscribed_at, found.consented_at) == (datetime(2026, 2, 1, tzinfo=UTC), NOW)


def test_restricting_to_purchases_is_kept_beside_the_rest(session: Session) -> None:
    take_in(session, {"email": ANA, "choice": "purchases"})
    assert address(session).purchases_only
    assert address(session).unsubscribed_at is None


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"email": ""}, "email is empty"),
        ({"email": "ana@"}, "email 'ana@' is no e-mail address"),
        ({"choice": "perhaps"}, "choice 'perhaps' is none of never, pause, purchases, consent"),
        ({"at": "soon"}, "at 'soon' is no time"),
        ({"at": "2026-03-21"}, "lies in the future"),
        ({"choice": "never", "until": "2026-05-01"}, "belongs to a pause, and choice is never"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(session: Session, cells: dict[str, str], says: str) -> None:
    assert says in refusal(session, **cells)
    assert session.scalars(select(Address)).all() == []
    assert not opt_outs_taken_in(session)


def test_we_know_whether_opt_outs_were_ever_taken_in(session: Session) -> None:
    take_in(session, {"email": ANA, "choice": "pause"})
    assert opt_outs_taken_in(session)


def test_addresses_are_changed_in_the_order_in_which_asking_locks_them(session: Session) -> None:
    """Otherwise an import and the deciding step could wait for each other for ever."""
    take_in(session, *({"email": f"buyer-{number}@example.com", "choice": "purchases"} for number in range(20)))
    changed = session.scalars(select(AddressChange.address_hash).order_by(AddressChange.id)).all()
    assert list(changed) == sorted(changed)
