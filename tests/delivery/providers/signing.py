"""A signer of each kind, with keys of its own, so that real signatures are checked."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from feedback_service.delivery.providers.fetch import FetchError
from feedback_service.delivery.providers.sns import signed_text

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem"


class Amazon:
    """Signs as SNS does, and serves its certificate."""

    def __init__(self, *, valid_for: timedelta = timedelta(days=365)) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        began = NOW - timedelta(days=30)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(began)
            .not_valid_after(began + valid_for)
            .sign(self.key, SHA256())
        )
        self.served: dict[str, bytes] = {CERTIFICATE_URL: self.certificate.public_bytes(Encoding.PEM)}
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        """What a visitor of Amazon's gets."""
        self.asked.append(url)
        if url not in self.served:
            raise FetchError("Amazon SNS answered 404 with 0 bytes")
        return self.served[url]

    def envelope(self, message: Any, *, version: str = "2", **changes: Any) -> dict[str, Any]:
        """A signed notification."""
        told = {
            "Type": "Notification",
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": TOPIC,
            "Message": message if isinstance(message, str) else json.dumps(message),
            "Timestamp": "2026-03-20T09:59:31.000Z",
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE_URL,
            "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
            **changes,
        }
        return {**told, "Signature": self.signature(told)}

    def signature(self, told: dict[str, Any]) -> str:
        """Over what the version says."""
        algorithm = SHA256() if told["SignatureVersion"] == "2" else SHA1()
        return b64encode(self.key.sign(signed_text(told), PKCS1v15(), algorithm)).decode()


class Twilio:
    """Signs as SendGrid's event webhook does."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())

    @property
    def verification_key(self) -> str:
        """As SendGrid's settings show it."""
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(der).decode()

    def headers(self, body: bytes, timestamp: str = "1774000770") -> dict[str, str]:
        """What comes with a body."""
        signature = self.key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }


def mailgun_signature(key: str, at: datetime, token: str = "a8ce0edb2dd8301dee6c2405235584e4") -> dict[str, str]:
    """The signature object of a webhook."""
    timestamp = str(int(at.timestamp()))
    mac = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256)
    return {"timestamp": timestamp, "token": token, "signature": mac.hexdigest()}
