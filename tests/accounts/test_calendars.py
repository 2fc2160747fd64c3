"""Which hours a team works, and to whom a matter goes that it did not settle."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_service.accounts.calendars import hours_of, hours_of_team
from feedback_service.accounts.managers import managers_of
from feedback_service.accounts.models import Calendar, RoleName
from feedback_service.accounts.teams import team_id
from tests.cases.deadlines.factories import around_the_clock, member, office_hours, switched_off


def test_a_team_works_by_its_calendar_or_around_the_clock(session: Session) -> None:
    around_the_clock(session)
    assert hours_of_team(session, "care") is None
    session.commit()
    office_hours(session, holidays=["2026-03-20"])
    hours = hours_of_team(session, "care")
    assert hours is not None
    assert (hours.zone.key, hours.week[0], hours.week[6]) == ("Europe/Lisbon", ((540, 1080),), ())
    assert hours_of_team(session, "nobody's") is None
    session.commit()


def test_what_a_transaction_has_read_holds_for_it_and_the_next_one_reads_anew(session: Session) -> None:
    office_hours(session)
    care = team_id(session, "care")
    session.commit()
    before = hours_of(session, care)
    assert hours_of(session, care) is before
    session.execute(update(Calendar).values(zone="Europe/Berlin"))
    session.commit()
    after = hours_of(session, care)
    assert after is not None
    assert after.zone.key == "Europe/Berlin"
    session.commit()


def test_a_matter_goes_to_the_teams_managers_else_to_all_else_to_the_admins(session: Session, now: datetime) -> None:
    care = team_id(session, "care")
    session.commit()
    assert managers_of(session, care) == []
    root = member(session, "Root", now, role=RoleName.ADMIN, team="shop_floor")
    assert managers_of(session, care) == [root]
    others = [member(session, name, now, role=RoleName.MANAGER, team="shop_floor") for name in ("Max", "Moe")]
    assert managers_of(session, care) == others
    boss = member(session, "Mia", now, role=RoleName.MANAGER)
    assert managers_of(session, care) == [boss]
    switched_off(session, boss)
    assert managers_of(session, care) == others
    session.commit()
