"""Amazon SNS's signatures: RSA over chosen fields of the body, by the key in a certificate that Amazon serves.

Fields and their order are those of the SNS developer guide, "Verifying the signatures of Amazon SNS messages".
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from feedback_service.delivery.providers.fetch import Fetch, FetchError, is_at
from feedback_service.delivery.providers.provider import NotAuthenticError, a_text

NOTIFICATION = "Notification"
CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
_IN_NOTIFICATIONS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_IN_CONFIRMATIONS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
# Version 1 is SHA-1, which nobody can yet forge for a text that was not their own; topics use it unless told otherwise.
_HASHES: dict[str, type[HashAlgorithm]] = {"1": SHA1, "2": SHA256}

KEPT_FOR = timedelta(hours=24)  # a certificate
MOST_KEPT = 20  # certificates; Amazon uses one per region at a time


@dataclass
class Certificates:
    """Amazon's certificates, each fetched once a day."""

    fetch: Fetch
    host: str
    """Where they lie."""
    _kept: dict[str, tuple[datetime, x509.Certificate]] = field(default_factory=dict)

    def key_at(self, url: str, now: datetime) -> RSAPublicKey:
        """The public key of the certificate at an address of Amazon SNS's. Raises NotAuthenticError or FetchError."""
        if not is_at(url, self.host) or not url.partition("?")[0].endswith(".pem"):
            raise NotAuthenticError("The certificate does not lie at Amazon SNS.")
        fetched_at, certificate = self._kept.get(url, (None, None))
        if certificate is None or fetched_at is None or now - fetched_at > KEPT_FOR:
            certificate = _certificate(self.fetch(url))
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[url] = (now, certificate)
        key = certificate.public_key()
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise NotAuthenticError("The certificate is not valid today.")
        if not isinstance(key, RSAPublicKey):
            raise NotAuthenticError("The certificate holds no RSA key.")
        return key


def check_signature(told: Mapping[str, Any], certificates: Certificates, now: datetime) -> None:
    """Return if Amazon SNS signed this body. Raises NotAuthenticError or FetchError."""
    algorithm = _HASHES.get(a_text(told.get("SignatureVersion")))
    if algorithm is None:
        raise NotAuthenticError("The signature is of a version that is not known.")
    key = certificates.key_at(a_text(told.get("SigningCertURL")), now)
    try:
        signature = b64decode(a_text(told.get("Signature")), validate=True)
        key.verify(signature, signed_text(told), PKCS1v15(), algorithm())
    except (InvalidSignature, ValueError):
        raise NotAuthenticError("The signature does not fit the body.") from None


def signed_text(told: Mapping[str, Any]) -> bytes:
    """What the signature is over: names and values of the fields, a line each; a field that is missing is left out."""
    names = _IN_CONFIRMATIONS if told.get("Type") in CONFIRMATIONS else _IN_NOTIFICATIONS
    return "".join(f"{name}\n{told[name]}\n" for name in names if told.get(name) is not None).encode()


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise FetchError("what Amazon SNS sent is no certificate") from None
