"""`feedback audit`: a changed word in the log is found, and a case that is gone."""

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from feedback_service.cases.open_cases import open_cases
from feedback_service.config import Settings
from feedback_service.responses.models import Channel, Response
from tests.cli.conftest import Run
from tests.conftest import NOW
from tests.questionnaires.factories import NPS


def _complain(session: Session, settings: Settings) -> None:
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


def test_the_log_is_verified_and_a_changed_word_is_found(run: Run, session: Session, settings: Settings) -> None:
    assert run("audit", "verify").out == "The log holds: 0 entries of 0 cases.\n"
    _complain(session, settings)
    assert re.fullmatch(r"The log holds: \d entr(y|ies) of 1 case\.\n", run("audit", "verify").out)
    session.execute(text("UPDATE case_entry_words SET text = 'All was well'"))
    session.commit()
    said = run("audit", "verify")
    assert said.code == 1
    assert "The log does not hold: case 1, entry 1: its words were changed after they were written." in said.err


def test_a_manifest_is_written_and_misses_what_is_gone(run: Run, session: Session, settings: Settings) -> None:
    assert run("audit", "manifest").out == "No log has grown since it was last vouched for.\n"
    _complain(session, settings)
    said = run("audit", "manifest")
    assert re.fullmatch(rf"Written: {settings.proof_folder}/manifest-000001-\d{{4}}-\d\d-\d\d\.txt\n", said.out)
    assert run("audit", "verify").out.endswith(f"1 manifest in {settings.proof_folder} can be relied on.\n")
    next(settings.proof_folder.glob("manifest-*")).unlink()
    said = run("audit", "verify")
    assert (said.code, "the manifest that vouched for entry" in said.err) == (1, True)


def test_lost_manifests_are_not_silently_replaced(run: Run, session: Session, settings: Settings) -> None:
    _complain(session, settings)
    run("audit", "manifest")
    next(settings.proof_folder.glob("manifest-*")).unlink()
    _complain(session, settings)
    said = run("audit", "manifest")
    assert said.code == 2
    assert "Put them back" in said.err
    assert run("audit", "manifest", "--anew").out.startswith("Written: ")
    assert run("audit", "verify").code == 0


def test_a_folder_in_which_nothing_can_be_written_is_named(run: Run, session: Session, settings: Settings) -> None:
    _complain(session, settings)
    settings.proof_folder.write_text("a file in its place")
    said = run("audit", "manifest")
    assert (said.code, str(settings.proof_folder) in said.err) == (1, True)
