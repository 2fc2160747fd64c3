"""What a shop reads about its mail before the first one leaves, from a real name server and a real mail server."""

import base64
from collections.abc import Iterator

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from feedback_service.config import Settings, read_settings
from feedback_service.delivery.check_domain import Finding, Level, check_domain
from feedback_service.delivery.check_mail import Sender, check_mail
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.name_server import NameServer
from tests.delivery.dns_factories import Zone, name_server, txt
from tests.delivery.test_smtp import Post, serving

SHOP = "corner-shop.shop"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def key(bits: int) -> str:
    public = generate_private_key(65537, bits).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


GOOD: dict[tuple[str, str], list[str]] = {
    (SHOP, "TXT"): [txt("v=spf1 include:_spf.relay.shop -all"), txt("some-verification=1")],
    (SHOP, "MX"): [f"10 mx.{SHOP}."],
    ("_spf.relay.shop", "TXT"): [txt("v=spf1 ip4:192.0.2.0/24 -all")],
    (f"s1._domainkey.{SHOP}", "TXT"): [txt(f"v=DKIM1; k=rsa; p={key(2048)}")],
    (f"_dmarc.{SHOP}", "TXT"): [txt(f"v=DMARC1; p=quarantine; rua=mailto:dmarc@{SHOP}")],
}


@pytest.fixture(scope="module")
def smtp_port() -> Iterator[int]:
    """A mail server that lets only hello in, by password."""

    def allow(_server: SMTP, _session: Session, _envelope: Envelope, _kind: str, given: object) -> AuthResult:
        right = given == LoginPassword(b"hello", b"secret")
        return AuthResult(success=right)

    with serving(Post(), authenticator=allow, auth_required=True, auth_require_tls=False) as port:
        yield port


def settings(port: int, dns: str, **more: str) -> Settings:
    return read_settings(
        **{
            "secret_key": "a secret key for tests only",
            "link_keys": "a link key for tests only",
            "privacy_key": "a privacy key for tests only",
            "mail_from": f"hello@{SHOP}",
            "mail_url": f"smtp://hello:secret@127.0.0.1:{port}",
            "public_url": f"https://feedback.{SHOP}",
            "shop_postal_address": "1 Main Street",
            "privacy_url": f"https://{SHOP}/privacy",
            "data_kept": "24 months",
            "dkim_selector": "s1",
            "dns_server": dns,
            **more,
        }
    )


def findings(port: int, zone: Zone, senders: tuple[Sender, ...] = (), **more: str) -> list[Finding]:
    with name_server(zone) as dns:
        return list(check_mail(settings(port, dns, **more), senders))


def about(found: list[Finding], start: str) -> list[Finding]:
    return [finding for finding in found if finding.about.startswith(start)]


def only(found: list[Finding], start: str) -> Finding:
    (finding,) = about(found, start)
    return finding


def without(name: str, kind: str) -> dict[tuple[str, str], list[str]]:
    return {where: records for where, records in GOOD.items() if where != (name, kind)}


def test_a_shop_that_did_everything_right_reads_only_good_news(smtp_port: int) -> None:
    found = findings(smtp_port, GOOD)
    assert {finding.level for finding in found} == {Level.FINE}
    assert [finding.about for finding in found] == [
        f"mail server 127.0.0.1:{smtp_port}", f"bounces of {SHOP}", f"SPF of {SHOP}", f"DKIM of {SHOP}",
        f"DMARC of {SHOP}", "alignment", "footer", "footer", "footer", "links",
    ]  # fmt: skip
    assert only(found, "SPF").words == "“v=spf1 include:_spf.relay.shop -all”, 1 of 10 look-ups."
    assert only(found, "DKIM").words == "A key of 2048 bits (rsa) under s1."


def test_a_shop_that_did_nothing_is_told_every_record(smtp_port: int) -> None:
    found = findings(smtp_port, {(SHOP, "A"): ["192.0.2.80"]})
    assert only(found, "SPF").record == f'{SHOP}. TXT "v=spf1 mx ~all"'
    assert only(found, "DKIM").record.startswith(f's1._domainkey.{SHOP}. TXT "v=DKIM1; k=rsa; p=<')
    assert only(found, "DMARC").record == f'_dmarc.{SHOP}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{SHOP}"'
    assert only(found, "bounces").level == Level.FINE, "without an MX, mail goes to the address itself"
    assert [finding.level for finding in found[2:5]] == [Level.MEND] * 3


@pytest.mark.parametrize(
    ("record", "level", "says", "mended"),
    [
        ("v=spf1 mx +all", Level.MEND, "+all lets everybody send", "v=spf1 mx -all"),
        ("v=spf1 mx all", Level.MEND, "all lets everybody send", "v=spf1 mx -all"),
        ("v=spf1 mx ?all", Level.LOOK, "says nothing about all other servers", "v=spf1 mx ~all"),
        ("v=spf1 mx", Level.LOOK, "says nothing about all other servers", "v=spf1 mx ~all"),
        ("v=spf1 include:gone.shop -all", Level.MEND, "gone.shop, which has no SPF record", ""),
        ("v=spf1 inclued:a.shop -all", Level.MEND, "“inclued:a.shop”, which is no SPF term", ""),
        (f"v=spf1 {' '.join(['a'] * 11)} -all", Level.MEND, "takes 11 look-ups, and receivers stop at 10", ""),
    ],
)
def test_a_faulty_spf_record_is_named_and_mended(
    smtp_port: int, record: str, level: Level, says: str, mended: str
) -> None:
    finding = only(findings(smtp_port, {**GOOD, (SHOP, "TXT"): [txt(record)]}), "SPF")
    assert finding.level == level
    assert says in finding.words
    assert finding.record == (f'{SHOP}. TXT "{mended}"' if mended else "")


def test_two_spf_records_are_one_too_many(smtp_port: int) -> None:
    zone = {**GOOD, (SHOP, "TXT"): [txt("v=spf1 mx -all"), txt("v=spf1 a -all")]}
    finding = only(findings(smtp_port, zone), "SPF")
    assert (finding.level, finding.record) == (Level.MEND, f'{SHOP}. TXT "v=spf1 a mx -all"')


@pytest.mark.parametrize(
    ("record", "level", "says"),
    [
        (f"v=DKIM1; p={key(1024)}", Level.LOOK, "1024 bits; make one of 2048"),
        ("v=DKIM1; p=", Level.MEND, "was taken back"),
        ("v=DKIM1; p=AAAA", Level.MEND, "no RSA key"),
        (f"v=DKIM1; t=y; p={key(2048)}", Level.LOOK, "t=y, a test"),
    ],
)
def test_a_key_is_looked_at(smtp_port: int, record: str, level: Level, says: str) -> None:
    finding = only(findings(smtp_port, {**GOOD, (f"s1._domainkey.{SHOP}", "TXT"): [txt(record)]}), "DKIM")
    assert finding.level == level
    assert says in finding.words


def test_without_a_selector_the_usual_ones_are_tried_and_it_says_so(smtp_port: int) -> None:
    assert "The selector was guessed" in only(findings(smtp_port, GOOD, dkim_selector=""), "DKIM").words
    zone = without(f"s1._domainkey.{SHOP}", "TXT")
    finding = only(findings(smtp_port, zone, dkim_selector=""), "DKIM")
    assert finding.level == Level.LOOK
    assert "Set FEEDBACK_DKIM_SELECTOR to yours." in finding.words


@pytest.mark.parametrize(
    ("record", "level", "says"),
    [
        ("v=DMARC1; p=none; rua=mailto:a@b.shop", Level.LOOK, "p=none only watches"),
        ("v=DMARC1; p=reject; pct=20; rua=mailto:a@b.shop", Level.LOOK, "pct=20"),
        ("v=DMARC1; p=reject", Level.LOOK, "Nobody gets reports"),
        ("v=DMARC1; p=maybe", Level.MEND, "says p=maybe"),
    ],
)
def test_a_dmarc_policy_is_weighed(smtp_port: int, record: str, level: Level, says: str) -> None:
    found = about(findings(smtp_port, {**GOOD, (f"_dmarc.{SHOP}", "TXT"): [txt(record)]}), "DMARC")
    assert found[0].level == level
    assert says in found[0].words


def test_a_subdomain_goes_by_the_policy_above_it(smtp_port: int) -> None:
    sender = Sender(f"hello@news.{SHOP}", "nps (en)")
    found = about(findings(smtp_port, GOOD, (sender,)), f"DMARC of news.{SHOP}")
    assert [finding.level for finding in found] == [Level.FINE]


def test_a_sender_of_another_domain_is_not_spoken_for(smtp_port: int) -> None:
    sender = Sender("hello@other.shop", "nps (en)")
    finding = only(findings(smtp_port, GOOD, (sender,)), "alignment")
    assert finding.level == Level.LOOK
    assert "nps (en) is sent from hello@other.shop" in finding.words


def test_a_domain_that_takes_no_mail_loses_its_bounces(smtp_port: int) -> None:
    assert only(findings(smtp_port, {**GOOD, (SHOP, "MX"): ["0 ."]}), "bounces").level == Level.MEND
    assert only(findings(smtp_port, without(SHOP, "MX")), "bounces").level == Level.MEND


def test_a_wrong_password_is_told_without_repeating_it(smtp_port: int) -> None:
    finding = only(findings(smtp_port, GOOD, mail_url=f"smtp://hello:wrong@127.0.0.1:{smtp_port}"), "mail server")
    assert finding.level == Level.MEND
    assert "FEEDBACK_MAIL_URL" in finding.words
    assert "wrong" not in finding.words


@pytest.mark.parametrize(
    ("host", "level", "words"),
    [
        ("smtp.postmarkapp.com", Level.MEND, "smtp.postmarkapp.com is not among the servers that may send"),
        ("smtp.relay.shop", Level.LOOK, "203.0.114.9, where we hand mail over, is not named"),
        ("mail.relay.shop", Level.FINE, "“v=spf1 include:_spf.relay.shop -all”"),
    ],
)
def test_the_server_that_we_hand_to_must_be_among_those_that_may_send(host: str, level: Level, words: str) -> None:
    networks = {("_spf.relay.shop", "TXT"): [txt("v=spf1 ip4:203.0.113.0/24 ip4:198.41.0.0/24 -all")]}
    relays = {("smtp.relay.shop", "A"): ["203.0.114.9"], ("mail.relay.shop", "A"): ["198.41.0.4"]}
    with name_server({**GOOD, **networks, **relays}) as dns:
        found = list(check_domain(NameServer(dns), SHOP, MailServer(host, 587), "s1"))
    finding = only(found, "SPF")
    assert finding.level == level
    assert finding.words.startswith(words)
    if level is Level.MEND:
        assert finding.record == f'{SHOP}. TXT "v=spf1 include:spf.mtasv.net include:_spf.relay.shop -all"'


def test_a_name_server_that_fails_is_told_apart_from_a_missing_record(smtp_port: int) -> None:
    zone = {**without(f"_dmarc.{SHOP}", "TXT"), (f"_dmarc.{SHOP}", "SERVFAIL"): [""]}
    finding = only(findings(smtp_port, zone), "DMARC")
    assert finding.level == Level.MEND
    assert finding.words.startswith(f"No name server answered for _dmarc.{SHOP}.")


def test_the_footer_and_the_links_are_looked_at(smtp_port: int) -> None:
    found = findings(smtp_port, GOOD, shop_postal_address="", privacy_url="", data_kept="", public_url="")
    assert [finding.words for finding in about(found, "footer")] == [
        "It lacks the shop's postal address: set FEEDBACK_SHOP_POSTAL_ADDRESS.",
        "It lacks a link to the privacy notice: set FEEDBACK_PRIVACY_URL.",
        "It lacks how long answers are kept: set FEEDBACK_DATA_KEPT.",
    ]
    assert "can be reached by nobody outside" in only(found, "links").words
    plain = only(findings(smtp_port, GOOD, public_url=f"http://feedback.{SHOP}"), "links")
    assert "is not encrypted" in plain.words


def test_an_example_is_nobodys_domain(smtp_port: int) -> None:
    found = findings(smtp_port, GOOD, mail_from="feedback@example.com")
    assert only(found, "sender").level == Level.MEND
    assert about(found, "SPF") == []
