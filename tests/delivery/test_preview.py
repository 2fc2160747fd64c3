"""What will be sent can be seen before it is, and a test goes the way of every mail."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.config import Settings, read_settings
from feedback_service.customers.models import Customer
from feedback_service.delivery.last_look import WRITTEN
from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.delivery.preview import LARGEST, NAME, RELEASED, Preview, preview, send_test
from feedback_service.delivery.smtp import MailRefused
from feedback_service.invitations.models import Invitation
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.read_files import read_surveys
from tests.accounts.factories import add_colleague, address, csrf_token, sign_in
from tests.conftest import NOW
from tests.delivery.test_smtp import Post, serving

SHIPPED = read_surveys(SURVEYS)
EVERY_MAIL = [
    pytest.param(survey, locale, purpose, id=f"{key}-{locale}-{purpose}")
    for key, survey in SHIPPED.items()
    for locale in survey.wordings
    for purpose in MessagePurpose
]


def settings_with(**more: object) -> Settings:
    return read_settings(
        secret_key="a secret key for tests only",
        link_keys="a link key for tests only",
        privacy_key="a privacy key for tests only",
        shop_name="Corner Shop",
        mail_from="hello@corner-shop.example",
        public_url="https://feedback.corner-shop.example",
        **more,
    )


@pytest.mark.parametrize(("survey", "locale", "purpose"), EVERY_MAIL)
def test_every_shipped_mail_can_be_written(survey: SurveyDefinition, locale: str, purpose: MessagePurpose) -> None:
    mail = preview(survey, locale, settings_with(), NOW, purpose=purpose)
    assert (NAME in mail.text) == (purpose is not MessagePurpose.REPLY), "a person greets in words of their own"
    assert "{" not in mail.subject + mail.text
    assert len(mail.raw) < LARGEST
    assert not mail.too_large
    assert f'lang="{locale}"' in mail.html


def test_every_link_leads_to_a_notice_and_no_other_door() -> None:
    mail = preview(SHIPPED["delivery_csat"], "en", settings_with(), NOW)
    links = [part for part in mail.text.split() if part.startswith("http")]
    assert len(links) >= 7
    assert all(link.startswith("https://feedback.corner-shop.example/test-mail/") for link in links)


def test_a_reminder_has_words_of_its_own() -> None:
    survey = SHIPPED["delivery_csat"]
    own = {"reminder_subject": "Still there?", "reminder_intro": "Again."}
    words = survey.wordings["en"].mail.model_copy(update=own)
    wording = survey.wordings["en"].model_copy(update={"mail": words})
    changed = survey.model_copy(update={"wordings": {"en": wording}})
    assert preview(changed, "en", settings_with(), NOW).subject != "Still there?"
    reminder = preview(changed, "en", settings_with(), NOW, purpose=MessagePurpose.REMINDER)
    assert reminder.subject == "Still there?"
    assert "Again." in reminder.text


def test_a_note_is_shown_with_words_that_staff_might_have_written_and_its_one_link() -> None:
    survey, settings = SHIPPED["delivery_csat"], settings_with()
    outcome = preview(survey, "en", settings, NOW, purpose=MessagePurpose.OUTCOME, mark="[Test] ")
    assert outcome.subject == "[Test] What became of your feedback to Corner Shop"
    assert RELEASED in outcome.text.replace("\r\n", "\n")
    withdrawal = preview(survey, "en", settings, NOW, purpose=MessagePurpose.WITHDRAWAL)
    for mail, door in ((outcome, "s"), (withdrawal, "w")):
        links = [part for part in mail.text.split() if part.startswith("http")]
        assert [link.rpartition("/")[0] for link in links] == [
            f"https://feedback.corner-shop.example/test-mail/{door}"
        ], "and none that would unsubscribe"
        assert "List-Unsubscribe" not in mail.raw.decode()


def test_a_mail_that_hosts_would_cut_off_is_known_by_its_size() -> None:
    assert Preview("", "", "", "", b"x" * (LARGEST + 1)).too_large


def test_a_test_is_handed_over_marked_and_to_nobody_else() -> None:
    post = Post()
    with serving(post) as port:
        given = settings_with(mail_url=f"smtp://127.0.0.1:{port}")
        accepted = send_test(SHIPPED["delivery_csat"], "en", given, "ana@corner-shop.example", NOW)
    assert accepted.code == 250
    ((recipients, raw),) = post.kept
    assert recipients == ["ana@corner-shop.example"]
    assert b"\nSubject: [Test] " in raw.replace(b"\r\n", b"\n") or b"=?utf-8?" in raw


def test_a_refused_test_says_why() -> None:
    with serving(Post(recipient="550 5.1.1 No such user")) as port:
        given = settings_with(mail_url=f"smtp://127.0.0.1:{port}")
        with pytest.raises(MailRefused) as refused:
            send_test(SHIPPED["delivery_csat"], "en", given, "ana@corner-shop.example", NOW)
    assert "550 5.1.1 No such user" in str(refused.value)


# --- on the page ----------------------------------------------------------------------------------------------------


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def settings(settings: Settings, post: Post) -> Iterator[Settings]:
    with serving(post) as port:
        yield settings.model_copy(update={"mail_url": SecretStr(f"smtp://127.0.0.1:{port}")})


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    return client


@pytest.mark.usefixtures("now")
def test_a_manager_sees_the_mail_in_a_frame_that_can_do_nothing(manager: FlaskClient) -> None:
    page = manager.get("/mail/preview/delivery_csat/en?mail=reminder")
    assert page.status_code == 200
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    frame = manager.get("/mail/preview/delivery_csat/en/html?mail=reminder")
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert NAME in frame.text
    assert "mail-text" in manager.get("/mail/preview/delivery_csat/en?view=text").text


@pytest.mark.usefixtures("now")
def test_every_kind_of_mail_can_be_seen(manager: FlaskClient) -> None:
    for purpose in MessagePurpose:
        page = manager.get(f"/mail/preview/delivery_csat/en?mail={purpose}")
        assert purpose.words in page.text
        frame = manager.get(f"/mail/preview/delivery_csat/en/html?mail={purpose}").text
        assert ("thin, so we changed it" in frame) == (purpose in WRITTEN)


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("path", ["nothing/en", "delivery_csat/xx", "nothing/en/html"])
def test_what_there_is_no_mail_for_is_not_there(manager: FlaskClient, path: str) -> None:
    assert manager.get(f"/mail/preview/{path}").status_code == 404


@pytest.mark.usefixtures("now")
def test_a_manager_sends_a_test_to_themselves_and_nothing_is_kept(
    manager: FlaskClient, session: Session, post: Post
) -> None:
    page = "/mail/preview/delivery_csat/en"
    token = csrf_token(manager, page)
    answer = manager.post(f"{page}/send?mail=reminder", data={"csrf_token": token})
    assert answer.status_code == 303
    assert answer.location.endswith("mail=reminder")
    assert f"A test is on its way to {address(RoleName.MANAGER)}" in manager.get(answer.location).text
    assert [recipients for recipients, _ in post.kept] == [[address(RoleName.MANAGER)]]
    for table in (Message, Invitation, Customer):
        assert session.scalars(select(table)).all() == []


@pytest.mark.usefixtures("now")
def test_a_server_that_refuses_the_test_is_quoted(manager: FlaskClient, post: Post) -> None:
    post.answers["sender"] = "550 not from here"
    page = "/mail/preview/delivery_csat/en"
    answer = manager.post(f"{page}/send", data={"csrf_token": csrf_token(manager, page)})
    assert "550 not from here" in manager.get(answer.location).text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("r/abc", "For a customer the survey opens here. Nothing was kept."),
        ("r/abc?score=7", "the survey opens here with 7 already chosen"),
        ("r/abc?score=99", "the survey opens here."),
        ("u/abc", "For a customer this stops the mails."),
        ("u/abc/why", "This mail was a test."),
        ("s/abc", "the page opens that says what became of the answer."),
        ("w/abc", "the page opens that erases the answer."),
    ],
)
def test_a_tests_links_lead_to_a_notice(client: FlaskClient, path: str, says: str) -> None:
    page = client.get(f"/test-mail/{path}")
    assert page.status_code == 200
    assert says in page.text
