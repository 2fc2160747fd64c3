"""Which pages of the shop's may hold a survey in a frame: addresses as a browser compares them."""

import re
from urllib.parse import urlsplit

MOST_ORIGINS = 10
DEFAULT_PORTS = {"http": 80, "https": 443}
# Whatever passes is written into a header: letters, digits and hyphens between dots, or an IPv4 address.
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.ASCII)


class OriginError(Exception):
    """An address that cannot hold a frame; the message says what one looks like."""


def parse_origins(text: str) -> list[str]:
    """The origins in a text, one to a line or between commas, each once and in the given order.

    Raises OriginError naming the first that is none.
    """
    found = [_origin(part) for part in re.split(r"[\s,;]+", text) if part]
    if len(set(found)) > MOST_ORIGINS:
        raise OriginError(f"Give at most {MOST_ORIGINS} addresses; for more shops, make more ways in.")
    return list(dict.fromkeys(found))


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        raise _unclear(text) from None
    whole = parts.scheme in DEFAULT_PORTS and _HOST.fullmatch(host) and "@" not in parts.netloc
    if not whole or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise _unclear(text)
    return f"{parts.scheme}://{host}" + ("" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}")


def _unclear(text: str) -> OriginError:
    return OriginError(f"{text[:80]} is no address such as https://shop.example: no page, no path, no asterisk.")
