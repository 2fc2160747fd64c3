"""Loads the demo shop on the first start: its past as an import, its last weeks as they would have happened.

Every part may be interrupted and run again: the imports know their rows, and the weeks pick up where they were.
"""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from rich.console import Console
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.config import Settings
from feedback_service.csvfiles import Row, batches
from feedback_service.customers.import_employees import import_employees
from feedback_service.database import db, session_factory
from feedback_service.demo.colleagues import employee_rows, past_pulses
from feedback_service.demo.doors import MANAGER
from feedback_service.demo.shop import DemoShop, generate, went_live
from feedback_service.demo.teams import found_stores, hire
from feedback_service.demo.walk_ins import open_ways_in
from feedback_service.demo.weeks import play_weeks
from feedback_service.invitations.go_live import go_live_at, set_go_live
from feedback_service.orders.import_orders import import_orders
from feedback_service.responses.import_answers import import_answers

SOURCE, STAFF_SOURCE = "demo", "demo-staff"


def load_demo(settings: Settings, folder: Path, out: Console) -> None:
    """Fill an empty database with the demo shop; once that is done, only its panel is told where the shop is now."""
    done = folder / "loaded"
    today = _first_day(folder / "first-day", settings)
    if done.exists():
        _ways_in(db.session, today, settings)
        return
    out.print("Opening the demo shop: 18 months of orders, answers and mail. This takes a minute, once.")
    shop = generate(today)
    hire(db.session, clock.now() - timedelta(days=400))
    found_stores(db.session, settings, _midnight(went_live(today), settings))
    db.session.commit()
    _past(db.session, shop, settings)
    _colleagues(db.session, today, settings)
    _ways_in(db.session, today, settings)
    _go_live(db.session, today, settings)
    play_weeks(
        settings, session_factory(db.engine), shop.replies, since=went_live(today), until=_midnight(today, settings)
    )
    done.touch()


def _first_day(path: Path, settings: Settings) -> date:
    """The day the shop was first opened, so that an interrupted load goes on with the same shop."""
    if not path.exists():
        fresh = path.with_suffix(".new")  # renamed when it is whole: the process may be killed between two bytes
        fresh.write_text(clock.now().astimezone(settings.zone).date().isoformat(), encoding="utf-8")
        fresh.rename(path)
    return date.fromisoformat(path.read_text(encoding="utf-8").strip())


def _midnight(day: date, settings: Settings) -> datetime:
    return datetime.combine(day, time.min, settings.zone)


def _past(session: Session, shop: DemoShop, settings: Settings) -> None:
    for batch in batches(_rows(shop.orders)):
        import_orders(
            session, batch, source=SOURCE, key=settings.privacy_secret, shop_zone=settings.zone, now=clock.now()
        )
        session.commit()
    for batch in batches(_rows(shop.ease + shop.answers)):
        import_answers(
            session,
            batch,
            source=SOURCE,
            shop_zone=settings.zone,
            shop_locale=settings.shop_locale,
            now=clock.now(),
        )
        session.commit()


def _colleagues(session: Session, today: date, settings: Settings) -> None:
    """The shop's own people, and what they said of their work before this service asked."""
    now = _midnight(went_live(today), settings)
    import_employees(
        session,
        _rows(employee_rows(settings.zone)),
        source=STAFF_SOURCE,
        key=settings.privacy_secret,
        shop_zone=settings.zone,
        now=now,
    )
    past_pulses(session, today, went_live(today), settings.zone)
    session.commit()


def _ways_in(session: Session, today: date, settings: Settings) -> None:
    open_ways_in(session, settings.base_url, by=MANAGER[0], now=_midnight(went_live(today), settings))
    session.commit()


def _rows(records: list[dict[str, str]]) -> list[Row]:
    """Generated records as the rows of a file, so that they go through the same checks."""
    return [Row(line, record, list(record.values())) for line, record in enumerate(records, start=2)]


def _go_live(session: Session, today: date, settings: Settings) -> None:
    if go_live_at(session) is None:
        set_go_live(
            session, _midnight(went_live(today), settings), by="the demo", now=clock.now(), opt_outs_settled=True
        )
    session.commit()  # also when it was set before: a session that only read still holds SQLite's write lock
