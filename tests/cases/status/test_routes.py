"""What happened to my feedback: true at every step, in the person's language, and nothing personal for passers-by."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from feedback_service.accounts.people import set_active
from feedback_service.advocacy.models import ShownWhere, SignedAs
from feedback_service.advocacy.testimonials import Consent, allow, withdraw
from feedback_service.cases.models import Case, CaseState, EntryKind, Verdict
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import reopen
from feedback_service.delivery.models import Message, MessagePurpose, Reply
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response
from feedback_service.responses.rules.presses import PressSuspicion
from tests.cases.factories import KEY, colleague, complained, log_kinds, resolved, status_path, taken, wrote_back
from tests.responses.factories import Asked, asked, everything, later, read

TOLD = "A new lamp is on its way.\nIt should be with you on Friday."
WITHOUT_PERSON = ("Ana", "Souza", "Ben", "O-", "buyers.example", "lamp came broken")


def words_of(client: FlaskClient, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200, path
    return read(page).text


def send(client: FlaskClient, path: str, act: str, words: str = "") -> tuple[int, str]:
    """Press one of the page's buttons; the status, and what the page says afterwards."""
    form = {**read(client.get(path)).form(having="words"), "words": words, "act": act}
    sent = client.post(form.pop(":action"), data=form)
    return sent.status_code, read(client.get(path) if sent.status_code == 303 else sent).text


def has_answered(session: Session, person: Asked, score: int, now: datetime, **more: object) -> None:
    """Somebody answered, and nothing came of it yet; committed."""
    response = Response(
        channel="mail",
        survey_key="post_purchase_nps",
        invitation_id=person.invitation_id,
        locale="en",
        score=score,
        answered_at=now,
        counted_on=now.date(),
        **more,
    )
    session.add(response)
    session.commit()


def case_now(session: Session) -> Case:
    session.rollback()
    case = session.scalars(select(Case).execution_options(populate_existing=True)).one()
    session.rollback()
    return case


@pytest.fixture
def told(session: Session, now: datetime) -> tuple[Asked, Case]:
    """Somebody whose case Ben resolved with words for them, an hour ago."""
    person, case = complained(session, now - timedelta(hours=2), comment="The lamp came broken.")
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now - timedelta(hours=2))
    resolved(session, case, ben, now - timedelta(hours=1), told=TOLD)
    return person, case


def test_every_step_is_true_when_it_is_shown(client: FlaskClient, session: Session, now: datetime) -> None:
    person, case = complained(session, now)
    path, ben = status_path(session, person), colleague(session, "Ben", now)
    said = words_of(client, path)
    assert "We received it on March 20, 2026." in said
    assert "With a person Not yet." in said
    assert "What we did It should be settled by March 21, 2026." in said
    with later(now, hours=25) as at:
        assert "It should have been settled earlier today. We are late, and we are sorry." in words_of(client, path)
        taken(session, case, ben, at)
        assert "Somebody at Corner Shop has been seeing to it since March 21, 2026." in words_of(client, path)
        set_active(session, ben, active=False)
        session.commit()
        assert "With a person Not yet." in words_of(client, path)
        set_active(session, ben, active=True)
        session.commit()
    with later(now, hours=50) as at:
        assert "It should have been settled by March 21, 2026. We are late, and we are sorry." in words_of(client, path)
        resolved(session, case, ben, at)
        said = words_of(client, path)
        assert "What we did We dealt with it on March 22, 2026." in said
        assert "Does that settle it?" in said


def test_without_a_case_it_was_received_and_somebody_reads_it(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = asked(session, now)
    path = status_path(session, person)
    said = words_of(client, path)
    assert "There is nothing to show yet." in said
    assert client.post(path, data={"act": "add", "words": "x"}).status_code == 200
    has_answered(session, person, 10, now)
    said = words_of(client, path)
    assert "We received it on March 20, 2026. A person reads every answer." in said
    assert "With a person" not in said


def test_it_shows_nothing_personal_whatever_happened(
    client: FlaskClient, session: Session, now: datetime, told: tuple[Asked, Case]
) -> None:
    path = status_path(session, told[0])
    send(client, path, "dispute", "The lamp came broken again. I am Ana Souza, order O-1.")
    send(client, path, "add", "Call me, Ana Souza.")
    html = client.get(path).get_data(as_text=True)
    assert not [word for word in WITHOUT_PERSON if word in html]
    assert "A new lamp is on its way." in html
    assert "/r/" not in html
    assert "/u/" not in html


def test_looking_changes_nothing(
    client: FlaskClient, session: Session, engine: Engine, told: tuple[Asked, Case]
) -> None:
    path, before = status_path(session, told[0]), everything(engine)
    for method in ("GET", "HEAD", "OPTIONS"):
        assert client.open(path, method=method, query_string={"act": "dispute"}).status_code == 200
    assert everything(engine) == before


def test_the_shop_s_words_are_words_and_never_markup(
    client: FlaskClient, session: Session, now: datetime, told: tuple[Asked, Case]
) -> None:
    person, case = told
    case = session.get_one(Case, case.id)
    case.released_words = "<script>alert(1)</script> {shop} {{ 7 * 7 }}"
    session.commit()
    html = client.get(status_path(session, person)).get_data(as_text=True)
    assert "<script" not in html
    assert "{shop} {{ 7 * 7 }}" in html


def test_it_lives_on_when_answering_has_ended(
    client: FlaskClient, session: Session, now: datetime, told: tuple[Asked, Case]
) -> None:
    path = status_path(session, told[0])
    with later(now, days=400):
        assert client.get(told[0].path).status_code in (303, 410)
        assert "A new lamp is on its way." in words_of(client, path)
        status, said = send(client, path, "accept")
    assert (status, "You told us on April 24, 2027 that this settles it. Thank you." in said) == (303, True)


def test_an_answering_link_does_not_open_it(client: FlaskClient, told: tuple[Asked, Case]) -> None:
    gone = client.get(f"/s/{told[0].secret}")
    assert gone.status_code == 404
    assert "This link does not work." in read(gone).text


# What the customer says


def test_a_no_opens_the_case_and_the_page_says_so(
    client: FlaskClient, session: Session, told: tuple[Asked, Case]
) -> None:
    path = status_path(session, told[0])
    status, said = send(client, path, "dispute", "Broken again.")
    assert status == 303
    assert "You told us on March 20, 2026 that this does not settle it. We are looking at it again." in said
    assert "What we told you before" in said
    assert "A new lamp is on its way." in said
    assert "Does that settle it?" not in said
    case = case_now(session)
    assert (case.state, case.verdict) == (CaseState.IN_PROGRESS, Verdict.DISPUTED)
    assert verify_logs(session, KEY).fault is None


def test_a_form_that_is_sent_twice_acts_once(client: FlaskClient, session: Session, told: tuple[Asked, Case]) -> None:
    path = status_path(session, told[0])
    form = {**read(client.get(path)).form(having="words"), "words": "Broken again.", "act": "dispute"}
    form.pop(":action")
    assert [client.post(path, data=form).status_code for _ in range(3)] == [303, 303, 303]
    kinds = log_kinds(session, told[1].id)
    assert (kinds.count(EntryKind.DISPUTED), kinds.count(EntryKind.CUSTOMER_WROTE)) == (1, 0)


def test_a_page_that_was_left_behind_shows_the_new_state_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, now: datetime, told: tuple[Asked, Case]
) -> None:
    person, case = told
    path = status_path(session, person)
    form = {**read(client.get(path)).form(having="words"), "words": "No lamp came.", "act": "accept"}
    form.pop(":action")
    reopen(session, case.id, user_id=None, key=KEY, now=now)
    session.commit()
    moved = client.post(path, data=form)
    assert moved.status_code == 409
    page = read(moved)
    assert "Something has changed since you opened this page." in page.text
    assert page.form(having="words")["words"] == "No lamp came."
    assert case_now(session).verdict is None


def test_words_for_an_open_case_go_into_its_log_at_once(client: FlaskClient, session: Session, now: datetime) -> None:
    person, case = complained(session, now)
    path = status_path(session, person)
    status, said = send(client, path, "add", "  ")
    assert (status, "Write something first, then press the button." in said) == (422, True)
    status, said = send(client, path, "add", "x" * 5001)
    assert (status, "longer than 5,000 characters" in said) == (422, True)
    status, said = send(client, path, "add", "Please hurry 🙏")
    assert (status, "You added something on March 20, 2026. We have it." in said) == (303, True)
    assert "hurry" not in said
    assert log_kinds(session, case.id) == [EntryKind.OPENED, EntryKind.CUSTOMER_WROTE]


def test_words_without_a_case_reach_the_answer_and_once(client: FlaskClient, session: Session, now: datetime) -> None:
    complained(session, now, 2)
    happy = asked(session, now)
    has_answered(session, happy, 9, now, comment="Good.", routed_revision=1)
    path = status_path(session, happy)
    form = {**read(client.get(path)).form(having="words"), "words": "The box was torn, though.", "act": "add"}
    form.pop(":action")
    assert [client.post(path, data=form).status_code for _ in range(2)] == [303, 303]
    assert "You added something on March 20, 2026. We have it." in words_of(client, path)
    assert len(session.scalars(select(Reply.id)).all()) == 1
    take_replies(session, now, 10, key=KEY)
    session.commit()
    answer = session.scalars(select(Response).where(Response.invitation_id == happy.invitation_id)).one()
    assert answer.comment == "Good.\n\nThe box was torn, though."
    session.rollback()


@pytest.mark.parametrize("nonce", ["", "made up", "another link's"])
def test_a_form_that_no_page_of_this_link_made_changes_nothing(
    client: FlaskClient, session: Session, engine: Engine, now: datetime, told: tuple[Asked, Case], nonce: str
) -> None:
    path, other = status_path(session, told[0]), status_path(session, complained(session, now)[0])
    if nonce == "another link's":
        nonce = read(client.get(other)).form(having="words")["csrf_token"]
    seen = read(client.get(path)).form(having="words")["seen"]
    before = everything(engine)
    for act in ("accept", "dispute", "add", "erase", ""):
        form = {"csrf_token": nonce, "seen": seen, "act": act, "words": "Broken again."}
        refused = client.post(path, data=form)
        assert refused.status_code == 422
        assert read(refused).form(having="words")["words"] == "Broken again."
    assert everything(engine) == before


@pytest.mark.parametrize("seen", ["", "x", "0", "-1", "٣", "9" * 40, "999"])
def test_a_twisted_form_judges_nothing(
    client: FlaskClient, session: Session, told: tuple[Asked, Case], seen: str
) -> None:
    path = status_path(session, told[0])
    form = {**read(client.get(path)).form(having="words"), "seen": seen, "act": "accept"}
    form.pop(":action")
    assert client.post(path, data=form).status_code == 409
    assert case_now(session).verdict is None


# Whose feedback cannot be shown


def test_a_press_that_says_nothing_asks_for_another(
    client: FlaskClient, session: Session, told: tuple[Asked, Case]
) -> None:
    status, said = send(client, status_path(session, told[0]), "burn")
    assert status == 422
    assert "We could not tell which button you pressed. Please press it once more." in said


def test_words_that_are_too_long_are_named(client: FlaskClient, session: Session, told: tuple[Asked, Case]) -> None:
    status, said = send(client, status_path(session, told[0]), "dispute", "x" * 5_001)
    assert status == 422
    assert "Your answer to “Would you like to add something?” is longer than 5,000 characters." in said


def test_a_day_that_is_today_is_called_so(client: FlaskClient, session: Session, now: datetime) -> None:
    person, _ = complained(session, now)  # due 24 hours later
    path = status_path(session, person)
    with later(now, hours=15):
        assert "It should be settled today." in words_of(client, path), "past midnight"
    with later(now, hours=25):
        said = words_of(client, path)
    assert "It should have been settled earlier today. We are late, and we are sorry." in said


def test_what_stands_there_instead(client: FlaskClient, session: Session, now: datetime) -> None:
    person, _ = complained(session, now)
    path = status_path(session, person)
    response = session.scalars(select(Response)).one()
    response.withdrawn_at = now
    session.commit()
    taken_back = words_of(client, path)
    assert "You took it back on March 20, 2026. It does not count any more, and what you wrote is erased." in taken_back
    suspect = asked(session, now)
    has_answered(session, suspect, 1, now, suspected=PressSuspicion.TOO_FAST)
    assert "Please confirm your answer." in words_of(client, status_path(session, suspect))
    colleague_asked = asked(session, now, survey="employee_pulse")
    anonymous = words_of(client, status_path(session, colleague_asked))
    assert "This survey is anonymous." in anonymous
    spent = session.get_one(Invitation, colleague_asked.invitation_id)
    spent.answered_at = now
    session.commit()
    assert words_of(client, status_path(session, colleague_asked)) == anonymous


def test_whoever_wrote_back_instead_of_answering_sees_it_too(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = asked(session, now)
    invitation = session.get_one(Invitation, person.invitation_id)
    wrote_back(session, now, "It broke.", invitation_id=invitation.id, customer_id=invitation.customer_id)
    take_replies(session, now, 10, key=KEY)
    session.commit()
    path, ben = status_path(session, person), colleague(session, "Ben", now)
    assert "We received it on March 20, 2026." in words_of(client, path)
    assert "/ask" not in client.get(path).get_data(as_text=True)  # there is no answer to take back
    case = case_now(session)
    taken(session, case, ben, now)
    resolved(session, case, ben, now, told=TOLD)
    assert session.scalars(select(Message.purpose)).all() == [MessagePurpose.OUTCOME]
    session.rollback()
    status, said = send(client, path, "accept")
    assert (status, "that this settles it" in said) == (303, True)


# Languages


@pytest.mark.parametrize(
    ("locale", "heading", "direction"),
    [
        ("de", "Was aus Ihrer Rückmeldung wurde", "ltr"),
        ("es", "Qué ha pasado con su opinión", "ltr"),
        ("fr", "Ce qu’est devenu votre avis", "ltr"),
        ("pt-BR", "O que aconteceu com a sua opinião", "ltr"),
        ("ar", "ماذا حدث لرأيكم", "rtl"),
    ],
)
def test_it_speaks_the_language_of_the_answer(
    client: FlaskClient, session: Session, now: datetime, locale: str, heading: str, direction: str
) -> None:
    person, case = complained(session, now, locale="en")
    answer = session.scalars(select(Response)).one()
    answer.locale = locale  # chosen on the page, whatever the mail was written in
    session.commit()
    ben, path = colleague(session, "Ben", now), status_path(session, person)
    taken(session, case, ben, now)
    resolved(session, case, ben, now, told=TOLD)
    for act in ("", "dispute", "add"):
        if act:
            assert send(client, path, act, "…")[0] == 303
        page = client.get(path)
        html = page.get_data(as_text=True)
        assert heading in read(page).text
        assert f'<html lang="{locale}" dir="{direction}">' in html
        assert not re.findall(r"\{\w+\}", read(page).text)
    assert session.scalars(select(Message.locale)).all() == [locale]
    session.rollback()


def test_the_ways_to_take_things_back_are_there(
    client: FlaskClient, session: Session, now: datetime, told: tuple[Asked, Case]
) -> None:
    path = status_path(session, told[0])
    html = client.get(path).get_data(as_text=True)
    assert f'href="/w/{path.removeprefix("/s/")}/ask"' in html
    assert f'href="{path}/testimonial"' not in html
    consent = Consent(words="Good.", signed_as=SignedAs.NOBODY, shown_where=ShownWhere.SHOP, sentence="I allow it.")
    allow(session, told[0].invitation_id, consent, now)
    session.commit()
    assert f'href="{path}/testimonial"' in client.get(path).get_data(as_text=True)
    assert client.get(f"{path}/testimonial").status_code == 200
    withdraw(session, told[0].invitation_id, now)
    session.commit()
    assert f'href="{path}/testimonial"' not in client.get(path).get_data(as_text=True)
