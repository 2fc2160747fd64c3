"""Files that go along with a mail: pictures that its page shows, and attachments."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

BASE64_LINE = 76  # characters, RFC 2045 6.8
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")
# No part can hold the lines that divide it: they have characters that base64 does not know.
_SHOWN, _BESIDE = b"=_what_the_page_shows_=", b"=_what_goes_along_="


@dataclass(frozen=True)
class Enclosed:
    """A file. One that is `shown` stands within the page."""

    name: str
    media_type: str
    content: bytes
    shown: bool = False

    @property
    def content_id(self) -> str:
        """What its page calls it, behind `cid:` (RFC 2392)."""
        return f"{self.name}@enclosed"


def enclosing(body: bytes, files: Sequence[Enclosed]) -> bytes:
    """The mail's body, headers and all, with files: multipart/related (RFC 2387) in multipart/mixed, as far as needed.

    Raises ValueError for a name or a type that cannot stand in a header.
    """
    shown = [_part(file) for file in files if file.shown]
    beside = [_part(file) for file in files if not file.shown]
    if shown:
        body = _together(b'multipart/related; type="multipart/alternative"', _SHOWN, [_inner(body), *shown])
    if beside:
        body = _together(b"multipart/mixed", _BESIDE, [_inner(body), *beside])
    return body


def _inner(body: bytes) -> bytes:
    return body.removeprefix(b"MIME-Version: 1.0\r\n")


def _together(kind: bytes, boundary: bytes, parts: Sequence[bytes]) -> bytes:
    head = b'MIME-Version: 1.0\r\nContent-Type: %b; boundary="%b"\r\n\r\n' % (kind, boundary)
    return head + b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts) + b"--%b--\r\n" % boundary


def _part(file: Enclosed) -> bytes:
    if not _NAME.fullmatch(file.name):
        raise ValueError("Content-Disposition: a file needs a plain name")
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise ValueError("Content-Type: must be a media type such as image/png")
    headers = [
        f"Content-Type: {file.media_type}",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: {"inline" if file.shown else "attachment"}; filename="{file.name}"',
        *([f"Content-ID: <{file.content_id}>"] if file.shown else []),
    ]
    encoded = b64encode(file.content)
    lines = (encoded[start : start + BASE64_LINE] for start in range(0, len(encoded), BASE64_LINE))
    return "\r\n".join(headers).encode("ascii") + b"\r\n\r\n" + b"\r\n".join(lines)
