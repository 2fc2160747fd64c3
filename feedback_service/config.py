"""Typed settings from the environment; a bad one stops the start and is named."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SETTINGS = "feedback_settings"
"""Under this name the app keeps its settings."""

SHORTEST_SECRET = 16  # characters; below that a signature can be guessed
DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
BROKERS = ("memory", "redis", "rediss", "amqp", "amqps")


class SettingsError(Exception):
    """Settings that cannot be used; the message names every variable and what to do."""


class Settings(BaseSettings):
    """Everything that differs between two installations, each from `FEEDBACK_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="FEEDBACK_", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str = Field(
        default="sqlite:///var/feedback.sqlite", repr=False, validate_default=True
    )  # it may hold a password
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

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):  # whose messages repeat the address
            raise ValueError("is no database address such as sqlite:///var/feedback.sqlite") from None
        if url.drivername not in DATABASES:
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if url.database in {None, "", ":memory:"}:
            raise ValueError("names no database")
        if url.get_backend_name() != "sqlite":
            return value
        # Counted from where the command is given, and not from Flask's instance folder.
        return url.set(database=str(Path(str(url.database)).absolute())).render_as_string()

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().partition("://")[0] not in BROKERS:
            raise ValueError(f"must begin with {', '.join(f'{scheme}://' for scheme in BROKERS)}")
        return value

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

    @field_validator("shop_locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        try:
            Locale.parse(value, sep="-")
        except (ValueError, UnknownLocaleError):
            raise ValueError("is no language such as en or pt-BR") from None
        return value

    @field_validator("shop_name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.strip() or not value.isprintable():  # it stands in the head of every mail
            raise ValueError("must be a name in one line")
        return value.strip()

    @field_validator("mail_from")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        try:
            validate_email(value, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise ValueError("is no bare address such as feedback@example.com") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be an address such as https://feedback.example.com")
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
    reason = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    if problem["type"] == "missing":
        reason = "is not set; `feedback new-keys` prints fresh ones"
    return f"FEEDBACK_{name} {reason}." if name else f"{reason}."
