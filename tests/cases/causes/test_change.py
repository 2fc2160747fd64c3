"""The tree of causes as managers change it: nothing is lost for cases, and closing always has something to choose."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.causes.change import CauseError, add, bring_back, change, move, retire
from feedback_service.cases.causes.models import Cause
from feedback_service.cases.causes.queries import lately, offered_causes, titles
from feedback_service.cases.models import Case
from feedback_service.cases.rules.recurrence import recurs
from tests.cases.factories import colleague, opened, resolved, taken
from tests.responses.factories import at_once

DAY = timedelta(days=1)


def _offered(session: Session, group: str) -> list[str]:
    return [cause.title for cause in offered_causes(session) if cause.group == group]


def test_the_shipped_tree_is_offered_in_its_order(session: Session) -> None:
    assert _offered(session, "Delivery") == ["Late delivery", "Lost parcel", "Damaged"]
    assert titles(session)["returns"] == "Returns and refunds"


def test_a_cause_is_added_at_the_end_of_its_group_under_a_key_of_its_own(session: Session) -> None:
    assert add(session, "Lost parcel (islands)", "delivery").key == "lost_parcel_islands"
    assert add(session, "Délai dépassé !", "delivery").key == "delai_depasse"
    assert add(session, "طرد", "delivery").key == "cause"
    assert add(session, "Damaged", "product").key == "damaged_2"  # a title of another group is free
    assert _offered(session, "Delivery")[-3:] == ["Lost parcel (islands)", "Délai dépassé !", "طرد"]
    group = add(session, "App", None)
    assert add(session, "Crashes", group.key).parent_key == "app"


def test_a_title_stands_once_in_a_group(session: Session) -> None:
    with pytest.raises(CauseError, match="is there already"):
        add(session, "late DELIVERY", "delivery")
    with pytest.raises(CauseError, match="is there already"):
        change(session, "damaged", "Lost parcel", "delivery", seen="Damaged")


def test_a_renamed_cause_keeps_its_key_and_moves_to_the_end_of_another_group(session: Session) -> None:
    change(session, "damaged", "Arrived broken", "product", seen="Damaged")
    assert titles(session)["damaged"] == "Arrived broken"
    assert _offered(session, "Product")[-1] == "Arrived broken"
    assert "Arrived broken" not in _offered(session, "Delivery")
    with pytest.raises(CauseError, match="A colleague named this “Arrived broken”"):
        change(session, "damaged", "Broken", "product", seen="Damaged")


def test_two_levels_are_all(session: Session) -> None:
    for group in ("damaged", "nowhere"):
        with pytest.raises(CauseError, match="Choose another one"):
            change(session, "price", "Price", group, seen="Price")
    change(session, "delivery", "Shipping", "product", seen="Delivery")  # a group stays a group
    assert session.get_one(Cause, "delivery").parent_key is None


def test_causes_change_places_with_their_neighbours_in_use(session: Session, now: datetime) -> None:
    retire(session, "lost_parcel", now)
    move(session, "damaged", up=True)
    assert _offered(session, "Delivery") == ["Damaged", "Late delivery"]
    move(session, "damaged", up=True)  # it is the first one
    move(session, "late_delivery", up=False)  # and this one the last
    assert _offered(session, "Delivery") == ["Damaged", "Late delivery"]
    move(session, "money", up=True)
    assert [cause.group for cause in offered_causes(session)][2] == "Money"


def test_a_retired_cause_is_offered_no_more_and_can_come_back(session: Session, now: datetime) -> None:
    retire(session, "price", now)
    retire(session, "price", now + DAY)  # a second press
    assert session.get_one(Cause, "price").retired_at == now
    assert _offered(session, "Money") == ["Billing", "Returns and refunds"]
    assert titles(session)["price"] == "Price"
    bring_back(session, "price")
    assert _offered(session, "Money") == ["Billing", "Returns and refunds", "Price"]


def test_a_title_that_was_given_anew_does_not_come_back_twice(session: Session, now: datetime) -> None:
    retire(session, "price", now)
    add(session, "Price", "money")
    with pytest.raises(CauseError, match="is there already"):
        bring_back(session, "price")


def test_there_is_always_a_cause_to_choose(session: Session, now: datetime) -> None:
    with pytest.raises(CauseError, match="are in use"):
        retire(session, "delivery", now)
    *others, last = [cause.key for cause in offered_causes(session)]
    for key in others:
        retire(session, key, now)
    with pytest.raises(CauseError, match="the last cause"):
        retire(session, last, now)
    retire(session, "delivery", now)  # an empty group goes


def test_two_managers_at_once_make_one_cause(sessions: sessionmaker[Session], session: Session) -> None:
    def press(_who: str) -> str:
        with sessions() as own:
            try:
                add(own, "Wrong colour", "product")
                own.commit()
            except CauseError as error:
                own.rollback()
                return str(error)
            return ""

    told = at_once(*(partial(press, who) for who in ("Ana", "Ben")))
    assert sorted(told) == ["", "“Wrong colour” is there already."]
    assert len(session.scalars(select(Cause).where(Cause.title == "Wrong colour")).all()) == 1


def test_cases_are_counted_by_when_they_were_closed(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now - 200 * DAY)
    for days in (170, 100, 89, 1):
        case = opened(session, now - days * DAY)
        taken(session, case, ana, now - days * DAY)
        resolved(session, case, ana, now - days * DAY)
    session.get_one(Case, case.id).root_cause = "price"
    session.commit()
    assert lately(session, now) == {"damaged": (1, 2), "price": (1, 0)}


@pytest.mark.parametrize(
    ("newest", "before", "so"),
    [(5, 0, True), (4, 0, False), (5, 2, True), (5, 3, False), (10, 5, True), (9, 5, False), (0, 0, False)],
)
def test_a_cause_recurs_with_five_cases_and_twice_as_many_as_before(newest: int, before: int, so: bool) -> None:
    assert recurs(newest, before) is so
