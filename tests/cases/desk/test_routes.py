"""The queue in a browser without scripts, and what the script asks for; nobody sees what is not theirs to see."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName, Team, User
from feedback_service.accounts.teams import team_id
from feedback_service.cases.desk.filters import LONGEST_SEARCH
from feedback_service.cases.desk.lines import PAGE
from feedback_service.cases.desk.models import Presence, SavedView
from feedback_service.cases.models import Case, CaseState, EntryKind
from feedback_service.cases.notices.models import Notice
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.search.keep import keep_words
from feedback_service.cases.write_log import write_entry
from feedback_service.responses.models import Response
from tests.cases.factories import KEY, hire, log_kinds, opened, queued, signed_in, taken
from tests.responses.factories import everything, later, read

pytestmark = pytest.mark.usefixtures("now")
TEAM = "returns"


@pytest.fixture
def manager(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """Mia's browser; she sees every queue."""
    return signed_in(app, hire(app, session, "Mia", now, role=RoleName.MANAGER, team=None))


@pytest.fixture
def agent(app: Flask, ana: User) -> FlaskClient:
    """Ana's browser."""
    return signed_in(app, ana)


@pytest.fixture
def stranger(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """The browser of somebody of another team."""
    return signed_in(app, hire(app, session, "Eve", now, team=TEAM))


def case_of(session: Session, now: datetime, **changed: object) -> int:
    """A case that nobody has; committed."""
    case = opened(session, now, comment="The lamp came broken.")
    session.execute(update(Case).where(Case.id == case.id).values(owner_id=None, **changed))
    session.commit()
    return case.id


def as_seen(session: Session, case_id: int) -> str:
    """The check box of a case that nobody has, as the list has it now."""
    length = session.scalars(select(Case.log_length).where(Case.id == case_id)).one()
    session.commit()
    return f"{case_id}-0-{length}"


def send(client: FlaskClient, address: str, **typed: object) -> tuple[int, str]:
    """Post with the token of the page."""
    token = read(client.get("/cases/")).form(having="back")["csrf_token"]
    answer = client.post(address, data={"csrf_token": token, **typed}, follow_redirects=True)
    return answer.status_code, read(answer).text


# Who sees what


def test_somebody_of_another_team_sees_nothing_and_can_do_nothing(
    stranger: FlaskClient, manager: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    case_id = case_of(session, now)
    assert f"/cases/{case_id}" in manager.get("/cases/").text
    before = everything(engine)
    for page in ("/cases/", "/cases/?q=lamp", f"/cases/?q={case_id}", "/cases/lines", f"/cases/lines?q=x&id={case_id}"):
        assert f"/cases/{case_id}" not in stranger.get(page).text
    assert stranger.get(f"/cases/{case_id}").status_code == 404
    assert send(stranger, f"/cases/{case_id}/take")[0] == 404
    assert send(stranger, f"/cases/{case_id}/here")[0] == 404
    for act in ("assign", "close"):
        given = {"owner": "", "to_me": "1", "outcome": "satisfied", "root_cause": "damaged", "reached": "yes"}
        send(stranger, f"/cases/{act}", case=as_seen(session, case_id), what_was_done="Nothing.", **given)
    assert everything(engine) == before


def test_a_team_that_is_open_shows_its_queue_to_all(stranger: FlaskClient, session: Session, now: datetime) -> None:
    case_id = case_of(session, now)
    session.execute(update(Team).where(Team.key == "care").values(open_to_all=True))
    session.commit()
    assert f"/cases/{case_id}" in stranger.get("/cases/").text
    assert stranger.get(f"/cases/{case_id}").status_code == 200


def test_what_is_one_s_own_is_seen_wherever_it_lies(
    agent: FlaskClient, ana: User, session: Session, now: datetime
) -> None:
    case_id = case_of(session, now)
    elsewhere = queue_of_team(session, team_id(session, TEAM))
    session.execute(update(Case).where(Case.id == case_id).values(queue_id=elsewhere, owner_id=ana.id))
    session.commit()
    assert f"/cases/{case_id}" in agent.get("/cases/?view=mine").text
    assert agent.get(f"/cases/{case_id}").status_code == 200


# Views, filters, search


def test_views_filters_and_search_in_one_list(manager: FlaskClient, session: Session, now: datetime) -> None:
    case_id = case_of(session, now, priority=1)
    other = case_of(session, now, priority=3)
    queue = session.scalars(select(Queue.id).where(Queue.key == "care")).one()
    session.rollback()
    page = manager.get(f"/cases/?priority=1&queue={queue}&reason=detractor&kind=follow_up")
    assert f"/cases/{case_id}" in page.text
    assert f'href="/cases/{other}"' not in page.text
    assert "Narrowed to Customer care, Urgent, Low score, To follow up" in read(page).text
    assert f'href="/cases/{case_id}"' in manager.get("/cases/?q=LÁMP").text
    assert "Nothing found" in manager.get("/cases/?q=table").text
    assert "Nothing fits" in manager.get("/cases/?priority=4").text
    assert "Nothing is resting" in manager.get("/cases/?view=resting").text
    assert manager.get("/cases/?view=nonsense").status_code == 404
    for odd in ("priority=9", "queue=x", "owner=" + "9" * 40, "reason=x", "kind=x", "below=x", "q=%00%22*", "before=x"):
        assert manager.get(f"/cases/?{odd}").status_code == 200, odd


def test_the_cases_behind_a_number(manager: FlaskClient, session: Session, now: datetime) -> None:
    """Those of a team that were opened in some days, what is open of them, and those closed over a cause."""
    team = session.scalars(select(Team.id).where(Team.key == "care")).one()
    rests = case_of(session, now, opened_at=now - timedelta(days=9), waiting_since=now)
    closed = {"state": CaseState.RESOLVED, "resolved_at": now, "root_cause": "damaged", "outcome": "satisfied"}
    done = case_of(session, now, opened_at=now - timedelta(days=8), **closed)
    new = case_of(session, now)

    def shown(address: str) -> list[int]:
        return [int(number) for number in re.findall(r'id="case-(\d+)"', manager.get(address).text)]

    begin, end = ((now - timedelta(days=days)).date() for days in (9, 8))
    assert shown(f"/cases/?from={begin}&to={end}&team={team}") == [done, rests]
    assert shown(f"/cases/?view=standing&to={end}") == [rests]
    assert shown(f"/cases/?from={end + timedelta(days=1)}") == [new]
    for cause in ("damaged", "delivery"):
        assert shown(f"/cases/?view=resolved&cause={cause}&from={now.date()}&to={now.date()}") == [done]
    assert shown("/cases/?view=resolved&cause=price") == []
    page = manager.get(f"/cases/?view=resolved&cause=damaged&team={team}&from={now.date()}")
    assert "Narrowed to Team: Care, Cause: Damaged, Resolved: From 20 Mar 2026" in read(page).text
    assert re.search(r'<input type="hidden" name="cause" value="damaged">', page.text)  # it stays when narrowed further
    for odd in ("view=all", "view=open&from=2026-03-01", "view=all&from=x", "team=0", "cause=%00", "from=9999-12-31"):
        assert rests not in shown(f"/cases/?{odd}"), odd
    assert "Team: unknown, Cause: unknown" in read(manager.get("/cases/?view=resolved&team=99&cause=x")).text


def test_a_list_leads_forwards_and_back(manager: FlaskClient, session: Session, now: datetime) -> None:
    ids = queued(session, now, sort_hours=[float(hour) for hour in range(2 * PAGE + 3)])

    def shown(address: str) -> tuple[list[int], str, str]:
        text = manager.get(address).text
        links = {rel: re.search(rf'rel="{rel}" href="([^"]+)"', text) for rel in ("next", "prev")}
        found = [int(number) for number in re.findall(r'id="case-(\d+)"', text)]
        return found, *(link[1].replace("&amp;", "&") if link else "" for link in links.values())

    first, following, earlier = shown("/cases/")
    second, last_url, back = shown(following)
    third, none, middle = shown(last_url)
    assert [*first, *second, *third] == ids
    assert (earlier, none) == ("", "")
    assert shown(middle)[0] == second
    assert shown(back)[0] == first


def test_a_search_pages_too(manager: FlaskClient, session: Session, now: datetime) -> None:
    ids = queued(session, now, sort_hours=[0.0] * (PAGE + 3))
    session.execute(update(Response).values(comment="lamp"))
    for case_id in ids:
        keep_words(session, case_id)
    session.commit()
    text = manager.get("/cases/?q=lamp").text
    following = re.search(r'rel="next" href="([^"]+)"', text)
    assert following
    more = manager.get(following[1].replace("&amp;", "&")).text
    found = [int(number) for number in re.findall(r'id="case-(\d+)"', text + more)]
    assert found == sorted(ids, reverse=True)


# Saved views


def test_a_view_is_kept_under_a_name_and_forgotten(manager: FlaskClient, agent: FlaskClient, session: Session) -> None:
    back = "priority=1&view=late"
    status, text = send(manager, "/cases/views", name="  Urgent  and late ", back=back)
    assert (status, "Saved." in text, "Urgent and late" in text) == (200, True, True)
    status, text = send(manager, "/cases/views", name="urgent AND late", back=back)
    assert "You have a view named" in text
    assert "1 to 60 characters" in send(manager, "/cases/views", name=" ", back=back)[1]
    assert "Urgent and late" not in agent.get("/cases/").text
    view = session.scalars(select(SavedView)).one()
    assert view.filters == "view=late&priority=1"
    delete = f"/cases/views/{view.id}/delete"
    session.rollback()
    assert send(agent, delete)[0] == 404
    assert "The view is deleted" in send(manager, delete)[1]
    assert session.scalars(select(SavedView)).all() == []


def test_a_long_search_in_any_script_is_kept_and_hinders_nothing(
    manager: FlaskClient, session: Session, ana: User, now: datetime
) -> None:
    ana_id, case_id = ana.id, case_of(session, now)
    wanted = "𠮷" * LONGEST_SEARCH  # four bytes each
    back = read(manager.get("/cases/", query_string={"q": wanted})).form(having="name")["back"]
    status, text = send(manager, "/cases/views", name="Lo\0ng", back=back)
    assert (status, "Saved." in text) == (200, True)
    view = session.scalars(select(SavedView)).one()
    assert (view.name, dict(parse_qsl(view.filters))) == ("Long", {"q": wanted})
    session.rollback()
    assert wanted in manager.get(f"/cases/?{view.filters}").text
    given = send(manager, "/cases/assign", owner=str(ana_id), case=as_seen(session, case_id), back=back)[1]
    assert "Choose a colleague" not in given
    assert session.scalars(select(Case.owner_id).where(Case.id == case_id)).one() == ana_id


# Keeping up to date


def test_the_script_is_told_of_changes_and_of_nothing_else(
    manager: FlaskClient, session: Session, ana: User, now: datetime
) -> None:
    case_id = case_of(session, now)
    first = manager.get("/cases/lines")
    mark = {"If-None-Match": first.headers["ETag"]}
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    assert f'id="case-{case_id}"' in first.text
    again = manager.get("/cases/lines", headers=mark)
    assert (again.status_code, again.data) == (304, b"")
    with later(now, hours=1):
        assert manager.get("/cases/lines", headers=mark).status_code == 200  # less time is left
    taken(session, session.get_one(Case, case_id), ana.id, now)
    changed = manager.get("/cases/lines", headers=mark)
    assert (changed.status_code, "In progress" in changed.text, "Ana" in changed.text) == (200, True, True)
    assert manager.get("/cases/lines?view=nonsense").status_code == 404


def test_only_the_pages_of_the_queue_may_run_our_scripts(manager: FlaskClient) -> None:
    policy = manager.get("/cases/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "script-src" not in manager.get("/asking/").headers["Content-Security-Policy"]
    for script in ("/cases/desk.js", "/cases/htmx.js"):
        answer = manager.get(script)
        assert answer.mimetype == "text/javascript"
        assert manager.get(script, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_who_is_writing_is_seen_for_a_minute(
    manager: FlaskClient, agent: FlaskClient, session: Session, now: datetime
) -> None:
    case_id = case_of(session, now)
    token = read(agent.get("/cases/")).form(having="back")["csrf_token"]
    assert agent.post(f"/cases/{case_id}/here", data={"csrf_token": token, "writing": "1"}).json == {"says": ""}
    assert "Ana is writing" in manager.get("/cases/").text
    assert "Ana is writing" not in agent.get("/cases/").text
    token = read(manager.get("/cases/")).form(having="back")["csrf_token"]
    told = manager.post(f"/cases/{case_id}/here", data={"csrf_token": token, "writing": "0"})
    assert told.json == {"says": "Ana is writing."}
    with later(now, minutes=2):
        assert "Ana is writing" not in manager.get("/cases/").text
        manager.post(f"/cases/{case_id}/here", data={"csrf_token": token, "writing": "0"})
        assert len(session.scalars(select(Presence)).all()) == 1  # where somebody was is not kept


# Taking, giving, closing


def test_a_case_is_taken_from_the_list(agent: FlaskClient, session: Session, ana: User, now: datetime) -> None:
    case_id = case_of(session, now)
    status, text = send(agent, f"/cases/{case_id}/take", back="view=unassigned")
    assert (status, f"Case {case_id} is yours." in text) == (200, True)
    assert "You have this case now." in send(agent, f"/cases/{case_id}/take")[1]
    token = read(agent.get("/cases/")).form(having="back")["csrf_token"]
    asked = agent.post(f"/cases/{case_id}/take", data={"csrf_token": token}, headers={"HX-Request": "true"})
    assert (asked.status_code, asked.text.count("<li ")) == (200, 1)
    assert "You have this case now." in asked.headers["HX-Trigger"]
    assert session.get_one(Case, case_id).owner_id == ana.id


def test_some_are_given_and_the_others_named_with_the_reason(
    manager: FlaskClient, session: Session, app: Flask, ana: User, now: datetime
) -> None:
    ben = hire(app, session, "Ben", now)
    ids = [case_of(session, now) for _ in range(3)]
    taken(session, session.get_one(Case, ids[1]), ben.id, now)  # after Mia saw the list
    chosen = [as_seen(session, case_id) for case_id in ids]
    status, text = send(manager, "/cases/assign", owner=str(ana.id), case=[*chosen, "x", "7", "-", chosen[0]])
    assert (status, "2 given to Ana, 1 left" in text) == (200, True)
    assert f"Case {ids[1]}" in text
    assert "Ben has it now." in text
    session.rollback()
    assert [session.get_one(Case, case_id).owner_id for case_id in ids] == [ana.id, ben.id, ana.id]
    assert log_kinds(session, ids[0])[-1] is EntryKind.ASSIGNED
    assert session.scalars(select(Notice.case_id).where(Notice.user_id == ana.id)).all() == [ids[0], ids[2]]


def test_nobody_is_given_what_they_do_not_see(
    manager: FlaskClient, session: Session, app: Flask, now: datetime
) -> None:
    eve = hire(app, session, "Eve", now, team=TEAM)
    case_id = case_of(session, now)
    text = send(manager, "/cases/assign", owner=str(eve.id), case=as_seen(session, case_id))[1]
    assert "Eve does not see the queue Customer care." in text
    assert "Choose a colleague" in send(manager, "/cases/assign", owner="", case=as_seen(session, case_id))[1]
    assert "Choose some cases first" in send(manager, "/cases/assign", owner=str(eve.id))[1]
    assert session.get_one(Case, case_id).owner_id is None


def test_some_are_closed_with_one_cause_and_the_others_named(
    agent: FlaskClient, session: Session, app: Flask, now: datetime
) -> None:
    ben = hire(app, session, "Ben", now)
    ids = [case_of(session, now) for _ in range(3)]
    taken(session, session.get_one(Case, ids[2]), ben.id, now)
    chosen = [as_seen(session, case_id) for case_id in ids]
    status, text = send(agent, "/cases/close", case=chosen)
    assert (status, "Close 3 cases" in text) == (200, True)
    assert "Choose the cases to close first." in send(agent, "/cases/close")[1]
    ended = {"outcome": "satisfied", "reached": "yes", "what_was_done": "Sent new lamps."}
    assert send(agent, "/cases/close", case=chosen, root_cause="made_up", **ended)[0] == 422
    status, text = send(agent, "/cases/close", case=chosen, root_cause="damaged", **ended)
    assert (status, "2 closed, 1 left" in text, "Ben has it now." in text) == (200, True, True)
    session.rollback()
    states = [session.get_one(Case, case_id).state for case_id in ids]
    assert states == [CaseState.RESOLVED, CaseState.RESOLVED, CaseState.IN_PROGRESS]
    assert log_kinds(session, ids[0])[-2:] == [EntryKind.CLAIMED, EntryKind.RESOLVED]


def test_what_the_customer_wrote_since_the_list_was_drawn_keeps_a_case_open(
    agent: FlaskClient, session: Session, now: datetime
) -> None:
    quiet, spoken = (case_of(session, now) for _ in range(2))
    assert f'value="{as_seen(session, spoken)}"' in agent.get("/cases/").text
    chosen = [as_seen(session, case_id) for case_id in (quiet, spoken)]
    write_entry(session, spoken, EntryKind.CUSTOMER_WROTE, actor_id=None, text="And it smokes.", key=KEY, now=now)
    session.commit()
    ended = {"outcome": "satisfied", "reached": "yes", "what_was_done": "Sent new lamps.", "root_cause": "damaged"}
    text = send(agent, "/cases/close", case=chosen, **ended)[1]
    assert "1 closed, 1 left" in text
    assert "Since you opened this page: the customer wrote back, just now." in text
    session.rollback()
    states = [session.get_one(Case, case_id).state for case_id in (quiet, spoken)]
    assert states == [CaseState.RESOLVED, CaseState.OPEN]
    assert "1 case closed" in send(agent, "/cases/close", case=as_seen(session, spoken), **ended)[1]


def test_a_list_of_two_hundred_is_still_one_page_s_work(manager: FlaskClient, session: Session, now: datetime) -> None:
    queued(session, now, sort_hours=[float(hour) for hour in range(210)])
    until = (now + timedelta(hours=205)).isoformat()
    text = manager.get("/cases/lines", query_string={"until": f"{until}_999999"}).text
    assert text.count('class="case-words"') == 200
