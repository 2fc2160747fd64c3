"""A manager keeps what they look at again and again, under names of their own."""

import re
from datetime import date, datetime
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName, User
from feedback_service.accounts.people import set_active
from feedback_service.insights.looks.look import Look
from feedback_service.insights.looks.models import SavedLook
from feedback_service.insights.looks.save import MOST_LOOKS
from feedback_service.insights.looks.shown import look_words
from feedback_service.insights.places import ASKED_OF, PLACES
from tests.cases.factories import hire, signed_in
from tests.conftest import NOW
from tests.responses.factories import NPS, at_once, later, read

CARRIERS = "/insights/why?grain=week&by=order.carrier"
KEPT = f"survey={NPS}&grain=week&by=order.carrier"
TITLES = {NPS: "NPS"}


@pytest.fixture
def maria(app: Flask, session: Session, now: datetime) -> User:
    """A manager."""
    return hire(app, session, "Maria", now, role=RoleName.MANAGER, team=None)


@pytest.fixture
def manager(app: Flask, maria: User) -> FlaskClient:
    """Her browser."""
    return signed_in(app, maria)


@pytest.fixture
def other(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """Another manager's browser."""
    return signed_in(app, hire(app, session, "Otto", now, role=RoleName.MANAGER, team=None))


def save(client: FlaskClient, path: str, name: str) -> str:
    """Save what stands at an address; the page that follows."""
    form = read(client.get(path)).form(having="query")
    sent = client.post(form.pop(":action"), data={**form, "name": name})
    assert sent.status_code == 303
    return client.get(sent.location).text


def saved(session: Session) -> list[SavedLook]:
    """All there are."""
    found = list(session.scalars(select(SavedLook).order_by(SavedLook.id)))
    session.commit()  # on SQLite even a look keeps everybody else from writing until it is over
    return found


def put(session: Session, user: User, name: str, query: str = KEPT, place: str = "why.overview") -> int:
    """A look as it lies in the table; its id."""
    look = SavedLook(user_id=user.id, name=name, place=place, query=query, saved_at=NOW)
    session.add(look)
    session.commit()
    return look.id


def test_what_is_looked_at_is_one_press_away_from_every_page(manager: FlaskClient, session: Session) -> None:
    text = save(manager, CARRIERS, "  Carriers on \n Monday ")
    assert "Saved as “Carriers on Monday”." in text
    assert [(each.name, each.place, each.query) for each in saved(session)] == [
        ("Carriers on Monday", "why.overview", KEPT)
    ]
    address = f"/insights/why?{KEPT}"
    assert f'<a href="{address}" aria-current="page">' in unescape(text), "it is what is looked at now"
    for _, endpoint in PLACES:
        with manager.application.test_request_context():
            path = manager.application.url_for(endpoint)
        page = unescape(manager.get(path).text)
        assert f'<a href="{address}"><bdi>Carriers on Monday</bdi>' in page
        assert ('name="query"' in page) == (endpoint in ASKED_OF), "where nothing is looked at, nothing is saved"
    chosen = read(manager.get(address)).form(having="grain")
    assert (chosen["survey"], chosen["grain"], chosen["by"]) == (NPS, "week", "order.carrier")


@pytest.mark.parametrize(
    ("place", "query", "words"),
    [
        ("insights.overview", "", "Overview · Months"),
        ("why.overview", f"survey={NPS}&by=order.carrier", "Why · NPS · By carrier · Months"),
        ("loop.overview", "survey=gone", "Loop · gone · Months"),
        (
            "insights.overview",
            f"survey={NPS}&grain=week&from=2026-01-01&by=language&is=de&versus=fr",
            "Overview · NPS · Language: German beside French · Weeks · From 1 Jan 2026",
        ),
        ("coverage.overview", f"survey={NPS}&to=2026-03-01", "Coverage · NPS · Months · Up to 1 Mar 2026"),
        (
            "value.scorecard",
            f"survey={NPS}&grain=quarter&from=2025-01-01&to=2025-12-31&by=order.carrier&is=SwiftPost",
            "Scorecard · NPS · Carrier: SwiftPost · Quarters · 1 Jan 2025 to 31 Dec 2025",
        ),
        ("words.overview", f"survey={NPS}&theme=late_delivery", "Comments · NPS · About: Late delivery · Months"),
        ("words.overview", f"survey={NPS}&word=damaged", "Comments · NPS · With “damaged” · Months"),
        ("loop.overview", f"survey={NPS}&cases=all", "Loop · NPS · All cases · Months"),
        ("staff_pulse.overview", f"survey={NPS}&by=language&is=de", "Staff · Quarters"),
        ("staff_pulse.overview", f"survey={NPS}&from=2026-01-01&each=month", "Staff · Months · From 1 Jan 2026"),
    ],
)
def test_a_list_says_what_each_looks_at_and_when_where_the_time_is_fixed(place: str, query: str, words: str) -> None:
    assert look_words(Look(place, query), TITLES, date(2026, 3, 20)) == words


def test_without_days_of_its_own_a_look_goes_with_the_time(manager: FlaskClient, now: datetime) -> None:
    text = unescape(save(manager, "/insights/", "Monday"))
    (address,) = set(re.findall(r'<a href="([^"]+)" aria-current="page"><bdi>', text))
    assert address == f"/insights/?survey={NPS}"
    assert "NPS in Feb 2026" in read(manager.get(address)).text
    with later(now, days=30):
        assert "NPS in Mar 2026" in read(manager.get(address)).text


@pytest.mark.parametrize(
    ("path", "place", "asked"),
    [
        ("/insights/words?theme=delivery&before=7", "words.overview", "&theme=delivery"),
        ("/insights/loop?cases=all&theme=delivery", "loop.overview", "&cases=all"),
        ("/insights/staff?each=month&theme=delivery", "staff_pulse.overview", "&each=month"),
        ("/insights/value/scorecard?by=order.carrier&is=A%26B", "value.scorecard", "&by=order.carrier&is=A%26B"),
    ],
)
def test_what_a_page_asks_for_besides_is_kept_too(
    manager: FlaskClient, session: Session, path: str, place: str, asked: str
) -> None:
    text = save(manager, path, "This")
    assert [(each.place, each.query) for each in saved(session)] == [(place, f"survey={NPS}{asked}")]
    assert 'aria-current="page"><bdi>This</bdi>' in text


def test_a_second_press_saves_nothing_more(manager: FlaskClient, session: Session) -> None:
    form = read(manager.get(CARRIERS)).form(having="query")
    form.pop(":action")
    visit = manager.get_cookie("session")
    assert visit is not None

    def press() -> int:
        browser = manager.application.test_client()
        browser.set_cookie("session", visit.value)
        return browser.post("/insights/looks", data={**form, "name": "This"}).status_code

    assert at_once(press, press, press) == [303] * 3
    assert len(saved(session)) == 1
    assert "“This” is saved already, and shows just this." in save(manager, CARRIERS, "This")


def test_the_same_name_is_the_same_look_and_what_it_showed_is_said(manager: FlaskClient, session: Session) -> None:
    save(manager, CARRIERS, "monday")
    text = read(manager.get("/insights/looks")).text
    assert "monday Why · " in text
    words = " ".join(unescape(save(manager, "/insights/loop", "Monday")).split())
    assert re.search(r"“Monday” shows this from now on, and no longer: Why · .+ · By carrier · Weeks\.", words)
    assert [(each.name, each.place) for each in saved(session)] == [("Monday", "loop.overview")]


def test_there_is_an_end_to_looks(manager: FlaskClient, maria: User, session: Session) -> None:
    for number in range(MOST_LOOKS - 1):
        put(session, maria, f"Look {number}")
    assert "Saved as" in save(manager, CARRIERS, "The last")
    assert "You have 50 saved looks. Remove one that you need no more, and save again." in save(manager, CARRIERS, "x")
    assert "shows this from now on" in save(manager, "/insights/loop", "The last"), "which makes none more"
    assert len(saved(session)) == MOST_LOOKS


@pytest.mark.parametrize("name", ["", " \t ", "\N{ZERO WIDTH SPACE}", "x" * 61, "🚚" * 61], ids=ascii)
def test_a_name_can_be_read_and_is_short(manager: FlaskClient, session: Session, name: str) -> None:
    assert "Give the look a name of 1 to 60 characters." in save(manager, CARRIERS, name)
    assert saved(session) == []


def test_a_name_may_be_of_any_script_and_is_never_markup(manager: FlaskClient, session: Session) -> None:
    names = ["🚚" * 60, "👩\N{ZERO WIDTH JOINER}🔧 Team", "<b onclick=x>&amp;", "شحن", "Lo\0ng"]
    for name in names:
        save(manager, CARRIERS, name)
    assert [each.name for each in saved(session)] == [*names[:-1], "Long"]
    text = manager.get("/insights/looks").text
    assert "&lt;b onclick=x&gt;&amp;amp;" in text
    assert "<b onclick" not in text


def test_a_look_is_renamed_and_removed(manager: FlaskClient, maria: User, session: Session) -> None:
    first, second = put(session, maria, "First"), put(session, maria, "Second")
    page = read(manager.get("/insights/looks?grain=week"))
    form = page.form(having=f"look{first}-name")
    action = form.pop(":action")
    assert "grain=week" in action, "what other pages look at goes along"
    wrong = manager.post(action, data={**form, f"look{first}-name": "SECOND"})
    assert wrong.status_code == 422
    assert "Another of your looks is called “SECOND”. Choose another name." in wrong.text
    assert read(wrong).form(having=f"look{first}-name")[f"look{first}-name"] == "SECOND", "nothing typed is lost"
    done = manager.post(action, data={**form, f"look{first}-name": "FIRST!"})
    assert (done.status_code, "grain=week" in done.location) == (303, True)
    assert "It is called “FIRST!” now." in manager.get(done.location).text
    token = {"csrf_token": form[f"look{first}-csrf_token"]}
    assert manager.post(f"/insights/looks/{second}/remove", data=token).status_code == 303
    assert "“Second” is removed." in manager.get("/insights/looks").text
    assert [each.name for each in saved(session)] == ["FIRST!"]
    assert manager.post(f"/insights/looks/{second}/remove", data=token).status_code == 404
    assert manager.post(f"/insights/looks/{second}", data={**form, f"look{second}-name": "x"}).status_code == 404
    assert manager.post(f"/insights/looks/{10**30}/remove", data=token).status_code == 404


def test_every_field_of_the_list_has_a_name_of_its_own(manager: FlaskClient, maria: User, session: Session) -> None:
    for name in ("First", "Second"):
        put(session, maria, name)
    names = re.findall(r'\bid="([^"]+)"', manager.get("/insights/looks").text)
    assert len(names) == len(set(names))


def test_another_s_looks_are_not_there(manager: FlaskClient, other: FlaskClient, maria: User, session: Session) -> None:
    look = put(session, maria, "Mine")
    form = read(other.get("/insights/")).form(having="query")
    token = form["csrf_token"]
    assert "Mine" not in other.get("/insights/").text
    assert "No saved looks yet" in other.get("/insights/looks").text
    renamed = other.post(f"/insights/looks/{look}", data={f"look{look}-name": "Ours", "csrf_token": token})
    removed = other.post(f"/insights/looks/{look}/remove", data={"csrf_token": token})
    assert (renamed.status_code, removed.status_code) == (404, 404)
    save(other, CARRIERS, "Mine")
    assert [each.name for each in saved(session)] == ["Mine", "Mine"], "two people may use one name"
    assert manager.post(f"/insights/looks/{look}/remove").status_code == 400, "a press that did not come from us"


@pytest.mark.parametrize("place", ["", "https://evil.example", "//evil.example", "reports.overview", "accounts.team"])
def test_only_pages_that_look_at_something_are_saved(manager: FlaskClient, session: Session, place: str) -> None:
    form = read(manager.get(CARRIERS)).form(having="query")
    assert manager.post(form.pop(":action"), data={**form, "name": "x", "place": place}).status_code == 422
    assert saved(session) == []


def test_only_what_pages_ask_for_is_saved(manager: FlaskClient, session: Session) -> None:
    form = read(manager.get(CARRIERS)).form(having="query")
    asked = {
        "survey": "gone",
        "grain": "aeon",
        "from": "x",
        "by": "order.car\0rier",
        "is": "a\0",
        "next": "//evil.example",
    }
    sent = manager.post(form.pop(":action"), data={**form, "name": "x", "query": urlencode(asked)})
    assert sent.location == f"/insights/why?survey={NPS}&by=order.carrier&is=a"
    assert [each.query for each in saved(session)] == [sent.location.partition("?")[2]]
    assert manager.get(sent.location).status_code == 200


def test_what_is_gone_is_said_by_the_page_itself(manager: FlaskClient, maria: User, session: Session) -> None:
    put(session, maria, "Old survey", "survey=gone&by=order.nobody_has_it&is=x")
    put(session, maria, "Old page", place="gone.overview")
    put(session, maria, "Old words", "survey=gone&grain=aeon&by=nothing", "insights.overview")
    text = unescape(manager.get("/insights/looks").text)
    paths = re.findall(r'<p><a href="([^"]+)" dir="auto">Old', text)
    assert paths == [
        f"/insights/?{KEPT}",
        "/insights/why?survey=gone&by=order.nobody_has_it&is=x",
        "/insights/?survey=gone&grain=aeon&by=nothing",
    ]
    for path in paths[1:]:
        page = manager.get(path)
        assert page.status_code == 200
        assert "There is no such survey, so another one is shown." in page.text
    assert manager.get(paths[0]).status_code == 200


def test_whoever_is_let_out_keeps_them_for_when_they_are_back(
    app: Flask, manager: FlaskClient, maria: User, session: Session
) -> None:
    save(manager, CARRIERS, "Mine")
    for active in (False, True):
        set_active(session, maria.id, active=active)
        session.commit()
        assert manager.get("/insights/").status_code == 302
    assert "<bdi>Mine</bdi>" in signed_in(app, maria).get("/insights/").text


def test_the_table_itself_keeps_names_apart_and_wants_one(maria: User, session: Session) -> None:
    put(session, maria, "Mine")
    for name in ("Mine", ""):
        with pytest.raises(IntegrityError):
            put(session, maria, name)
        session.rollback()
