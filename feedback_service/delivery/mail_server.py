"""Where mail is handed over, read from one URL."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from feedback_service.delivery.rules.addresses import has_control

_SCHEMES = "smtp://, smtps:// or smtp+starttls://"


class Security(StrEnum):
    """How the connection is encrypted; the values are the URL schemes."""

    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


_USUAL_PORT = {Security.NONE: 25, Security.TLS: 465, Security.STARTTLS: 587}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over. Shown as host:port; neither str() nor repr() holds the password."""

    host: str
    port: int
    security: Security = Security.NONE
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read `smtp://user:password@host:port`, `smtps://…` or `smtp+starttls://…`; the port may be absent.

        User and password are percent-decoded. Raises ValueError naming what is wrong and repeating nothing of
        the URL, since a mistyped one may hold the password anywhere.
        """
        parts = _split(url)
        if parts is None or parts.scheme not in list(Security):
            raise ValueError(f"The mail server's URL must be one line that begins with {_SCHEMES}.")
        port = _port(parts)
        if port is None or parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError(
                "The mail server's URL must end with its host and a port from 1 to 65535."
                " In the user or the password, / ? # @ : are written as %2F %3F %23 %40 %3A."
            )
        if not parts.hostname:
            raise ValueError("The mail server's URL names no host.")
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(username) != bool(password):
            raise ValueError("The mail server's URL needs both a user and a password, or neither.")
        if not (username + password).isascii() or has_control(username + password):
            raise ValueError("The mail server's user and password may hold plain ASCII characters only.")
        return cls(parts.hostname, port, Security(parts.scheme), username, password)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _split(url: str) -> SplitResult | None:
    if has_control(url):  # urlsplit would silently drop line breaks and tabs
        return None
    try:
        return urlsplit(url)
    except ValueError:  # whose message repeats the URL
        return None


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:  # whose message repeats what stands there, which may be half a password
        return None
    if port is None:
        return _USUAL_PORT[Security(parts.scheme)]
    return port or None
