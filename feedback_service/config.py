"""Typed settings from the environment; a bad one stops the start and is named."""

from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from flask import current_app
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SETTINGS = "feedback_settings"
"""Under this name the app keeps its settings."""

SHORTEST_SECRET = 16  # characters; below that a signature can be guessed


class SettingsError(Exception):
    """Settings that cannot be used; the message names every variable and what to do."""


class Settings(BaseSettings):
    """Everything that differs between two installations, each from `FEEDBACK_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="FEEDBACK_", extra="ignore", frozen=True)

    database_url: str = "sqlite:///var/feedback.sqlite"
    secret_key: SecretStr
    """Signs sessions and form nonces. Changing it signs everybody out."""
    link_keys: SecretStr
    """Personal links: one key per generation, oldest first, separated by commas. Add one to rotate."""
    privacy_key: SecretStr
    """Hashes addresses and seals the words in the action log. Never change it."""

    mail_url: SecretStr = SecretStr("smtp://127.0.0.1:1025")
    mail_from: str = "feedback@example.com"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    """The address customers reach, as it stands in mails. Empty: http://host:port."""
    proxies: int = Field(default=0, ge=0, le=5)
    """How many reverse proxies in front may be believed about the client's address."""

    shop_name: str = "Our shop"
    shop_time_zone: str = "UTC"
    shop_locale: str = "en"
    shop_postal_address: str = ""
    surveys_folder: Path | None = None
    broker_url: SecretStr = SecretStr("memory://localhost/")
    demo: bool = False

    @field_validator("secret_key", "privacy_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"needs at least {SHORTEST_SECRET} characters")
        return value

    @field_validator("link_keys")
    @classmethod
    def _each_long_enough(cls, value: SecretStr) -> SecretStr:
        if any(len(key) < SHORTEST_SECRET for key in _split(value)) or not _split(value):
            raise ValueError(f"needs keys of at least {SHORTEST_SECRET} characters, separated by commas")
        return value

    @field_validator("shop_time_zone")
    @classmethod
    def _known_time_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no time zone such as Europe/Berlin")
        return value

    @field_validator("mail_from")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if "@" not in value or any(character in value for character in "<>\r\n "):
            raise ValueError("is no bare address such as feedback@example.com")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @property
    def base_url(self) -> str:
        """The public address without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone."""
        return ZoneInfo(self.shop_time_zone)

    @property
    def link_key_ring(self) -> tuple[bytes, ...]:
        """Keys by generation: the first is generation 1; the last signs new links."""
        return tuple(key.encode() for key in _split(self.link_keys))

    @property
    def privacy_secret(self) -> bytes:
        """The key of address hashes and log commitments."""
        return self.privacy_key.get_secret_value().encode()


def _split(value: SecretStr) -> list[str]:
    return [key.strip() for key in value.get_secret_value().split(",") if key.strip()]


def read_settings(**overrides: object) -> Settings:
    """The settings of this process.

    Raises SettingsError with one line per bad variable; values are never repeated, since they may be secrets.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(problem)) for problem in error.errors())) from None


def current_settings() -> Settings:
    """The settings of the app that serves the present request."""
    settings: Settings = current_app.extensions[SETTINGS]
    return settings


def _sentence(problem: dict[str, object]) -> str:
    location = problem["loc"]
    name = str(location[0]).upper() if isinstance(location, tuple) and location else ""
    reason = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "missing":
        reason = "is not set; `feedback new-keys` prints fresh ones"
    return f"FEEDBACK_{name} {reason}." if name else f"{reason}."
