"""The case's page: writing to the customer, and files that are given out as downloads and nothing else."""

from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from feedback_service.accounts.models import RoleName, User
from feedback_service.cases.mails.erase import erase_files
from feedback_service.cases.mails.models import Attachment, ReplyTemplate
from feedback_service.cases.mails.routes import DOWNLOAD_POLICY, LARGEST_UPLOAD
from feedback_service.cases.mails.templates import take_in_replies
from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.queries import log_of
from feedback_service.cases.write_log import write_entry
from feedback_service.delivery.models import Reply, ReplyAttachment
from feedback_service.delivery.rules.files import LARGEST_FILE
from feedback_service.paths import SURVEYS
from tests.cases.factories import KEY, hire, log_kinds, signed_in
from tests.cases.mails.factories import JPEG, PNG, outbox, reachable
from tests.responses.factories import read

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def eva(app: Flask, session: Session, now: datetime) -> User:
    return hire(app, session, "Eva", now)


@pytest.fixture
def client(app: Flask, eva: User) -> FlaskClient:
    """Eva's browser; she has the case."""
    return signed_in(app, eva)


@pytest.fixture
def case(session: Session, now: datetime, eva: User) -> Case:
    found = reachable(session, now, locale="de", comment="Die Lieferung kam zu spät.", owner=eva.id)
    session.commit()
    return found


def send(client: FlaskClient, page: str, having: str, **typed: object) -> TestResponse:
    form = {**read(client.get(page)).form(having=having), **typed}
    return client.post(form.pop(":action"), data=form)


def put(client: FlaskClient, case: Case, name: str, content: bytes) -> TestResponse:
    form = read(client.get(f"/cases/{case.id}")).form(having="file-csrf_token")
    boundary, body = encode_multipart({**form, "file-file": FileStorage(BytesIO(content), name)})
    return client.post(form[":action"], data=body, content_type=f"multipart/form-data; boundary={boundary}")


# Writing


def test_a_template_fills_the_form_and_what_is_sent_stands_in_the_thread(
    client: FlaskClient, session: Session, case: Case, now: datetime
) -> None:
    take_in_replies(session, SURVEYS, now)
    session.commit()
    chosen = session.scalars(select(ReplyTemplate).filter_by(locale="de", theme="delivery")).one().id
    session.commit()
    page = f"/cases/{case.id}/reply?template={chosen}"
    words = read(client.get(page)).form(having="reply-words")["reply-words"]
    assert words.startswith("Guten Tag Ana Souza,")
    assert "ich bin Eva und habe gelesen" in words
    assert "{" not in words
    assert session.scalars(select(Case.log_length)).one() == case.log_length, "looking sends nothing"
    session.commit()
    answer = send(client, page, "reply-words", **{"reply-words": f"{words} <b>Bald.</b>"})
    assert (answer.status_code, answer.location) == (303, f"/cases/{case.id}")
    shown = client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert "Sent; it leaves within a minute." in shown
    assert "Waits to leave" in shown
    assert "&lt;b&gt;Bald.&lt;/b&gt;" in shown
    assert len(outbox(session, case.id)) == 1


def test_words_are_needed_and_kept_when_the_case_moved(
    client: FlaskClient, session: Session, case: Case, now: datetime
) -> None:
    empty = send(client, f"/cases/{case.id}", "reply-words", **{"reply-words": "  "})
    assert (empty.status_code, "Write to the customer." in empty.get_data(as_text=True)) == (422, True)
    form = read(client.get(f"/cases/{case.id}")).form(having="reply-words")
    write_entry(session, case.id, EntryKind.CUSTOMER_WROTE, actor_id=None, text="It came!", key=KEY, now=now)
    session.commit()
    moved = client.post(form.pop(":action"), data={**form, "reply-words": "Where is it?"})
    text = moved.get_data(as_text=True)
    assert (moved.status_code, "Since you opened this page" in text, "Where is it?" in text) == (409, True, True)
    assert outbox(session, case.id) == []


@pytest.mark.parametrize("template", ["0", "-1", "99999999999999999999", "x", ""])
def test_a_template_that_is_not_there_leaves_the_form_empty(client: FlaskClient, case: Case, template: str) -> None:
    page = client.get(f"/cases/{case.id}/reply?template={template}")
    assert page.status_code == 200
    assert read(page).form(having="reply-words")["reply-words"].strip() == ""


# Files


def test_a_file_is_kept_with_the_case_and_given_out_as_a_download(
    client: FlaskClient, session: Session, case: Case
) -> None:
    assert put(client, case, "../../Lampe größer.exe.jpg", JPEG).status_code == 303
    assert put(client, case, "Lampe größer.exe.jpg", JPEG).status_code == 303, "pressed twice"
    kept = session.scalars(select(Attachment)).one()
    entry, text, _ = log_of(session, case.id)[0]
    session.commit()
    assert (entry.kind, text) == (EntryKind.ATTACHED, "Lampe größer.exe.jpg")
    assert entry.facts == {"attachment": kept.id, "size": len(JPEG)}
    answer = client.get(f"/cases/{case.id}/files/{kept.id}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, JPEG, "image/jpeg")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].rstrip() == DOWNLOAD_POLICY
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("photo.jpg", b"MZ\x90\x00", "Files of this type are not kept."),
        ("page.txt", b"<html><script>alert(1)</script>", "Files of this type are not kept."),
        ("drawing.png", b"<svg onload='alert(1)'/>", "Files of this type are not kept."),
        ("nothing.png", b"", "This file is empty."),
        ("", b"", "Choose a file."),
        ("huge.png", PNG + b"x" * (LARGEST_FILE + 1 - len(PNG)), "This file is larger than 5 MB."),
    ],
)  # fmt: skip
def test_what_is_hostile_is_refused_in_a_sentence(
    client: FlaskClient, session: Session, case: Case, name: str, content: bytes, says: str
) -> None:
    refused = put(client, case, name, content)
    assert (refused.status_code, says in refused.get_data(as_text=True)) == (422, True)
    assert session.scalars(select(Attachment)).all() == []


def test_more_than_a_file_may_be_is_not_even_read(client: FlaskClient, case: Case) -> None:
    body = b"--b\r\n\r\n" + b"x" * LARGEST_UPLOAD
    sent = client.post(f"/cases/{case.id}/files", data=body, content_type="multipart/form-data; boundary=b")
    assert (sent.status_code, "attach less" in sent.get_data(as_text=True)) == (413, True)


def test_files_of_the_customer_belong_to_their_case_only(
    client: FlaskClient, session: Session, case: Case, now: datetime, eva: User
) -> None:
    reply = Reply(message_key="0" * 64, sender="ana@buyers.example", subject="Re:", words="See.", received_at=now)
    session.add(reply)
    session.flush()
    session.add(ReplyAttachment(reply_id=reply.id, name="door.jpg", media_type="image/jpeg", size=9, content=JPEG))
    facts = {"reply": reply.id}
    write_entry(session, case.id, EntryKind.CUSTOMER_WROTE, actor_id=None, text="See.", facts=facts, key=KEY, now=now)
    session.commit()
    other = reachable(session, now, owner=eva.id)
    session.commit()
    file_id = session.scalars(select(ReplyAttachment.id)).one()
    session.commit()
    shown = client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert f"/cases/{case.id}/mails/files/{file_id}" in shown
    answer = client.get(f"/cases/{case.id}/mails/files/{file_id}")
    assert (answer.data, answer.headers["Content-Disposition"]) == (JPEG, "attachment; filename=door.jpg")
    assert client.get(f"/cases/{other.id}/mails/files/{file_id}").status_code == 404
    assert client.get(f"/cases/{case.id}/files/{file_id}").status_code == 404
    assert client.get(f"/cases/{case.id}/files/{2**70}").status_code == 404


def test_whoever_may_not_see_the_case_may_not_have_its_files(
    app: Flask, client: FlaskClient, session: Session, case: Case, now: datetime
) -> None:
    put(client, case, "lamp.jpg", JPEG)
    file_id = session.scalars(select(Attachment.id)).one()
    session.commit()
    stranger = signed_in(app, hire(app, session, "Ben", now, team=None))
    for path in (f"files/{file_id}", "reply"):
        assert stranger.get(f"/cases/{case.id}/{path}").status_code == 404
    manager = signed_in(app, hire(app, session, "Ada", now, role=RoleName.MANAGER, team=None))
    assert manager.get(f"/cases/{case.id}/files/{file_id}").status_code == 200


def test_an_erased_file_is_gone_and_the_log_still_says_that_there_was_one(
    client: FlaskClient, session: Session, case: Case
) -> None:
    put(client, case, "Ana Souza.jpg", JPEG)
    assert erase_files(session, [case.id]) == 1
    assert erase_files(session, [case.id]) == 0
    kept = session.scalars(select(Attachment)).one()
    session.commit()
    assert (kept.name, kept.content) == ("", None)
    assert client.get(f"/cases/{case.id}/files/{kept.id}").status_code == 404
    assert client.get(f"/cases/{case.id}").status_code == 200
    assert log_kinds(session, case.id)[-1] == EntryKind.ATTACHED
