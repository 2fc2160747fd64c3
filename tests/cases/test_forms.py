"""What a case's forms offer can be done."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.cases.models import Case
from tests.cases.factories import hire, opened, signed_in, taken
from tests.responses.factories import read


def test_the_last_day_that_is_offered_is_one_though_the_clocks_go_back_before(app: Flask, session: Session) -> None:
    """In Lisbon it is half past midnight of the 29th of July; October's 25th has an hour more than other days."""
    night = datetime(2026, 7, 28, 23, 30, tzinfo=UTC)
    with clock.running_on(lambda: night):
        ana = hire(app, session, "Ana", night)
        case = opened(session, night)
        taken(session, case, ana.id, night)
        client = signed_in(app, ana)
        html = client.get(f"/cases/{case.id}").text
        form = dict(read(client.get(f"/cases/{case.id}")).form(having="until"))
        last = html.partition('name="until"')[0].rpartition("<input")[2] + html.partition('name="until"')[2]
        day = last.partition('max="')[2].partition('"')[0]
        sent = client.post(form.pop(":action"), data={**form, "until": day})
    assert (day, sent.status_code) == ("2026-10-26", 303), read(sent).text
    session.rollback()
    found = session.get_one(Case, case.id, populate_existing=True)
    assert found.snoozed_until == datetime(2026, 10, 26, tzinfo=UTC)
