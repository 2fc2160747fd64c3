"""A closed support case comes in once, whatever the file does."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.csvfiles import ImportCounts, Row
from feedback_service.customers.models import Customer
from feedback_service.orders.import_touchpoints import import_touchpoints, is_column
from feedback_service.orders.models import Touchpoint, TouchpointKind
from tests.orders.factories import IMPORTED_AT, KEY, LISBON, came_to

CLOSED = {
    "touchpoint_id": "T-1",
    "kind": "support_closed",
    "customer_id": "ana",
    "happened_at": "2026-03-10T10:00:00",
    "email": "ana@example.com",
    "attr.agent": "Rui",
}


def take_in(session: Session, *changes: Mapping[str, str]) -> ImportCounts:
    rows = [{**CLOSED, **change} for change in changes]
    given = [Row(line, row, list(row.values())) for line, row in enumerate(rows, start=2)]
    counts = import_touchpoints(session, given, source="desk", key=KEY, shop_zone=LISBON, now=IMPORTED_AT)
    session.commit()
    return counts


def touchpoint(session: Session) -> Touchpoint:
    return session.scalars(select(Touchpoint).execution_options(populate_existing=True)).one()


def test_a_closed_case_is_kept_with_its_person(session: Session) -> None:
    assert came_to(take_in(session, {})) == (1, 0, 0, 0)
    found = touchpoint(session)
    assert (found.kind, found.external_id, found.source) == (TouchpointKind.SUPPORT_CLOSED, "T-1", "desk")
    assert found.happened_at == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
    assert found.attributes == {"agent": "Rui"}
    assert session.get_one(Customer, found.customer_id).email == "ana@example.com"
    assert (found.revision, found.planned_revision) == (1, 0)


def test_the_same_row_again_changes_nothing(session: Session) -> None:
    take_in(session, {})
    assert came_to(take_in(session, {})) == (0, 0, 1, 0)
    assert touchpoint(session).revision == 1


@pytest.mark.parametrize(
    "change",
    [{"happened_at": "2026-03-11T10:00:00"}, {"attr.agent": "Eva"}, {"locale": "pt-BR"}, {"customer_id": "bo"}],
)
def test_a_corrected_row_counts_a_revision_so_that_it_is_planned_anew(session: Session, change: dict[str, str]) -> None:
    take_in(session, {})
    session.execute(update(Touchpoint).values(planned_revision=1))
    session.commit()
    assert came_to(take_in(session, change)) == (0, 1, 0, 0)
    found = touchpoint(session)
    assert (found.revision, found.planned_revision) == (2, 1)


def test_of_several_rows_about_one_case_the_last_counts(session: Session) -> None:
    counts = take_in(session, {"attr.agent": "Eva"}, {"attr.agent": "Rui"})
    assert (came_to(counts), counts.repeated) == ((1, 0, 0, 0), 1)
    assert touchpoint(session).attributes == {"agent": "Rui"}


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"touchpoint_id": ""}, "touchpoint_id is empty"),
        ({"kind": "birthday"}, "kind 'birthday' is none of support_closed"),
        ({"customer_id": "x" * 129}, "customer_id has 129 characters"),
        ({"happened_at": ""}, "happened_at is empty"),
        ({"happened_at": "yesterday"}, "happened_at 'yesterday' is no time"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(session: Session, cells: dict[str, str], says: str) -> None:
    counts = take_in(session, cells)
    assert came_to(counts) == (0, 0, 0, 1)
    assert says in counts.refused[0][1]


def test_columns_are_ours_or_attributes() -> None:
    assert all(map(is_column, ("kind", "email", "country", "attr.agent")))
    assert not is_column("agent")
