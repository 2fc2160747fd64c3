"""Typed settings from the environment; a bad one stops the start and is named."""

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import holidays
from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SETTINGS = "feedback_settings"
"""Under this name the app keeps its settings."""

MOST_DIMENSIONS = 4  # each costs rows for every day; with what is known of every answer they make eight, and themes
LONGEST_DIMENSION = 50  # characters
SHORTEST_SECRET = 16  # characters; below that a signature can be guessed
DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
BROKERS = ("memory", "redis", "rediss", "amqp", "amqps")


_DNS_LABELS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}))*", re.ASCII)


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
    mail_connections: int = Field(default=4, ge=1, le=8)
    """Connections to the mail server that one worker keeps, and so the mails it has under way at once."""
    mail_rate: float = Field(default=0, ge=0, le=10_000)
    """Mails a second that one worker sends at most; 0 for no limit."""
    mail_rate_per_domain: float = Field(default=0, ge=0, le=100_000)
    """Mails a minute that one worker sends to one domain at most; 0 for no limit."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    """The address customers reach, as it stands in mails. Empty: http://host:port."""
    proxies: int = Field(default=0, ge=0, le=5)
    """How many reverse proxies in front may be believed about the client's address."""

    shop_name: str = "Our shop"
    shop_time_zone: str = "UTC"
    shop_locale: str = "en"
    shop_country: str = ""
    """Two letters, such as PT: whose public holidays are kept where a customer's country is not known."""
    shop_postal_address: str = ""
    privacy_url: str = ""
    """The shop's privacy notice; stands at the foot of every mail."""
    data_kept: str = ""
    """How long answers are kept, in the shop's own words, such as "24 months"; stands beside it."""
    shop_url: str = ""
    """Where a buyer's link to the shop leads; ?ref=CODE is added to it. Empty: no such links are offered."""
    review_links: str = ""
    """Where anybody may review the shop, as name=address, separated by |; offered to everybody alike."""
    dkim_selector: str = ""
    """Under which name the key that the mail server signs with stands in the DNS; `feedback mail check` reads it."""
    dns_server: str = ""
    """Whom `feedback mail check` asks, as host:port; empty for the system's own name servers."""
    alarm_hours: int = Field(default=24, ge=0, le=8760)
    """How long nothing may leave although something is due, before it is an alarm; 0 for no alarm."""
    alarm_answer_hours: int = Field(default=72, ge=0, le=8760)
    """How long mails may go unanswered, all of them, before it is an alarm; 0 for no alarm."""
    inbound_token: SecretStr | None = None
    """Whoever has it may hand in raw mails at /inbound/mail; without it nobody may."""
    plus_addresses: bool = True
    """Whether the mail host takes mail for name+anything@domain; answers to staff are sent there while /inbound/mail is
    open, since they find their case by it."""
    sns_topic: str = ""
    """The ARN of the Amazon SNS topic that brings SES's events; no other topic is believed."""
    postmark_token: SecretStr | None = None
    """The password in the address of Postmark's webhooks."""
    mailgun_key: SecretStr | None = None
    """Mailgun's HTTP webhook signing key."""
    sendgrid_key: str = ""
    """The public verification key of SendGrid's signed event webhook."""
    dimensions: str = "region,carrier,store,product"
    """Attributes of orders by which scores are kept ready, separated by commas, at most four; any other is read from
    the answers each time. After a change run `feedback insights rebuild`."""
    surveys_folder: Path | None = None
    proof_folder: Path = Field(default=Path("proof"), validate_default=True)
    """Where the daily manifests of the action log lie: outside the database, and the same for all workers."""
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

    @field_validator("proof_folder")
    @classmethod
    def _from_here(cls, value: Path) -> Path:
        return value.absolute()

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

    @field_validator("inbound_token", "postmark_token", "mailgun_key")
    @classmethod
    def _long_enough_where_set(cls, value: SecretStr | None) -> SecretStr | None:
        return cls._long_enough(value) if value is not None else None

    @field_validator("sns_topic")
    @classmethod
    def _topic_arn(cls, value: str) -> str:
        if value and not re.fullmatch(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+", value):
            raise ValueError("is no topic such as arn:aws:sns:eu-west-1:123456789012:mail")
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

    @field_validator("dimensions")
    @classmethod
    def _few_attributes(cls, value: str) -> str:
        names = list(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
        if len(names) > MOST_DIMENSIONS:
            raise ValueError(f"names {len(names)} attributes of orders; {MOST_DIMENSIONS} are the most")
        if any(len(name) > LONGEST_DIMENSION for name in names):
            raise ValueError(f"names an attribute of more than {LONGEST_DIMENSION} characters")
        return ",".join(names)

    @field_validator("shop_country")
    @classmethod
    def _known_country(cls, value: str) -> str:
        if value and value.upper() not in holidays.list_supported_countries(include_aliases=False):
            raise ValueError("is no country such as PT whose public holidays are known; leave it empty to keep none")
        return value.upper()

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

    @field_validator("public_url", "privacy_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be an address such as https://feedback.example.com")
        return value

    @field_validator("shop_url")
    @classmethod
    def _web_page(cls, value: str) -> str:
        if value and not _is_web_page(value):
            raise ValueError("must be an address such as https://shop.example.com/")
        return value

    @field_validator("review_links")
    @classmethod
    def _named_web_pages(cls, value: str) -> str:
        pairs = _pairs(value)
        if any(not name or not _is_web_page(address) for name, address in pairs):
            raise ValueError("must be name=address pairs such as Trustpilot=https://example.com/a|Google=https://…")
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("gives one name twice")
        return value

    @field_validator("dkim_selector")
    @classmethod
    def _dns_labels(cls, value: str) -> str:
        if value and not _DNS_LABELS.fullmatch(value):
            raise ValueError("is no selector such as s1: letters, digits, hyphens and dots between them")
        return value

    @field_validator("dns_server")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not (host and port.isdecimal() and 0 < int(port) <= 65535):  # noqa: PLR2004 - the last port
            raise ValueError("must be host:port such as 192.0.2.53:53")
        return value

    @property
    def order_dimensions(self) -> tuple[str, ...]:
        """The attributes of orders by which scores are kept ready."""
        return tuple(self.dimensions.split(",")) if self.dimensions else ()

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
        return _key_ring(self.link_keys.get_secret_value())

    @property
    def review_sites(self) -> tuple[tuple[str, str], ...]:
        """Where anybody may review the shop: name and address, in the order given."""
        return tuple(_pairs(self.review_links))

    @property
    def privacy_secret(self) -> bytes:
        """The key of address hashes and log commitments."""
        return self.privacy_key.get_secret_value().encode()


def _is_web_page(address: str) -> bool:
    """Whether a browser can be sent there; a query and a fragment may be part of it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and address.isprintable() and " " not in address


def _pairs(value: str) -> list[tuple[str, str]]:
    """`name=address` parts between bars, which stand in no address; what has no = is all name."""
    parts = (part.partition("=") for part in value.split("|") if part.strip())
    return [(name.strip(), address.strip()) for name, _, address in parts]


def _split(value: SecretStr) -> list[str]:
    return [key.strip() for key in value.get_secret_value().split(",") if key.strip()]


@lru_cache(maxsize=8)
def _key_ring(keys: str) -> tuple[bytes, ...]:
    """Every link of every page is made with it, so it is taken apart once."""
    return tuple(key.encode() for key in _split(SecretStr(keys)))


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
