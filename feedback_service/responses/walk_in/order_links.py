"""Links for parcels, one for each order: signed, so that whoever opens one has had the parcel in their hands."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.orders.models import Order

SIGNATURE_BYTES = 9  # 72 bits, 12 characters: short enough for a code on a label, and each guess is a request


@dataclass(frozen=True)
class ProvenOrder:
    """An order whose parcel somebody holds."""

    id: int
    customer_id: int
    number: str


def signature(key: bytes, token: str, source: str, number: str) -> str:
    """What proves that we printed this order's link for this way in."""
    content = json.dumps(["order-link", token, source, number])  # no two orders are written alike
    return urlsafe_b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()[:SIGNATURE_BYTES]).decode()


def order_link(base_url: str, keys: Sequence[bytes], token: str, source: str, number: str) -> str:
    """The address to print on one order's parcel. `keys` by generation; the newest signs."""
    return f"{base_url}/c/{token}/o/{quote(number, safe='')}/{signature(keys[-1], token, source, number)}"


def proven_order(session: Session, keys: Sequence[bytes], token: str, number: str, given: str) -> ProvenOrder | None:
    """The order that a link was printed for; None where no key of ours has signed it, or we have no such order."""
    if not number.isprintable():
        return None
    rows = session.execute(
        select(Order.id, Order.customer_id, Order.source, Order.external_id).where(Order.external_id == number)
    )
    for row in rows:
        ours = (signature(key, token, row.source, number) for key in keys)
        if given.isascii() and any(hmac.compare_digest(one, given) for one in ours):
            return ProvenOrder(row.id, row.customer_id, row.external_id)
    return None
