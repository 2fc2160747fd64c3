"""A yes closes the matter, a no opens it again at once, and no words are lost, whoever presses at the same time."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case, CaseState, EntryKind, Outcome, Verdict
from feedback_service.cases.queries import log_of
from feedback_service.cases.status.queries import CaseTold, feedback_behind
from feedback_service.cases.status.say import SAID_TWICE, CaseMovedOnError, accept, add_to_case, dispute
from feedback_service.cases.take_replies import take_replies
from feedback_service.cases.verify_log import verify_logs
from feedback_service.cases.work import CaseMovedError, release, reopen, resolve
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from tests.cases.factories import KEY, colleague, complained, log_kinds, resolved, taken, wrote_back
from tests.responses.factories import at_once

HOUR = timedelta(hours=1)


class Told:
    """A case that Ana resolved with words for the customer, and the customer's way to it."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        person, self.case = complained(session, now)
        self.invitation_id, self.case_id = person.invitation_id, self.case.id
        self.ana = colleague(session, "Ana", now)
        taken(session, self.case, self.ana, now)
        resolved(session, self.case, self.ana, now + HOUR, told="A new lamp is on its way.")

    @property
    def by(self) -> dict[str, object]:
        return {"invitation_id": self.invitation_id, "key": KEY}

    def as_told(self) -> CaseTold:
        self.session.rollback()
        self.session.expire_all()
        case = feedback_behind(self.session, self.session.get_one(Invitation, self.invitation_id)).case
        self.session.rollback()
        assert case is not None
        return case

    def as_it_is(self) -> Case:
        self.session.rollback()
        case = self.session.get_one(Case, self.case_id, populate_existing=True)
        self.session.rollback()
        return case

    def log(self) -> list[tuple[EntryKind, str]]:
        found = [(entry.kind, text) for entry, text, _ in reversed(log_of(self.session, self.case_id))]
        self.session.rollback()
        return found

    def open_cases(self) -> int:
        count = self.session.scalar(select(Customer.open_cases).where(Customer.id == self.case.customer_id))
        self.session.rollback()
        return int(count or 0)


@pytest.fixture
def told(session: Session, now: datetime) -> Told:
    return Told(session, now)


def say(told: Told, act: object, words: str = "", *, at: datetime, seen: int | None = None) -> None:
    """Press a button of the page as it stands now, unless `seen` says otherwise; committed."""
    seen = told.as_told().seen if seen is None else seen
    act(told.session, told.case_id, words, seen=seen, now=at, **told.by)  # type: ignore[operator]  # accept or dispute
    told.session.commit()


def test_a_yes_is_kept_with_its_words_and_once(told: Told) -> None:
    at = told.now + 2 * HOUR
    say(told, accept, "Thank you!", at=at)
    say(told, accept, "Thank you!", at=at + timedelta(seconds=1))
    case = told.as_it_is()
    assert (case.state, case.verdict, case.verdict_at) == (CaseState.RESOLVED, Verdict.ACCEPTED, at)
    assert told.log()[-1] == (EntryKind.ACCEPTED, "Thank you!")
    assert log_kinds(told.session, case.id).count(EntryKind.ACCEPTED) == 1
    assert verify_logs(told.session, KEY).fault is None


def test_a_no_opens_the_case_at_once_for_its_owner(told: Told) -> None:
    assert told.open_cases() == 0
    at = told.now + 2 * HOUR
    say(told, dispute, "It came broken again.", at=at)
    case = told.as_it_is()
    assert (case.state, case.owner_id, case.verdict, case.verdict_at) == (
        CaseState.IN_PROGRESS,
        told.ana,
        Verdict.DISPUTED,
        at,
    )
    assert case.due_at == at + timedelta(hours=24)
    assert told.log()[-2:] == [(EntryKind.DISPUTED, "It came broken again."), (EntryKind.REOPENED, "")]
    assert told.open_cases() == 1
    assert case.released_words == "A new lamp is on its way."  # it was said, and stays said
    assert verify_logs(told.session, KEY).fault is None


def test_a_no_pressed_twice_opens_it_once_and_keeps_new_words(told: Told) -> None:
    at, seen = told.now + 2 * HOUR, told.as_told().seen
    for words in ("Broken again.", "Broken again.", "And the shade is missing.", ""):
        say(told, dispute, words, at=at, seen=seen)
    assert told.log()[-3:] == [
        (EntryKind.DISPUTED, "Broken again."),
        (EntryKind.REOPENED, ""),
        (EntryKind.CUSTOMER_WROTE, "And the shade is missing."),
    ]


def test_a_case_resolved_again_is_judged_anew(told: Told) -> None:
    at = told.now + 2 * HOUR
    say(told, dispute, at=at)
    resolved(told.session, told.case, told.ana, at + HOUR, told="Your money is on its way back.")
    assert told.as_told().verdict is None
    say(told, dispute, at=at + 2 * HOUR)
    resolved(told.session, told.case, told.ana, at + 3 * HOUR)
    say(told, accept, at=at + 4 * HOUR)
    kinds = log_kinds(told.session, told.case_id)
    assert (kinds.count(EntryKind.DISPUTED), kinds.count(EntryKind.ACCEPTED)) == (2, 1)
    assert told.as_it_is().verdict == Verdict.ACCEPTED


def test_whoever_accepted_may_find_later_that_it_came_back(told: Told) -> None:
    say(told, accept, at=told.now + 2 * HOUR)
    say(told, dispute, "It broke after all.", at=told.now + 50 * HOUR)
    assert told.as_it_is().verdict == Verdict.DISPUTED


def test_a_colleague_who_opens_it_again_clears_the_verdict(told: Told) -> None:
    say(told, accept, at=told.now + 2 * HOUR)
    reopen(told.session, told.case_id, user_id=told.ana, key=KEY, now=told.now + 3 * HOUR)
    told.session.commit()
    assert told.as_it_is().verdict is None


@pytest.mark.parametrize("act", [accept, dispute])
def test_nobody_judges_what_they_have_not_read(told: Told, act: object) -> None:
    seen, ana = told.as_told().seen, told.ana
    release(told.session, told.case_id, "No lamp is left.", mail=True, user_id=ana, key=KEY, now=told.now + 2 * HOUR)
    told.session.commit()
    with pytest.raises(CaseMovedOnError):
        say(told, act, at=told.now + 3 * HOUR, seen=seen)
    told.session.rollback()
    assert told.as_it_is().verdict is None


def test_a_yes_to_a_case_that_is_open_again_says_nothing(told: Told) -> None:
    seen = told.as_told().seen
    reopen(told.session, told.case_id, user_id=told.ana, key=KEY, now=told.now + 2 * HOUR)
    told.session.commit()
    with pytest.raises(CaseMovedOnError):
        say(told, accept, "Fine!", at=told.now + 3 * HOUR, seen=seen)


def test_words_added_are_kept_once_in_an_hour_and_open_what_was_closed(told: Told) -> None:
    at = told.now + 2 * HOUR
    for later in (timedelta(0), timedelta(minutes=1), SAID_TWICE + timedelta(minutes=1)):
        add_to_case(told.session, told.case_id, "One more thing.", now=at + later, **told.by)  # type: ignore[arg-type]  # each its own type
        told.session.commit()
    kinds = log_kinds(told.session, told.case_id)
    assert kinds.count(EntryKind.CUSTOMER_WROTE) == 2
    assert kinds.count(EntryKind.REOPENED) == 1
    assert told.as_it_is().state == CaseState.IN_PROGRESS


# At the same time


def test_two_devices_that_press_no_open_it_once(sessions: sessionmaker[Session], told: Told) -> None:
    seen, at = told.as_told().seen, told.now + 2 * HOUR

    def press(words: str) -> None:
        with sessions() as own:
            dispute(own, told.case_id, words, seen=seen, now=at, **told.by)  # type: ignore[arg-type]  # each its own type
            own.commit()

    at_once(*(partial(press, words) for words in ("From the phone.", "From the laptop.", "From the phone.")))
    log = told.log()
    kinds = [kind for kind, _ in log]
    assert (kinds.count(EntryKind.DISPUTED), kinds.count(EntryKind.REOPENED)) == (1, 1)
    assert {text for _, text in log} >= {"From the phone.", "From the laptop."}
    assert verify_logs(told.session, KEY).fault is None


def test_a_no_while_a_colleague_resolves_again_is_one_after_the_other(
    sessions: sessionmaker[Session], told: Told
) -> None:
    """The customer's second device presses no on the old page while Ana closes the case that the first one opened."""
    seen, at = told.as_told().seen, told.now + 2 * HOUR
    say(told, dispute, "Broken again.", at=at, seen=seen)

    def customer() -> str:
        with sessions() as own:
            try:
                dispute(own, told.case_id, "Still broken.", seen=seen, now=at, **told.by)  # type: ignore[arg-type]  # each its own type
            except CaseMovedOnError:
                own.rollback()
                return "read it again"
            own.commit()
            return "kept"

    def ana() -> str:
        with sessions() as own:
            try:
                resolve(
                    own,
                    told.case_id,
                    root_cause="damaged",
                    outcome=Outcome.SATISFIED,
                    text="Refunded.",
                    told="Your money is on its way.",
                    user_id=told.ana,
                    key=KEY,
                    now=at,
                )
            except CaseMovedError:
                own.rollback()
                return "moved"
            own.commit()
            return "resolved"

    said, done = at_once(customer, ana)
    assert done == "resolved"
    kinds = log_kinds(told.session, told.case_id)
    kept = EntryKind.CUSTOMER_WROTE in kinds
    assert (said == "kept") is kept
    assert kinds.count(EntryKind.DISPUTED) == 1
    assert told.as_it_is().state == CaseState.RESOLVED
    assert verify_logs(told.session, KEY).fault is None


def test_a_mail_written_back_and_a_no_at_once_open_it_once(sessions: sessionmaker[Session], told: Told) -> None:
    seen, at = told.as_told().seen, told.now + 2 * HOUR
    words, customer = "By mail: broken again.", told.case.customer_id
    wrote_back(told.session, at, words, invitation_id=told.invitation_id, customer_id=customer)

    def page() -> None:
        with sessions() as own:
            dispute(own, told.case_id, "By the page: broken again.", seen=seen, now=at, **told.by)  # type: ignore[arg-type]  # each its own type
            own.commit()

    def mail() -> None:
        with sessions() as own:
            take_replies(own, at, 10, key=KEY)
            own.commit()

    at_once(page, mail)
    mail()
    kinds = log_kinds(told.session, told.case_id)
    assert kinds.count(EntryKind.REOPENED) == 1
    assert {text for _, text in told.log()} >= {"By mail: broken again.", "By the page: broken again."}
    assert told.as_it_is().state == CaseState.IN_PROGRESS
    assert verify_logs(told.session, KEY).fault is None
