"""A mail as bytes: two versions of the text under headers that nobody else can write into."""

import re
import unicodedata
from binascii import b2a_base64
from collections.abc import Sequence
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

from feedback_service.delivery.enclose import Enclosed, enclosing
from feedback_service.delivery.rules.addresses import address_problem

LONGEST_NAME = 120  # characters of a display name; longer ones are cut
LONGEST_SUBJECT = 400  # characters
LONGEST_LINE = 998  # bytes without CRLF, RFC 5322 2.1.1
FOLD_AT = 76  # characters; RFC 5322 asks for 78 and RFC 2047 for 76 around an encoded word

_ATOM = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_ANY_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")  # of mails that others wrote: printable ASCII without space, < and >
_URL = re.compile(r"https?://[!-;=?-~]+")  # printable ASCII without space, < and >
# Marks that turn the text after them around, with which a name could pass for an address.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BASE64_LINE = 76  # characters, RFC 2045 6.8
# No part can hold the line that divides them: it has characters that base64 does not know.
_BOUNDARY = b"=_the_other_version_="
_BODY = b"""\
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="%(boundary)s"

--%(boundary)s
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

%(text)s
--%(boundary)s
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

%(html)s
--%(boundary)s--
""".replace(b"\n", b"\r\n").replace(b"%(boundary)s", _BOUNDARY)


def compose(
    *,
    message_id: str,
    date: datetime,
    sender_name: str,
    sender_address: str,
    recipient_name: str,
    recipient_address: str,
    subject: str,
    text: str,
    html: str,
    language: str,
    unsubscribe_url: str | None,
    reply_to: str | None = None,
    thread: Sequence[str] = (),
    by_hand: bool = False,
    files: Sequence[Enclosed] = (),
) -> bytes:
    """A multipart/alternative mail in CRLF lines of at most 998 bytes, ASCII throughout.

    `message_id` as `message_id_for` makes it; `date` aware; `language` as `de` or `pt_BR`. Names are cleaned,
    since customers choose theirs; anything else that cannot stand in a header raises ValueError naming the
    header. `unsubscribe_url` works by one click (RFC 8058); None for mail to staff. `thread` are the Message-IDs of the
    mails before it, as `<id@domain>`, oldest first: it answers the last one (RFC 5322 3.6.4). `by_hand`: a person wrote
    it, so it does not say that it is automatic (RFC 3834 5). `files` go along with it, and make it more than an
    alternative of two texts.

    The headers are written here and not by `EmailMessage`: its folding turns a long List-Unsubscribe URL into
    encoded words, which no mail program follows. So is the body, since `EmailMessage` takes twenty times as long
    over it; the parts are base64, which every server takes and none rewrites, so that a signature stays whole.
    """
    headers = [
        ("From", _mailbox("From", sender_name, sender_address)),
        ("To", _mailbox("To", recipient_name, recipient_address)),
        ("Subject", _subject(subject)),
        ("Date", _date(date)),
        ("Message-ID", _message_id(message_id)),
        # Postmark puts a Message-ID of its own in place of ours, and gives this back; of at most 80 characters.
        ("X-PM-Metadata-message-id", message_id[1:].partition("@")[0]),
        ("Content-Language", _language(language)),
    ]
    if not by_hand:
        headers.append(("Auto-Submitted", "auto-generated"))
    if reply_to is not None:
        headers.append(("Reply-To", _mailbox("Reply-To", sender_name, reply_to)))
    if thread:
        ids = [_any_id(each) for each in thread]
        headers += [("In-Reply-To", ids[-1]), ("References", "\r\n ".join(ids))]
    if unsubscribe_url is not None:
        headers.append(("List-Unsubscribe", _link("List-Unsubscribe", unsubscribe_url)))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return b"".join(_line(name, value) for name, value in headers) + enclosing(_body(text, html), files)


def message_id_for(uid: str, domain: str) -> str:
    """The Message-ID of the message row `uid`: the same at every attempt, so that two are one mail.

    Raises ValueError when either part holds anything but letters, digits, `-`, `_` and inner dots.
    """
    if not (_ATOM.fullmatch(uid) and _ATOM.fullmatch(domain)):
        raise ValueError("Message-ID: needs a plain id and a plain domain")
    return f"<{uid}@{domain}>"


def clean_name(name: str) -> str:
    """A name fit for a header: one line of bounded length, without control or text direction characters."""
    kept = (" " if _breaks_lines(character) else character for character in name if character not in _DIRECTIONS)
    return " ".join("".join(kept).split())[:LONGEST_NAME].strip()


def _breaks_lines(character: str) -> bool:
    """Whether somebody on the way may take it for the end of a line, or cannot carry it at all."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _body(text: str, html: str) -> bytes:
    return _BODY % {b"text": _base64(text), b"html": _base64(html)}


def _base64(words: str) -> bytes:
    """`words` in UTF-8, their lines ending with CRLF (RFC 2045 6.8), in lines of base64."""
    lines = words.encode().splitlines() or [b""]
    encoded = b2a_base64(b"\r\n".join([*lines, b""]), newline=False)
    return b"\r\n".join([encoded[start : start + BASE64_LINE] for start in range(0, len(encoded), BASE64_LINE)])


def _line(name: str, value: str) -> bytes:
    line = f"{name}: {value}\r\n"
    if any(len(part) > LONGEST_LINE for part in line.split("\r\n")):
        raise ValueError(f"{name}: is longer than {LONGEST_LINE} characters")
    return line.encode("ascii")


def _one_line(header: str, value: str) -> str:
    if any(_breaks_lines(character) for character in value):
        raise ValueError(f"{header}: holds a line break or another control character")
    return value


@lru_cache(maxsize=100)  # the sender is the same in every mail
def _mailbox(header: str, name: str, address: str) -> str:
    problem = address_problem(address)
    if problem:
        raise ValueError(f"{header}: the address {problem}")
    shown = clean_name(name)
    if not shown:
        return address
    if shown.isascii() and "=?" not in shown:
        quoted = '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        quoted = _encoded(header, shown)
    last_line = quoted.rpartition("\n")[2]
    gap = " " if len(header) + len(last_line) + len(address) + 5 <= FOLD_AT else "\r\n "
    return f"{quoted}{gap}<{address}>"


def _subject(subject: str) -> str:
    words = _one_line("Subject", subject).strip()
    if not words or len(words) > LONGEST_SUBJECT:
        raise ValueError(f"Subject: needs 1 to {LONGEST_SUBJECT} characters")
    # A subject that holds "=?" would be decoded by its reader into something that was never written.
    plain = words.isascii() and "=?" not in words and len("Subject: ") + len(words) <= FOLD_AT
    return words if plain else _encoded("Subject", words)


def _encoded(header: str, words: str) -> str:
    """`words` as RFC 2047 encoded words, folded."""
    return Header(words, "utf-8", maxlinelen=FOLD_AT, header_name=header).encode(linesep="\r\n")


def _date(date: datetime) -> str:
    if date.tzinfo is None:
        raise ValueError("Date: needs a time zone")
    return format_datetime(date.astimezone(UTC))


def _message_id(message_id: str) -> str:
    uid, _, domain = message_id.removeprefix("<").removesuffix(">").partition("@")
    if message_id_for(uid, domain) != message_id:
        raise ValueError("Message-ID: must be <id@domain>")
    return message_id


def _any_id(message_id: str) -> str:
    if not _ANY_ID.fullmatch(message_id):
        raise ValueError("References: must be <id@domain>, in plain ASCII")
    return message_id


def _language(language: str) -> str:
    tag = language.replace("_", "-")
    if not _LANGUAGE_TAG.fullmatch(tag):
        raise ValueError("Content-Language: must be a language tag such as de or pt-BR")
    return tag


def _link(header: str, url: str) -> str:
    if not _URL.fullmatch(url):
        raise ValueError(f"{header}: must be one http or https URL in plain ASCII")
    return f"<{url}>"
