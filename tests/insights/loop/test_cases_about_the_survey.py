"""The page narrowed to the cases about answers to the survey, or to a segment of these, beside a count in Python."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from feedback_service.accounts.teams import team_id
from feedback_service.cases.models import Case, CaseDeadline, CaseKind, CaseState, DeadlineKind
from feedback_service.cases.recovered import Recovered
from feedback_service.insights.figures.figure import Mark
from feedback_service.insights.loop.reading import Reading
from feedback_service.insights.loop.shown import FIGURES
from feedback_service.insights.loop.told import ages_told, cause_rows, looked_at, team_rows
from feedback_service.orders.models import Touchpoint, TouchpointKind
from feedback_service.responses.models import Response
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import CommentTheme
from tests.cases.factories import colleague
from tests.insights.coverage.factories import mailed
from tests.insights.loop.factories import case_of, reading
from tests.insights.plans import planned, walked
from tests.insights.segments.factories import Buyer, answer, picked, read_as, withdrawn
from tests.responses.factories import CSAT, NPS, read

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SWIFT = {"by": "order.carrier", "is": "Swift"}
CHOICES: dict[str, dict[str, str]] = {
    "all cases": {"cases": "all", **SWIFT},
    "the survey": {"survey": NPS},
    "the other survey": {"survey": CSAT},
    "a dimension and no value of it": {"survey": NPS, "by": "order.carrier"},
    "a carrier": {"survey": NPS, **SWIFT},
    "a carrier of the other survey": {"survey": CSAT, **SWIFT},
    "two carriers": {"survey": NPS, **SWIFT, "versus": "Snail"},
    "a theme": {"survey": NPS, "by": "theme", "is": "delivery"},
    "a reason": {"survey": NPS, "by": "reason", "is": "price"},
    "nobody's carrier": {"survey": NPS, "by": "order.carrier", "is": "Nobody"},
}
WITH_LINKS = ["first-response", "resolution", "teams", "colleagues", "deadlines", "ageing", "root-causes"]


@pytest.fixture
def mixed(session: Session, now: datetime) -> None:
    """Cases of two surveys and of none, over four months: of two teams and colleagues, open, resting and closed."""
    people = [colleague(session, "Ana", now), colleague(session, "Ben", now)]
    for number in range(48):
        at = now - (number * 61 % 110) * DAY
        response = None
        if number % 4 != 3:
            buyer = Buyer(carrier=("Swift", "Snail", "")[number % 3])
            response = answer(session, at - HOUR, 2, buyer, survey=CSAT if number % 4 == 2 else NPS)
            read_as(
                session, response, SentimentLabel.NEGATIVE, [["delivery"], ["delivery", "price"], []][number % 3], at
            )
            picked(session, response, [["price", "delivery"], ["delivery"]][number % 2], at)
        closed = number % 5 in (1, 2)
        kind = CaseKind.THANKS if number % 11 == 10 else CaseKind.FOLLOW_UP
        case = case_of(
            session, at, answered=number * HOUR / 4 if closed else None, resolved=HOUR * number if closed else None,
            owner=people[number // 5 % 2], team=("care", "returns")[number // 3 % 2],
            cause=("damaged", "price")[number % 2], late=number % 5 == 0,
            response=response.id if response else None, kind=kind,
        )  # fmt: skip
        if not closed:
            case.root_cause = None
        if number % 10 == 4:
            case.waiting_since = now - HOUR
        if closed:
            _asked_whether(session, case, now - DAY, 5 if number % 3 else 2 if number % 2 else None)
        if response is not None and number in (0, 1, 5):
            withdrawn(session, response, now)
    session.commit()


def _asked_whether(session: Session, case: Case, at: datetime, score: int | None) -> None:
    mail = mailed(session, at, survey="recovery_csat", score=score)
    touchpoint = Touchpoint(
        source="feedback", kind=TouchpointKind.CASE_RESOLVED, external_id=str(case.id), happened_at=at,
        customer_id=mail.invitation.customer_id, attributes={}, created_at=at, updated_at=at,
    )  # fmt: skip
    session.add(touchpoint)
    session.flush()
    mail.invitation.order_id, mail.invitation.touchpoint_id = None, touchpoint.id


@pytest.fixture(params=CHOICES.values(), ids=CHOICES)
def asked(request: pytest.FixtureRequest) -> dict[str, str]:
    """What an address says."""
    return {"cases": "", **request.param}


def wanted(session: Session, asked: dict[str, str]) -> list[Case]:
    """The cases that count, one by one."""
    cases = session.scalars(select(Case)).all()
    return [case for case in cases if asked["cases"] == "all" or _counts(session, case.response, asked)]


def _counts(session: Session, response: Response | None, asked: dict[str, str]) -> bool:
    if response is None or response.survey_key != asked["survey"]:
        return False
    if "is" not in asked:
        return True
    match asked["by"]:
        case "theme":
            values = session.scalars(
                select(CommentTheme.theme_key).where(CommentTheme.response_id == response.id)
            ).all()
        case "reason":
            values = ["price", "delivery"] if response.order and _number(session, response) % 2 == 0 else ["delivery"]
        case _:
            values = [response.order.attributes.get("carrier", "")] if response.order else []
    return response.withdrawn_at is None and asked["is"] in values


def _number(session: Session, response: Response) -> int:
    """How many cases were made before the one about it."""
    ids = session.scalars(select(Case.id).order_by(Case.id)).all()
    return ids.index(session.scalars(select(Case.id).where(Case.response_id == response.id)).one())


def marks(read: Reading, figure: str) -> list[Mark]:
    return [mark for line in FIGURES[figure](read).lines for mark in line.marks]


@pytest.mark.usefixtures("mixed")
def test_every_section_counts_the_same_cases(session: Session, now: datetime, asked: dict[str, str]) -> None:
    page, cases = reading(session, now, asked), wanted(session, asked)
    owed = [case for case in cases if case.kind is CaseKind.FOLLOW_UP]
    care, returns = team_id(session, "care"), team_id(session, "returns")
    by_team = {team: [case for case in owed if case.queue.team_id == team] for team in (care, returns)}

    assert len(page.cases) == page.all_cases == len(owed)
    for figure in ("first-response", "resolution"):
        for mark, period in zip(FIGURES[figure](page).lines[0].marks, page.periods, strict=True):
            assert mark.n == sum(period.first <= case.opened_at.date() <= period.last for case in owed)
    teams = {mark.label: mark.n for mark in marks(page, "teams")}
    assert teams == {page.teams[team]: len(found) for team, found in by_team.items() if found}
    assert {row[0]: int(str(row[1])) for row in team_rows(page)} == teams
    owners = [case.owner.name for case in owed if case.owner is not None]
    assert {mark.label: mark.n for mark in marks(page, "colleagues")} == {
        name: owners.count(name) for name in set(owners)
    }

    kept = {(each.team_id, each.kind): (each.met, each.missed, each.running) for each in page.kept}
    for team, found in by_team.items():
        for kind in DeadlineKind:
            ends = [session.get_one(CaseDeadline, (case.id, 1, kind)).met for case in found]
            assert kept.get((team, kind), (0, 0, 0)) == tuple(ends.count(each) for each in (True, False, None))

    standing = [case for case in owed if case.state in (CaseState.OPEN, CaseState.IN_PROGRESS)]
    assert sum(age.open for age in page.ages) == len(standing)
    assert sum(age.late for age in page.ages) == sum(
        case.waiting_since is None and case.due_at <= now for case in standing
    )
    for age, (first, last) in zip(page.ages, page.days_of_ages, strict=True):
        assert age.open == sum(
            (first is None or case.opened_at.date() >= first) and case.opened_at.date() <= last for case in standing
        )

    closed = [case for case in cases if case.resolved_at is not None]
    causes = [case.root_cause for case in closed]
    assert page.named[0] == {cause: causes.count(cause) for cause in set(causes)}
    assert sum(row.now for row in cause_rows(page) if row.group) == len(closed)
    assert page.lately == reading(session, now).lately, "what recurs does so whatever is looked at"
    whole, by_period = page.recovered
    assert whole == _recovered(session, closed)
    assert by_period[-1].asked == whole.asked, "all were asked yesterday"
    assert sum(each.closed for each in by_period) == len(closed), "none was closed twice"


def _recovered(session: Session, closed: list[Case]) -> Recovered:
    found = []
    for touchpoint in session.scalars(select(Touchpoint).where(Touchpoint.kind == TouchpointKind.CASE_RESOLVED)):
        if int(touchpoint.external_id) in {case.id for case in closed}:
            answers = (
                select(Response.score)
                .join(Response.invitation)
                .where(Response.invitation.has(touchpoint_id=touchpoint.id))
            )
            found.append(session.scalars(answers).first())
    scores = [score for score in found if score is not None]
    return Recovered(
        len(closed), len(found), len(scores), sum(score >= 4 for score in scores), len(found) - len(scores)
    )


@pytest.mark.usefixtures("mixed")
def test_behind_each_number_are_just_these_cases(
    manager: FlaskClient, session: Session, now: datetime, asked: dict[str, str]
) -> None:
    page, ids = reading(session, now, asked), {str(case.id) for case in wanted(session, asked)}
    found = {mark.url: (figure, mark) for figure in WITH_LINKS for mark in marks(page, figure) if mark.n}
    session.rollback()
    assert bool(found) == bool(ids)
    for url, (figure, mark) in found.items():
        cases = re.findall(r'id="case-(\d+)"', manager.get(url).text)
        running = int(mark.note.split()[0]) if figure == "deadlines" and mark.note else 0
        assert len(cases) == mark.n + running, mark
        assert set(cases) <= ids, mark


@pytest.mark.usefixtures("mixed")
def test_a_manager_sees_the_cases_of_the_survey_and_may_look_at_all(
    manager: FlaskClient, session: Session, now: datetime
) -> None:
    numbers = {
        choice: sum(age.open for age in reading(session, now, {"cases": "", **CHOICES[choice]}).ages)
        for choice in ("the survey", "a carrier", "all cases")
    }
    session.rollback()
    assert numbers["a carrier"] < numbers["the survey"] < numbers["all cases"]
    here = f"/insights/loop?survey={NPS}"
    swift = f"{here}&by=order.carrier&is=Swift"
    pages = {"the survey": here, "a carrier": swift, "all cases": f"{swift}&cases=all"}
    for choice, address in pages.items():
        page = manager.get(address)
        text = read(page).text
        assert ("Counted are the cases about answers to" in text) == (choice != "all cases")
        assert ("Carrier: Swift" in text) == (choice == "a carrier")
        assert ("No case was" in text) is False
        assert ('name="cases" value="all"' in page.text) == (choice == "all cases"), "the choice of days keeps it"
        # The files of a page, asked for within a moment of each other's, say what their page says.
        csv = next(link for link in re.findall(r'href="([^"]+)"', page.text) if "ageing.csv" in link)
        lines = manager.get(csv.replace("&amp;", "&")).text.strip().splitlines()[1:]
        assert sum(int(line.split(",")[1]) for line in lines) == numbers[choice], (choice, lines)
    bar = re.findall(r'href="(/insights/loop[^"]*)"[^>]*>(About this survey|All cases)', manager.get(swift).text)
    asked = [dict(parse_qsl(urlsplit(url.replace("&amp;", "&")).query)) for url, _ in bar]
    assert asked == [dict(survey=NPS, **SWIFT), dict(survey=NPS, **SWIFT, cases="all")]


def test_words_say_what_counts(session: Session, now: datetime) -> None:
    two = reading(session, now, {"cases": "", **CHOICES["two carriers"]})
    assert "Carrier: Swift, by the day" in looked_at(two)
    assert "nothing beside it" in looked_at(two)
    assert ages_told(two) == "No such case is open now."
    assert ages_told(reading(session, now)) == "No case is open now."


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("mixed")
def test_no_figure_walks_through_all_cases_or_answers(engine: Engine, session: Session, now: datetime) -> None:
    for choice in ("the survey", "a carrier", "a theme", "a reason"):
        with planned(engine) as steps:
            page = reading(session, now, {"cases": "", **CHOICES[choice]})
            for make in FIGURES.values():
                make(page)
            session.commit()
        great = ("cases", "responses", "messages", "invitations", "orders", "case_deadlines", "case_entries", "touch")
        found = [
            step for step in walked(steps, *great) if "ix_cases_queue" not in step and "ix_cases_resting" not in step
        ]
        assert found == []
        assert any(step.startswith("SEARCH responses USING INTEGER PRIMARY KEY") for step in steps), steps
