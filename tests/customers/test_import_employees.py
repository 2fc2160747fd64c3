"""Colleagues come in for a pulse, and whoever left is forgotten."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.csvfiles import CsvError, ImportCounts, Row
from feedback_service.customers.import_employees import import_employees
from feedback_service.customers.keep import Person, keep_customers
from feedback_service.customers.models import Customer, PersonKind

KEY = b"a privacy key for tests only"
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
BO = {"employee_id": "7", "email": "bo@shop.example", "name": "Bo", "locale": "pt_BR", "country": "br"}


def take_in(session: Session, *rows: Mapping[str, str], source: str = "staff") -> ImportCounts:
    given = [Row(line, row, list(row.values())) for line, row in enumerate(rows, start=2)]
    counts = import_employees(session, given, source=source, key=KEY, shop_zone=ZoneInfo("Europe/Lisbon"), now=NOW)
    session.commit()
    return counts


def came_to(counts: ImportCounts) -> tuple[int, int, int, int]:
    return counts.added, counts.updated, counts.unchanged, len(counts.refused)


def colleague(session: Session) -> Customer:
    return session.scalars(select(Customer).execution_options(populate_existing=True)).one()


def test_a_colleague_is_kept_as_one_and_waits_for_the_calendar(session: Session) -> None:
    assert came_to(take_in(session, BO)) == (1, 0, 0, 0)
    bo = colleague(session)
    assert (bo.kind, bo.source, bo.external_id, bo.email) == (PersonKind.EMPLOYEE, "staff", "7", "bo@shop.example")
    assert (bo.locale, bo.country) == ("pt-BR", "BR")
    assert bo.calendar_planned_at is None


def test_the_same_file_again_changes_nothing_and_a_corrected_row_is_looked_at_again(session: Session) -> None:
    take_in(session, BO)
    session.execute(update(Customer).values(calendar_planned_at=NOW))
    session.commit()
    assert came_to(take_in(session, BO)) == (0, 0, 1, 0)
    assert colleague(session).calendar_planned_at == NOW
    assert came_to(take_in(session, {**BO, "country": "PT"})) == (0, 1, 0, 0)
    assert colleague(session).calendar_planned_at is None


@pytest.mark.parametrize("left", ["yes", "TRUE", "1", "2026-03-20", "2026-03-01"])
def test_whoever_left_has_no_name_and_no_address_any_more(session: Session, left: str) -> None:
    take_in(session, BO)
    assert came_to(take_in(session, {**BO, "left": left})) == (0, 1, 0, 0)
    gone = colleague(session)
    assert (gone.name, gone.email, gone.address_hash) == ("", None, None)
    assert came_to(take_in(session, {**BO, "left": left})) == (0, 0, 1, 0)


def test_somebody_who_comes_back_is_asked_again(session: Session) -> None:
    take_in(session, {**BO, "left": "yes"})
    assert colleague(session).email is None
    assert came_to(take_in(session, BO)) == (0, 1, 0, 0)
    assert colleague(session).email == "bo@shop.example"


@pytest.mark.parametrize("left", ["", "no", "false", "2026-03-21", "2027-01-01"])
def test_whoever_leaves_later_is_still_here(session: Session, left: str) -> None:
    take_in(session, {**BO, "left": left})
    assert colleague(session).email == "bo@shop.example"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"employee_id": ""}, "employee_id is empty"),
        ({"email": "bo"}, "email 'bo' is no e-mail address"),
        ({"left": "soon"}, "left 'soon' is no date such as 2026-03-29"),
        ({"country": "Portugal"}, "country 'Portugal' is no country in two letters"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(session: Session, cells: dict[str, str], says: str) -> None:
    counts = take_in(session, {**BO, **cells})
    assert came_to(counts) == (0, 0, 0, 1)
    assert says in counts.refused[0][1]


def test_a_source_that_holds_customers_takes_no_colleagues_whatever_their_ids(session: Session) -> None:
    keep_customers(session, [Person("7", None, "Ana", None, None)], source="shop", key=KEY, now=NOW)
    session.commit()
    with pytest.raises(CsvError, match=r"The source shop holds customers, .* such as --source staff"):
        take_in(session, BO, {**BO, "employee_id": "8"}, source="shop")
    ana = colleague(session)
    assert (ana.kind, ana.name) == (PersonKind.CUSTOMER, "Ana")


def test_the_same_id_may_be_a_customers_elsewhere(session: Session) -> None:
    keep_customers(session, [Person("7", None, "Ana", None, None)], source="shop", key=KEY, now=NOW)
    assert came_to(take_in(session, BO)) == (1, 0, 0, 0)
