"""Whoever walks in answers: from a receipt, with an order, at a counter, in a panel on the website."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Channel, Collector, ResponseChange, ResponseRevision
from feedback_service.responses.rules.presses import PressSuspicion
from feedback_service.responses.walk_in.limits import PER_ADDRESS
from feedback_service.responses.walk_in.order_links import order_link
from tests.responses.factories import LINK_KEYS, asked, at_once, everything, later, press, read
from tests.responses.walk_in.factories import MANAGER, answers, bought, come, form_at, opened

UNKNOWN, ENDED = "There is no survey here.", "This survey has ended."
AT_ONCE = timedelta(0)
BEFORE = "This order has been answered already."


# A receipt


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_scanning_changes_nothing(
    client: FlaskClient, session: Session, engine: Engine, now: datetime, method: str
) -> None:
    way, screen = opened(session, now), opened(session, now, Channel.KIOSK)
    panel = opened(session, now, Channel.EMBED)
    before = everything(engine)
    for path in (
        f"/c/{way.token}",
        f"/c/{way.token}?score=9&order=O-1",
        f"/c/{way.token}/o/O-1/forged",
        f"/c/{screen.token}/kiosk",
        f"/c/{screen.token}/kiosk/thanks",
        f"/c/{panel.token}/frame",
        f"/c/{panel.token}/embed.js",
    ):
        assert client.open(path, method=method).status_code in (200, 303), path
    assert everything(engine) == before


def test_a_receipt_is_scanned_and_answered(client: FlaskClient, session: Session, now: datetime) -> None:
    way = opened(session, now)
    pressed = come(client, f"/c/{way.token}", score="9")
    assert pressed.status_code == 303
    [answer] = answers(session)
    assert (answer.channel, answer.collector_id, answer.score, answer.order_id) == (Channel.LINK, way.id, 9, None)
    assert (answer.customer_id, answer.invitation_id, answer.claimed_order) == (None, None, None)
    assert [(row.score, row.delta) for row in session.scalars(select(ResponseChange))] == [(9, 1)]


def test_whoever_nobody_knows_is_offered_a_call_and_nothing_else(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    more = come(client, f"/c/{opened(session, now).token}", score="2").location
    page = client.get(more).text
    assert "Call me" in page
    assert "By e-mail" not in page, "nobody knows an address"
    refused = press(client, more, remedy="contact", comment="The queue was long.")
    assert refused.status_code == 422
    assert "Please give a number that we can call" in read(refused).text
    [answer] = answers(session)
    assert (answer.comment, answer.wants_contact) == ("The queue was long.", False), "no wish that nobody could keep"
    thanks = press(client, more, remedy="contact", **{"remedy-phone": "+351 21 000 0000"}).location
    [answer] = answers(session)
    assert (answer.wants_contact, answer.contact_how, answer.contact_phone) == (True, "phone", "+351 21 000 0000")
    assert "Somebody at Corner Shop gets in touch with you today." in client.get(thanks).text


def test_a_content_walk_in_who_asks_for_an_answer_leaves_a_number(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    more = come(client, f"/c/{opened(session, now).token}", score="10").location
    thanks = press(client, more).location
    assert f'<a href="{more}">I would like an answer</a>' in client.get(thanks).text
    assert press(client, more, contact="y").status_code == 422
    assert press(client, more, contact="y", **{"contact-phone": "+351 21 000 0000"}).status_code == 303
    assert "gets in touch with you today." in client.get(thanks).text
    assert press(client, more, contact="").status_code == 303
    [answer] = answers(session)
    assert (answer.wants_contact, answer.contact_phone) == (False, None)


def test_a_proven_order_says_where_to_write(client: FlaskClient, session: Session, now: datetime) -> None:
    way, order = opened(session, now), bought(session, now)
    more = come(client, order_link("", LINK_KEYS, way.token, "shop", order.external_id), score="2").location
    assert "By e-mail" in client.get(more).text


def test_a_counter_s_browser_remembers_nothing_that_was_typed(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    more = come(client, f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk", score="2").location
    page = client.get(more).text
    assert '<form method="post" class="stack-wide" novalidate autocomplete="off">' in page
    assert 'autocomplete="tel"' not in page
    refused = press(client, more, remedy="contact")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (422, "no-store")


def test_words_follow_on_the_pages_that_everybody_gets(client: FlaskClient, session: Session, now: datetime) -> None:
    pressed = come(client, f"/c/{opened(session, now).token}", score="3")
    assert press(client, pressed.location, comment="The queue was long.").status_code == 303
    [answer] = answers(session)
    assert answer.comment == "The queue was long."


def test_pressing_twice_is_one_answer(app: Flask, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    clients = [app.test_client() for _ in range(4)]
    form = {**form_at(clients[0], path), "score": "4"}
    presses = [lambda client=client: client.post(path, data=form) for client in clients]
    led_to = {answer.location for answer in at_once(*presses)}
    assert len(led_to) == 1
    assert len(answers(session)) == 1
    assert len(session.scalars(select(ResponseRevision)).all()) == 1
    assert [(row.score, row.delta) for row in session.scalars(select(ResponseChange))] == [(4, 1)]


def test_the_same_form_with_another_score_corrects_it(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    form = form_at(client, path)
    client.post(path, data={**form, "score": "4"})
    client.post(path, data={**form, "score": "8"})
    [answer] = answers(session)
    assert answer.score == 8


def test_two_people_are_two_answers(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    locations = {come(client, path, score=score).location for score in ("4", "8")}
    assert len(locations) == 2
    assert sorted(answer.score for answer in answers(session)) == [4, 8]


def test_it_works_without_cookies(app: Flask, session: Session, now: datetime) -> None:
    client = app.test_client(use_cookies=False)
    way = opened(session, now)
    assert "Set-Cookie" not in client.get(f"/c/{way.token}").headers
    assert come(client, f"/c/{way.token}", score="3").status_code == 303


@pytest.mark.parametrize("nonce", ["", "made.up", "x" * 500])
def test_a_press_without_our_nonce_is_asked_for_once_more(
    client: FlaskClient, session: Session, engine: Engine, now: datetime, nonce: str
) -> None:
    path = f"/c/{opened(session, now).token}"
    form = {**form_at(client, path), "score": "4", "order": "O-1", "csrf_token": nonce}
    before = everything(engine)
    refused = client.post(path, data=form)
    assert refused.status_code == 422
    assert everything(engine) == before
    page = read(refused).forms[0]
    assert (page["score"], page["order"]) == ("4", "O-1")
    assert client.post(path, data=page).status_code == 303


def test_nobody_chooses_the_name_of_an_answer(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    client.post(path, data={**form_at(client, path), "score": "9"})
    [first] = answers(session)
    form = {**form_at(client, path), "score": "0", "visit": str(first.uid)}
    assert client.post(path, data=form).status_code == 422
    [answer] = answers(session)
    assert answer.score == 9


def test_no_score_is_said_beside_the_scale(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    refused = client.post(path, data={**form_at(client, path), "order": "O-1"})
    assert refused.status_code == 422
    assert "Choose a number first, then press the button." in read(refused).text
    assert read(refused).forms[0]["order"] == "O-1"


def test_its_language_is_the_visitors_and_can_be_changed(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    german = client.get(path, headers={"Accept-Language": "ja, de-AT;q=0.8, en;q=0.5"}).text
    assert 'lang="de"' in german
    assert f"{path}?lang=fr" in german.replace("&amp;", "&")
    assert '<html lang="fr"' in client.get(f"{path}?lang=fr").text
    come(client, f"{path}?lang=fr", score="9")
    [answer] = answers(session)
    assert answer.locale == "fr"


def test_a_way_in_may_begin_in_a_language_of_its_own(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now, locale='ar').token}"
    page = client.get(path, headers={"Accept-Language": "de"}).text
    assert '<html lang="ar" dir="rtl"' in page


# What looks like a machine


def test_a_press_within_no_time_waits_for_a_second_sign(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    pressed = client.post(path, data=form_at(client, path, AT_ONCE, score="9"))
    assert pressed.status_code == 303
    assert answers(session)[0].suspected is PressSuspicion.TOO_FAST
    assert session.scalars(select(ResponseChange)).all() == []
    session.rollback()
    press(client, pressed.location, comment="I am here.")
    assert answers(session)[0].suspected is None
    assert [(row.score, row.delta) for row in session.scalars(select(ResponseChange))] == [(9, 1)]


def test_a_machine_that_names_itself_counts_nowhere(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    client.post(path, data=form_at(client, path, score="0"), headers={"User-Agent": "curl/8.5.0"})
    assert answers(session)[0].suspected is PressSuspicion.KNOWN_AGENT


def test_it_changes_nothing_that_a_person_said(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    form = form_at(client, path)
    client.post(path, data={**form, "score": "9"})
    again = client.post(path, data={**form, "score": "0"}, headers={"User-Agent": "curl/8.5.0"})
    assert again.status_code == 422
    assert answers(session)[0].score == 9


# An order


def test_a_number_that_was_typed_is_kept_as_a_claim(client: FlaskClient, session: Session, now: datetime) -> None:
    bought(session, now, "O-10042")
    come(client, f"/c/{opened(session, now).token}", score="9", order="  O-10042 ")
    [answer] = answers(session)
    assert (answer.claimed_order, answer.order_id, answer.customer_id) == ("O-10042", None, None)


def test_a_number_in_the_address_stands_in_the_form(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}?order=O-7"
    assert form_at(client, path)["order"] == "O-7"
    come(client, path, score="9")
    assert answers(session)[0].claimed_order == "O-7"


def test_a_number_that_is_none_is_asked_for_again(client: FlaskClient, session: Session, now: datetime) -> None:
    path = f"/c/{opened(session, now).token}"
    refused = come(client, path, score="9", order="x" * 129)
    assert refused.status_code == 422
    assert "Please check the order number, or leave it out." in read(refused).text


def order_path(way: Collector, number: str) -> str:
    return order_link("", LINK_KEYS, way.token, "shop", number)


def test_a_parcels_link_proves_its_order(client: FlaskClient, session: Session, now: datetime) -> None:
    order, way = bought(session, now), opened(session, now)
    path = order_path(way, order.external_id)
    page = client.get(path)
    assert "This is about order O-10042." in read(page).text
    assert 'name="order"' not in page.text
    come(client, path, score="2", order="O-999")
    [answer] = answers(session)
    assert (answer.order_id, answer.customer_id, answer.claimed_order) == (order.id, order.customer_id, None)
    assert session.get_one(Address, "a" * 64).last_answered_at == now  # no survey asks them again tomorrow


def test_an_order_is_answered_once(client: FlaskClient, session: Session, now: datetime) -> None:
    order, way = bought(session, now), opened(session, now)
    path = order_path(way, order.external_id)
    second = form_at(client, path)  # opened before the first one pressed
    first = come(client, path, score="9")
    assert BEFORE in read(client.get(path)).text
    late = client.post(path, data={**second, "score": "0"})
    assert BEFORE in read(late).text
    assert first.location not in late.text
    [answer] = answers(session)
    assert answer.score == 9


def test_a_machine_at_a_parcels_link_keeps_nobody_from_answering(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    order, way = bought(session, now), opened(session, now)
    path = order_path(way, order.external_id)
    client.post(path, data=form_at(client, path, score="0"), headers={"User-Agent": "curl/8.5.0"})
    assert answers(session)[0].suspected is PressSuspicion.KNOWN_AGENT
    assert BEFORE not in read(client.get(path)).text
    more = come(client, path, score="9")
    assert more.status_code == 303
    press(client, more.location, comment="It came early.")
    [answer] = answers(session)
    assert (answer.score, answer.suspected, answer.comment) == (9, None, "It came early.")
    assert session.get_one(Address, "a" * 64).last_answered_at == now
    session.rollback()
    assert BEFORE in read(client.get(path)).text


def test_two_at_one_parcel_are_one_answer(app: Flask, session: Session, now: datetime) -> None:
    order, way = bought(session, now), opened(session, now)
    path = order_path(way, order.external_id)
    clients = [app.test_client() for _ in range(3)]
    forms = [{**form_at(client, path), "score": "5"} for client in clients]
    presses = [
        lambda client=client, form=form: client.post(path, data=form).status_code
        for client, form in zip(clients, forms, strict=True)
    ]
    assert sorted(at_once(*presses)) == [200, 200, 303]
    assert len(answers(session)) == 1


@pytest.mark.parametrize("forged", ["forged", "%C3%BC", "%00", "x" * 400])
def test_a_proof_that_does_not_hold_leaves_a_claim(
    client: FlaskClient, session: Session, now: datetime, forged: str
) -> None:
    bought(session, now)
    way = opened(session, now)
    led = client.get(f"/c/{way.token}/o/O-10042/{forged}")
    assert (led.status_code, led.location) == (303, f"/c/{way.token}?order=O-10042")
    come(client, led.location, score="9")
    assert (answers(session)[0].order_id, answers(session)[0].claimed_order) == (None, "O-10042")


def test_a_number_that_no_database_can_hold_is_a_claim_too(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    path = client.get(f"/c/{opened(session, now).token}/o/a%00b/forged").location
    assert come(client, path, score="9").status_code == 303
    assert answers(session)[0].claimed_order == "ab"


def test_a_form_of_one_order_is_worth_nothing_for_another(client: FlaskClient, session: Session, now: datetime) -> None:
    order, way = bought(session, now), opened(session, now)
    form = {**form_at(client, f"/c/{way.token}"), "score": "9"}
    assert client.post(order_path(way, order.external_id), data=form).status_code == 422
    assert answers(session) == []


# Nothing to answer


def test_an_unknown_address_says_so_kindly(client: FlaskClient) -> None:
    for token in ("nobody", "x" * 3000, "%00", "%ED%A0%80", "a%20b", "<script>"):
        for end in ("", "/kiosk", "/frame", "/kiosk/thanks", "/o/1/2"):
            gone = client.get(f"/c/{token}{end}")
            assert gone.status_code == 404, (token, end)
            assert UNKNOWN in read(gone).text
        assert client.get(f"/c/{token}/embed.js").status_code == 404
    assert "Hier gibt es keine Umfrage." in client.get("/c/nobody", headers={"Accept-Language": "de"}).text


def test_a_closed_way_in_has_ended(client: FlaskClient, session: Session, engine: Engine, now: datetime) -> None:
    way = opened(session, now)
    form = {**form_at(client, f"/c/{way.token}"), "score": "9"}
    way.closed_at, way.closed_by = now, MANAGER
    session.commit()
    before = everything(engine)
    for ended in (client.get(f"/c/{way.token}"), client.post(f"/c/{way.token}", data=form)):
        assert ended.status_code == 410
        assert ENDED in read(ended).text
    assert everything(engine) == before


def test_a_closed_survey_has_ended_too(client: FlaskClient, session: Session, now: datetime) -> None:
    way, panel = opened(session, now), opened(session, now, Channel.EMBED)
    survey = session.get_one(Survey, way.survey_key)
    survey.rules = {**survey.rules, "status": "closed"}
    session.commit()
    assert client.get(f"/c/{way.token}").status_code == 410
    script = client.get(f"/c/{panel.token}/embed.js")
    assert (script.status_code, script.text) == (200, "")  # the website's pages go on without a panel


def test_every_door_leads_to_its_own_page(client: FlaskClient, session: Session, now: datetime) -> None:
    ends = {Channel.LINK: "", Channel.KIOSK: "/kiosk", Channel.EMBED: "/frame"}
    for channel, end in ends.items():
        way = opened(session, now, channel)
        for other in ends.values():
            led = client.get(f"/c/{way.token}{other}")
            assert led.location == (None if other == end else f"/c/{way.token}{end}")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_its_form_goes_where_it_stands_below_a_path_of_the_shops(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    way = opened(session, now)
    page = client.get(f"/c/{way.token}", environ_overrides={"SCRIPT_NAME": "/feedback"})
    assert read(page).forms[0][":action"].startswith(f"/feedback/c/{way.token}?")


# A counter


def test_a_counter_thanks_and_shows_nobody_anything(client: FlaskClient, session: Session, now: datetime) -> None:
    start = f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk"
    more = come(client, start, score="3").location
    assert read(client.get(more)).forms
    sent = press(client, more, comment="My name is Ana Souza.")
    thanks = client.get(sent.location)
    assert thanks.location == f"{start}/thanks"
    page = client.get(thanks.location)
    assert f"url={start}" in page.text
    assert "Ana" not in page.text
    for gone in (more, more.removesuffix("/more")):
        assert client.get(gone).location == start, gone
    assert "checked" not in client.get(start).text


@pytest.mark.parametrize("number", ["3000000000", "99999999999999999999"])
def test_a_page_that_no_survey_has_ends_it_as_well(
    client: FlaskClient, session: Session, now: datetime, number: str
) -> None:
    more = come(client, f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk", score="3").location
    assert client.post(f"{more}/{number}").location == more.replace("/more", "/thanks")


def test_what_nobody_sent_is_gone_a_while_later(client: FlaskClient, session: Session, now: datetime) -> None:
    start = f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk"
    more = come(client, start, score="3").location
    with later(now, minutes=9):
        assert client.get(more).status_code == 200
    with later(now, minutes=10):
        assert client.get(more).location == start


def test_whoever_writes_slowly_is_not_sent_away(client: FlaskClient, session: Session, now: datetime) -> None:
    more = come(client, f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk", score="3").location
    form = {**read(client.get(more)).form(having="comment"), "comment": "It is a long story."}
    with later(now, minutes=20):
        assert client.post(more, data=form).status_code == 303
    assert answers(session)[0].comment == "It is a long story."


def test_a_doubtful_press_at_a_counter_is_asked_for_once_more(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    start = f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk"
    more = client.post(start, data=form_at(client, start, AT_ONCE, score="9")).location
    assert answers(session)[0].suspected is PressSuspicion.TOO_FAST
    page = client.get(client.get(more.replace("/more", "/thanks")).location)
    assert page.status_code == 200
    client.post(more.removesuffix("/more"), data=form_at(client, more.removesuffix("/more"), score="9"))
    assert answers(session)[0].suspected is None


def test_a_form_found_by_the_next_person_is_theirs(client: FlaskClient, session: Session, now: datetime) -> None:
    start = f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk"
    form = form_at(client, start)
    first = client.post(start, data={**form, "score": "9"})
    assert client.post(start, data={**form, "score": "9"}).location == first.location  # a finger that trembles
    with later(now, minutes=2):
        assert client.post(start, data={**form, "score": "2"}).location != first.location
    assert sorted(answer.score for answer in answers(session)) == [2, 9]


def test_a_counters_pages_link_to_nothing_else(client: FlaskClient, session: Session, now: datetime) -> None:
    start = f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk"
    more = come(client, start, score="9").location
    for path in (start, more, f"{start}/thanks"):
        page = client.get(path).text
        links = [part.split('"')[0] for part in page.split('<a href="')[1:]]
        assert all(link.startswith((start, "/r/")) for link in links), links


# A panel on the website


def test_only_the_shops_pages_may_hold_it(client: FlaskClient, session: Session, now: datetime) -> None:
    way = opened(session, now, Channel.EMBED, origins=("https://a.example", "https://b.example"))
    frame = f"/c/{way.token}/frame"
    more = come(client, frame, score="9").location
    for path in (frame, more, more.replace("/more", "/thanks"), f"{frame}?lang=ar"):
        headers = client.get(path).headers
        assert "frame-ancestors https://a.example https://b.example;" in headers["Content-Security-Policy"], path
        assert "X-Frame-Options" not in headers, path
    for path in (f"/c/{way.token}/embed.js", "/c/nobody/frame", f"{more}x"):
        assert client.get(path).headers["X-Frame-Options"] == "DENY", path


def test_a_refused_form_stays_in_its_frame(client: FlaskClient, session: Session, now: datetime) -> None:
    refused = client.post(f"/c/{opened(session, now, Channel.EMBED).token}/frame", data={})
    assert refused.status_code == 422
    assert "X-Frame-Options" not in refused.headers


def test_the_answer_says_that_it_came_by_the_panel(client: FlaskClient, session: Session, now: datetime) -> None:
    come(client, f"/c/{opened(session, now, Channel.EMBED).token}/frame?order=O-7", score="9")
    [answer] = answers(session)
    assert (answer.channel, answer.claimed_order) == (Channel.EMBED, "O-7")


def test_the_scripts_may_be_kept_and_are_asked_about(client: FlaskClient, session: Session, now: datetime) -> None:
    way = opened(session, now, Channel.EMBED)
    for path in (f"/c/{way.token}/embed.js", "/c/scripts/kiosk.js", "/c/scripts/frame.js"):
        script = client.get(path)
        assert script.mimetype == "text/javascript"
        assert "public" in script.headers["Cache-Control"]
        assert client.get(path, headers={"If-None-Match": script.headers["ETag"]}).status_code == 304
    assert client.get("/c/scripts/embed.js").status_code == 404


# Limits


def test_too_many_answers_are_asked_to_wait_and_lose_nothing(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    path = f"/c/{opened(session, now).token}"
    room = PER_ADDRESS[Channel.LINK][0].amount
    assert [come(client, path, score="5").status_code for _ in range(room)] == [303] * room
    busy = come(client, path, score="7", order="O-9")
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "60")
    assert "Nothing you entered is lost" in read(busy).text
    form = read(busy).forms[0]
    assert (form["score"], form["order"]) == ("7", "O-9")
    assert len(answers(session)) == room
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.post(path, data=form, environ_overrides=elsewhere).status_code == 303


def test_a_crowd_at_a_counter_costs_no_personal_link(client: FlaskClient, session: Session, now: datetime) -> None:
    start, person = f"/c/{opened(session, now, Channel.KIOSK).token}/kiosk", asked(session, now)
    for _ in range(PER_ADDRESS[Channel.KIOSK][0].amount + 1):
        last = come(client, start, score="5")
    assert last.status_code == 429
    assert press(client, person.path, score="9").status_code == 303
