"""The form's signed nonce, bound to the link instead of a cookie: it works in a frame, and after lunch.

It says when its page was made, to the millisecond, and to which network it went, as a keyed hash that is written down
nowhere else: enough to see that a press came too fast, or from somewhere else.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

from wtforms import ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm

from feedback_service import clock

NONCE_SECONDS = 24 * 60 * 60  # a page left open longer is sent back filled in, with a fresh nonce
AHEAD = timedelta(minutes=5)  # how far the clocks of two servers may differ
SIGNATURE_BYTES = 15
NETWORK_BYTES = 3  # enough to tell two networks apart, too little to find one by
PREFIX_BYTES = {AF_INET: 2, AF_INET6: 4}
FAMILY = {AF_INET: "4", AF_INET6: "6"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Nonce:
    """What a page's nonce says."""

    made_at: datetime
    network: str
    """4 or 6 and a hash of the visitor's network; "" where the address is not known."""

    def fresh(self, now: datetime) -> bool:
        """Whether the page is not too old to be taken."""
        return now - self.made_at <= timedelta(seconds=NONCE_SECONDS)


def make_nonce(key: bytes, link: str, network: str, now: datetime) -> str:
    """The nonce of a page behind `link`, a hash of its secret."""
    said = f"{(now - EPOCH) // MILLISECOND:x}.{network}"
    return f"{said}.{_signature(key, link, said)}"


def read_nonce(key: bytes, link: str, sent: str | None, now: datetime) -> Nonce | None:
    """What a nonce says, however old it is; None where it is not one that we made for this link."""
    said, _, signature = (sent or "").rpartition(".")
    if not signature.isascii() or not hmac.compare_digest(_signature(key, link, said), signature):
        return None
    made, _, network = said.partition(".")
    made_at = EPOCH + int(made, 16) * MILLISECOND
    return Nonce(made_at, network) if made_at <= now + AHEAD else None


def network_of(key: bytes, link: str, address: str | None) -> str:
    """A short keyed hash of an address's network: its first 16 bits, or 32 of IPv6, which few people leave at once.

    It differs from link to link, so that two nonces do not tell whether one visitor opened both.
    """
    address = (address or "").removeprefix("::ffff:")
    family = AF_INET6 if ":" in address else AF_INET
    try:
        packed = inet_pton(family, address)
    except OSError:
        return ""
    prefix = packed[: PREFIX_BYTES[family]]
    mac = hmac.digest(key, b"network|" + link.encode() + prefix, "sha256")
    return f"{FAMILY[family]}{mac[:NETWORK_BYTES].hex()}"


def _signature(key: bytes, link: str, said: str) -> str:
    mac = hmac.digest(key, f"answer-form|{link}|{said}".encode("utf-8", "replace"), "sha256")
    return urlsafe_b64encode(mac[:SIGNATURE_BYTES]).decode()


class LinkNonce(CSRF):
    """The same as WTForms' token. Meta needs `csrf_context` (the link's hash), `nonce_key` and `nonce_too_old`."""

    def setup_form(self, form: BaseForm) -> Any:
        self._link, self._key = str(form.meta.csrf_context), form.meta.nonce_key.encode()
        self._network = getattr(form.meta, "nonce_network", "")
        self._too_old = form.meta.nonce_too_old
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return make_nonce(self._key, self._link, self._network, clock.now())

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        now = clock.now()
        nonce = read_nonce(self._key, self._link, field.data, now)
        if nonce is None or not nonce.fresh(now):
            raise ValidationError(self._too_old)
