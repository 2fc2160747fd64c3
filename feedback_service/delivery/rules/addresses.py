"""What can stand in an SMTP command as an address."""

LONGEST_ADDRESS = 254  # characters, RFC 5321 4.5.3.1.3 without the angle brackets


def address_problem(address: str) -> str | None:
    """Why `address` cannot be used in a conversation, as the rest of a sentence, or None when it can."""
    if any(character in address for character in "\r\n"):
        return "holds a line break, which a mail address cannot have"
    if not address.isascii():
        return "holds letters beyond plain ASCII, which mail servers cannot be relied on to carry"
    name, at, domain = address.rpartition("@")
    if not (name and at and domain):
        return "has no name or no domain around its @"
    if has_control(address) or any(character in address for character in ' <>()[],;:\\"') or "@" in name:
        return "holds a space, a second @ or another character that cannot stand there"
    if len(address) > LONGEST_ADDRESS:
        return f"is longer than {LONGEST_ADDRESS} characters"
    return None


def has_control(text: str) -> bool:
    """Whether a control character is in it: what ends a command, or a header, early."""
    return any(ord(character) < 32 or ord(character) == 127 for character in text)  # noqa: PLR2004 - ASCII's
