"""A sweep that finds nothing to do reads nothing but the small indexes of what is left to do."""

import re

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.desk.filters import Filters, View, Viewer
from feedback_service.cases.desk.lines import page_of_queue
from feedback_service.config import Settings
from feedback_service.invitations.go_live import set_go_live
from feedback_service.pipeline import run_all
from tests.conftest import NOW

GROWING = ("orders", "decisions", "invitations", "messages", "responses", "cases", "customers", "addresses")


def plans(engine: Engine, statements: list[tuple[str, object]]) -> list[str]:
    """SQLite's plan for each statement, a line per table."""
    with engine.connect() as connection:
        return [
            f"{row.detail}  <-  {sql}"
            for sql, parameters in statements
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
        ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_sweep_and_no_open_view_walks_a_table(
    engine: Engine, sessions: sessionmaker[Session], settings: Settings
) -> None:
    with sessions() as session:
        set_go_live(session, NOW, by="test", now=NOW)
        session.execute(text("ANALYZE"))
        session.commit()
    run_all(settings, sessions, NOW)  # the first time, the surveys are new: recent orders are all looked at, once
    said: list[tuple[str, object]] = []

    def listen(_c: object, _cursor: object, sql: str, parameters: object, _x: object, _many: bool) -> None:
        if re.match(r"\s*(SELECT|UPDATE|DELETE)", sql):
            said.append((sql, parameters))

    event.listen(engine, "before_cursor_execute", listen)
    run_all(settings, sessions, NOW)
    with sessions() as session:
        for view in (View.OPEN, View.MINE):
            page_of_queue(session, Filters(view=view), Viewer(1, None, NOW))
    event.remove(engine, "before_cursor_execute", listen)
    assert len(said) > 8
    walks = [
        plan
        for plan in plans(engine, said)
        if re.match(rf"SCAN ({'|'.join(GROWING)})\b(?! USING (COVERING )?INDEX)", plan)
    ]
    assert walks == []
    everything = [
        plan for plan in plans(engine, said) if re.match(r"SCAN \w+ USING (COVERING )?INDEX sqlite_auto", plan)
    ]
    assert everything == []
