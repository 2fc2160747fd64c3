"""A bad setting stops the start, is named, and its value is never repeated."""

import os
from pathlib import Path

import pytest

from feedback_service.config import Settings, SettingsError, read_settings

SECRETS = {
    "FEEDBACK_SECRET_KEY": "a secret key for tests only",
    "FEEDBACK_LINK_KEYS": "a first key for links, a second key for links",
    "FEEDBACK_PRIVACY_KEY": "a privacy key for tests only",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FEEDBACK_")]:
        monkeypatch.delenv(name)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def said(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        read_settings()
    return str(error.value)


def test_three_secrets_are_all_that_is_needed() -> None:
    settings = read_settings()
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.link_key_ring == (b"a first key for links", b"a second key for links")
    assert settings.privacy_secret == b"a privacy key for tests only"
    assert settings.zone.key == "UTC"


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_PORT", "")
    monkeypatch.setenv("FEEDBACK_SURVEYS_FOLDER", "")
    assert read_settings().port == 8000
    assert read_settings().surveys_folder is None
    assert said(monkeypatch, FEEDBACK_SECRET_KEY="") == (
        "FEEDBACK_SECRET_KEY is not set; `feedback new-keys` prints fresh ones."
    )


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SECRET_KEY", "too short", "needs at least 16 characters"),
        ("PRIVACY_KEY", "too short", "needs at least 16 characters"),
        ("LINK_KEYS", "a first key for links,short", "needs keys of at least 16 characters, separated by commas"),
        ("LINK_KEYS", " , ", "needs keys of at least 16 characters"),
        ("PORT", "80a", "should be a valid integer"),
        ("PORT", "0", "should be greater than or equal to 1"),
        ("PROXIES", "9", "should be less than or equal to 5"),
        ("DEMO", "perhaps", "should be a valid boolean"),
        ("SHOP_TIME_ZONE", "Lisbon", "is no time zone such as Europe/Berlin"),
        ("SHOP_LOCALE", "klingon", "is no language such as en or pt-BR"),
        ("SHOP_NAME", "Shop\r\nBcc: everybody@example.com", "must be a name in one line"),
        ("SHOP_NAME", "   ", "must be a name in one line"),
        ("MAIL_FROM", "Shop <hello@example.com>", "is no bare address such as feedback@example.com"),
        ("MAIL_FROM", "hello@", "is no bare address"),
        ("PUBLIC_URL", "feedback.example.com", "must be an address such as https://feedback.example.com"),
        ("PUBLIC_URL", "https://", "must be an address such as"),
        ("PUBLIC_URL", "https://[example.com", "must be an address such as"),
        ("PUBLIC_URL", "https://example.com/?shop=1", "must be an address such as"),
        ("DATABASE_URL", "mysql://root:hunter2@db/shop", "must begin with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "shop.sqlite", "is no database address such as sqlite:///var/feedback.sqlite"),
        ("DATABASE_URL", "postgresql://root:hunter2@db:port/shop", "is no database address"),
        ("DATABASE_URL", "sqlite://", "names no database"),
        ("SHOP_URL", "corner-shop.example", "must be an address such as https://shop.example.com/"),
        ("SHOP_URL", "javascript:alert(1)", "must be an address such as"),
        ("SHOP_URL", "https://corner shop.example", "must be an address such as"),
        ("REVIEW_LINKS", "https://reviews.example/shop", "must be name=address pairs such as Trustpilot=https://"),
        ("REVIEW_LINKS", "=https://reviews.example", "must be name=address pairs"),
        ("REVIEW_LINKS", "Google=javascript:alert(1)", "must be name=address pairs"),
        ("REVIEW_LINKS", "A=https://a.example|A=https://b.example", "gives one name twice"),
        ("INBOUND_TOKEN", "too short", "needs at least 16 characters"),
        ("POSTMARK_TOKEN", "too short", "needs at least 16 characters"),
        ("MAILGUN_KEY", "too short", "needs at least 16 characters"),
        ("SNS_TOPIC", "mail", "is no topic such as arn:aws:sns:eu-west-1:123456789012:mail"),
        ("BROKER_URL", "kafka://:hunter2@broker", "must begin with memory://, redis://"),
    ],
)
def test_a_bad_setting_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    sentence = said(monkeypatch, **{f"FEEDBACK_{name}": value})
    assert sentence.startswith(f"FEEDBACK_{name} {reason}")
    assert sentence.count("\n") == 0
    assert "hunter2" not in sentence


def test_every_bad_setting_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = said(monkeypatch, FEEDBACK_PORT="x", FEEDBACK_SHOP_TIME_ZONE="x", FEEDBACK_MAIL_FROM="x").splitlines()
    assert len(lines) == 3
    assert all(line.startswith("FEEDBACK_") and line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/feedback.sqlite",
        "postgresql://shop:hunter2@db/shop",
        "postgresql+psycopg://shop@/shop?host=/run/postgresql",
    ],
)
def test_both_databases_may_be_named(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", url)
    assert read_settings().database_url == url


def test_settings_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", "postgresql://shop:hunter2@db/shop")
    monkeypatch.setenv("FEEDBACK_MAIL_URL", "smtp://shop:hunter2@mail:25")
    shown = repr(read_settings())
    assert "hunter2" not in shown
    assert not any(secret in shown for secret in SECRETS.values())


def test_the_public_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://shop.example/feedback/")
    assert read_settings().base_url == "https://shop.example/feedback"


def test_places_to_review_the_shop_are_names_with_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().review_sites == ()
    monkeypatch.setenv(
        "FEEDBACK_REVIEW_LINKS", "Trustpilot=https://a.example/?b=c,d;e | Lojas & Cia=https://l.example/#x|"
    )
    assert read_settings().review_sites == (
        ("Trustpilot", "https://a.example/?b=c,d;e"),
        ("Lojas & Cia", "https://l.example/#x"),
    )


def test_settings_cannot_be_changed_while_they_are_used() -> None:
    settings: Settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 9000


def test_a_relative_database_lies_where_the_command_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SECRET_KEY", "LINK_KEYS", "PRIVACY_KEY"):
        monkeypatch.setenv(f"FEEDBACK_{name}", "long enough for a test")
    assert read_settings().database_url == f"sqlite:///{tmp_path}/var/feedback.sqlite"
    assert read_settings(database_url="sqlite:///x.sqlite").database_url == f"sqlite:///{tmp_path}/x.sqlite"
