"""A provider is there once its secret is set, and a key that is none stops the start."""

import pytest

from feedback_service.config import Settings, SettingsError
from feedback_service.delivery.providers.table import VARIABLES, providers_of
from tests.delivery.providers.signing import TOPIC, Twilio

NEEDED = {"secret_key": "s" * 20, "link_keys": "l" * 20, "privacy_key": "p" * 20}


def settings(**told: str) -> Settings:
    return Settings(**{**NEEDED, **told})  # type: ignore[arg-type]  # pydantic checks them


def test_nobody_is_listened_to_before_something_is_set() -> None:
    assert providers_of(settings()) == {}


def test_every_provider_has_its_variable() -> None:
    told = {
        "sns_topic": TOPIC,
        "postmark_token": "a webhook password for tests",
        "mailgun_key": "a signing key for tests",
        "sendgrid_key": Twilio().verification_key,
    }
    assert set(providers_of(settings(**told))) == set(VARIABLES)
    for name, variable in VARIABLES.items():
        field = variable.removeprefix("FEEDBACK_").lower()
        assert set(providers_of(settings(**{field: told[field]}))) == {name}


def test_a_key_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^FEEDBACK_SENDGRID_KEY is no verification key"):
        providers_of(settings(sendgrid_key="AAAA"))
