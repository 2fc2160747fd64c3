"""The demo's pulse is as anonymous as a real one, and tells of the hard months."""

from collections import defaultdict
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.csvfiles import Row
from feedback_service.customers.import_employees import import_employees
from feedback_service.demo.colleagues import PULSE, TEAM, employee_rows, past_pulses
from feedback_service.insights.rules.anonymity import Standing
from feedback_service.insights.staff.queries import quarters, releases
from feedback_service.insights.staff.tell import tell_quarters
from feedback_service.invitations.models import Invitation
from feedback_service.pipeline import BATCH
from feedback_service.responses.models import Channel, Response
from tests.conftest import NOW

LISBON = ZoneInfo("Europe/Lisbon")
TODAY, LIVE = date(2026, 3, 20), date(2026, 1, 19)


def rounds(session: Session) -> dict[date, list[int]]:
    found: dict[date, list[int]] = defaultdict(list)
    for answer in session.scalars(select(Response).where(Response.survey_key == PULSE).order_by(Response.counted_on)):
        found[answer.counted_on].append(answer.score)
    return found


def test_the_team_can_be_taken_in(session: Session) -> None:
    rows = [Row(line, row, list(row.values())) for line, row in enumerate(employee_rows(LISBON), start=2)]
    counts = import_employees(session, rows, source="staff", key=b"a key for tests", shop_zone=LISBON, now=NOW)
    assert (counts.added, counts.refused) == (len(TEAM), [])


def test_every_quarter_before_the_first_mail_has_its_round(session: Session) -> None:
    past_pulses(session, TODAY, LIVE, LISBON)
    assert list(rounds(session)) == [
        date(2024, 10, 1),
        *(date(2025, month, 1) for month in (1, 4, 7, 10)),
        date(2026, 1, 1),
    ]
    assert all(15 <= len(scores) <= len(TEAM) for scores in rounds(session).values())


def test_nothing_says_who_answered_or_when(session: Session) -> None:
    past_pulses(session, TODAY, LIVE, LISBON)
    for answer in session.scalars(select(Response).where(Response.survey_key == PULSE)):
        assert (answer.invitation_id, answer.customer_id, answer.order_id) == (None, None, None)
        assert answer.id < 0
        assert answer.channel is Channel.MAIL
        assert answer.answered_at.astimezone(LISBON).time().isoformat() == "00:00:00"
    assert session.scalar(select(Invitation.id)) is None


def test_the_months_of_angry_calls_were_hard(session: Session) -> None:
    past_pulses(session, TODAY, LIVE, LISBON)
    mean = {day: sum(scores) / len(scores) for day, scores in rounds(session).items()}
    hard = mean.pop(date(2025, 7, 1))
    assert all(hard < other - 0.5 for other in mean.values())


def test_the_page_of_the_staff_tells_of_them_from_the_first_day_on(session: Session) -> None:
    past_pulses(session, TODAY, LIVE, LISBON)
    opened = datetime.combine(LIVE, time(9), LISBON)
    assert tell_quarters(session, opened, BATCH, zone=LISBON) == 5
    found = [each.quarter for each in releases(session, PULSE, quarters(date(2024, 10, 1), LIVE))]
    assert [(quarter.period.label, quarter.standing) for quarter in found] == [
        *((label, Standing.TOLD) for label in ("Q4 2024", "Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025")),
        ("Q1 2026", Standing.NOT_YET),
    ]


def test_a_second_start_adds_nothing(session: Session) -> None:
    past_pulses(session, TODAY, LIVE, LISBON)
    before = rounds(session)
    past_pulses(session, TODAY, LIVE, LISBON)
    assert rounds(session) == before
