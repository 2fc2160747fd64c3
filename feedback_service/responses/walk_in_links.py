"""The secrets of people nobody asked by mail: made of their answer's random name and a signature over it."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence

SIGNED = "w."
"""How such a secret begins; an invitation's never holds a full stop."""
SIGNATURE_BYTES = 12  # 96 bits over a name that is itself random


def sign_walk_in(keys: Sequence[bytes], uid: str) -> str:
    """The secret that opens the answer `uid`. `keys` by generation; the newest signs."""
    return f"{SIGNED}{uid}.{_signature(keys[-1], uid)}"


def walk_in_behind(keys: Sequence[bytes], secret: str) -> str | None:
    """The `uid` that some key has signed; None for any other secret."""
    uid, _, signature = secret.removeprefix(SIGNED).rpartition(".")
    if not secret.startswith(SIGNED) or not signature.isascii():
        return None
    known = any(hmac.compare_digest(_signature(key, uid), signature) for key in keys)
    return uid if uid and known else None


def _signature(key: bytes, uid: str) -> str:
    mac = hmac.new(key, f"walk-in|{uid}".encode(), hashlib.sha256)
    return urlsafe_b64encode(mac.digest()[:SIGNATURE_BYTES]).decode()
