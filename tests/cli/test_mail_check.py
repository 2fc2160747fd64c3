"""`feedback mail`: whether our mail will arrive."""

import pytest

from tests.cli.conftest import Run
from tests.delivery.dns_factories import name_server, txt
from tests.delivery.test_smtp import Post, serving

SHOP = "corner-shop.shop"


@pytest.fixture
def well_set(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in {
        "MAIL_FROM": f"hello@{SHOP}",
        "PUBLIC_URL": f"https://{SHOP}",
        "SHOP_POSTAL_ADDRESS": "1 Main Street",
        "PRIVACY_URL": f"https://{SHOP}/privacy",
        "DATA_KEPT": "24 months",
    }.items():
        monkeypatch.setenv(f"FEEDBACK_{name}", value)


@pytest.mark.usefixtures("well_set")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_to_be_mended_is_said_with_its_record_and_an_exit_code(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = {
        (SHOP, "TXT"): [txt("v=spf1 mx -all")],
        (SHOP, "MX"): [f"10 mx.{SHOP}."],
        (f"_dmarc.{SHOP}", "TXT"): [txt("v=DMARC1; p=reject; rua=mailto:a@b.shop")],
    }
    with serving(Post()) as port, name_server(zone) as dns:
        monkeypatch.setenv("FEEDBACK_MAIL_URL", f"smtp://127.0.0.1:{port}")
        monkeypatch.setenv("FEEDBACK_DNS_SERVER", dns)
        said = run("mail", "check")
        assert said.code == 0, "a DKIM key that was not found may be under a name that nobody told us"
        assert f"fine  SPF of {SHOP}: “v=spf1 mx -all”, 1 of 10 look-ups." in said.out
        assert f"look  DKIM of {SHOP}: No key under the usual selectors" in said.out
        monkeypatch.setenv("FEEDBACK_DKIM_SELECTOR", "s1")
        said = run("mail", "check")
    assert said.code == 1
    assert f"mend  DKIM of {SHOP}: There is no key under the selector s1" in said.out
    assert f'      Add: s1._domainkey.{SHOP}. TXT "v=DKIM1; k=rsa; p=<' in said.out
    assert "1 thing to mend." in said.err


@pytest.mark.usefixtures("well_set")
def test_a_test_mail_goes_the_way_of_every_mail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post(**{"gone@example.com": "550 5.1.1 No such user"})
    with serving(post) as port:
        monkeypatch.setenv("FEEDBACK_MAIL_URL", f"smtp://127.0.0.1:{port}")
        said = run("mail", "test", "ana@example.com", "--survey", "delivery_csat", "--locale", "pt-BR")
        assert said.out.startswith("Taken by the mail server (250 2.0.0 Queued).")
        refused = run("mail", "test", "gone@example.com", "--reminder")
    assert [recipients for recipients, _ in post.kept] == [["ana@example.com"]]
    assert (refused.code, "550 5.1.1 No such user" in refused.err) == (1, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["ana@"], 1, "something after the @-sign"),
        (
            ["ana@example.com", "--survey", "nothing"],
            2,
            "there is no survey nothing; known are cancellation, delivery_csat,",
        ),
        (
            ["ana@example.com", "--locale", "xx"],
            2,
            "post_purchase_nps has no words in xx; it has ar, de, en, es, fr, pt-BR",
        ),
    ],
)
def test_a_test_that_cannot_be_sent_says_why(run: Run, words: list[str], code: int, says: str) -> None:
    said = run("mail", "test", *words)
    assert (said.code, says in " ".join(said.err.split())) == (code, True), said.err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DNS_SERVER", "192.0.2.53", "FEEDBACK_DNS_SERVER must be host:port such as 192.0.2.53:53."),
        ("DNS_SERVER", "192.0.2.53:70000", "FEEDBACK_DNS_SERVER must be host:port"),
        ("DKIM_SELECTOR", "s1._domainkey.", "FEEDBACK_DKIM_SELECTOR is no selector such as s1"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"FEEDBACK_{name}", value)
    said = run("mail", "check")
    assert (said.code, said.err.startswith(says)) == (2, True), said.err
