"""The action log's hash chain: what was written cannot be changed, moved or dropped without a trace."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Link:
    """An entry as the chain sees it."""

    case_id: int
    ordinal: int
    kind: str
    actor_id: int | None
    at: datetime
    facts: Mapping[str, Any]
    commitment: str
    previous_hash: str


def commitment(key: bytes, salt: bytes, text: str) -> str:
    """HMAC-SHA256 of an entry's words under a key and their own salt: proves them while they are kept, and tells
    nothing about them once they are erased."""
    return hmac.new(key, b"entry|" + salt + b"|" + text.encode(), hashlib.sha256).hexdigest()


def entry_hash(link: Link) -> str:
    """SHA-256 over who, when, what, and the entry before."""
    document = json.dumps(
        [
            link.case_id,
            link.ordinal,
            str(link.kind),
            link.actor_id,
            link.at.astimezone(UTC).isoformat(timespec="microseconds"),
            link.facts,
            link.commitment,
            link.previous_hash,
        ],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(document.encode()).hexdigest()
