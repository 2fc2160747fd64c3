"""A manager looks after the queues: rules in order, tried before they hold; queues, calendars, absences."""

from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.accounts.models import Absence, Calendar, RoleName, Team
from feedback_service.cases.models import Case
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queues.models import OwnerRule, Queue, RoutingRule
from tests.cases.factories import KEY, hire, signed_in
from tests.cases.queues.factories import rules_are
from tests.responses.factories import answered, read


@pytest.fixture
def marta(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """Marta, a manager."""
    return signed_in(app, hire(app, session, "Marta", now, role=RoleName.MANAGER))


def _press(
    marta: FlaskClient, path: str, *, having: str, drop: tuple[str, ...] = (), **changed: object
) -> TestResponse:
    """Open a page, change some fields of a form and send it to the page's own address."""
    form: dict[str, object] = dict(read(marta.get(path)).form(having=having))
    address = form.pop(":action") or path
    for name in drop:
        form.pop(name, None)
    return marta.post(str(address), data={**form, **changed})


def _token(marta: FlaskClient) -> str:
    return read(marta.get("/queues/")).form(having="csrf_token")["csrf_token"]


def _rule(session: Session, name: str) -> RoutingRule:
    session.commit()
    found = session.scalars(
        select(RoutingRule).where(RoutingRule.name == name).execution_options(populate_existing=True)
    ).one()
    session.commit()
    return found


def _order(session: Session) -> list[str]:
    session.commit()
    names = list(session.scalars(select(RoutingRule.name).order_by(RoutingRule.position)))
    session.commit()
    return names


def _care(session: Session) -> Queue:
    session.commit()
    queue = session.scalars(select(Queue).where(Queue.key == "care").execution_options(populate_existing=True)).one()
    session.commit()
    return queue


# Rules


def test_the_page_says_what_holds_in_words(marta: FlaskClient) -> None:
    page = read(marta.get("/queues/")).text
    assert "Words of safety, law or threat" in page
    assert "→ opens a case; the managers hear at once" in page
    assert "Unhappy by the survey's threshold" in page
    assert "A passive and one in 20, drawn by chance" in page
    assert "1 h before the first response is due: remind its owner" in page
    assert "Mon to Fri 09:00–18:00" in page


def test_a_rule_moves_up_and_down_and_no_further(marta: FlaskClient, session: Session) -> None:
    before = _order(session)
    rule = _rule(session, before[1])
    token = _token(marta)
    for _ in range(2):
        marta.post(f"/queues/rules/{rule.id}/move/up", data={"csrf_token": token})
    assert _order(session) == [before[1], before[0], *before[2:]]
    marta.post(f"/queues/rules/{rule.id}/move/down", data={"csrf_token": token})
    assert _order(session) == before
    assert _rule(session, before[1]).changed_by is not None


def test_a_rule_is_switched_on(marta: FlaskClient, session: Session) -> None:
    rule = _rule(session, "Passives, one in twenty")
    marta.post(f"/queues/rules/{rule.id}/switch/on", data={"csrf_token": _token(marta)})
    assert _rule(session, rule.name).active


def test_a_rule_is_tried_on_last_month_before_it_is_saved(marta: FlaskClient, session: Session, now: datetime) -> None:
    for _ in range(3):
        answered(session, now, 8, comment="The box was torn.")
    answered(session, now, 2, comment="Torn, and late.")
    sent = _press(marta, "/queues/rules/new", having="name", name="Torn boxes", words="torn", **{"try": "yes"})
    page = read(sent).text
    assert sent.status_code == 200
    assert "This rule would have opened 3 cases in the last 30 days." in page
    assert "Tried on all 4 answers." in page
    assert "The box was torn." in page
    assert "Torn boxes" not in _order(session)
    assert read(sent).form(having="name")["words"] == "torn"
    kept = _press(marta, "/queues/rules/new", having="name", name="Torn boxes", words="torn")
    assert kept.status_code == 303
    assert _order(session)[-1] == "Torn boxes"
    open_cases(session, now, 100, key=KEY)
    session.commit()
    assert sorted(session.scalars(select(Case.rule))) == ["Detractors", *["Torn boxes"] * 3]
    session.commit()


def test_every_field_of_a_rule_comes_back_as_it_was_saved(marta: FlaskClient, session: Session) -> None:
    care = _care(session)
    said = {
        "name": "All of it",
        "surveys": ["delivery_csat"],
        "bands": ["detractor", "passive"],
        "unhappy": "yes",
        "score_min": "1",
        "score_max": "3",
        "sentiment": ["negative"],
        "contradiction": ["good_score_bad_words"],
        "themes": ["delivery"],
        "words": "torn\nmoney back",
        "safety": "no",
        "contact": "yes",
        "top_tenth": "yes",
        "order_value_min": "EUR 99.50\nUSD 120",
        "attributes": "region = Norte\nregion = Sul",
        "channels": ["phone"],
        "languages": "de, pt-BR",
        "one_in": "4",
        "kind": "review",
        "queue": str(care.id),
        "owner_rule": "least_loaded",
        "points": "2",
        "tells_managers": "y",
        "first_response": "1.5",
        "resolution": "40",
    }
    assert _press(marta, "/queues/rules/new", having="name", **said).status_code == 303
    rule = _rule(session, "All of it")
    assert rule.conditions == {
        "surveys": ["delivery_csat"],
        "score_min": 1,
        "score_max": 3,
        "bands": ["detractor", "passive"],
        "unhappy": True,
        "sentiment": ["negative"],
        "contradiction": ["good_score_bad_words"],
        "themes": ["delivery"],
        "words": ["torn", "money back"],
        "contact": True,
        "safety": False,
        "order_value_min": {"EUR": "99.50", "USD": "120"},
        "top_tenth": True,
        "attributes": {"region": ["Norte", "Sul"]},
        "channels": ["phone"],
        "languages": ["de", "pt-BR"],
        "sample": 0.25,
    }
    assert (rule.kind, rule.queue_id, rule.owner_rule, rule.points) == ("review", care.id, OwnerRule.LEAST_LOADED, 2)
    assert (rule.first_response_minutes, rule.resolution_minutes, rule.tells_managers) == (90, 2400, True)
    again = _press(marta, f"/queues/rules/{rule.id}", having="name", bands=["detractor", "passive"])
    assert again.status_code == 303
    assert _rule(session, "All of it").conditions == rule.conditions


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Give it a name; it stands on every case that it opens."),
        ("name", "Detractors", "Another rule is called so. Choose another name."),
        ("score_max", "11", "Give a score from 0 to 10, or leave it empty."),
        ("order_value_min", "200", "“200” is not understood. Write one to a line, such as EUR 200."),
        ("order_value_min", "euro 200", "Must be a currency in three capital letters, such as EUR."),
        ("attributes", "Norte", "“Norte” is not understood. Write one to a line, such as region = Norte."),
        ("words", "…", "“…” has no word in it."),
        ("first_response", "soon", "Write it in hours, such as 8 or 1.5."),
        ("first_response", "-3", "Give hours of work, up to 2,160."),
        ("resolution", "1e999999", "Write it in hours, such as 8 or 1.5."),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    marta: FlaskClient, session: Session, field: str, typed: str, sentence: str
) -> None:
    before = _order(session)
    sent = _press(marta, "/queues/rules/new", having="name", **{"name": "Mine", "languages": "de", field: typed})
    assert sent.status_code == 422
    page = read(sent)
    assert sentence in page.text
    form = page.form(having="name")
    assert (form["languages"], form[field]) == ("de", typed)
    assert _order(session) == before


@pytest.mark.parametrize(
    "conditions",
    [
        {"channels": ["import"]},
        {"themes": ["a_theme_of_before"], "surveys": ["a_survey_of_before"]},
        {"sample": 0.7},
        {"sample": 0.05},
        {"words": ["too late, again", "torn"]},
        {"order_value_min": {"EUR": "99.50"}, "languages": ["de", "pt-BR"], "safety": False, "score_min": 0},
    ],
)
def test_what_nobody_touched_stays_as_it_is(
    marta: FlaskClient, session: Session, now: datetime, conditions: dict[str, object]
) -> None:
    columns = {"first_response_minutes": 50, "resolution_minutes": 1627}
    (rule,) = rules_are(session, now, {"name": "Ours", "conditions": conditions, **columns})
    ticked = {name: value for name, value in conditions.items() if name in ("channels", "themes", "surveys")}
    sent = _press(marta, f"/queues/rules/{rule.id}", having="name", points="1", **ticked)
    assert sent.status_code == 303, read(sent).text
    kept = _rule(session, "Ours")
    assert (kept.points, kept.conditions) == (1, conditions)
    assert (kept.first_response_minutes, kept.resolution_minutes) == (50, 1627)


def test_a_share_that_is_typed_anew_holds_and_none_takes_all(
    marta: FlaskClient, session: Session, now: datetime
) -> None:
    (rule,) = rules_are(session, now, {"name": "Ours", "conditions": {"sample": 0.7}})
    assert "70%, drawn by chance" in read(marta.get("/queues/")).text
    _press(marta, f"/queues/rules/{rule.id}", having="name", one_in="2")
    assert _rule(session, "Ours").conditions == {"sample": 0.5}
    _press(marta, f"/queues/rules/{rule.id}", having="name", one_in="")
    assert _rule(session, "Ours").conditions == {}


def test_names_hold_nothing_that_a_database_cannot(marta: FlaskClient, session: Session) -> None:
    assert _press(marta, "/queues/rules/new", having="name", name="To\0rn", words="to\0rn").status_code == 303
    assert _rule(session, "Torn").conditions == {"words": ["torn"]}
    assert _press(marta, "/queues/calendars/new", having="zone", name="Sh\0op").status_code == 303
    care = _press(marta, f"/queues/{_care(session).id}", having="owner_rule", name="Ca\0re", owner_attribute="\0")
    assert (care.status_code, _care(session).name) == (303, "Care")
    assert _press(marta, "/queues/new", having="key", name="Re\0turns", key="returns", team="depot").status_code == 303


def test_two_managers_never_overwrite_each_other(marta: FlaskClient, session: Session, now: datetime) -> None:
    rule = _rule(session, "Detractors")
    path = f"/queues/rules/{rule.id}"
    form = dict(read(marta.get(path)).form(having="name"))
    form.pop(":action")
    assert _press(marta, path, having="name", points="1").status_code == 303
    late = marta.post(path, data={**form, "points": "3"})
    assert late.status_code == 409
    assert "Somebody changed it meanwhile." in read(late).text
    assert _rule(session, "Detractors").points == 1
    form = dict(read(late).form(having="name"))
    form.pop(":action")
    assert form["points"] == "3"
    assert marta.post(path, data=form).status_code == 303
    assert _rule(session, "Detractors").points == 3


# Queues


def test_a_queue_says_how_it_works(app: Flask, marta: FlaskClient, session: Session, now: datetime) -> None:
    ana = hire(app, session, "Ana", now)
    care = _care(session)
    office = session.scalars(select(Calendar.id)).one()
    session.commit()
    sent = _press(
        marta,
        f"/queues/{care.id}",
        having="owner_rule",
        drop=("needs_reached",),
        name="Care",
        calendar=str(office),
        open_to_all="y",
        first_response="4",
        resolution="27",
        owner_rule="by_attribute",
        owner_attribute="region",
        owners=f"Norte = {ana.email}",
        **{"ladder-0-hours": "0,5", "ladder-2-step": ""},
    )
    assert sent.status_code == 303, read(sent).text
    care = _care(session)
    assert (care.name, care.first_response_minutes, care.resolution_minutes) == ("Care", 240, 1620)
    assert (care.owner_rule, care.owner_attribute, care.owners) == (OwnerRule.BY_ATTRIBUTE, "region", {"norte": ana.id})
    assert (care.needs_root_cause, care.needs_reached) == (True, False)
    assert care.ladder == [
        {"step": "remind", "of": "first_response", "minutes": -30, "number": 4},
        {"step": "reassign", "of": "first_response", "minutes": 120, "number": 2},
    ]
    team = session.get_one(Team, care.team_id)
    assert (team.calendar_id, team.open_to_all) == (office, True)
    session.commit()
    shown = read(marta.get("/queues/")).text
    assert "0.5 h before the first response is due: remind its owner" in shown
    assert "open to all" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"resolution": ""}, "Give hours of work, such as 24."),
        ({"owner_rule": "by_attribute"}, "Name the attribute that decides, such as region."),
        (
            {"owners": "Norte = nobody@shop.example"},
            "Nobody here has the address nobody@shop.example, named for Norte.",
        ),
        ({"ladder-1-hours": "later"}, "Write it in hours, such as 8 or 1.5."),
        ({"ladder-1-hours": "1e999999"}, "Write it in hours, such as 8 or 1.5."),
        ({"first_response": "1e999999"}, "Write it in hours, such as 8 or 1.5."),
    ],
)
def test_a_queue_that_cannot_be_is_refused(
    marta: FlaskClient, session: Session, changed: dict[str, str], sentence: str
) -> None:
    sent = _press(marta, f"/queues/{_care(session).id}", having="owner_rule", name="Kept", **changed)
    assert sent.status_code == 422
    assert sentence in read(sent).text
    assert read(sent).form(having="owner_rule")["name"] == "Kept"


def test_a_long_ladder_and_odd_minutes_stay_as_they_are(marta: FlaskClient, session: Session) -> None:
    ladder = [{"step": "remind", "of": "first_response", "minutes": 7 * place - 50} for place in range(12)]
    care = _care(session)
    care.ladder, care.first_response_minutes = ladder, 50
    session.commit()
    sent = _press(marta, f"/queues/{care.id}", having="owner_rule", name="Care")
    assert sent.status_code == 303, read(sent).text
    care = _care(session)
    assert care.ladder == [{**rung, "number": place} for place, rung in enumerate(ladder, start=1)]
    assert (care.name, care.first_response_minutes) == ("Care", 50)
    page = read(marta.get("/queues/")).text
    assert "Open cases keep their deadlines; the next step that one takes is of the ladder as it is now." in page


def test_a_page_offers_room_for_more_steps_up_to_the_most_there_can_be(marta: FlaskClient, session: Session) -> None:
    rung = {"step": "remind", "of": "first_response", "minutes": 0}
    for there, offered in ((0, 6), (4, 6), (5, 7), (11, 12), (12, 12)):
        care = _care(session)
        care.ladder = [{**rung, "minutes": place} for place in range(there)]
        session.commit()
        form = read(marta.get(f"/queues/{care.id}")).form(having="owner_rule")
        assert sum(name.endswith("-step") for name in form) == offered, there


def test_what_a_step_does_is_said_as_it_is(marta: FlaskClient) -> None:
    assert "give it to somebody else, whoever has it" in read(marta.get("/queues/")).text


def test_a_queue_is_made_and_then_described(marta: FlaskClient, session: Session) -> None:
    sent = _press(marta, "/queues/new", having="key", name="Returns", key="returns", team="depot")
    assert sent.status_code == 303
    page = read(marta.get(sent.location))
    assert "Returns is there. Say how it works." in page.text
    again = _press(marta, "/queues/new", having="key", name="Other", key="returns", team="depot")
    assert "Another queue has the key returns. Choose another one." in read(again).text


# Calendars and absences


def test_a_calendar_is_made_and_changed(marta: FlaskClient, session: Session) -> None:
    sent = _press(
        marta,
        "/queues/calendars/new",
        having="zone",
        name="Shop",
        zone="Europe/Madrid",
        mon="9:00-12:30, 13:30 – 18:00",
        sat="10:00–24:00",
        country="es",
        holidays="2026-12-24\n2026-12-31",
    )
    assert sent.status_code == 303, read(sent).text
    row = session.scalars(select(Calendar).where(Calendar.name == "Shop")).one()
    assert row.hours["mon"] == [["09:00", "12:30"], ["13:30", "18:00"]]
    assert (row.hours["sat"], row.hours.get("sun")) == ([["10:00", "24:00"]], None)
    assert (row.country, row.holidays) == ("ES", ["2026-12-24", "2026-12-31"])
    session.commit()
    assert "free on public holidays of ES and 2 more days" in read(marta.get("/queues/")).text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"zone": "Lisbon"}, "Use a name such as Europe/Lisbon."),
        ({"mon": "nine to five"}, "“nine to five” is not understood."),
        ({"mon": "18:00–9:00"}, "On mon, 18:00 to 09:00 ends before it begins."),
        ({"country": "XX"}, "The public holidays of “XX” are not known."),
        ({"holidays": "Christmas"}, "“Christmas” is no date. Write it as 2026-12-24."),
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ""), "The calendar has no open hours"),
        ({"name": "Office hours"}, "Another calendar is called so."),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(marta: FlaskClient, changed: dict[str, str], sentence: str) -> None:
    sent = _press(marta, "/queues/calendars/new", having="zone", **{"name": "Shop", **changed})
    assert sent.status_code == 422
    assert sentence in read(sent).text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_of_another_age_is_refused_in_a_sentence(
    app: Flask, marta: FlaskClient, session: Session, now: datetime, day: str
) -> None:
    ana = hire(app, session, "Ana", now)
    days = {"first_day": min(day, "2026-03-23"), "last_day": max(day, "2026-03-23")}
    sent = _press(marta, "/queues/", having="first_day", user=str(ana.id), **days)
    assert (sent.status_code, "Give a day from 2000 to 2199." in read(sent).text) == (422, True)
    both = _press(marta, "/queues/", having="first_day", user=str(ana.id), first_day=day, last_day=day)
    assert both.status_code == 422


def test_an_absence_is_entered_and_taken_back(app: Flask, marta: FlaskClient, session: Session, now: datetime) -> None:
    ana, ben = hire(app, session, "Ana", now), hire(app, session, "Ben", now)
    days = {"first_day": "2026-03-23", "last_day": "2026-03-27"}
    sent = _press(marta, "/queues/", having="first_day", user=str(ana.id), taker=str(ben.id), **days)
    assert sent.status_code == 303, read(sent).text
    row = session.scalars(select(Absence)).one()
    assert (row.user_id, row.taker_id, row.first_day, row.last_day) == (
        ana.id,
        ben.id,
        date(2026, 3, 23),
        date(2026, 3, 27),
    )
    session.commit()
    shown = read(marta.get("/queues/")).text
    assert "23 Mar 2026 to 27 Mar 2026, Ben keeps the promises" in shown
    twice = _press(marta, "/queues/", having="first_day", user=str(ana.id), **days)
    assert twice.status_code == 422
    assert "Some of these days are entered already." in read(twice).text
    marta.post(f"/queues/absences/{row.id}/cancel", data={"csrf_token": _token(marta)})
    assert session.scalars(select(Absence.id)).all() == []
    session.commit()
