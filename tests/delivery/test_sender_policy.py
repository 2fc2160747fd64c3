"""Records are read as receivers read them, and no text that somebody puts into the DNS breaks the reader."""

import base64
from collections.abc import Sequence
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.delivery.rules.sender_policy import (
    FURTHEST_WALK,
    Dmarc,
    PolicyError,
    aligned,
    dmarc_records,
    joined_spf,
    networks,
    parse_dkim,
    parse_dmarc,
    parse_spf,
    parse_tags,
    spf_records,
    walk_spf,
)

texts = st.text(st.characters(codec="utf-8"), max_size=120)
spf_words = st.sampled_from(
    ["a", "mx", "-all", "include:a.example", "include:b.example", "ip4:192.0.2.0/24", "redirect=a.example", "exp=x"]
)
spf_like = st.lists(spf_words, max_size=8).map(lambda words: " ".join(["v=spf1", *words]))


def rsa(bits: int) -> str:
    key = generate_private_key(65537, bits).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


# --- SPF ------------------------------------------------------------------------------------------------------------


def test_spf_records_are_told_from_other_texts() -> None:
    given_texts = ["v=spf1 -all", "V=SPF1", "v=spf10 -all", "v=spf2.0/pra", "google-site-verification=x"]
    assert spf_records(given_texts) == ["v=spf1 -all", "V=SPF1"]


def test_a_record_is_read_term_by_term() -> None:
    terms = parse_spf("v=spf1 a mx/24 ip4:192.0.2.0/24 IP6:2001:db8::/32 include:_spf.a.example ~all exp=why.example")
    assert [(term.qualifier, term.name, term.value) for term in terms] == [
        ("+", "a", ""),
        ("+", "mx", ""),
        ("+", "ip4", "192.0.2.0/24"),
        ("+", "ip6", "2001:db8::/32"),
        ("+", "include", "_spf.a.example"),
        ("~", "all", ""),
    ]
    assert [str(network) for network in networks(terms)] == ["192.0.2.0/24", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("v=spf1 inclued:a.example", "holds “inclued:a.example”, which is no SPF term"),
        ("v=spf1 ip4:192.0.2.300", "which is no network"),
        ("v=spf1 ip4:2001:db8::1", "which is a network of the other kind"),
        ("v=spf1 include", "holds “include”, which names nothing"),
        ("v=spf1, a", "does not begin with v=spf1"),
        ("", "does not begin with v=spf1"),
    ],
)
def test_a_record_that_receivers_cannot_read_says_why(record: str, says: str) -> None:
    with pytest.raises(PolicyError) as error:
        parse_spf(record)
    assert says in str(error.value)


def walked(zone: dict[str, Sequence[str]], first: str) -> tuple[int, list[str], list[str]]:
    walk = walk_spf("shop.example", first, lambda name: zone.get(name, ()))
    return walk.lookups, walk.followed, walk.broken


def test_everything_that_asks_the_dns_is_counted_through_all_includes() -> None:
    zone = {"a.example": ["v=spf1 include:b.example mx -all"], "b.example": ["v=spf1 ip4:192.0.2.1 exists:x -all"]}
    assert walked(zone, "v=spf1 a include:a.example redirect=b.example") == (
        7, ["a.example", "b.example", "b.example"], [],
    )  # fmt: skip


def test_includes_that_lead_nowhere_twice_or_back_are_named() -> None:
    zone = {"two.example": ["v=spf1 -all", "v=spf1 mx"], "back.example": ["v=spf1 include:shop.example"]}
    _, followed, broken = walked(zone, "v=spf1 include:none.example include:two.example include:back.example -all")
    assert followed == ["back.example"]
    assert broken == [
        "include:none.example leads to none.example, which has no SPF record",
        "include:two.example leads to two.example, which has 2 SPF records",
        "include:shop.example in the record of back.example leads back to itself",
    ]


def test_a_macro_is_counted_and_not_followed() -> None:
    assert walked({}, "v=spf1 include:%{i}._spf.example -all") == (1, [], [])


def test_two_records_become_one() -> None:
    assert joined_spf(["v=spf1 mx -all", "v=spf1 include:a.example mx ~all"]) == "v=spf1 mx include:a.example ~all"
    assert joined_spf(["v=spf1 mx +all", "v=spf1 a"]) == "v=spf1 mx a ~all", "nobody wants +all back"


@given(texts)
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_spf, parse_tags, parse_dmarc, parse_dkim):
        with suppress(PolicyError):
            read(text)


@given(spf_like, st.lists(spf_like, min_size=2, max_size=2))
def test_a_walk_ends_whatever_includes_what(first: str, others: list[str]) -> None:
    zone = {"a.example": [others[0]], "b.example": [others[1]]}
    lookups, followed, _ = walked(zone, first)
    assert lookups < 10 * FURTHEST_WALK
    assert len(followed) <= lookups


@given(spf_like)
def test_joining_one_record_keeps_its_terms(record: str) -> None:
    assert parse_spf(joined_spf([record])) is not None


# --- DMARC ----------------------------------------------------------------------------------------------------------


def test_a_dmarc_record_is_read() -> None:
    assert parse_dmarc("v=DMARC1; p=Quarantine; pct=50; rua=mailto:a@b.example;") == Dmarc(
        "quarantine", 50, "mailto:a@b.example"
    )
    assert parse_dmarc("v=DMARC1;p=none") == Dmarc("none", 100, "")


def test_dmarc_records_are_told_from_other_texts() -> None:
    assert dmarc_records(["v=DMARC1; p=none", "v=DMARC12; p=none", "v=spf1"]) == ["v=DMARC1; p=none"]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("p=none; v=DMARC1", "does not begin with v=DMARC1"),
        ("v=DMARC1; p=maybe", "says p=maybe, and receivers know only none, quarantine, reject"),
        ("v=DMARC1; p=none; pct=101", "no percentage"),
        ("v=DMARC1; p=none; p=reject", "says p twice"),
        ("v=DMARC1; nonsense", "no name=value"),
    ],
)
def test_a_bad_dmarc_record_says_why(record: str, says: str) -> None:
    with pytest.raises(PolicyError) as error:
        parse_dmarc(record)
    assert says in str(error.value)


# --- DKIM and alignment ---------------------------------------------------------------------------------------------


def test_keys_are_measured() -> None:
    key = parse_dkim(f"v=DKIM1; k=rsa; t=s; p={rsa(2048)}")
    assert (key.kind, key.bits, key.testing) == ("rsa", 2048, False)
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert parse_dkim(f"k=ed25519; t=y; p={base64.b64encode(public).decode()}").bits == 256
    assert parse_dkim("v=DKIM1; p=").bits == 0, "an empty p takes a key back"


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("v=DKIM2; p=", "says v=DKIM2"),
        ("v=DKIM1; k=rsa", "has no p="),
        ("p=%%%", "no base64"),
        ("p=AAAA", "no RSA key"),
        ("k=ed25519; p=AAAA", "no Ed25519 key"),
        ("k=dsa; p=AAAA", "says k=dsa"),
    ],
)
def test_a_bad_key_says_why(record: str, says: str) -> None:
    with pytest.raises(PolicyError) as error:
        parse_dkim(record)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("shop.example", "Shop.Example.", True),
        ("mail.shop.example", "shop.example", True),
        ("shop.example", "mail.shop.example", True),
        ("othershop.example", "shop.example", False),
        ("shop.example", "shop.test", False),
    ],
)
def test_a_domain_speaks_for_itself_and_what_lies_below(one: str, other: str, expected: bool) -> None:
    assert aligned(one, other) is expected
