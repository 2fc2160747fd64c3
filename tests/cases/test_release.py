"""What we tell the customer: on their page, in a mail, and in the log; optional, and only where they can be told."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case, EntryKind
from feedback_service.cases.queries import log_of
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, release, reopen
from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.responses.models import Response
from tests.cases.factories import (
    CLOSING,
    KEY,
    colleague,
    complained,
    log_kinds,
    opened,
    resolved,
    send,
    status_path,
    taken,
)
from tests.responses.factories import at_once, read

WORDS = "A new lamp is on its way."
BETTER = "A new lamp is on its way, and the old one may stay."
HOUR = timedelta(hours=1)


def _mails(session: Session) -> list[tuple[str, str | None]]:
    """What the outcome mails will say, by their subject key."""
    session.rollback()
    rows = session.execute(
        select(Message.subject_key, Message.words).where(Message.purpose == MessagePurpose.OUTCOME).order_by(Message.id)
    ).all()
    session.rollback()
    return [(row.subject_key, row.words) for row in rows]


def _released(session: Session, case_id: int) -> list[tuple[str, dict[str, object]]]:
    """What was released so far, oldest first."""
    session.rollback()
    log = [
        (text, entry.facts) for entry, text, _ in reversed(log_of(session, case_id)) if entry.kind == EntryKind.RELEASED
    ]
    session.rollback()
    return log


def test_resolving_with_words_tells_the_customer_once_by_page_and_mail(
    anas: FlaskClient, client: FlaskClient, session: Session, now: datetime
) -> None:
    person, case = complained(session, now, locale="de")
    page = f"/cases/{case.id}"
    send(anas, page, "seen_owner")
    assert "They read German." in read(anas.get(page)).text
    status, shown = send(anas, page, "root_cause", told=WORDS, **CLOSING)
    assert (status, "Told the customer, on their page and by mail" in shown.text) == (200, True)
    assert _mails(session) == [(f"case:{case.id}:1", WORDS)]
    assert WORDS in read(client.get(status_path(session, person))).text
    assert log_kinds(session, case.id)[-2:] == [EntryKind.RESOLVED, EntryKind.RELEASED]
    assert verify_logs(session, KEY).fault is None


def test_resolving_without_words_mails_nobody_and_the_page_says_it_in_common_words(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person, case = complained(session, now)
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    resolved(session, case, ben, now)
    assert _mails(session) == []
    assert "We dealt with it on March 20, 2026." in read(client.get(status_path(session, person))).text


def test_words_come_later_and_are_bettered_with_a_mail_only_where_it_is_wanted(
    anas: FlaskClient, client: FlaskClient, session: Session, now: datetime
) -> None:
    person, case = complained(session, now)
    page = f"/cases/{case.id}"
    send(anas, page, "seen_owner")
    send(anas, page, "root_cause", **CLOSING)
    offered = read(anas.get(page)).form(having="told")
    assert (offered["told"], offered["mail"]) == ("", "y")  # a first word goes out by mail
    status, shown = send(anas, page, "told", told="  ")
    assert (status, "Write what the customer should read." in shown.text) == (422, True)
    status, shown = send(anas, page, "told", told="x" * 2001)
    assert (status, "Please keep it to 2,000 characters." in shown.text) == (422, True)
    for _ in range(2):
        assert send(anas, page, "told", told=WORDS)[0] == 200
    offered = read(anas.get(page)).form(having="told")
    assert (offered["told"], "mail" in offered) == (WORDS, False)
    status, shown = send(anas, page, "told", told=BETTER)
    assert "Told the customer, on their page only" in shown.text
    send(anas, page, "told", told=BETTER + " Sorry!", mail="y")
    assert _mails(session) == [(f"case:{case.id}:1", WORDS), (f"case:{case.id}:3", f"{BETTER} Sorry!")]
    assert [text for text, _ in _released(session, case.id)] == [WORDS, BETTER, f"{BETTER} Sorry!"]
    said = read(client.get(status_path(session, person))).text
    assert f"{BETTER} Sorry!" in said
    assert verify_logs(session, KEY).fault is None


def test_after_another_end_a_new_word_is_mailed_again(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    resolved(session, case, ben, now, told=WORDS)
    reopen(session, case.id, user_id=ben, key=KEY, now=now + HOUR)
    resolved(session, case, ben, now + 2 * HOUR, told=WORDS)  # the very words: said of this end, they are news
    assert [key for key, _ in _mails(session)] == [f"case:{case.id}:1", f"case:{case.id}:2"]


def test_an_open_case_is_not_told_about(session: Session, now: datetime) -> None:
    _, case = complained(session, now)
    ben = colleague(session, "Ben", now)
    taken(session, case, ben, now)
    with pytest.raises(CaseMovedError, match="You have this case now"):
        release(session, case.id, WORDS, mail=True, user_id=ben, key=KEY, now=now)
    session.rollback()
    assert _released(session, case.id) == []


def test_two_colleagues_who_release_the_same_at_once_release_it_once(
    sessions: sessionmaker[Session], session: Session, now: datetime
) -> None:
    _, case = complained(session, now)
    case_id, ben = case.id, colleague(session, "Ben", now)
    taken(session, case, ben, now)
    resolved(session, case, ben, now)

    def press() -> None:
        with sessions() as own:
            release(own, case_id, WORDS, mail=True, user_id=ben, key=KEY, now=now + HOUR)
            own.commit()

    at_once(press, press, press)
    assert len(_released(session, case_id)) == len(_mails(session)) == 1
    assert verify_logs(session, KEY).fault is None


# Nobody to tell


def test_whoever_came_without_a_mail_cannot_be_told_and_the_page_says_so(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    case = opened(session, now)
    page = f"/cases/{case.id}"
    send(anas, page, "seen_owner")
    text = read(anas.get(page)).text
    assert "This customer has no page and no mail from us" in text
    assert "What do we tell the customer?" not in text
    send(anas, page, "root_cause", told=WORDS, **CLOSING)
    assert "This customer has no page and no mail from us" in read(anas.get(page)).text
    token = read(anas.get(page)).form(having="csrf_token")["csrf_token"]
    refused = anas.post(f"{page}/release", data={"csrf_token": token, "told": WORDS}, follow_redirects=True)
    assert "Nothing was changed." in read(refused).text
    assert (_released(session, case.id), _mails(session)) == ([], [])


def test_nothing_more_goes_to_whoever_took_the_answer_back(anas: FlaskClient, session: Session, now: datetime) -> None:
    _, case = complained(session, now, comment="Broken.")
    page = f"/cases/{case.id}"
    send(anas, page, "seen_owner")
    answer = session.scalars(select(Response)).one()
    answer.withdrawn_at, answer.comment = now, ""
    session.commit()
    text = read(anas.get(page)).text
    assert "Taken back by the customer on 20 Mar 2026, 10:00; the words are erased." in text
    assert "The customer took the answer back, so nothing more goes to them." in text


def test_the_case_page_shows_what_the_customer_reads_and_says_to_it(
    anas: FlaskClient, client: FlaskClient, session: Session, now: datetime
) -> None:
    person, case = complained(session, now)
    page = f"/cases/{case.id}"
    send(anas, page, "seen_owner")
    send(anas, page, "root_cause", told=WORDS, **CLOSING)
    path = status_path(session, person)
    send(client, path, "words", words="<b>Broken</b> again.", act="dispute")
    shown = anas.get(page)
    text = read(shown).text
    for sentence in (
        "What the customer reads",
        WORDS,
        "Not settled, says the customer",
        "The customer says that this does not settle it",
        "<b>Broken</b> again.",
    ):
        assert sentence in text
    assert "<b>Broken" not in shown.get_data(as_text=True)
    assert "Not settled, says the customer" in read(anas.get("/cases/")).text
    case = session.get_one(Case, case.id, populate_existing=True)
    assert case.owner is not None
    assert case.owner.name == "Ana"
    session.rollback()
