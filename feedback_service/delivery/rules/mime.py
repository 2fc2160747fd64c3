"""A raw mail as text, whatever its sender broke: wrong charsets, raw bytes in headers, parts without an end."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

Mail = Message

MOST_PARTS = 200  # a mail with more was made to be slow to read
LONGEST_HEADER = 2_000  # characters that are looked at
MOST_HEADERS = 20  # of one name
LONGEST_TEXT = 500_000  # characters of one part that are looked at

_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_ADDRESS = re.compile(r"<?[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}>?")


class BadMailError(ValueError):
    """The bytes are no mail that could be read; the message is one sentence."""


def read_mail(raw: bytes) -> Mail:
    """The mail, its headers left as they were sent. Raises BadMailError."""
    try:
        mail = message_from_bytes(raw.lstrip(b"\r\n"))
        if mail.get("From") is None and mail.get("Received") is None:
            raise BadMailError("This is no mail: it has neither a From nor a Received header.")
    except (RecursionError, MessageError):
        raise BadMailError("This mail's parts lie too deep in each other to be read.") from None
    return mail


def parts(mail: Mail, *, attached: bool) -> Iterator[Mail]:
    """The parts of a mail in their order, itself first; those of mails that lie in it only where `attached`."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        yield part
        inner = part.get_payload()
        if isinstance(inner, list) and (attached or part.get_content_type() != "message/rfc822"):
            waiting.extend(each for each in reversed(inner) if isinstance(each, Message))


def header(mail: Mail, name: str) -> str:
    """A header's words in one line, decoded; empty where it is missing."""
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    return decoded_words(raw[:LONGEST_HEADER])


def decoded_words(raw: str) -> str:
    """What stands in a header, its encoded words (RFC 2047) decoded, in one line."""
    plain = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        pieces = decode_header(plain)
    except (HeaderParseError, ValueError):
        pieces = [(plain, None)]
    words = "".join(piece if isinstance(piece, str) else decoded(piece, charset) for piece, charset in pieces)
    return one_line(words)


def headers(mail: Mail, name: str) -> list[str]:
    """Every header of that name in one line, as it was sent; servers on the way write some more than once."""
    values = [str(value) for key, value in mail.raw_items() if key.lower() == name.lower()]
    return [one_line(value[:LONGEST_HEADER]) for value in values[:MOST_HEADERS]]


def sender(mail: Mail) -> str:
    """The bare address that a mail says it comes from; empty where it says none."""
    raw = str(mail.get("From", ""))[:LONGEST_HEADER]
    return one_line(parseaddr(raw.replace("\r", " ").replace("\n", " "))[1])


def text_of(part: Mail) -> str:
    """A part's text, whatever it says its charset is."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        charset = part.get_content_charset()
    except (LookupError, ValueError):
        charset = None
    return visible(decoded(payload[: 4 * LONGEST_TEXT], charset)[:LONGEST_TEXT])


def decoded(octets: bytes, charset: str | None) -> str:
    """Text from bytes; a charset that nobody knows, or that is wrong, is taken for UTF-8 and then for Latin-1."""
    for attempt in (charset or "utf-8", "utf-8"):
        try:
            return octets.decode(attempt)
        except (LookupError, ValueError):
            continue
    return octets.decode("utf-8", "replace") if octets.count(b"\xef\xbf\xbd") else octets.decode("latin-1")


def visible(text: str) -> str:
    """Text with one kind of line break and nothing in it that nobody sees, which databases refuse or eyes misread."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Text without line breaks, fit for a line of a list."""
    return " ".join(visible(text).split())


def message_ids(text: str) -> tuple[str, ...]:
    """Every `<id@domain>` in a header or a text, without the brackets, each once."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))


def without_addresses(text: str) -> str:
    """Words to be kept for good, in which nobody's address stands."""
    return _ADDRESS.sub("<address>", text)
