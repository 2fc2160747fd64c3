"""A mail is read whatever its sender, or somebody on the way, did to it."""

import random
from contextlib import suppress

import pytest

from feedback_service.delivery.rules.mime import (
    MOST_PARTS,
    BadMailError,
    header,
    message_ids,
    parts,
    read_mail,
    sender,
    text_of,
    without_addresses,
)
from tests.delivery import returned_mails as mails


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Subject: plain", "plain"),
        (b"Subject: =?utf-8?B?8J+YoSBicm9rZW4=?=", "😡 broken"),
        (b"Subject: =?iso-8859-1?Q?caf=E9?= =?iso-8859-1?Q?_closed?=", "café closed"),
        ("Subject: sem codificação".encode(), "sem codificação"),
        (b"Subject: caf\xe9", "caf�"),
        (b"Subject: =?x-unheard-of?Q?caf=E9?=", "café"),
        (b"Subject: =?utf-8?B?!!!?=", ""),
        (b"Subject: one\r\n two", "one two"),
        (b"Subject: =?utf-8?Q?one=0D=0ABcc:_eve=40evil.example?=", "one Bcc: eve@evil.example"),
        (b"Subject: a\x00b\x1b[31m", "ab[31m"),
        ("Subject: \u202eabc".encode(), "abc"),
    ],
)
def test_a_subject_is_one_line_of_text(raw: bytes, expected: str) -> None:
    assert header(read_mail(b"From: a@b.example\n" + raw + b"\n\n"), "Subject") == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"From: Ana <ana@buyers.example>", "ana@buyers.example"),
        (b'From: "evil@x.example" <ana@buyers.example>', "ana@buyers.example"),
        (b"From: =?utf-8?Q?eve=40evil.example?= <ana@buyers.example>", "ana@buyers.example"),
        (b"From: ana@buyers.example\n (Ana)", "ana@buyers.example"),
        (b"From:", ""),
    ],
)
def test_who_wrote(raw: bytes, expected: str) -> None:
    assert sender(read_mail(raw + b"\nReceived: by us\n\n")) == expected


@pytest.mark.parametrize(
    ("charset", "octets", "expected"),
    [
        ("utf-8", "Fünf 😡".encode(), "Fünf 😡"),
        ("iso-8859-1", b"F\xfcnf", "Fünf"),
        ("windows-1252", b"\x93F\xfcnf\x94", "“Fünf”"),
        ("us-ascii", "Fünf".encode(), "Fünf"),
        ("utf-8", b"F\xfcnf", "Fünf"),
        ("x-unheard-of", "Fünf".encode(), "Fünf"),
        ("utf-16", b"abc", "abc"),
        ("utf-8", b"a\x00b\r\nc\rd", "ab\nc\nd"),
    ],
)
def test_a_text_whatever_it_says_of_its_charset(charset: str, octets: bytes, expected: str) -> None:
    raw = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert text_of(read_mail(raw.encode() + octets)) == expected


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"hello", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 100, b'{"a": 1}'])
def test_what_is_no_mail_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(BadMailError, match="no mail"):
        read_mail(raw)


def test_a_mail_made_of_boxes_in_boxes_is_refused_or_read_but_never_fatal() -> None:
    for depth in (50, 500, 5_000):
        raw = b"From: a@b.example\n" + b"".join(
            f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n".encode() for level in range(depth)
        )
        with suppress(BadMailError):
            assert len(list(parts(read_mail(raw), attached=True))) <= MOST_PARTS


def test_a_mail_of_very_many_parts_is_read_up_to_a_bound() -> None:
    raw = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_000
    assert len(list(parts(read_mail(raw), attached=True))) == MOST_PARTS


def test_any_mail_that_somebody_garbled_is_read() -> None:
    chance = random.Random(7)
    for text in (mails.POSTFIX, mails.EXCHANGE, mails.REPLY, mails.COMPLAINT):
        whole = bytearray(mails.mail(text))
        for _ in range(40):
            for _ in range(20):
                whole[chance.randrange(len(whole))] = chance.randrange(256)
            try:
                mail = read_mail(bytes(whole))
            except BadMailError:
                continue
            header(mail, "Subject")
            sender(mail)
            for part in parts(mail, attached=True):
                text_of(part)


def test_ids_and_addresses_in_words() -> None:
    assert message_ids("<a@b> and <c@d>, <a@b>, <not one>") == ("a@b", "c@d")
    assert without_addresses("<ana@buyers.example>: no (ben+x@y.example)") == "<address>: no (<address>)"
