"""Fetches a small document from Amazon: the certificate behind a signature, the page that confirms a subscription."""

import re
from collections.abc import Callable
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

Fetch = Callable[[str], bytes]
"""Gives the body behind an address. Raises FetchError."""

TIME_LIMIT = 5.0  # seconds; Amazon asks again after a failure
LONGEST_DOCUMENT = 64 * 1024  # bytes; a certificate has two thousand

_SNS_HOST = re.compile(r"sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?")


class FetchError(Exception):
    """The document could not be had; the message says why."""


def is_from_sns(url: str) -> bool:
    """Whether an address is one of Amazon SNS's own: https, its host, no other port, and nobody's name in it."""
    try:
        parts = urlsplit(url)
        plain = parts.port in {None, 443} and parts.username is None and parts.password is None
    except ValueError:
        return False
    return parts.scheme == "https" and plain and bool(_SNS_HOST.fullmatch(parts.hostname or ""))


def fetch_from_sns(url: str) -> bytes:
    """The body behind one of Amazon SNS's addresses; redirects are not followed. Raises FetchError."""
    if not is_from_sns(url):
        raise FetchError("the address is not Amazon SNS's")
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    connection = HTTPSConnection(parts.hostname or "", timeout=TIME_LIMIT)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read(LONGEST_DOCUMENT + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise FetchError(f"Amazon SNS did not answer ({type(error).__name__})") from None
    finally:
        connection.close()
    if answer.status != 200 or len(body) > LONGEST_DOCUMENT:  # noqa: PLR2004 - HTTP's "OK"
        raise FetchError(f"Amazon SNS answered {answer.status} with {len(body)} bytes")
    return body
