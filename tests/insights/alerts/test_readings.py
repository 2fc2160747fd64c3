"""What is watched is read from indexes, however many mails a shop has sent, and is of customers only."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from feedback_service.insights.alerts.readings import watched_series, weeks_until
from feedback_service.insights.rules.alarms import Signal, Tally
from feedback_service.insights.rules.periods import Grain, period_of
from tests.insights.alerts.factories import LISBON
from tests.insights.coverage.factories import mailed
from tests.insights.plans import planned
from tests.responses.factories import CSAT, NPS

WEEK = period_of(Grain.WEEK, datetime(2026, 3, 9, tzinfo=UTC).date())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_mails_of_a_week_are_counted_in_an_index(engine: Engine, session: Session) -> None:
    with planned(engine) as steps:
        assert watched_series(session, weeks_until(WEEK), LISBON, {}, Signal.QUIET_FAILURE) == []
        session.commit()
    read = [step for step in steps if "messages" in step]
    by_week = [step for step in read if "COVERING INDEX ix_messages_sent_at_purpose (sent_at>? AND sent_at<?)" in step]
    assert by_week
    assert [step for step in read if step not in by_week] == [
        "SEARCH messages USING INDEX ix_messages_invitation_id (invitation_id=?)"
    ], "those to colleagues, by who was asked"


def test_mails_to_colleagues_are_none_to_customers(session: Session) -> None:
    """A pulse every quarter would make a week of few mails look usual."""
    wednesday = WEEK.bounds(LISBON)[0] + timedelta(days=2)
    for at, survey in (
        (wednesday - timedelta(weeks=1), NPS),
        (wednesday, NPS),
        (wednesday, CSAT),
        *[(wednesday, "employee_pulse")] * 5,
        (wednesday + timedelta(weeks=1), "employee_pulse"),
    ):
        mailed(session, at, survey=survey)
    session.commit()
    (mails,) = watched_series(session, weeks_until(WEEK), LISBON, {}, Signal.QUIET_FAILURE)
    assert mails.subject == "Mails that ask customers"
    assert mails.weeks == (Tally(1), Tally(2))
