"""What a page has read is not read once more for its pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.insights.factories import counted
from tests.responses.factories import NPS


@contextmanager
def statements() -> Iterator[list[str]]:
    """What databases are asked meanwhile."""
    said: list[str] = []

    def listen(_c: object, _cursor: object, sql: str, *_rest: object) -> None:
        said.append(sql)

    event.listen(Engine, "before_cursor_execute", listen)
    yield said
    event.remove(Engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("asked", ["", "&cases=all"])
@pytest.mark.parametrize("place", ["why", "words", "coverage", "loop", "value"])
def test_what_a_page_has_read_is_not_read_again_for_its_pictures(
    manager: FlaskClient, session: Session, now: datetime, place: str, asked: str
) -> None:
    counted(session, now, 9)
    session.commit()

    def picture(grain: str) -> int:
        with statements() as said:
            manager.get(f"/insights/{place}/of_no_such_name.svg?survey={NPS}&grain={grain}{asked}")
        return len(said)

    assert manager.get(f"/insights/{place}?survey={NPS}&grain=week{asked}").status_code == 200
    first = picture("week")
    assert first == picture("week"), "the second finds what the first one had, too"
    assert first < picture("quarter"), "of which no page was asked for"
