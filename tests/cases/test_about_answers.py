"""The list of cases about answers to one survey, and about answers of one kind."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.cases.desk.filters import Filters
from tests.cases.factories import hire, signed_in
from tests.insights.loop.factories import case_of
from tests.insights.segments.factories import Buyer, answer, withdrawn
from tests.responses.factories import CSAT, NPS, read

DAY = timedelta(days=1)
SURVEY = f"survey={NPS}"
SWIFT = f"{SURVEY}&by=order.carrier&is=Swift"


@pytest.fixture
def cases(session: Session, now: datetime) -> dict[str, int]:
    """A case about each of four answers, and one that somebody opened by hand."""
    made = {"by hand": case_of(session, now - DAY)}
    for name, carrier, survey in (
        ("swift", "Swift", NPS), ("snail", "Snail", NPS), ("taken back", "Swift", NPS), ("other", "Swift", CSAT),
    ):  # fmt: skip
        response = answer(session, now - DAY, 2, Buyer(carrier), survey=survey)
        made[name] = case_of(session, now - DAY, response=response.id, team="returns" if name == "snail" else "care")
        if name == "taken back":
            withdrawn(session, response, now)
    session.commit()
    return {name: case.id for name, case in made.items()}


def listed(client: FlaskClient, address: str, cases: dict[str, int]) -> set[str]:
    """Names of the cases of a list."""
    found = {int(number) for number in re.findall(r'id="case-(\d+)"', client.get(f"/cases/?{address}").text)}
    return {name for name, number in cases.items() if number in found}


def test_whoever_follows_a_number_sees_its_cases(
    app: Flask, session: Session, now: datetime, cases: dict[str, int]
) -> None:
    manager = signed_in(app, hire(app, session, "Maria", now, role=RoleName.MANAGER, team=None))
    agent = signed_in(app, hire(app, session, "Ana", now))
    days = f"from={(now - DAY).date()}"
    of_survey = {"swift", "snail", "taken back"}
    assert listed(manager, f"{SURVEY}&{days}", cases) == of_survey
    assert listed(manager, f"view=standing&{SURVEY}&{days}", cases) == of_survey
    assert listed(manager, f"{SWIFT}&{days}", cases) == {"swift"}, "what was taken back is of no kind any more"
    assert listed(agent, f"{SURVEY}&{days}", cases) == {"swift", "taken back"}, "the other one is of another team"
    assert listed(manager, f"survey=gone&{days}", cases) == set()
    number = cases["swift"]
    assert listed(manager, f"{SWIFT}&{days}&q={number}", cases) == {"swift"}
    assert listed(manager, f"{SWIFT.replace('Swift', 'Snail')}&{days}&q={number}", cases) == set()
    page = manager.get(f"/cases/?{SWIFT}&{days}")
    assert re.search(r"About answers to: [^,]+, Carrier: Swift, Opened: From 19 Mar 2026", read(page).text)
    assert re.search(r'<input type="hidden" name="is" value="Swift">', page.text), "it stays when narrowed further"


def test_each_answer_is_looked_up_only_where_days_bound_it() -> None:
    def kept(address: str) -> dict[str, str]:
        filters = Filters.read(dict(parse_qsl(address)))
        assert Filters.read(filters.pairs()) == filters
        return {name: value for name, value in filters.pairs().items() if name in {"survey", "by", "is"}}

    whole = {"survey": NPS, "by": "order.carrier", "is": "Swift"}
    assert kept(f"{SWIFT}&from=2026-03-01") == kept(f"view=standing&{SWIFT}&to=2026-03-01") == whole
    assert kept(SWIFT) == kept(f"view=open&{SWIFT}&from=2026-03-01") == kept(f"view=resolved&{SWIFT}") == {}
    for odd in ("by=order.carrier", "is=Swift", "by=nonsense&is=Swift", "by=&is=Swift", "by=order.&is=x"):
        assert kept(f"{SURVEY}&{odd}&from=2026-03-01") == {"survey": NPS}, odd
    assert kept("by=order.carrier&is=Swift&from=2026-03-01") == {}, "of no survey"
