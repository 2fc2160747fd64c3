"""Templates of replies: taken in once, offered where they fit, and edited by managers without surprises."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.cases.mails.models import ReplyTemplate
from feedback_service.cases.mails.read_file import read_replies
from feedback_service.cases.mails.templates import change, mark, suggested, take_in_replies
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import SurveyFileError, read_common_words
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.models import CommentTheme
from feedback_service.sentiment.themes.taxonomy import read_themes
from tests.cases.factories import colleague, hire, signed_in
from tests.cases.mails.factories import reachable
from tests.responses.factories import read

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def client(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """A manager's browser."""
    return signed_in(app, hire(app, session, "Ada", now, role=RoleName.MANAGER))


def names(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(select(ReplyTemplate.name).order_by(ReplyTemplate.id)))
    session.commit()
    return found


def test_the_shipped_ones_speak_every_language_and_know_their_themes() -> None:
    themes = read_themes(SURVEYS).themes
    shipped = read_replies(SURVEYS)
    assert len(shipped) == 6
    for reply in shipped:
        assert set(reply.words) == set(read_common_words(SURVEYS)), reply.name
        assert reply.theme is None or reply.theme in themes
        assert all("{name}" in words and "{agent}" in words for words in reply.words.values())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[replies]]\nname = "A"\nwords.en = "Hello {nmae}"', "There is no field {nmae}"),
        ('[[replies]]\nname = "A"\nwords.xx-yy-zz = "Hello"', "is no language"),
        ('[[replies]]\nname = ""\nwords.en = "Hello"', "replies.0.name"),
        ("[[replies]", "cannot be read"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "replies.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SurveyFileError, match=r"replies\.toml") as refused:
        read_replies(tmp_path)
    assert fault in str(refused.value)
    assert read_replies(tmp_path / "nowhere") == []


def test_they_are_taken_in_once_and_then_the_database_wins(session: Session, now: datetime) -> None:
    assert take_in_replies(session, SURVEYS, now) == 36
    first = session.scalars(select(ReplyTemplate)).first()
    assert first is not None
    change(
        session,
        first,
        name="Ours",
        locale="en",
        theme=None,
        words="Hi",
        seen=mark(first),
        user_id=colleague(session, "Eva", now),
        now=now,
    )
    assert take_in_replies(session, SURVEYS, now) == 0
    session.commit()
    assert "Ours" in names(session)


def test_those_about_the_comment_in_its_language_come_first(session: Session, now: datetime) -> None:
    take_in_replies(session, SURVEYS, now)
    reachable(session, now, locale="de", comment="Die Lieferung kam zwei Wochen zu spät.")
    assess_comments(session, now, 10)
    offered = suggested(session, {theme.theme_key for theme in session.scalars(select(CommentTheme))}, "de")
    assert (offered[0].template.theme, offered[0].template.locale, offered[0].fits) == ("delivery", "de", True)
    assert [each.template.locale for each in offered[:6]] == ["de"] * 6
    assert not any(each.spoken for each in offered[6:])
    assert suggested(session, (), "pt-PT")[0].template.locale == "pt-BR", "better than none"


# The managers' page


def send(client: FlaskClient, page: str, **typed: str) -> tuple[int, str]:
    form = {**read(client.get(page)).form(having="words"), **typed}
    sent = client.post(form.pop(":action", "") or page, data=form, follow_redirects=True)
    return sent.status_code, read(sent).text


def test_a_template_is_written_looked_at_changed_and_retired(client: FlaskClient, session: Session) -> None:
    assert "No templates yet" in read(client.get("/replies/")).text
    given = {"name": "Late parcel", "locale": "de", "theme": "delivery", "words": "Guten Tag {name}, ich bin {agent}."}
    status, text = send(client, "/replies/new", **given, act="preview")
    assert (status, "Guten Tag Alex Martin, ich bin Ada." in text, names(session)) == (200, True, [])
    status, text = send(client, "/replies/new", **given, act="keep")
    assert (status, "Kept. It is offered from now on." in text) == (200, True)
    made = session.scalars(select(ReplyTemplate)).one()
    session.commit()
    page = f"/replies/{made.id}"
    assert "Late parcel" in read(client.get("/replies/")).text
    status, text = send(client, page, words="Hallo {name}", act="keep")
    assert "Hallo Alex Martin" in text
    status, text = send(client, "/replies/new", **given)
    assert (status, "There is one of this name in this language." in text) == (422, True)
    retire = read(client.get(page)).forms[-1]
    answer = client.post(
        f"{page}/retire", data={"csrf_token": retire["csrf_token"], "act": "retire"}, follow_redirects=True
    )
    assert "It is retired, and offered nowhere." in read(answer).text
    session.expire_all()
    assert session.scalars(select(ReplyTemplate.retired_at)).one() is not None
    session.commit()
    client.post(f"{page}/retire", data={"csrf_token": retire["csrf_token"], "act": "offer"})
    assert session.scalars(select(ReplyTemplate.retired_at)).one() is None


def test_of_two_who_change_one_the_second_reads_so_and_loses_nothing(client: FlaskClient, session: Session) -> None:
    send(client, "/replies/new", name="Late parcel", locale="de", theme="delivery", words="Guten Tag", act="keep")
    made = session.scalars(select(ReplyTemplate)).one()
    session.commit()
    page = f"/replies/{made.id}"
    mine = dict(read(client.get(page)).form(having="words"))
    mine.pop(":action")
    assert send(client, page, words="Hallo {name}", act="keep")[0] == 200
    late = client.post(page, data={**mine, "words": "Servus {name}", "act": "keep"})
    assert (late.status_code, "Somebody changed it meanwhile." in read(late).text) == (409, True)
    form = dict(read(late).form(having="words"))
    form.pop(":action")
    assert form["words"] == "Servus {name}"
    session.refresh(made)
    assert made.words == "Hallo {name}"
    session.commit()
    assert client.post(page, data={**form, "act": "keep"}).status_code == 303
    session.refresh(made)
    assert made.words == "Servus {name}"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Hello {nmae}", "There is no field {nmae}. You can use {name}, {order}, {shop}, {agent}."),
        ("Hello {name", "A brace stands alone."),
        ("  ", "Write what customers should read."),
        ("x" * 5001, "Please keep it to 5,000 characters."),
    ],
)
def test_what_could_not_be_filled_is_refused_kindly(
    client: FlaskClient, session: Session, words: str, says: str
) -> None:
    status, text = send(client, "/replies/new", name="A", locale="en", theme="", words=words)
    assert (status, says in text, names(session)) == (422, True, [])


def test_one_that_is_not_there_is_said_to_be_none(client: FlaskClient) -> None:
    assert client.get("/replies/7").status_code == 404
    assert client.get(f"/replies/{2**70}").status_code == 404
