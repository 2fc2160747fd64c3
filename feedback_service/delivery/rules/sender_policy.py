"""What a domain says in the DNS about mail in its name: SPF, DKIM and DMARC records read as values."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

MOST_LOOKUPS = 10  # RFC 7208 4.6.4: a receiver that needs more gives up on the record
FURTHEST_WALK = 60  # lookups after which we stop counting too; a record that needs so many is broken anyway
_MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
_ASKS_THE_DNS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_NEEDS_VALUE = frozenset({"include", "ip4", "ip6", "exists", "redirect"})
_MECHANISM = re.compile(r"([+?~-]?)([A-Za-z0-9]+)(?::([^/]\S*?))?(/\S*)?", re.ASCII)
_MODIFIER = re.compile(r"([A-Za-z][\w.-]*)=(\S*)", re.ASCII)
_TAG = re.compile(r"\s*([A-Za-z][\w]*)\s*=\s*(.*?)\s*", re.DOTALL)
_PERCENT = re.compile(r"\d{1,3}", re.ASCII)
DMARC_POLICIES = ("none", "quarantine", "reject")
ED25519_BYTES = 32

Network = IPv4Network | IPv6Network


class PolicyError(ValueError):
    """A record that receivers cannot read; the message is the rest of a sentence about it."""


@dataclass(frozen=True)
class SpfTerm:
    """One word of an SPF record; `qualifier` is + where none is written."""

    qualifier: str
    name: str
    value: str
    written: str


def spf_records(texts: Iterable[str]) -> list[str]:
    """Those of a name's TXT records that are SPF."""
    return [text for text in texts if text.strip().lower() == "v=spf1" or text.strip().lower().startswith("v=spf1 ")]


def parse_spf(record: str) -> tuple[SpfTerm, ...]:
    """The terms of a record, in order; modifiers that change nothing for us are left out. Raises PolicyError."""
    words = record.split()
    if not words or words[0].lower() != "v=spf1":
        raise PolicyError("does not begin with v=spf1")
    terms = (_spf_term(word) for word in words[1:])
    return tuple(term for term in terms if term is not None)


def _spf_term(word: str) -> SpfTerm | None:
    if modifier := _MODIFIER.fullmatch(word):
        name, value = modifier[1].lower(), modifier[2]
        if name != "redirect":
            return None
        return SpfTerm("+", name, _with_value(word, name, value), word)
    found = _MECHANISM.fullmatch(word)
    if found is None or found[2].lower() not in _MECHANISMS:
        raise PolicyError(f"holds “{word}”, which is no SPF term")
    qualifier, name, value, length = found[1] or "+", found[2].lower(), found[3] or "", found[4] or ""
    if name in {"ip4", "ip6"}:
        value += length
        _network(name, value, word)
    return SpfTerm(qualifier, name, _with_value(word, name, value), word)


def _with_value(word: str, name: str, value: str) -> str:
    if name in _NEEDS_VALUE and not value:
        raise PolicyError(f"holds “{word}”, which names nothing")
    return value


def _network(name: str, value: str, word: str) -> Network:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise PolicyError(f"holds “{word}”, which is no network") from None
    if network.version != int(name[-1]):
        raise PolicyError(f"holds “{word}”, which is a network of the other kind")
    return network


def networks(terms: Iterable[SpfTerm]) -> list[Network]:
    """The networks that terms let through."""
    return [
        _network(term.name, term.value, term.written)
        for term in terms
        if term.name in {"ip4", "ip6"} and term.qualifier == "+"
    ]


@dataclass
class SpfWalk:
    """A record with all that it includes."""

    lookups: int = 0
    """DNS questions that a receiver has to ask to know."""
    followed: list[str] = field(default_factory=list)
    """Domains whose records are included, in order."""
    broken: list[str] = field(default_factory=list)
    """A sentence for every include that cannot be followed."""
    terms: list[SpfTerm] = field(default_factory=list)
    """Every term that was met."""


def walk_spf(domain: str, record: str, records_of: Callable[[str], Sequence[str]]) -> SpfWalk:
    """Follow a record's includes; `records_of` gives the SPF records of a name. Raises PolicyError for the first.

    Ends on every input: a domain is followed once, and counting stops at `FURTHEST_WALK`.
    """
    walk = SpfWalk()
    _follow(domain, parse_spf(record), records_of, walk, (domain.lower(),))
    return walk


def _follow(
    domain: str,
    terms: Sequence[SpfTerm],
    records_of: Callable[[str], Sequence[str]],
    walk: SpfWalk,
    above: tuple[str, ...],
) -> None:
    for term in terms:
        walk.terms.append(term)
        if term.name not in _ASKS_THE_DNS:
            continue
        walk.lookups += 1
        if walk.lookups >= FURTHEST_WALK:
            return
        if term.name not in {"include", "redirect"} or "%" in term.value:
            continue
        target = term.value.rstrip(".").lower()
        if target in above:
            walk.broken.append(f"{term.written} in the record of {domain} leads back to itself")
        elif (included := _included(term, target, records_of(target), walk)) is not None:
            walk.followed.append(target)
            _follow(target, included, records_of, walk, (*above, target))


def _included(term: SpfTerm, target: str, records: Sequence[str], walk: SpfWalk) -> tuple[SpfTerm, ...] | None:
    """The terms of an included record, if it is one; else what is wrong is written down."""
    if len(records) != 1:
        found = "no SPF record" if not records else f"{len(records)} SPF records"
        walk.broken.append(f"{term.written} leads to {target}, which has {found}")
        return None
    try:
        return parse_spf(records[0])
    except PolicyError as error:
        walk.broken.append(f"{term.written} leads to {target}, whose record {error}")
        return None


def joined_spf(records: Iterable[str]) -> str:
    """Several records as the one that they should have been, ending in the gentlest of their ends that says no."""
    words = [word for record in records for word in record.split()[1:]]
    ends = [word for word in words if word.lstrip("+?~-").lower() == "all"]
    kept = dict.fromkeys(word for word in words if word not in ends)
    end = next((wanted for wanted in ("~all", "-all") if wanted in ends), "~all")
    return " ".join(["v=spf1", *kept, end])


def parse_tags(record: str) -> Mapping[str, str]:
    """`v=DMARC1; p=none` as a mapping, names in lower case. Raises PolicyError."""
    tags: dict[str, str] = {}
    for part in record.split(";"):
        if not part.strip():
            continue
        found = _TAG.fullmatch(part)
        if found is None:
            raise PolicyError(f"holds “{part.strip()[:40]}”, which is no name=value")
        if found[1].lower() in tags:
            raise PolicyError(f"says {found[1].lower()} twice")
        tags[found[1].lower()] = found[2]
    return tags


@dataclass(frozen=True)
class Dmarc:
    """What receivers shall do with mail that only claims to be from the domain (RFC 7489)."""

    policy: str
    percent: int
    reports_to: str


def dmarc_records(texts: Iterable[str]) -> list[str]:
    """Those of a name's TXT records that are DMARC."""
    return [text for text in texts if re.match(r"\s*v\s*=\s*DMARC1\s*(;|$)", text)]


def parse_dmarc(record: str) -> Dmarc:
    """Read a record. Raises PolicyError."""
    tags = parse_tags(record)
    if next(iter(tags.items()), None) != ("v", "DMARC1"):
        raise PolicyError("does not begin with v=DMARC1")
    policy = tags.get("p", "").lower()
    if policy not in DMARC_POLICIES:
        raise PolicyError(f"says p={policy}, and receivers know only {', '.join(DMARC_POLICIES)}")
    percent = tags.get("pct", "100")
    if not _PERCENT.fullmatch(percent) or int(percent) > 100:  # noqa: PLR2004 - per cent
        raise PolicyError(f"says pct={percent}, which is no percentage")
    return Dmarc(policy, int(percent), tags.get("rua", ""))


@dataclass(frozen=True)
class DkimKey:
    """A public key for signatures (RFC 6376); `bits` is 0 for a key that was taken back."""

    kind: str
    bits: int
    testing: bool


def parse_dkim(record: str) -> DkimKey:
    """Read a key record. Raises PolicyError."""
    tags = parse_tags(record)
    if tags.get("v", "DKIM1") != "DKIM1":
        raise PolicyError(f"says v={tags['v']} instead of v=DKIM1")
    if "p" not in tags:
        raise PolicyError("has no p=, the key itself")
    kind, testing = tags.get("k", "rsa").lower(), "y" in tags.get("t", "").lower().split(":")
    try:
        key = base64.b64decode("".join(tags["p"].split()), validate=True)
    except (binascii.Error, ValueError):
        raise PolicyError("has a key in p= that is no base64; was it cut in two?") from None
    return DkimKey(kind, _bits(kind, key) if key else 0, testing)


def _bits(kind: str, key: bytes) -> int:
    if kind == "ed25519":
        if len(key) != ED25519_BYTES:
            raise PolicyError("has a key in p= that is no Ed25519 key")
        return 8 * len(key)
    if kind != "rsa":
        raise PolicyError(f"says k={kind}, which receivers do not know")
    try:
        public = load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if not isinstance(public, RSAPublicKey):
        raise PolicyError("has a key in p= that is no RSA key; was it cut?")
    return public.key_size


def aligned(one: str, other: str) -> bool:
    """Whether two domains may speak for each other: equal, or one lies below the other.

    Receivers go by the registered domain, for which they keep a long list; this is the part that is certain.
    """
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
