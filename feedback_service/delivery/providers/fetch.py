"""Fetches a small document from Amazon: the certificate behind a signature, the page that confirms a subscription."""

import re
from collections.abc import Callable
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

Fetch = Callable[[str], bytes]
"""Gives the body behind an address. Raises FetchError."""

TIME_LIMIT = 5.0  # seconds; Amazon asks again after a failure
LONGEST_DOCUMENT = 64 * 1024  # bytes; a certificate has two thousand

_TOPIC = re.compile(r"arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2,4}(?:-[a-z]{2,15}){1,3}-\d{1,2}):\d{12}:[\w.-]{1,256}")


class FetchError(Exception):
    """The document could not be had; the message says why."""


def sns_host(topic: str) -> str:
    """Where Amazon SNS is for the region of a topic, by the topic's ARN; empty where that is none.

    Only this host is asked: `sns.s3.amazonaws.com` looks like SNS and is anybody's bucket.
    """
    arn = _TOPIC.fullmatch(topic)
    return f"sns.{arn[2]}.amazonaws.com{'.cn' if arn[1] == 'aws-cn' else ''}" if arn else ""


def is_at(url: str, host: str) -> bool:
    """Whether an address is one of this host's: https, no other port, and nobody's name in it."""
    try:
        parts = urlsplit(url)
        plain = parts.port in {None, 443} and parts.username is None and parts.password is None
    except ValueError:
        return False
    return parts.scheme == "https" and plain and bool(host) and parts.hostname == host


def fetch_from_sns(url: str) -> bytes:
    """The body behind an https address that `is_at` allowed; redirects are not followed. Raises FetchError."""
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
