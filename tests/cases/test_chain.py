"""The chain notices a change to any part of an entry, and gives nothing away about erased words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.cases.rules.chain import Link, commitment, entry_hash

LINK = Link(
    case_id=7,
    ordinal=2,
    kind="called",
    actor_id=3,
    at=datetime(2026, 3, 20, 10, 0, tzinfo=UTC),
    facts={"from": 2, "by": "round robin"},
    commitment="c" * 64,
    previous_hash="p" * 64,
)


@pytest.mark.parametrize(
    "changed",
    [
        {"case_id": 8},
        {"ordinal": 3},
        {"kind": "mailed"},
        {"actor_id": None},
        {"actor_id": 4},
        {"at": LINK.at + timedelta(microseconds=1)},
        {"facts": {"from": 2}},
        {"facts": {"from": "2", "by": "round robin"}},
        {"commitment": "d" * 64},
        {"previous_hash": ""},
    ],
)
def test_any_change_changes_the_hash(changed: dict[str, Any]) -> None:
    assert entry_hash(replace(LINK, **changed)) != entry_hash(LINK)


def test_the_same_entry_has_the_same_hash_however_it_was_read() -> None:
    """Databases give back times in other zones and facts in another order."""
    same = replace(
        LINK,
        at=LINK.at.astimezone(timezone(timedelta(hours=5, minutes=30))),
        facts={"by": "round robin", "from": 2},
    )
    assert entry_hash(same) == entry_hash(LINK)


@given(st.text(), st.text(), st.binary(min_size=16, max_size=16))
def test_a_commitment_holds_one_text(one: str, other: str, salt: bytes) -> None:
    assert (commitment(b"key", salt, one) == commitment(b"key", salt, other)) is (one == other)


def test_a_commitment_needs_the_key_and_the_salt() -> None:
    sealed = commitment(b"key", b"s" * 16, "Called, no answer.")
    assert sealed != commitment(b"other key", b"s" * 16, "Called, no answer.")
    assert sealed != commitment(b"key", b"t" * 16, "Called, no answer.")
