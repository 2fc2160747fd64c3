"""What can stand in an SMTP command as an address."""

import re

LONGEST_ADDRESS = 254  # characters, RFC 5321 4.5.3.1.3 without the angle brackets

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NEVER_IN_ADDRESS = re.compile(r'[\x00-\x1f\x7f <>()\[\],;:\\"]')


def address_problem(address: str) -> str | None:
    """Why `address` cannot be used in a conversation, as the rest of a sentence, or None when it can."""
    if "\r" in address or "\n" in address:
        return "holds a line break, which a mail address cannot have"
    if not address.isascii():
        return "holds letters beyond plain ASCII, which mail servers cannot be relied on to carry"
    name, at, domain = address.rpartition("@")
    if not (name and at and domain):
        return "has no name or no domain around its @"
    if "@" in name or _NEVER_IN_ADDRESS.search(address):
        return "holds a space, a second @ or another character that cannot stand there"
    if len(address) > LONGEST_ADDRESS:
        return f"is longer than {LONGEST_ADDRESS} characters"
    return None


def has_control(text: str) -> bool:
    """Whether a control character is in it: what ends a command, or a header, early."""
    return _CONTROL.search(text) is not None
