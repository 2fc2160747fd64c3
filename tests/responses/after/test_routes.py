"""The last page: thanks for everybody, an honest word on what happens next, and what one may do if one likes."""

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from feedback_service.advocacy import models
from feedback_service.advocacy.models import Referral, ShownWhere, SignedAs
from feedback_service.config import Settings
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Remedy, Response
from feedback_service.responses.rules.presses import PressSuspicion
from tests.responses.after.factories import WORDS, has_answered, send, walked_in
from tests.responses.factories import CSAT, Asked, asked, at_once, everything, later, read

REVIEWS = "Trustpilot=https://reviews.example/shop?a=1&b=2|Lojas & Cia=https://lojas.example/"
LARGEST_PAGE = 40 * 1024


@pytest.fixture
def shop(app: Flask, settings: Settings) -> Settings:
    """A shop with an address, and with places where it can be reviewed."""
    told = settings.model_copy(
        update={
            "shop_url": "https://corner-shop.example/",
            "review_links": REVIEWS,
            "public_url": "https://ask.corner-shop.example",
        }
    )
    app.extensions["feedback_settings"] = told
    return told


def last_page(client: FlaskClient, person: Asked) -> str:
    page = client.get(f"{person.path}/thanks")
    assert page.status_code == 200
    return page.text


def words(client: FlaskClient, person: Asked) -> str:
    return read(client.get(f"{person.path}/thanks")).text


def kept_testimonial(session: Session) -> models.Testimonial | None:
    session.rollback()
    row = session.scalar(select(models.Testimonial).execution_options(populate_existing=True))
    session.rollback()
    return row


# Thanks, and what happens next


def test_whoever_has_not_answered_is_asked_first(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    went = client.get(f"{person.path}/thanks")
    assert (went.status_code, went.location) == (303, person.path)


@pytest.mark.parametrize(
    ("score", "said", "sentence"),
    [
        (10, {}, "Nobody will contact you about this, unless you ask for it."),
        (10, {"wants_contact": True}, "Somebody at Corner Shop gets in touch with you today."),
        (2, {}, "Somebody at Corner Shop takes this up by March 21, 2026."),
        (2, {"remedy": Remedy.NOTE}, "We have taken note. Nobody will contact you, as you wished."),
        (
            2,
            {"remedy": Remedy.PUT_RIGHT},
            "Somebody at Corner Shop gets in touch with you by March 21, 2026, to put this right.",
        ),
    ],
)
def test_everybody_is_thanked_and_told_what_happens_next(
    client: FlaskClient, session: Session, now: datetime, score: int, said: dict[str, Any], sentence: str
) -> None:
    shown = words(client, has_answered(session, now, score, **said))
    assert "Thank you for your time." in shown
    assert sentence in shown


def test_the_day_is_the_customers_in_their_words(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 2, asking={"locale": "pt-BR"}, wants_contact=True)
    session.get_one(Invitation, person.invitation_id).customer.time_zone = "Pacific/Auckland"  # 23:00 when they answer
    session.commit()
    assert "até 21 de março de 2026" in words(client, person)


def test_a_day_that_has_passed_is_not_promised_once_more(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 2)
    with later(now, days=3):
        shown = words(client, person)
    assert "was to take this up by March 21, 2026." in shown
    assert "takes this up by" not in shown


def test_whoever_was_content_can_still_ask_for_an_answer(client: FlaskClient, session: Session, now: datetime) -> None:
    happy, unhappy = has_answered(session, now, 10), has_answered(session, now, 2)
    assert f'<a href="{happy.path}/more">I would like an answer</a>' in last_page(client, happy)
    assert "I would like an answer" not in last_page(client, unhappy)


def test_the_answer_can_be_changed_for_as_long_as_that_counts(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = has_answered(session, now, 2)
    change = f'<a href="{person.path}">Change my answer</a>'
    assert change in last_page(client, person)
    with later(now, hours=25):
        assert change not in last_page(client, person)


def test_the_status_page_is_a_link_away(client: FlaskClient, session: Session, now: datetime) -> None:
    shown = last_page(client, has_answered(session, now, 2))
    assert re.search(r'<a href="/s/[\w-]{24}">What happened to my feedback</a>', shown)


def test_nothing_is_promised_to_what_looks_like_a_machine(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 2, comment=WORDS, suspected=PressSuspicion.TOO_FAST)
    shown = words(client, person)
    assert "One last press, so that we know a person chose this." in shown
    assert "takes this up" not in shown


def test_the_page_shows_nothing_personal(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 2, asking={"name": "Ana Souza"})
    owner = session.get_one(Invitation, person.invitation_id).customer
    owner.email = "ana@example.com"
    session.commit()
    shown = re.sub('(?:href|action|value)="[^"]*"', "", last_page(client, person))  # secrets may spell anything
    assert not any(fact in shown for fact in ("Ana", "ana@example.com", "O-", f">{owner.external_id}<"))


def test_opening_the_page_changes_nothing(
    client: FlaskClient, session: Session, engine: Engine, shop: Settings, now: datetime
) -> None:
    person = has_answered(session, now, 10, comment=WORDS)
    before = everything(engine)
    for method in ("GET", "HEAD", "OPTIONS"):
        assert client.open(f"{person.path}/thanks", method=method).status_code == 200
    for end in ("referral", "testimonial", "testimonial/withdraw"):
        assert client.get(f"{person.path}/{end}").status_code == 303
    assert everything(engine) == before


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("end", "place"),
    [("referral", "referral"), ("testimonial", "testimonial"), ("testimonial/withdraw", "testimonial")],
)
def test_whoever_comes_back_to_a_form_s_address_finds_the_page_it_stands_on(
    client: FlaskClient, session: Session, now: datetime, end: str, place: str
) -> None:
    person = has_answered(session, now, 10, comment=WORDS)
    sent = client.post(f"{person.path}/{end}")
    assert sent.status_code == (303 if end == "testimonial/withdraw" else 422), "nothing was allowed that is taken back"
    back = client.get(f"{person.path}/{end}?lang=de")
    assert (back.status_code, back.location) == (303, f"{person.path}/thanks?lang=de#{place}")
    assert client.get(f"/r/wrong/{end}").status_code == 404


def test_a_promise_for_today_says_today_and_then_that_it_was_broken(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = has_answered(session, now, 2, asking={"locale": "de"}, wants_contact=True)
    assert "Heute noch meldet sich jemand von Corner Shop bei Ihnen." in words(client, person)
    with later(now, hours=9):
        assert "Heute hätte sich schon jemand bei Corner Shop der Sache annehmen sollen." in words(client, person)
    with later(now, days=1):
        assert "Bis zum 20. März 2026 sollte sich jemand" in words(client, person)


def test_the_page_is_small(client: FlaskClient, session: Session, shop: Settings, now: datetime) -> None:
    page = client.get(f"{has_answered(session, now, 10, comment=WORDS).path}/thanks")
    sheets = read(page).stylesheets
    assert len(sheets) == 1
    assert len(page.data) + len(client.get(sheets[0]).data) < LARGEST_PAGE


# Public reviews


def reviews_of(page: str) -> tuple[str, int]:
    """The section with its links, and how many sections stand before it."""
    sections = page.split("<section")
    number = next(number for number, section in enumerate(sections) if 'id="reviews"' in section)
    return sections[number].partition("</section>")[0], number


@pytest.mark.usefixtures("shop")
def test_reviews_are_offered_in_the_same_words_and_place_whatever_was_answered(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    shown = {
        reviews_of(last_page(client, has_answered(session, now, score, comment=comment, remedy=remedy)))
        for score in range(11)
        for comment in ("", WORDS)
        for remedy in (None, Remedy.CONTACT)
    }
    assert len(shown) == 1, "selective soliciting is against the rules of those who publish reviews"
    ((html, number),) = shown
    assert number == 2
    assert '<a href="https://reviews.example/shop?a=1&amp;b=2" rel="noopener noreferrer nofollow"' in html
    assert "Lojas &amp; Cia" in html
    assert "target=" not in html, "it opens as any link does"


def test_a_shop_without_places_to_review_it_offers_none(client: FlaskClient, session: Session, now: datetime) -> None:
    assert "Tell others" not in last_page(client, has_answered(session, now, 10))


# People whom nobody asked by mail


@pytest.mark.usefixtures("shop")
def test_a_walk_in_is_thanked_and_offered_what_everybody_is(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = walked_in(session, now, 10, comment=WORDS)
    shown = words(client, person)
    assert "Thank you for your time." in shown
    assert "Trustpilot" in shown
    for personal in ("What happened to my feedback", "Recommend us", "May we show"):
        assert personal not in shown
    for end in ("referral", "testimonial"):
        assert client.post(f"{person.path}/{end}").status_code == 303
    assert codes(session) == []
    assert kept_testimonial(session) is None


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("+351 21 000 0000", "gets in touch with you today."),
        (None, "takes this up today."),
    ],
)
def test_a_walk_in_is_promised_a_call_only_where_there_is_a_number(
    client: FlaskClient, session: Session, now: datetime, phone: str | None, sentence: str
) -> None:
    person = walked_in(session, now, 2, wants_contact=True, remedy=Remedy.CONTACT, contact_phone=phone)
    assert sentence in words(client, person)


@pytest.mark.usefixtures("shop")
def test_whoever_answered_a_pulse_is_thanked_and_stays_unknown(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = asked(session, now, survey="employee_pulse")
    session.get_one(Invitation, person.invitation_id).answered_at = now
    session.commit()
    shown = words(client, person)
    assert "Nobody can tell which answer is yours" in shown
    for personal in ("Tell others", "Recommend us", "May we show", "What happened to my feedback", "Change my answer"):
        assert personal not in shown


# A link of one's own


def codes(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(select(Referral.code)))
    session.rollback()
    return found


@pytest.mark.usefixtures("shop")
def test_a_promoter_gets_a_link_when_they_ask_for_it(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 9)
    assert "Make my link" in words(client, person)
    assert codes(session) == []
    pressed = send(client, person, "/referral")
    assert (pressed.status_code, pressed.location) == (303, f"{person.path}/thanks#referral")
    (code,) = codes(session)
    shown = last_page(client, person)
    assert f">https://ask.corner-shop.example/go/{code}</textarea>" in shown
    assert "Make my link" not in shown
    assert client.get(f"/go/{code}").location == f"https://corner-shop.example/?ref={code}"


@pytest.mark.usefixtures("shop")
def test_two_presses_make_one_link(client: FlaskClient, app: Flask, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 10)
    session.rollback()
    form = next(form for form in read(client.get(f"{person.path}/thanks")).forms if "/referral" in form[":action"])
    action = form.pop(":action")
    first, second = at_once(*[lambda: app.test_client().post(action, data=form)] * 2)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(codes(session)) == 1


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("score", [0, 6, 7, 8])
def test_others_are_not_asked_to_recommend_the_shop(
    client: FlaskClient, session: Session, now: datetime, score: int
) -> None:
    person, promoter = has_answered(session, now, score), has_answered(session, now, 10)
    assert "Recommend us" not in words(client, person)
    form = next(form for form in read(client.get(f"{promoter.path}/thanks")).forms if "/referral" in form[":action"])
    assert client.post(f"{person.path}/referral", data=form).status_code == 303
    assert codes(session) == []


@pytest.mark.usefixtures("shop")
def test_a_good_score_for_something_else_is_no_recommendation(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = has_answered(session, now, 5, comment=WORDS, asking={"survey": CSAT})
    assert "Recommend us" not in words(client, person), "asked about a delivery, and not whether they would"
    assert "May we show" in words(client, person)


def test_a_shop_without_an_address_offers_no_link(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 10)
    assert "Recommend us" not in words(client, person)
    assert client.post(f"{person.path}/referral").status_code == 303
    assert codes(session) == []


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("token", [{}, {"csrf_token": "made up"}])
def test_no_link_is_made_by_a_form_that_was_not_ours(
    client: FlaskClient, session: Session, now: datetime, token: dict[str, str]
) -> None:
    person = has_answered(session, now, 10)
    refused = client.post(f"{person.path}/referral", data=token)
    assert refused.status_code == 422
    assert "please press the button once more" in refused.text
    assert codes(session) == []


# Words that may be shown


def test_what_was_agreed_to_is_kept_with_the_sentence(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 9, comment=WORDS)
    page = read(client.get(f"{person.path}/thanks"))
    form = page.form(having="signed_as")
    assert (form["words"], form["signed_as"], form["shown_where"]) == (WORDS, "nobody", "shop")
    assert "consent" not in form, "nobody has ticked it"
    pressed = send(
        client,
        person,
        "/testimonial",
        words="The lamp is lovely.",
        signed_as="first_name",
        shown_where="anywhere",
        consent="y",
    )
    assert (pressed.status_code, pressed.location) == (303, f"{person.path}/thanks#testimonial")
    row = kept_testimonial(session)
    assert row is not None
    assert (row.words, row.signed_as, row.shown_where) == (
        "The lamp is lovely.",
        SignedAs.FIRST_NAME,
        ShownWhere.ANYWHERE,
    )
    sentence = "I allow Corner Shop to show these words, signed and placed as chosen above, until I take it back."
    assert sentence in page.text
    assert row.consent_words == (f"Signed with: My first name\nWhere: Anywhere, advertisements included\n{sentence}")
    shown = words(client, person)
    assert "We may show what you wrote. The lamp is lovely. Signed with My first name" in shown
    assert "May we show others" not in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Tick this box if you agree."),
        ({"consent": "y", "words": " "}, "Leave at least one word"),
        ({"consent": "y", "words": "The lamp is the best in the world."}, "Only words of your answer can stand here"),
        ({"consent": "y", "signed_as": "somebody"}, "Tick this box if you agree."),
        ({"consent": "y", "shown_where": "moon"}, "Tick this box if you agree."),
        ({"consent": "y", "csrf_token": "made up"}, "please press the button once more"),
    ],
)
def test_nothing_is_kept_without_a_whole_consent(
    client: FlaskClient, session: Session, now: datetime, changed: dict[str, str], said: str
) -> None:
    person = has_answered(session, now, 9, comment=WORDS)
    refused = send(client, person, "/testimonial", **changed)
    assert refused.status_code == 422
    assert said in read(refused).text
    assert '<details class="after offer" id="testimonial" open>' in refused.text
    assert kept_testimonial(session) is None


@pytest.mark.parametrize(("score", "comment"), [(3, WORDS), (9, "")])
def test_only_the_content_who_wrote_something_are_asked(
    client: FlaskClient, session: Session, now: datetime, score: int, comment: str
) -> None:
    person, other = has_answered(session, now, score, comment=comment), has_answered(session, now, 7, comment=WORDS)
    assert "May we show" not in words(client, person)
    assert "May we show" in words(client, other), "a passive is"
    assert client.post(f"{person.path}/testimonial", data={"words": WORDS, "consent": "y"}).status_code == 303
    assert kept_testimonial(session) is None


def test_somebody_without_a_name_chooses_none(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 9, comment=WORDS, asking={"name": ""})
    assert "Signed with" not in words(client, person)
    assert send(client, person, "/testimonial", consent="y").status_code == 303
    row = kept_testimonial(session)
    assert row is not None
    assert row.signed_as is SignedAs.NOBODY
    assert row.consent_words.startswith("Where: ")


def test_words_are_taken_back_on_the_same_page(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 9, comment=WORDS)
    send(client, person, "/testimonial", consent="y")
    with later(now, days=2):
        assert client.post(f"{person.path}/testimonial/withdraw").status_code == 422, "without our nonce"
        taken_back = send(client, person, "/testimonial/withdraw")
        assert (taken_back.status_code, taken_back.location) == (303, f"{person.path}/thanks#testimonial")
        shown = words(client, person)
    assert "You took it back on March 22, 2026." in shown
    assert "May we show others" not in shown, "nobody is asked twice"
    row = kept_testimonial(session)
    assert row is not None
    assert (row.words, row.withdrawn_at is not None) == ("", True)


def test_words_are_taken_back_though_the_answer_has_changed(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = has_answered(session, now, 9, comment=WORDS)
    send(client, person, "/testimonial", consent="y")
    response = session.scalars(select(Response)).one()
    response.latest_score = 1
    session.commit()
    assert send(client, person, "/testimonial/withdraw").status_code == 303
    row = kept_testimonial(session)
    assert row is not None
    assert row.words == ""


def test_a_double_press_is_one_consent(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 9, comment=WORDS)
    form = read(client.get(f"{person.path}/thanks")).form(having="signed_as")
    for _ in range(2):
        assert client.post(form[":action"], data={**form, "consent": "y"}).status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(models.Testimonial)) == 1


def test_a_comment_is_never_markup(client: FlaskClient, session: Session, now: datetime) -> None:
    hostile = 'Lovely</textarea><script>alert(1)</script> "lamp" 💛'
    person = has_answered(session, now, 9, comment=hostile)
    assert "<script>" not in last_page(client, person)
    send(client, person, "/testimonial", consent="y")
    assert "<script>" not in last_page(client, person)
    row = kept_testimonial(session)
    assert row is not None
    assert row.words == hostile


# Languages


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("locale", "direction", "next_heading"),
    [
        ("en", "ltr", "What happens next"),
        ("de", "ltr", "Wie es weitergeht"),
        ("es", "ltr", "Qué pasa ahora"),
        ("fr", "ltr", "Et maintenant"),
        ("pt-BR", "ltr", "O que acontece agora"),
        ("ar", "rtl", "ماذا سيحدث الآن"),
    ],
)
def test_the_page_speaks_the_customers_language(
    client: FlaskClient, session: Session, now: datetime, locale: str, direction: str, next_heading: str
) -> None:
    person = has_answered(session, now, 9, comment=WORDS, asking={"locale": locale})
    send(client, person, "/testimonial", consent="y")
    shown = last_page(client, person)
    assert f'lang="{locale}" dir="{direction}"' in shown
    assert next_heading in shown
    assert not re.search(r"\{\w+\}", shown), "every placeholder is filled"


def test_a_language_chosen_on_a_page_is_carried_on(client: FlaskClient, session: Session, now: datetime) -> None:
    person = has_answered(session, now, 9, comment=WORDS)
    page = client.get(f"{person.path}/thanks?lang=de")
    form = read(page).form(having="signed_as")
    went = client.post(form[":action"], data={**form, "consent": "y"})
    assert went.location == f"{person.path}/thanks?lang=de#testimonial"
    row = kept_testimonial(session)
    assert row is not None
    assert row.consent_words.endswith("bis ich es zurücknehme.")
