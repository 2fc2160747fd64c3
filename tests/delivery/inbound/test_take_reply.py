"""What a person writes back finds the very mail that it answers, and brings its files along, as far as they are fit."""

from base64 import b64encode
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from feedback_service.customers.erasure import Erasure
from feedback_service.delivery.erase import erase_replies
from feedback_service.delivery.inbound.take_mail import AS_MUCH_AS_IS_READ, take_mail
from feedback_service.delivery.models import Reply, ReplyAttachment
from feedback_service.delivery.rules.files import LARGEST_FILE
from tests.delivery.factories import DOMAIN, recipient
from tests.delivery.inbound.factories import sent, sent_again
from tests.invitations.factories import NOW, PRIVACY_KEY

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 200


def letter(words: str = "It broke.", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    given = {"From": "Ana <ana@buyers.example>", "To": f"hello@{DOMAIN}", "Message-ID": "<a1@buyers.example>"}
    for name, value in {**given, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        mail[name] = value
    mail.set_content(words)
    return mail


def taken(session: Session, mail: EmailMessage) -> Reply:
    assert take_mail(session, mail.as_bytes(), NOW, key=PRIVACY_KEY) == "reply: kept"
    session.commit()
    return session.scalars(select(Reply).order_by(Reply.id.desc())).first() or pytest.fail("nothing was kept")


def files(session: Session) -> list[ReplyAttachment]:
    return list(session.scalars(select(ReplyAttachment).options(undefer(ReplyAttachment.content))))


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_the_address_it_came_to_says_what_it_answers(session: Session, header: str) -> None:
    first = sent(session)
    second = sent_again(session, first)
    address = f"hello+{first.uid.upper()}@{DOMAIN}"
    mail = letter() if header != "To" else letter(To=f"Corner Shop <{address}>")
    if header != "To":
        mail[header] = address
    assert second.id > first.id
    assert taken(session, mail).message_id == first.id


def test_its_headers_say_so_where_the_address_does_not(session: Session) -> None:
    first = sent(session)
    reply = taken(session, letter(In_Reply_To=f"<{first.uid}@{DOMAIN}>"))
    assert (reply.message_id, reply.invitation_id, reply.mail_id) == (
        first.id,
        first.invitation_id,
        "a1@buyers.example",
    )


def test_an_address_that_nobody_was_told_says_nothing(session: Session) -> None:
    sent(session)
    reply = taken(session, letter(To=f"hello+{'0' * 32}@{DOMAIN}"))
    assert (reply.message_id, reply.invitation_id) == (None, None)


@pytest.mark.parametrize("named", ["<\u00e4@b.example>", "<no-address>", f"<{'a' * 245}@b.example>"])
def test_a_message_id_that_cannot_be_named_in_a_mail_is_not_kept(session: Session, named: str) -> None:
    raw = f"From: ana@buyers.example\nMessage-ID: {named}\n\nwords".encode()
    take_mail(session, raw, NOW, key=PRIVACY_KEY)
    assert session.scalars(select(Reply.mail_id)).one() is None


def test_pictures_are_kept_as_they_were_sent(session: Session) -> None:
    mail = letter("See the pictures.")
    mail.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="Lampe größer.jpg")
    mail.add_attachment(PNG, maintype="application", subtype="octet-stream", filename="../../lamp.png")
    reply = taken(session, mail)
    assert (reply.words, reply.left_out) == ("See the pictures.", "")
    kept = [(file.name, file.media_type, file.size, file.content) for file in files(session)]
    assert kept == [
        ("Lampe größer.jpg", "image/jpeg", len(JPEG), JPEG),
        ("lamp.png", "image/png", len(PNG), PNG),
    ]


def test_what_is_hostile_or_too_much_is_counted_and_left_out(session: Session) -> None:
    mail = letter()
    mail.add_attachment(b"MZ\x90\x00", maintype="image", subtype="jpeg", filename="photo.jpg")
    mail.add_attachment(b"<svg onload='alert(1)'/>", maintype="image", subtype="svg+xml", filename="a.svg")
    mail.add_attachment("<script>alert(1)</script>", subtype="plain", filename="a.txt")
    mail.add_attachment(b"", maintype="image", subtype="png", filename="empty.png")
    mail.add_attachment(PNG + b"x" * LARGEST_FILE, maintype="image", subtype="png", filename="huge.png")
    mail.add_attachment(letter("Forwarded."))
    for number in range(6):
        mail.add_attachment(PNG, maintype="image", subtype="png", filename=f"{number}.png")
    reply = taken(session, mail)
    assert [file.name for file in files(session)] == ["0.png", "1.png", "2.png", "3.png", "4.png"]
    assert reply.left_out == (
        "1 file was not kept: empty. 1 file was not kept: larger than 5 MB."
        " 1 file was not kept: more than 5 files, or 12 MB together. 4 files were not kept: type not allowed."
    )


def test_what_programs_add_by_themselves_is_no_file(session: Session) -> None:
    mail = letter()
    mail.add_alternative("<p>It broke.</p>", subtype="html")
    mail.make_mixed()
    mail.add_attachment(b"signed", maintype="application", subtype="pgp-signature", filename="signature.asc")
    reply = taken(session, mail)
    assert (files(session), reply.left_out, reply.words) == ([], "", "It broke.")


def test_a_picture_alone_is_a_reply_without_words(session: Session) -> None:
    mail = EmailMessage()
    mail["From"] = "ana@buyers.example"
    mail.set_content(JPEG, maintype="image", subtype="jpeg")
    assert taken(session, mail).words == ""
    assert [file.name for file in files(session)] == ["file.jpg"]


def test_a_file_whose_end_was_not_read_is_not_kept(session: Session) -> None:
    head = b"From: ana@buyers.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nLook!\n"
    part = b"--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n"
    small = part + b64encode(PNG) + b"\n"
    raw = head + small + part + b64encode(PNG + b"x" * 200) + b"\n" + b"QUJD\n" * (AS_MUCH_AS_IS_READ // 5)
    assert take_mail(session, raw[: AS_MUCH_AS_IS_READ + 1], NOW, key=PRIVACY_KEY) == "reply: kept"
    (reply,) = session.scalars(select(Reply))
    assert (reply.words, reply.left_out) == ("Look!", "1 file was not kept: larger than 5 MB.")
    assert [file.size for file in files(session)] == [len(PNG)]


def test_the_same_mail_twice_keeps_its_files_once(session: Session) -> None:
    mail = letter()
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="a.png")
    taken(session, mail)
    assert take_mail(session, mail.as_bytes(), NOW, key=PRIVACY_KEY) == "reply: seen before"
    assert len(files(session)) == 1


def test_files_are_erased_with_the_words(session: Session) -> None:
    message = sent(session)
    mail = letter("", To=f"hello+{message.uid}@{DOMAIN}", Subject="Re: How was it?")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="Ana.png")
    reply = taken(session, mail)
    other = letter(From=recipient(message), Message_ID="<b2@buyers.example>")
    other.add_attachment(PNG, maintype="image", subtype="png", filename="b.png")
    taken(session, other)
    erasure = Erasure((), (message.invitation_id,), at=NOW, by="the customer", key=b"")
    assert erase_replies(session, erasure) == 1
    session.commit()
    assert [file.name for file in files(session)] == ["b.png"]
    session.refresh(reply)
    assert (reply.words, reply.subject, reply.mail_id) == ("", "", None)
    assert erase_replies(session, erasure) == 0
