"""Whose fault it is when a mail server refuses, which decides what happens next."""

import re
from enum import StrEnum


class Stage(StrEnum):
    """How far the conversation had come."""

    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    FINAL = "final"


class Fault(StrEnum):
    """Who has to act."""

    PASSING = "passing"
    """Busy, away, or the line dropped: try again later."""
    SETTINGS = "settings"
    """The server refuses *us* (password, sender, relaying): tell an admin, spare the recipient."""
    CONTENT = "content"
    """The server read this mail and does not want it: another attempt would be the same mail."""
    ADDRESS = "address"
    """The recipient's address takes no mail: never write to it again."""


# Refusals that come after RCPT although they are not about the recipient: Postfix holds back until then what
# it thinks of the client and the sender (smtpd_delay_reject). Taken for a bad address, one wrong setting would
# suppress every customer. Codes by RFC 3463; 5.5.0 stays out: large hosts say it of unknown mailboxes.
_NOT_ABOUT_THE_RECIPIENT = re.compile(r"5\.(?:1\.[78]|3\.\d+|5\.[1-9]\d*|6\.\d+|7\.\d+)\b")
_ABOUT_THE_RECIPIENT = re.compile(r"5\.1\.[1-6]\b")
_RELAYING = re.compile(r"\brelay", re.IGNORECASE)
_PROTOCOL_OR_PASSWORD = {500, 502, 503, 504, 530, 534, 535, 538}


def whose_fault(stage: Stage, code: int, text: str) -> Fault:
    """Judge a refusing reply: `code` as sent, `text` with the enhanced code it may begin with."""
    if code // 100 != 5:  # noqa: PLR2004 - a reply's first digit
        return Fault.PASSING
    if stage is Stage.RECIPIENT:
        ours = _NOT_ABOUT_THE_RECIPIENT.match(text) or _RELAYING.search(text) or code in _PROTOCOL_OR_PASSWORD
        return Fault.SETTINGS if ours else Fault.ADDRESS
    if stage is Stage.FINAL:
        return Fault.ADDRESS if _ABOUT_THE_RECIPIENT.match(text) else Fault.CONTENT
    return Fault.SETTINGS
