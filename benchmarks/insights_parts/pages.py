"""The overview and its chart as a browser gets them, beside the least that a page of a session can be."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from answering_parts.servers import serving
from queue_parts.shop import PASSWORD, Person, the_app
from queue_parts.timing import Timed, in_turn
from queue_parts.visitors import Guest, Visitor
from sending_parts.shop import Shop

from feedback_service import clock
from feedback_service.accounts.models import RoleName
from feedback_service.accounts.people import add_user
from feedback_service.database import db

from .answers import LAST, SURVEYS

MANAGER = "manager@corner-shop.example"
CHART = "/insights/overview/trend.svg"


@dataclass(frozen=True)
class Pages:
    """Milliseconds at the browser."""

    cold: Timed
    """A page and its chart that nobody has asked for before."""
    cached: Timed
    """A chart that was drawn already."""
    hello: Timed
    """A session that is checked, one SELECT, a word."""


def pages(shop: Shop, folder: Path, rounds: int) -> Pages:
    """Each in turn, by a manager who is signed in."""
    app = the_app(shop)
    with app.app_context():
        user = add_user(
            db.session, email=MANAGER, name="Manager", password=PASSWORD, role=RoleName.MANAGER, team="care",
            now=clock.now(),
        )  # fmt: skip
        db.session.commit()
        person = Person(user.id, MANAGER, 0)
        db.engine.dispose()
    environment = {**shop.environment, "BENCHMARK_DATABASE": shop.engine.url.render_as_string(hide_password=False)}
    with (
        serving("gunicorn", "wsgi:app", environment, folder / "service.log") as ours,
        serving("gunicorn", "insights_parts.hello:app", environment, folder / "hello.log") as plain,
    ):
        manager = Visitor(ours.port, person)
        greeted = Guest(plain.port)
        greeted.get("/enter")
        known = _scope(-1)
        manager.get(f"{CHART}?{known}")
        timed = in_turn(
            {
                "cold": lambda number: _cold(manager, number),
                "cached": lambda _: manager.get(f"{CHART}?{known}"),
                "hello": lambda _: greeted.get("/"),
            },
            rounds,
        )
    return Pages(timed["cold"], timed["cached"], timed["hello"])


def _cold(manager: Visitor, number: int) -> None:
    manager.get(f"/insights/?{_scope(number + 1000)}")
    manager.get(f"{CHART}?{_scope(number + 1000)}")


def _scope(number: int) -> str:
    """Another one for each number: a year of months that ends on another day."""
    last = LAST - timedelta(days=number % 400)
    return f"survey={SURVEYS[number % len(SURVEYS)]}&from={last - timedelta(days=364)}&to={last}"
