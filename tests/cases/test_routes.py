"""Staff work the queue in a browser without scripts: nothing they type is lost, and nobody overwrites a colleague."""

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import TeamMember
from feedback_service.accounts.people import set_active
from feedback_service.cases.causes.shipped import CAUSES
from feedback_service.cases.desk.lines import PAGE
from feedback_service.cases.models import Case, CaseState, EntryKind, Outcome
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.work import claim, take_over
from feedback_service.sentiment.assess import assess_comments
from tests.cases.factories import CLOSING, KEY, colleague, hire, log_kinds, opened, queued, send, signed_in, written
from tests.responses.factories import answered, at_once, everything, later, press, read
from tests.responses.factories import asked as invite

UNFOLDED = '<details class="act" name="act" id="resolve" data-key="x" open>'
OUR_SCRIPT = re.compile(r'<script src="/cases/(?:case|desk|htmx)\.js" defer></script>')
WORDS = "Called her; a new lamp is on its way."


@pytest.fixture
def ben(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """Ben's browser; he sees what his team sees, and takes no cases in turn."""
    user = hire(app, session, "Ben", now)
    session.execute(update(TeamMember).where(TeamMember.user_id == user.id).values(takes_cases=False))
    session.commit()
    return signed_in(app, user)


def _state(session: Session, case_id: int) -> tuple[CaseState, str | None]:
    session.rollback()
    case = session.scalars(select(Case).where(Case.id == case_id).execution_options(populate_existing=True)).one()
    found = (case.state, case.owner.name if case.owner else None)
    session.rollback()
    return found


def test_from_the_queue_to_a_resolved_case(anas: FlaskClient, session: Session, now: datetime) -> None:
    case = opened(session, now, 2, comment="The lamp came broken.")
    page = f"/cases/{case.id}"
    queue = read(anas.get("/cases/"))
    assert "The lamp came broken." in queue.text
    assert "24 h left" in queue.text
    status, shown = send(anas, page, "seen_owner")
    assert (status, "The case is yours." in shown.text) == (200, True)
    status, shown = send(anas, page, "kind", kind="called", reached="yes", text=WORDS)
    assert (status, WORDS in shown.text) == (200, True)
    status, shown = send(anas, page, "root_cause", **CLOSING)
    assert status == 200
    assert "Resolved: Damaged, satisfied, customer reached" in shown.text
    assert log_kinds(session, case.id) == [
        EntryKind.OPENED,
        EntryKind.ASSIGNED,
        EntryKind.CLAIMED,
        EntryKind.CALLED,
        EntryKind.RESOLVED,
    ]
    assert f"/cases/{case.id}" not in anas.get("/cases/").get_data(as_text=True)
    assert f"/cases/{case.id}" in anas.get("/cases/?view=resolved").get_data(as_text=True)


def test_looking_changes_nothing(anas: FlaskClient, session: Session, engine: Engine, now: datetime) -> None:
    case = opened(session, now)
    before = everything(engine)
    for page in ("/cases/", "/cases/?view=mine", f"/cases/{case.id}", "/cases/?after=x"):
        assert anas.get(page).status_code == 200
        assert anas.head(page).status_code == 200
    assert everything(engine) == before


def test_what_is_not_there_is_said_kindly(anas: FlaskClient) -> None:
    for page in ("/cases/0", "/cases/999", "/cases/" + "9" * 30, "/cases/?view=nonsense", "/cases/x"):
        gone = anas.get(page)
        assert gone.status_code == 404
        assert "There is nothing here." in read(gone).text


def test_an_empty_queue_says_what_will_appear(anas: FlaskClient) -> None:
    assert "A case appears when a buyer gives a low score" in read(anas.get("/cases/")).text


def test_the_list_pages_through_every_case_once(anas: FlaskClient, session: Session, now: datetime) -> None:
    ids = queued(session, now, sort_hours=[0.0] * (PAGE + 7))
    seen: list[int] = []
    address = "/cases/"
    for _ in range(2):
        html = anas.get(address).get_data(as_text=True)
        seen += [case_id for case_id in ids if f'href="/cases/{case_id}"' in html]
        address = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == ids
    assert address == ""


# Who has it


def test_of_two_who_press_at_once_one_has_it(
    anas: FlaskClient, ben: FlaskClient, session: Session, now: datetime
) -> None:
    case_id = opened(session, now).id
    page = f"/cases/{case_id}"
    forms = [read(client.get(page)).form(having="seen_owner") for client in (anas, ben)]

    def pressing(client: FlaskClient, form: dict[str, str]) -> str:
        form = dict(form)
        return read(client.post(form.pop(":action"), data=form, follow_redirects=True)).text

    told = at_once(lambda: pressing(anas, forms[0]), lambda: pressing(ben, forms[1]))
    state, owner = _state(session, case_id)
    assert state == CaseState.IN_PROGRESS
    winner, loser = (0, 1) if owner == "Ana" else (1, 0)
    assert "The case is yours." in told[winner]
    assert f"{owner} has this case now. Nothing was changed." in told[loser]
    assert log_kinds(session, case_id).count(EntryKind.CLAIMED) == 1


def test_taking_over_names_the_colleague_and_fails_once_they_lost_it(
    anas: FlaskClient, ben: FlaskClient, session: Session, now: datetime
) -> None:
    case_id = opened(session, now).id
    page = f"/cases/{case_id}"
    send(anas, page, "seen_owner")
    seen = ben.get(page)
    assert "Take over from Ana" in seen.get_data(as_text=True)
    cleo = colleague(session, "Cleo", now)
    case = session.get_one(Case, case_id)
    session.refresh(case)
    assert case.owner_id is not None
    take_over(session, case_id, user_id=cleo, seen_owner=case.owner_id, key=KEY, now=now)
    session.commit()
    form = read(seen).form(having="seen_owner")
    told = read(ben.post(form.pop(":action"), data=form, follow_redirects=True)).text
    assert "Since you opened this page: Cleo took the case, just now. Nothing was changed." in told
    assert "Cleo has it" in told
    status, shown = send(ben, page, "seen_owner")
    assert (status, "The case is yours." in shown.text) == (200, True)
    assert _state(session, case_id) == (CaseState.IN_PROGRESS, "Ben")


def test_a_case_of_somebody_switched_off_is_found_and_taken_over(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    case_id, gil = opened(session, now, comment="Still waiting.").id, colleague(session, "Gil", now)
    claim(session, case_id, user_id=gil, key=KEY, now=now)
    set_active(session, gil, active=False)
    session.commit()
    queue = read(anas.get("/cases/")).text
    assert "Still waiting." in queue
    assert "Gil (switched off)" in queue
    page = anas.get(f"/cases/{case_id}")
    assert "Gil (switched off)" in read(page).text
    assert "Take over from Gil" in page.get_data(as_text=True)
    status, shown = send(anas, f"/cases/{case_id}", "seen_owner")
    assert (status, "The case is yours." in shown.text, "Took over the case" in shown.text) == (200, True, True)
    assert _state(session, case_id) == (CaseState.IN_PROGRESS, "Ana")


def test_a_twisted_claim_changes_nothing(anas: FlaskClient, session: Session, engine: Engine, now: datetime) -> None:
    page = f"/cases/{opened(session, now).id}"
    form = read(anas.get(page)).form(having="seen_owner")
    address = form.pop(":action")
    before = everything(engine)
    for seen in ("x", "0", "-1", "9" * 40, "9" * 5000, "٣", "1; DROP TABLE cases"):
        assert anas.post(address, data={**form, "seen_owner": seen}).status_code in (303, 422)
    assert everything(engine) == before


def test_only_the_owner_is_offered_the_forms_of_work(
    anas: FlaskClient, ben: FlaskClient, session: Session, now: datetime
) -> None:
    page = f"/cases/{opened(session, now).id}"
    for client in (anas, ben):
        assert not any("kind" in form for form in read(client.get(page)).forms)
    send(anas, page, "seen_owner")
    assert any("kind" in form for form in read(anas.get(page)).forms)
    assert not any("kind" in form or "root_cause" in form for form in read(ben.get(page)).forms)


def test_a_case_is_opened_again_by_hand(anas: FlaskClient, session: Session, now: datetime) -> None:
    case_id = opened(session, now).id
    page = f"/cases/{case_id}"
    send(anas, page, "seen_owner")
    send(anas, page, "root_cause", **CLOSING)
    reopen_form = next(form for form in read(anas.get(page)).forms if form[":action"].endswith("/reopen"))
    assert "is open again" in read(anas.post(reopen_form.pop(":action"), data=reopen_form, follow_redirects=True)).text
    assert _state(session, case_id) == (CaseState.IN_PROGRESS, "Ana")


# What was typed


def test_an_action_that_lacks_something_is_refused_with_all_that_was_typed(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    case_id = opened(session, now).id
    page = f"/cases/{case_id}"
    send(anas, page, "seen_owner")
    form = read(anas.get(page)).form(having="kind")
    address = form.pop(":action")
    for kind, text, message in (
        ("", WORDS, "Choose what you did."),
        ("called", "", "Say whether you reached the customer."),
        ("noted", "", "Say in a sentence what you did"),
        ("called", " \r\n\0 ", "Say in a sentence what you did"),
        ("called", "x" * 10_001, "Please keep it to 10,000 characters."),
        ("opened", WORDS, "Not a valid choice."),
    ):
        refused = anas.post(address, data={**form, "kind": kind, "text": text})
        assert refused.status_code == 422
        assert message in read(refused).text
        kept = read(refused).form(having="kind")
        assert kept["text"] == text.replace("\0", "").strip()
        assert kept["kind"] == (kind if kind in ("called", "noted") else "")
    assert EntryKind.CALLED not in log_kinds(session, case_id)


def test_resolving_needs_cause_outcome_and_words(anas: FlaskClient, session: Session, now: datetime) -> None:
    case_id = opened(session, now).id
    page = f"/cases/{case_id}"
    send(anas, page, "seen_owner")
    form = read(anas.get(page)).form(having="root_cause")
    address = form.pop(":action")
    for left_out in ("root_cause", "outcome", "reached", "what_was_done"):
        whole = {"root_cause": "damaged", "outcome": "satisfied", "reached": "yes", "what_was_done": WORDS}
        typed = {name: value for name, value in whole.items() if name != left_out}
        refused = anas.post(address, data={**form, **typed})
        assert refused.status_code == 422
        assert {name: read(refused).form(having="root_cause")[name] for name in typed} == typed
        assert UNFOLDED in refused.get_data(as_text=True)
    assert _state(session, case_id)[0] == CaseState.IN_PROGRESS


@pytest.mark.parametrize(
    ("having", "typed", "told"),
    [
        ("kind", {"kind": "called", "reached": "yes", "text": WORDS}, "Ben has this case now. Nothing was changed."),
        (
            "root_cause",
            {"root_cause": "damaged", "outcome": "satisfied", "reached": "yes", "what_was_done": WORDS},
            "Since you opened this page: Ben took the case, just now. Nothing was changed.",
        ),
    ],
)
def test_a_case_that_moved_meanwhile_refuses_and_keeps_what_was_typed(
    anas: FlaskClient, session: Session, now: datetime, having: str, typed: dict[str, str], told: str
) -> None:
    case_id = opened(session, now).id
    page = f"/cases/{case_id}"
    send(anas, page, "seen_owner")
    form = {**read(anas.get(page)).form(having=having), **typed}
    ben = colleague(session, "Ben", now)
    case = session.get_one(Case, case_id)
    session.refresh(case)
    assert case.owner_id is not None
    take_over(session, case_id, user_id=ben, seen_owner=case.owner_id, key=KEY, now=now)
    session.commit()
    before = log_kinds(session, case_id)
    refused = anas.post(form.pop(":action"), data=form)
    assert refused.status_code == 409
    page_now = read(refused)
    assert told in page_now.text
    assert {name: page_now.form(having=having)[name] for name in typed} == typed
    if having == "root_cause":  # what was typed is in sight, not folded away
        assert UNFOLDED in refused.get_data(as_text=True)
    assert log_kinds(session, case_id) == before
    again = page_now.form(having="seen_owner")
    anas.post(again.pop(":action"), data=again)
    form = page_now.form(having=having)
    assert anas.post(form.pop(":action"), data=form).status_code == 303


def test_without_the_session_s_token_nothing_is_taken(
    anas: FlaskClient, session: Session, engine: Engine, now: datetime
) -> None:
    case_id = opened(session, now).id
    before = everything(engine)
    for act in ("claim", "log", "resolve", "reopen"):
        assert anas.post(f"/cases/{case_id}/{act}", data={"kind": "called", "text": WORDS}).status_code == 400
    assert everything(engine) == before


# What buyers wrote


def test_a_buyer_s_words_are_shown_and_never_run(
    client: FlaskClient, anas: FlaskClient, session: Session, now: datetime
) -> None:
    words = "<script>alert(1)</script> {{ 7 * 7 }} {% if x %} שלום <img src=x onerror=alert(2)>"
    person = invite(session, now, name="<b>Ana</b>", attributes={"<i>region</i>": "<u>SP</u>"})
    press(client, person.path, score="1")
    press(client, f"{person.path}/more", comment=words)
    assess_comments(session, now, 10)
    open_cases(session, now, 10, key=KEY)
    session.commit()
    case_id = session.scalars(select(Case.id)).one()
    session.rollback()
    for page in ("/cases/", f"/cases/{case_id}"):
        html = OUR_SCRIPT.sub("", anas.get(page).get_data(as_text=True))
        for markup in ("<script", "<img", "<b>Ana", "<i>region", "<u>SP"):
            assert markup not in html
        assert words in read(anas.get(page)).text
        assert "{{ 7 * 7 }}" in html
    assert 'dir="auto"' in anas.get(f"/cases/{case_id}").get_data(as_text=True)


def test_a_colleague_s_words_are_shown_and_never_run(anas: FlaskClient, session: Session, now: datetime) -> None:
    page = f"/cases/{opened(session, now).id}"
    send(anas, page, "seen_owner")
    send(anas, page, "kind", kind="noted", text="<script>alert(1)</script> {{ 7 * 7 }}")
    html = OUR_SCRIPT.sub("", anas.get(page).get_data(as_text=True))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in html


def test_a_comment_without_a_mood_says_why(anas: FlaskClient, session: Session, now: datetime) -> None:
    case = opened(session, now, 2, comment="12345 ?!")
    assess_comments(session, now, 10)
    session.commit()
    text = read(anas.get(f"/cases/{case.id}")).text
    assert "Unscored" in text
    assert "There are no words in it." in text


def test_the_page_tells_the_story_in_words(anas: FlaskClient, session: Session, now: datetime) -> None:
    ben = colleague(session, "Ben", now)
    case = opened(session, now, 0)
    claim(session, case.id, user_id=ben, key=KEY, now=now)
    session.commit()
    with later(now, hours=30):
        text = read(anas.get(f"/cases/{case.id}")).text
    for sentence in (
        "late by 6 h",
        "Opened by the rule “Detractors” at score 0",
        "Given to Ana by round robin",
        "Took over the case",
        "Low + 2: unhappy, lowest score there is",
        "No comment, only the score.",
    ):
        assert sentence in text


def test_a_score_that_came_too_late_to_count_is_told_apart(anas: FlaskClient, session: Session, now: datetime) -> None:
    response = answered(session, now, 9)
    response.latest_score, response.revision = 1, 2
    open_cases(session, now, 10, key=KEY)
    session.commit()
    case_id = session.scalars(select(Case.id)).one()
    session.rollback()
    text = read(anas.get(f"/cases/{case_id}")).text
    assert "What counts in the trend is 9: the later 1 came when the time for corrections was over." in text


def test_whoever_wrote_back_stands_in_the_queue_with_their_words(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    answered_case = opened(session, now, 2, comment="Late.")
    case = written(session, now, "It <b>broke</b> & nobody answers.")
    listed = read(anas.get("/cases/")).text
    assert "It <b>broke</b> & nobody answers." in listed
    assert "Wrote back" in listed
    assert "Late." in listed
    page = f"/cases/{case.id}"
    text = read(anas.get(page)).text
    for sentence in (
        "What the buyer wrote back",
        "It <b>broke</b> & nobody answers.",
        "from ana@buyers.example",
        "Opened by the rule “Wrote back to the mail”",
        "Low + 1: wrote instead of answering",
    ):
        assert sentence in text
    assert "What the buyer said" not in text
    assert "What the buyer wrote back" not in read(anas.get(f"/cases/{answered_case.id}")).text
    status, shown = send(anas, page, "seen_owner")
    assert (status, "The case is yours." in shown.text) == (200, True)


def test_a_mail_without_words_says_so(anas: FlaskClient, session: Session, now: datetime) -> None:
    case = written(session, now, "")
    assert "No words" in read(anas.get("/cases/")).text
    assert "perhaps a picture" in read(anas.get(f"/cases/{case.id}")).text


def test_every_cause_and_outcome_can_be_told(anas: FlaskClient, session: Session, now: datetime) -> None:
    """Each choice of the form is one that the database takes and the page can say."""
    causes = [cause.key for cause in CAUSES if cause.parent]
    for cause, outcome in zip(causes, [*Outcome, *Outcome, *Outcome], strict=False):
        page = f"/cases/{opened(session, now).id}"
        send(anas, page, "seen_owner")
        status, _ = send(anas, page, "root_cause", root_cause=cause, outcome=outcome, reached="no", what_was_done=WORDS)
        assert status == 200
        assert anas.get(page).status_code == 200
