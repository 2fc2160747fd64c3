"""Three schedulers and two workers at once, on PostgreSQL and Redis: nothing happens twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from feedback_service import clock
from feedback_service.config import Settings
from feedback_service.csvfiles import Row
from feedback_service.database import session_factory
from feedback_service.demo.mailbox import Mailbox
from feedback_service.invitations.go_live import set_go_live
from feedback_service.jobs import SWEEP_SECONDS
from feedback_service.migrations.run import upgrade
from feedback_service.orders.import_orders import import_orders
from feedback_service.questionnaires.publish import take_in
from feedback_service.questionnaires.read_files import read_surveys
from tests.processes import broker, emptied, environment, eventually, running

ORDERS = 80
SCHEDULERS = 3
WORKERS = 2
DAY = timedelta(days=1)


def ready_to_ask(engine: Engine, surveys: Path) -> None:
    upgrade(engine)
    with session_factory(engine)() as session:
        now = clock.now()
        take_in(session, read_surveys(surveys), now)
        set_go_live(session, now - 30 * DAY, by="a test", now=now)
        session.commit()


def take_orders(engine: Engine, settings: Settings) -> None:
    now = clock.now()
    delivered = {
        "status": "delivered",
        "ordered_at": (now - 9 * DAY).isoformat(),
        "delivered_at": (now - 6 * DAY).isoformat(),  # a day more than the survey waits
    }
    rows = [
        Row(n, {"order_id": f"O{n}", "customer_id": f"C{n}", "email": f"c{n}@example.com", **delivered}, [])
        for n in range(ORDERS)
    ]
    with session_factory(engine)() as session:
        key = settings.privacy_secret
        counts = import_orders(session, rows, source="shop", key=key, shop_zone=settings.zone, now=now)
        session.commit()
    assert not counts.refused


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_order_becomes_one_mail_however_many_sweeps_are_asked_for(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    with Mailbox(tmp_path / "mailbox") as mailbox, broker() as broker_url:
        shop = environment(
            tmp_path,
            {},
            database_url=emptied(settings.database_url),
            broker_url=broker_url,
            mail_url=f"smtp://127.0.0.1:{mailbox.start()}",
            mail_from=settings.mail_from,
            **{name: getattr(settings, name).get_secret_value() for name in ("secret_key", "link_keys", "privacy_key")},
        )
        ready_to_ask(engine, Path(shop["FEEDBACK_SURVEYS_FOLDER"]))
        take_orders(engine, settings)
        programs = [["feedback", "beat"]] * SCHEDULERS + [["feedback", "worker"]] * WORKERS
        with running(shop, tmp_path, *programs):
            assert eventually(lambda: mailbox.log().total() >= ORDERS)
            take_orders(engine, settings)  # the shop's export of the next night says the same again
            again = eventually(lambda: mailbox.log().total() > ORDERS, within=2 * SWEEP_SECONDS + 1)
            assert not again, "two more sweeps of each scheduler, and nobody was mailed again"

        assert set(mailbox.log().values()) == {1}
        assert len({mail.to for mail in mailbox.mails()}) == ORDERS
    with engine.connect() as connection:
        for table in ("decisions", "invitations", "messages"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == ORDERS, table
        sent = connection.scalar(text("SELECT count(*) FROM messages WHERE state = 'sent'"))
    assert sent == ORDERS
