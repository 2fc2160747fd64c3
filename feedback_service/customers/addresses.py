"""An e-mail address: whether it is one, and the keyed hash that everything about it hangs on."""

import hashlib
import hmac

from email_validator import EmailNotValidError, validate_email


class BadAddressError(ValueError):
    """The text is no e-mail address; the message says why."""


def normal_email(text: str) -> str:
    """The address as it is stored and mailed to, its domain in the ASCII form that every mail server takes.

    Raises BadAddressError in one clause that can follow the address.
    """
    try:
        valid = validate_email(text.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadAddressError(str(error)) from None
    return valid.ascii_email or valid.normalized


def address_hash(key: bytes, email: str) -> str:
    """HMAC-SHA256 of the normalised, case-folded address, in hex: the same mailbox is the same person."""
    return hmac.new(key, b"address|" + email.strip().casefold().encode(), hashlib.sha256).hexdigest()
