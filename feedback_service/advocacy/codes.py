"""A referral's code, and the address to which it leads."""

import secrets
from urllib.parse import unquote_plus, urlsplit, urlunsplit

ALPHABET = "BCDFGHJKMNPQRSTVWXYZ23456789"
"""Nothing that is read as something else (0 and O, 1, I and L, U and V), and no vowels, so that no code is a word."""
LENGTH = 7  # 13,000 million codes: hardly ever two alike, and few enough letters to type at a checkout
PARAMETER = "ref"
PATH = "go"
"""The first part of a link's address."""


def new_code() -> str:
    """A code at random; that it is nobody else's is for the database to say."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_kept(typed: str) -> str:
    """A code as it is stored, from what somebody typed or a program made of it."""
    return typed.strip().upper()


def is_code(text: str) -> bool:
    """Whether it can be one of ours at all; anything else need not be looked for."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)


def referral_link(base_url: str, code: str) -> str:
    """The address that a customer passes on."""
    return f"{base_url}/{PATH}/{code}"


def shop_link(shop_url: str, code: str) -> str:
    """The shop's address with `ref=CODE` added to whatever query it has; one that it had before is replaced."""
    parts = urlsplit(shop_url)
    others = [pair for pair in parts.query.split("&") if pair and unquote_plus(pair.partition("=")[0]) != PARAMETER]
    return urlunsplit(parts._replace(path=parts.path or "/", query="&".join([*others, f"{PARAMETER}={code}"])))
