"""A shop with an outbox that is full: everything that an invitation's mail is made from, inserted in bulk."""

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, Select, create_engine, func, insert, select, text
from sqlalchemy.orm import sessionmaker

from feedback_service import clock
from feedback_service.config import Settings
from feedback_service.customers.models import Address, Customer, PersonKind
from feedback_service.database import Base, ReadAwareSession, prepare_engine, session_factory, spelled_out
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.models import UNSENT, Message, MessagePurpose, MessageState
from feedback_service.invitations.go_live import set_go_live
from feedback_service.invitations.links import FROM_THE_START, token, token_hash
from feedback_service.invitations.models import Invitation, InvitationLink
from feedback_service.migrations.run import upgrade
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.queries import VersionedSurvey, published_surveys
from feedback_service.questionnaires.read_files import read_surveys

DOMAIN = "corner-shop.example"
PORTION = 1000  # buyers at a time
NAMES = ("Zoe", "Ben Ångström", "", "María José", "O'Neil & Sons", "Ana", "李雷", "Robert Miller")
LOCALES = ("en", "en", "pt-BR")
SURVEY_KEYS = ("delivery_csat", "post_purchase_nps")


@dataclass(frozen=True)
class Shop:
    """A database with its settings."""

    environment: Mapping[str, str]
    engine: Engine
    sessions: sessionmaker[ReadAwareSession]
    link_key: bytes

    def unsent(self) -> int:
        """How many messages are on their way. Looks into a small index only, since it is asked all the time."""
        return self._ask(select(func.count()).select_from(Message).where(text(UNSENT)))

    def untouched(self) -> int:
        """How many of them nobody has claimed yet."""
        pending = Message.state == spelled_out(MessageState.PENDING)
        return self._ask(select(func.count()).select_from(Message).where(text(UNSENT), pending))

    def sent(self) -> int:
        """How many messages are marked sent."""
        return self._ask(select(func.count()).where(Message.state == MessageState.SENT))

    def attempts(self) -> int:
        """How often a mail was handed over, over all."""
        return self._ask(select(func.sum(Message.attempts)))

    def _ask(self, question: Select[int]) -> int:
        with self.sessions() as session:
            session.info["read_only"] = True
            return session.scalar(question) or 0

    def message_ids(self) -> set[str]:
        """The Message-ID of every message."""
        with self.sessions() as session:
            session.info["read_only"] = True
            return {message_id_for(uid, DOMAIN) for uid in session.scalars(select(Message.uid))}


def open_shop(database_url: str, folder: Path, mail_port: int, **settings: str) -> Shop:
    """A shop in an empty database whose mail goes to a local port; `settings` as in the environment."""
    link_key = secrets.token_urlsafe()
    environment = {
        "FEEDBACK_DATABASE_URL": database_url,
        "FEEDBACK_SECRET_KEY": secrets.token_urlsafe(),
        "FEEDBACK_LINK_KEYS": link_key,
        "FEEDBACK_PRIVACY_KEY": secrets.token_urlsafe(),
        "FEEDBACK_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "FEEDBACK_MAIL_FROM": f"hello@{DOMAIN}",
        "FEEDBACK_PUBLIC_URL": f"https://feedback.{DOMAIN}",
        "FEEDBACK_SHOP_NAME": "Corner Shop",
        "FEEDBACK_SHOP_POSTAL_ADDRESS": "Corner Shop, 1 Main Street",
        "FEEDBACK_SURVEYS_FOLDER": str(_surveys_that_never_close(folder)),
        "FEEDBACK_PROOF_FOLDER": str(folder / "proof"),
        **{f"FEEDBACK_{name.upper()}": value for name, value in settings.items()},
    }
    engine = prepare_engine(create_engine(Settings(database_url=database_url, **_secrets()).database_url))
    upgrade(engine)
    sessions = session_factory(engine)
    with sessions() as session:
        take_in(session, read_surveys(Path(environment["FEEDBACK_SURVEYS_FOLDER"])), clock.now())
        set_go_live(session, clock.now() - timedelta(days=365), by="benchmark", now=clock.now())
        session.commit()
    return Shop(environment, engine, sessions, link_key.encode())


def _secrets() -> dict[str, str]:
    return dict.fromkeys(("secret_key", "link_keys", "privacy_key"), "not a secret at all")


def _surveys_that_never_close(folder: Path) -> Path:
    """The shipped surveys, with mails at any hour of any day, since a benchmark may be run on a Sunday night."""
    surveys = folder / "surveys"
    if not surveys.exists():
        shutil.copytree(SURVEYS, surveys)
        for rules in surveys.glob("*/survey.toml"):
            text = rules.read_text(encoding="utf-8")
            without = re.sub(r"(?ms)^\[window\].*?(?=^\[)", "", text)
            always = '\n[window]\nfrom = "00:00"\nuntil = "00:00"\nholidays = true\n'
            rules.write_text(without.rstrip() + "\n" + always, encoding="utf-8")
    return surveys


def fill_outbox(shop: Shop, count: int, *, start: int = 0) -> None:
    """Put `count` invitations and their mails in place, for buyers `start` and up, in one transaction."""
    now = clock.now()
    with shop.sessions() as session:
        surveys = [published_surveys(session)[key] for key in SURVEY_KEYS]
        for first in range(start + 1, start + count + 1, PORTION):
            numbers = range(first, min(first + PORTION, start + count + 1))
            rows = [_rows(number, surveys[number % len(surveys)], shop.link_key, now) for number in numbers]
            for table in rows[0]:
                session.execute(insert(table), [row for person in rows for row in person[table]])
        session.commit()


def _rows(
    number: int, survey: VersionedSurvey, link_key: bytes, now: datetime
) -> dict[type[Base], list[dict[str, object]]]:
    """Everything about one buyer, in the order in which the tables need each other."""
    address, uid, locale = secrets.token_hex(32), secrets.token_hex(16), LOCALES[number % len(LOCALES)]
    return {
        Address: [{"hash": address, "last_asked_at": now}],
        Customer: [{
            "id": number, "source": "shop", "external_id": f"buyer {number}", "kind": PersonKind.CUSTOMER,
            "name": NAMES[number % len(NAMES)], "email": f"buyer{number}@{number % 50}.example.com",
            "address_hash": address, "locale": locale, "created_at": now,
        }],
        Order: [{
            "id": number, "source": "shop", "external_id": f"A{number}", "customer_id": number,
            "ordered_at": now - timedelta(days=9), "delivered_at": now - timedelta(days=2),
            "status": OrderStatus.DELIVERED, "attributes": {"carrier": "post"},
            "planned_revision": 1, "created_at": now, "updated_at": now,
        }],
        Invitation: [{
            "id": number, "uid": uid, "survey_key": survey.definition.key, "event_key": f"order:shop:A{number}",
            "version_id": survey.version_id, "customer_id": number, "address_hash": address, "order_id": number,
            "locale": locale, "link_generation": 1, "created_at": now, "expires_at": now + timedelta(days=30),
            "queued_at": now,
        }],
        InvitationLink: [
            {"token_hash": token_hash(token([link_key], scope, uid, 1)), "invitation_id": number, "scope": scope}
            for scope in FROM_THE_START
        ],
        Message: [{
            "uid": secrets.token_hex(16), "purpose": MessagePurpose.INVITATION, "subject_key": uid,
            "invitation_id": number, "state": MessageState.PENDING, "created_at": now, "next_attempt_at": now,
        }],
    }  # fmt: skip
