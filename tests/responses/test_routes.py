"""A buyer opens the link from the mail, chooses, presses, and says why."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from feedback_service.invitations.links import token, token_hash
from feedback_service.invitations.models import Invitation, LinkScope
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words, read_surveys
from feedback_service.responses.models import Response, ResponseChange, ResponseRevision, RevisionKind
from feedback_service.responses.nonce import NONCE_SECONDS, make_nonce
from feedback_service.responses.opened import tongue
from tests.responses.factories import (
    CSAT,
    LINK_KEYS,
    NPS,
    READING,
    asked,
    at_once,
    everything,
    later,
    look,
    press,
    read,
)

ONCE_MORE = "This page was open for a long time. Nothing is lost: please press the button once more."
LARGEST_PAGE = 40 * 1024  # bytes, with its stylesheet: a phone on a bad line


def _answer(session: Session) -> Response | None:
    session.rollback()  # look afresh
    return session.scalar(select(Response).execution_options(populate_existing=True))


# Opening changes nothing


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_opening_a_link_leaves_every_table_as_it_was(
    client: FlaskClient, session: Session, engine: Engine, now: datetime, method: str
) -> None:
    person = asked(session, now)
    before = everything(engine)
    for end in ("", "?score=9", "?score=0", "?score=11", "?score=x", "/more", "/thanks"):
        assert client.open(person.path + end, method=method).status_code in (200, 302, 303), end
    assert everything(engine) == before


def test_opening_an_answered_link_leaves_every_table_as_it_was(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    person = asked(session, now)
    press(client, person.path, score="3")
    before = everything(engine)
    for end in ("", "?score=9", "/more", "/thanks"):
        assert client.get(person.path + end).status_code == 200
    assert everything(engine) == before


def test_a_score_in_the_link_only_preselects(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    for query, chosen, why in (
        ("?score=9", "9", "the number tapped in the mail"),
        ("?score=0", "0", "zero is a score"),
        ("?score=11", None, "off the scale"),
        ("?score=-1", None, "off the scale"),
        ("?score=9.5", None, "between two scores"),
        ("?score=" + "9" * 5000, None, "no number anybody prints"),
        ("", None, "nothing tapped"),
    ):
        assert read(client.get(person.path + query)).forms[0].get("score") == chosen, why


# Pressing


def test_press_confirms_and_words_follow(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    pressed = press(client, f"{person.path}?score=3", score="3")
    assert (pressed.status_code, pressed.location) == (303, f"{person.path}/more")
    saved = press(client, pressed.location, comment="It came late.\r\nVery late.")
    assert (saved.status_code, saved.location) == (303, f"{person.path}/thanks")
    assert "Thank you for your time." in read(client.get(saved.location)).text
    answer = _answer(session)
    assert answer is not None
    assert (answer.score, answer.comment, answer.suspected) == (3, "It came late.\nVery late.", None)
    assert session.get_one(Invitation, person.invitation_id).answered_at == now


def test_the_score_is_kept_when_the_words_are_never_written(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    press(client, asked(session, now).path, score="0")
    answer = _answer(session)
    assert answer is not None
    assert (answer.score, answer.comment, answer.survey_key, answer.locale) == (0, "", NPS, "en")


def test_two_devices_press_at_once(app: Flask, session: Session, now: datetime) -> None:
    person = asked(session, now)
    clients = [app.test_client() for _ in range(4)]
    forms = [{**look(each, person.path).forms[0], "score": "4"} for each in clients]
    presses = [
        lambda client=client, form=form: client.post(person.path, data=form).status_code
        for client, form in zip(clients, forms, strict=True)
    ]
    assert at_once(*presses) == [303] * 4
    assert len(session.scalars(select(Response)).all()) == 1
    assert [(row.score, row.delta) for row in session.scalars(select(ResponseChange))] == [(4, 1)]
    assert len(session.scalars(select(ResponseRevision)).all()) == 1


def test_the_page_after_the_score_can_change_it(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="9")
    assert read(client.get(person.path)).forms[0]["score"] == "9"
    with later(now, hours=23):
        assert press(client, person.path, score="2").status_code == 303
    answer = _answer(session)
    assert answer is not None
    assert (answer.score, answer.answered_at) == (2, now)


def test_after_a_day_the_page_says_that_the_answer_stands(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="9")
    with later(now, hours=24):
        late = press(client, person.path, score="2")
        assert late.status_code == 200
        assert "Your answer stands." in read(late).text
        press(client, f"{person.path}/more", comment="The zip broke today.")
        assert read(client.get(f"{person.path}/more")).form(having="comment")["comment"] == "The zip broke today."
    answer = _answer(session)
    assert answer is not None
    assert (answer.score, answer.comment) == (9, "The zip broke today.")
    kinds = session.scalars(select(ResponseRevision.kind).order_by(ResponseRevision.ordinal)).all()
    assert kinds == [RevisionKind.ANSWER, RevisionKind.LATER, RevisionKind.LATER]


def test_no_score_chosen_is_said_beside_the_scale(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    refused = client.post(person.path, data={"csrf_token": look(client, person.path).forms[0]["csrf_token"]})
    assert refused.status_code == 422
    assert "Choose a number first, then press the button." in read(refused).text
    assert _answer(session) is None


def test_words_before_the_score_lead_to_the_score(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    for end in ("/more", "/thanks"):
        assert client.get(person.path + end).location == person.path
    assert client.post(f"{person.path}/more", data={"comment": "First!"}).location == person.path
    assert _answer(session) is None


# The nonce


KEY = b"a secret key for tests only"


def _stale(session: Session, secret: str, now: datetime) -> str:
    del session
    return make_nonce(KEY, token_hash(secret), "", now - timedelta(seconds=NONCE_SECONDS + 60))


def _of_another_link(session: Session, secret: str, now: datetime) -> str:
    del secret
    return make_nonce(KEY, token_hash(asked(session, now).secret), "", now - READING)


def _forged(session: Session, secret: str, now: datetime) -> str:
    del session
    return make_nonce(b"another key altogether", token_hash(secret), "", now - READING)


def _missing(session: Session, secret: str, now: datetime) -> str:
    del session, secret, now
    return ""


NONCES = pytest.mark.parametrize("bad_nonce", [_stale, _of_another_link, _forged, _missing])


@NONCES
def test_a_score_with_a_bad_nonce_is_asked_for_once_more(
    client: FlaskClient,
    session: Session,
    engine: Engine,
    now: datetime,
    bad_nonce: Callable[[Session, str, datetime], str],
) -> None:
    person = asked(session, now)
    nonce = bad_nonce(session, person.secret, now)
    before = everything(engine)
    refused = client.post(person.path, data={"score": "3", "csrf_token": nonce})
    assert refused.status_code == 422
    assert everything(engine) == before
    page = read(refused)
    assert ONCE_MORE in page.text
    assert page.forms[0]["score"] == "3"
    with later(now, seconds=4):
        assert client.post(person.path, data=page.forms[0]).status_code == 303
    answer = _answer(session)
    assert answer is not None
    assert (answer.score, answer.suspected) == (3, None)


@NONCES
def test_words_with_a_bad_nonce_are_still_in_the_form(
    client: FlaskClient,
    session: Session,
    engine: Engine,
    now: datetime,
    bad_nonce: Callable[[Session, str, datetime], str],
) -> None:
    person = asked(session, now)
    press(client, person.path, score="3")
    nonce = bad_nonce(session, person.secret, now)
    before = everything(engine)
    typed = {"comment": "It came late.\n\nThree weeks!", "driver": "delivery"}
    refused = client.post(f"{person.path}/more", data={**typed, "csrf_token": nonce})
    assert refused.status_code == 422
    assert everything(engine) == before
    page = read(refused)
    assert ONCE_MORE in page.text
    assert {name: page.forms[0][name].replace("\r\n", "\n") for name in typed} == typed
    assert client.post(f"{person.path}/more", data=page.forms[0]).status_code == 303
    answer = _answer(session)
    assert answer is not None
    assert answer.comment == typed["comment"]


def test_it_works_with_cookies_off(app: Flask, session: Session, now: datetime) -> None:
    client = app.test_client(use_cookies=False)
    person = asked(session, now)
    opened = client.get(person.path)
    assert "Set-Cookie" not in opened.headers
    assert press(client, person.path, score="3").status_code == 303
    assert press(client, f"{person.path}/more", comment="No cookies, please.").status_code == 303


# What people type


def test_five_thousand_emoji_are_kept(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="3")
    assert press(client, f"{person.path}/more", comment="🐌" * 5_000).status_code == 303
    answer = _answer(session)
    assert answer is not None
    assert answer.comment == "🐌" * 5_000


def test_one_character_more_is_refused_and_not_lost(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="3")
    refused = press(client, f"{person.path}/more", comment="x" * 5_001)
    assert refused.status_code == 422
    assert "Your answer to “What went wrong?” is longer than 5,000 characters." in read(refused).text
    assert read(refused).forms[0]["comment"] == "x" * 5_001
    answer = _answer(session)
    assert answer is not None
    assert answer.comment == ""


def test_words_come_back_as_they_were_typed(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="3")
    for typed in (
        "<script>alert(1)</script>",
        "</textarea><h1>mine</h1>",
        "{{ 7 * 7 }} {% for x in y %} {name} {0} %s",
        "שלום، החבילה לא הגיעה",
        "\u202etxt.exe\u202c",
        "&amp; &lt;",
        "line\n\n\nline",
    ):
        press(client, f"{person.path}/more", comment=typed)
        page = read(client.get(f"{person.path}/more"))
        assert page.forms[0]["comment"] == typed
        assert "mine" not in page.words


def test_nul_is_dropped_and_the_rest_kept(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="3")
    assert press(client, f"{person.path}/more", comment="be\0fore").status_code == 303
    answer = _answer(session)
    assert answer is not None
    assert answer.comment == "before"


def test_bytes_that_are_no_text_are_no_reason_to_fail(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="3")
    nonce = read(client.get(f"{person.path}/more")).forms[0]["csrf_token"]
    body = f"csrf_token={nonce}&comment=%ED%A0%80%FFx".encode()
    sent = client.post(f"{person.path}/more", data=body, content_type="application/x-www-form-urlencoded")
    assert sent.status_code == 303


def test_a_name_full_of_markup_stays_text(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now, name="<b>{shop}</b>")
    assert "<b>{shop}" not in client.get(person.path).get_data(as_text=True)


# Links that lead nowhere


def test_an_unknown_link_gets_one_kind_answer(client: FlaskClient) -> None:
    for secret in ("nobody", "x" * 3000, "%00", "%ED%A0%80", "a%20b", "<script>"):
        for end in ("", "/more", "/thanks"):
            gone = client.get(f"/r/{secret}{end}")
            assert gone.status_code == 404
            assert "This link does not work." in read(gone).text


def test_an_unknown_link_is_explained_in_the_browser_s_language(client: FlaskClient) -> None:
    gone = client.get("/r/nobody", headers={"Accept-Language": "xx, pt;q=0.9, en;q=0.5"})
    assert "Este link não funciona." in read(gone).text
    assert 'lang="pt-BR"' in gone.get_data(as_text=True)


def test_the_unsubscribe_link_opens_no_answer(client: FlaskClient, session: Session, now: datetime) -> None:
    invitation = session.get_one(Invitation, asked(session, now).invitation_id)
    assert client.get(f"/r/{token(LINK_KEYS, LinkScope.UNSUBSCRIBE, invitation.uid, 1)}").status_code == 404


def test_a_link_ends_at_its_moment_and_says_so(
    client: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    person = asked(session, now)
    form = {**read(client.get(person.path)).forms[0], "score": "3"}
    with later(now, days=30, microseconds=-1):
        assert client.get(person.path).status_code == 200
    before = everything(engine)
    with later(now, days=30):
        for ended in (client.get(person.path), client.post(person.path, data=form), client.get(f"{person.path}/more")):
            assert ended.status_code == 410
            assert "This survey has ended." in read(ended).text
    assert everything(engine) == before


def test_other_methods_change_nothing(client: FlaskClient, session: Session, engine: Engine, now: datetime) -> None:
    person = asked(session, now)
    before = everything(engine)
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.open(person.path, method=method).status_code == 405
    assert everything(engine) == before


@pytest.mark.parametrize(("chosen", "locale", "said"), [
    ("", "de", "Unter dieser Adresse geht das nicht."),
    ("?lang=fr", "fr", "Cette adresse ne permet pas cela."),
])  # fmt: skip
def test_what_an_address_does_not_take_is_not_our_fault(
    client: FlaskClient, session: Session, now: datetime, chosen: str, locale: str, said: str
) -> None:
    person = asked(session, now, locale="de")
    for method, path in (("PUT", person.path), ("POST", f"{person.path}/thanks")):
        page = client.open(path + chosen, method=method, headers={"Accept-Language": "es"})
        assert page.status_code == 405
        assert f'lang="{locale}"' in page.text
        assert said in page.text
    assert client.put(f"{person.path}/more/1").status_code == 405
    assert "No se ha cambiado nada." in client.put("/r/wrong", headers={"Accept-Language": "es"}).text


def test_a_browser_may_keep_what_its_form_was_answered_with(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = asked(session, now)
    form = look(client, person.path).forms[0]
    assert client.get(person.path).headers["Cache-Control"] == "no-store"
    refused = client.post(person.path, data=form)
    assert (refused.status_code, refused.headers["Cache-Control"]) == (422, "private, max-age=0")
    taken = client.post(person.path, data={**form, "score": "9"})
    assert (taken.status_code, taken.headers["Cache-Control"]) == (303, "no-store")


# How the pages look and speak


def _texts(words: object) -> set[str]:
    """Every sentence in a group of words."""
    if isinstance(words, BaseModel):
        words = dict(words)
    if isinstance(words, dict):
        return {sentence for value in words.values() for sentence in _texts(value)}
    return {" ".join(str(words).split())}


@pytest.mark.parametrize("survey", [NPS, CSAT])
def test_brazilian_pages_hold_only_words_of_the_brazilian_files(
    client: FlaskClient, session: Session, now: datetime, survey: str
) -> None:
    person = asked(session, now, survey=survey, locale="pt-BR", name="João")
    pages = [
        client.get(person.path),
        client.post(person.path),
        client.post(person.path, data={"csrf_token": look(client, person.path).forms[0]["csrf_token"]}),
        press(client, person.path, score="5"),
        client.get(person.path),
        client.get(f"{person.path}/more"),
        client.post(f"{person.path}/more", data={"comment": "x" * 5_001}),
        client.get(f"{person.path}/thanks"),
    ]
    with later(now, hours=25):
        pages.append(press(client, person.path, score="1"))
    with later(now, days=31):
        pages.append(client.get(person.path))
    wording = read_surveys(SURVEYS)[survey].wordings["pt-BR"]
    tongues = {tongue(locale).name for locale in read_surveys(SURVEYS)[survey].wordings}
    known = _texts(wording) | _texts(read_common_words(SURVEYS)["pt-BR"]) | tongues
    order = session.get_one(Invitation, person.invitation_id).order.external_id
    for page in pages:
        if page.status_code == 303:
            continue
        assert 'lang="pt-BR"' in page.get_data(as_text=True)
        for word in read(page).words:
            assert _is_from(word, known, order), f"{word!r} is in no Brazilian wording"


def _is_from(text: str, known: set[str], order: str) -> bool:
    """Whether a text is made of wordings (a title joins one with the shop's name), the shop's name and digits."""
    for sentence in sorted(known, key=len, reverse=True):
        facts = {"shop": "Corner Shop", "order": re.escape(order)}
        pattern = re.sub(r"\\{(\w+)\\}", lambda part, facts=facts: facts.get(part[1], ".+?"), re.escape(sentence))
        text = re.sub(pattern, "", text)
    return text.replace("Corner Shop", "").strip(" –0123456789") == ""


@pytest.mark.parametrize("survey", [NPS, CSAT])
def test_the_answer_page_is_small_and_whole(client: FlaskClient, session: Session, now: datetime, survey: str) -> None:
    answer = client.get(asked(session, now, survey=survey).path)
    page = read(answer)
    assert len(page.stylesheets) == 1
    stylesheet = client.get(page.stylesheets[0])
    assert stylesheet.status_code == 200
    assert len(answer.data) + len(stylesheet.data) < LARGEST_PAGE
    text = answer.get_data(as_text=True)
    assert "<script" not in text
    assert "style=" not in text
    assert 'name="robots" content="noindex"' in text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_customer_reads_no_jargon(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="0")
    for end in ("", "/more", "/thanks"):
        text = read(client.get(person.path + end)).text.lower()
        for jargon in ("nps", "csat", "detractor", "promoter", "token", "nonce", "csrf"):
            assert jargon not in text


def test_a_delivery_survey_has_its_own_scale(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now, survey=CSAT)
    assert press(client, person.path, score="0").status_code == 422
    assert press(client, person.path, score="5").status_code == 303


def test_a_page_keeps_to_the_language_of_its_mail(client: FlaskClient, session: Session, now: datetime) -> None:
    page = client.get(asked(session, now, locale="en").path, headers={"Accept-Language": "pt-BR"})
    assert 'lang="en"' in page.get_data(as_text=True)
