"""`feedback audit`: a changed word in the log is found."""

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from feedback_service.cases.open_cases import open_cases
from feedback_service.config import Settings
from feedback_service.responses.models import Channel, Response
from tests.cli.conftest import Run
from tests.conftest import NOW
from tests.questionnaires.factories import NPS


def test_the_log_is_verified_and_a_changed_word_is_found(run: Run, session: Session, settings: Settings) -> None:
    assert run("audit", "verify").out == "The log holds: 0 entries of 0 cases.\n"
    session.add(
        Response(
            channel=Channel.MAIL,
            survey_key=NPS,
            locale="en",
            score=1,
            answered_at=NOW,
            counted_on=NOW.date(),
            comment="Never came",
        )
    )
    session.flush()
    open_cases(session, NOW, 10, key=settings.privacy_secret)
    session.commit()
    assert re.fullmatch(r"The log holds: \d entr(y|ies) of 1 case\.\n", run("audit", "verify").out)
    session.execute(text("UPDATE case_entry_words SET text = 'All was well'"))
    session.commit()
    said = run("audit", "verify")
    assert said.code == 1
    assert "The log does not hold: case 1, entry 1: its words were changed after they were written." in said.err
