"""A mail that every reader understands and that nobody but the shop can write headers into."""

import email
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.delivery.compose import LONGEST_NAME, clean_name, compose, message_id_for

LINK = "https://shop.example/u/" + "k7" * 120


def mail(**changes: Any) -> bytes:
    """The mail that Zoë gets after her order, with some facts changed."""
    facts: dict[str, Any] = {
        "message_id": message_id_for("0f3a", "shop.example"),
        "date": datetime(2025, 3, 3, 9, 30, tzinfo=UTC),
        "sender_name": "Corner Shop",
        "sender_address": "feedback@shop.example",
        "recipient_name": "Zoë Müller",
        "recipient_address": "zoe@example.com",
        "subject": "How was your order?",
        "text": "How was it?\n",
        "html": "<p>How was it?</p>\n",
        "language": "en",
        "unsubscribe_url": LINK,
    }
    return compose(**(facts | changes))


def opened(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def shown_name(raw: bytes, header: str) -> str:
    """The display name as a reader shows it; the newer parser of Python 3.11 puts blanks between encoded words."""
    name, _ = parseaddr(email.message_from_bytes(raw)[header])
    return str(make_header(decode_header(name)))


def test_the_buyer_reads_who_asks_what_and_how_to_stop_it() -> None:
    message = opened(mail())
    assert message["From"] == "Corner Shop <feedback@shop.example>"
    assert message["To"].addresses[0].display_name == "Zoë Müller"
    assert message["To"].addresses[0].addr_spec == "zoe@example.com"
    assert message["Subject"] == "How was your order?"
    assert message["Date"].datetime == datetime(2025, 3, 3, 9, 30, tzinfo=UTC)
    assert message["Message-ID"] == "<0f3a@shop.example>"
    assert message["X-PM-Metadata-message-id"] == "0f3a"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"], "the best comes last"
    assert part(message, "plain") == "How was it?\n"
    assert part(message, "html") == "<p>How was it?</p>\n"


def test_one_click_stops_it_however_long_the_link() -> None:
    raw = mail()
    assert f"\r\nList-Unsubscribe: <{LINK}>\r\n".encode() in raw, "as it stands: readers do not decode this header"
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_mail_to_staff_has_nothing_to_unsubscribe_from() -> None:
    assert b"List-Unsubscribe" not in mail(unsubscribe_url=None)


@settings(deadline=None)  # a busy machine is no failure
@given(
    subject=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=120),
    text=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=400),
)
def test_any_words_arrive_as_they_were_written(subject: str, text: str) -> None:
    if not subject.strip():
        return
    raw = mail(subject=subject, text=text, html=f"<p>{text}</p>")
    message = opened(raw)
    assert message["Subject"] == subject.strip()
    assert part(message, "plain") == text + "\n"
    assert part(message, "html") == f"<p>{text}</p>\n"
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "subject",
    [
        "Wie war’s? 😀🎉",
        "👩‍👩‍👧 " * 40,
        "=?utf-8?q?Not_what_it_seems?=",
        "a" * 200,
        "Ça va — très bien, merci, José",
    ],
)
def test_emoji_accents_and_odd_subjects_survive(subject: str) -> None:
    assert opened(mail(subject=subject))["Subject"] == subject.strip()


@settings(deadline=None)  # a busy machine is no failure
@given(name=st.text(max_size=200))
def test_no_name_becomes_a_header_or_another_address(name: str) -> None:
    raw = mail(recipient_name=name, sender_name=name)
    message = opened(raw)
    plain = opened(mail())
    assert sorted(message.keys()) == sorted(plain.keys())
    assert [address.addr_spec for address in message["To"].addresses] == ["zoe@example.com"]
    assert [address.addr_spec for address in message["From"].addresses] == ["feedback@shop.example"]
    assert shown_name(raw, "To") == shown_name(raw, "From") == clean_name(name)


@pytest.mark.parametrize(
    ("name", "shown", "reason"),
    [
        ("Zoë\r\nBcc: everybody@example.com", "Zoë Bcc: everybody@example.com", "a line break is a space"),
        ("Zoë\u2028X-Evil: 1", "Zoë X-Evil: 1", "some programs break lines here too"),
        ("  Zoë \t Müller\x00 ", "Zoë Müller", "tidied"),
        ("Zoë\u202e moc.live", "Zoë moc.live", "text that runs backwards could pass for an address"),
        ("👩‍👩‍👧 Zoë", "👩‍👩‍👧 Zoë", "a joined emoji stays one"),
        ('Zoë "Z" <z@evil.example>, you', 'Zoë "Z" <z@evil.example>, you', "quoted, so that it is only a name"),
        ("x" * 500, "x" * LONGEST_NAME, "cut"),
        ("\r\n", "", "no name at all"),
    ],
)
def test_names_are_cleaned(name: str, shown: str, reason: str) -> None:
    assert clean_name(name) == shown, reason
    raw = mail(recipient_name=name)
    assert shown_name(raw, "To") == shown, reason
    assert [address.addr_spec for address in opened(raw)["To"].addresses] == ["zoe@example.com"], reason


@pytest.mark.parametrize(
    ("header", "changes"),
    [
        ("Subject", {"subject": "Hello\r\nBcc: x@example.com"}),
        ("Subject", {"subject": "Hello\nthere"}),
        ("Subject", {"subject": "  "}),
        ("Subject", {"subject": "x" * 401}),
        ("To", {"recipient_address": "zoe@example.com\r\nBcc: x@example.com"}),
        ("To", {"recipient_address": "zoe@example.com, x@example.com"}),
        ("To", {"recipient_address": "zoë@example.com"}),
        ("From", {"sender_address": "feedback@shop.example\n"}),
        ("From", {"sender_address": ""}),
        ("List-Unsubscribe", {"unsubscribe_url": "https://shop.example/u/1\r\nBcc: x@example.com"}),
        ("List-Unsubscribe", {"unsubscribe_url": "https://shop.example/>, <mailto:x@example.com"}),
        ("List-Unsubscribe", {"unsubscribe_url": "javascript:alert(1)"}),
        ("List-Unsubscribe", {"unsubscribe_url": "https://shop.example/" + "x" * 1000}),
        ("Content-Language", {"language": "de\r\nBcc: x@example.com"}),
        ("Message-ID", {"message_id": "<a@b>\r\nBcc: x@example.com"}),
        ("Message-ID", {"message_id": "0f3a@shop.example"}),
        ("Date", {"date": datetime(2025, 3, 3, 9, 30)}),  # noqa: DTZ001 - that is what is wrong with it
    ],
)
def test_what_cannot_stand_in_a_header_is_refused_by_its_name(header: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{header}: "):
        mail(**changes)


def test_the_language_may_come_as_a_locale() -> None:
    assert opened(mail(language="pt_BR"))["Content-Language"] == "pt-BR"


def test_the_date_is_told_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    assert b"\r\nDate: Mon, 03 Mar 2025 08:30:00 +0000\r\n" in mail(date=datetime(2025, 3, 3, 9, 30, tzinfo=berlin))


def test_long_names_and_addresses_are_folded_where_readers_expect_it() -> None:
    address = "l" * 64 + "@" + "d" * 60 + "." + "e" * 60 + ".example"
    raw = mail(recipient_name="José Ñandú " * 10, recipient_address=address)
    assert opened(raw)["To"].addresses[0].addr_spec == address
    head = raw.partition(b"\r\n\r\n")[0]
    long = [line for line in head.split(b"\r\n") if len(line) > 78]
    assert all(b"@" in line or line.startswith(b"List-Unsubscribe:") for line in long), "what must not be broken"


def test_no_words_end_their_part() -> None:
    words = "--=_the_other_version_=--\n\n--=_the_other_version_=\nContent-Type: text/html\n\nevil\n"
    message = opened(mail(text=words, html=words))
    assert [part(message, kind) for kind in ("plain", "html")] == [words, words]
    assert len(list(message.iter_parts())) == 2


def test_a_second_attempt_is_the_same_mail() -> None:
    assert mail() == mail()
    assert message_id_for("0f3a", "shop.example") == message_id_for("0f3a", "shop.example")
    assert message_id_for("0f3a", "shop.example") != message_id_for("0f3b", "shop.example")


@pytest.mark.parametrize(
    ("uid", "domain"), [("", "x.example"), ("a", ""), ("a b", "x"), ("a\r\nb", "x"), ("a", "x>"), ("a@b", "x")]
)
def test_a_message_id_is_made_of_plain_parts(uid: str, domain: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        message_id_for(uid, domain)


# Mails by a person, in a thread


def test_an_answer_names_the_mails_before_it_and_where_to_write_back() -> None:
    thread = ["<0f3a@shop.example>", "<CAF+x=1@mail.gmail.com>"]
    raw = mail(reply_to="feedback+0f3a@shop.example", thread=thread, by_hand=True, unsubscribe_url=None)
    message = opened(raw)
    assert message["Reply-To"].addresses[0].addr_spec == "feedback+0f3a@shop.example"
    assert message["In-Reply-To"] == thread[-1]
    assert str(message["References"]).split() == thread
    assert message["Auto-Submitted"] is None


def test_a_long_thread_is_folded() -> None:
    thread = [f"<{number}{'x' * 240}@b.example>" for number in range(12)]
    raw = mail(thread=thread)
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    assert str(opened(raw)["References"]).split() == thread


@pytest.mark.parametrize("named", ["<a@b>\r\nBcc: x@y.example", "a@b", "<a b@c>", "<a@b> <c@d>", "<ä@b>", "<ab>"])
def test_nobody_writes_headers_by_the_name_of_a_mail(named: str) -> None:
    with pytest.raises(ValueError, match="References"):
        mail(thread=[named])


def test_a_mail_by_nobody_says_that_it_is_automatic() -> None:
    assert opened(mail())["Auto-Submitted"] == "auto-generated"
