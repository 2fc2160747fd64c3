"""The loop's promise: every step may be run twice, or by two workers at once, with the same outcome."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.config import Settings, SettingsError
from feedback_service.customers.models import Address
from feedback_service.database import SessionFactory
from feedback_service.delivery.compose import message_id_for
from feedback_service.delivery.models import Message, MessageState
from feedback_service.demo.mailbox import Mailbox
from feedback_service.invitations.models import Decision, DecisionState, Invitation, InvitationLink
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.pipeline import BATCH, Step, run_all, run_step, steps
from tests.invitations.factories import CSAT, NOW, NPS, go_live, numbered, order

WORKERS = 3
PORTION = 7  # rows that a worker takes up at a time: small, so that they meet often


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box


@pytest.fixture
def shop(settings: Settings, mailbox: Mailbox) -> Settings:
    """A shop whose mail goes to the mailbox."""
    return settings.model_copy(update={"mail_url": SecretStr(f"smtp://127.0.0.1:{mailbox.start()}")})


def together(step: Step, sessions: sessionmaker[Session], now: datetime) -> int:
    """Let several workers run a step at the same time until none finds anything; what they dealt with in all."""
    start = Barrier(WORKERS)

    def work() -> int:
        start.wait(30)
        total = 0
        while count := step.run(sessions, now, PORTION):
            total += count
        return total

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(future.result() for future in [pool.submit(work) for _ in range(WORKERS)])


def test_workers_at_the_same_time_ask_everybody_once(
    shop: Settings, sessions: sessionmaker[Session], session: Session, mailbox: Mailbox
) -> None:
    for number in range(200):
        order(session, numbered(number))
    go_live(session)
    session.commit()
    for step in steps(shop):
        together(step, sessions, NOW)
    assert session.scalar(select(func.count()).select_from(Decision)) == 400, "one per survey and order"
    outcomes = Counter(session.execute(select(Decision.survey_key, Decision.state, Decision.reason)).all())
    assert outcomes == {
        (CSAT, DecisionState.INVITED, None): 200,
        (NPS, DecisionState.SKIPPED, SkipReason.SAMPLED_OUT): 200,
    }
    asked = session.scalars(select(Invitation.order_id)).all()
    assert len(asked) == len(set(asked)) == 200
    links = session.scalar(select(func.count()).select_from(InvitationLink))
    assert links == 600, "to answer, to unsubscribe, and to see what became of it"
    assert Counter(session.scalars(select(Message.state))) == {MessageState.SENT: 200}
    sent = {message_id_for(uid, "corner-shop.example") for uid in session.scalars(select(Message.uid))}
    assert mailbox.log() == dict.fromkeys(sent, 1), "the mail server's own log says the same"


def test_workers_at_the_same_time_ask_each_person_once(
    shop: Settings, sessions: sessionmaker[Session], session: Session, mailbox: Mailbox
) -> None:
    """Thirty people with eight orders each, whom every worker meets in another order."""
    for number in range(240):
        person = (number * 7 + number // 30) % 30
        order(session, numbered(number), customer_id=f"buyer {person}", email=f"buyer{person}@example.com")
    go_live(session)
    session.commit()
    for step in steps(shop):
        together(step, sessions, NOW)
    reasons = Counter(session.scalars(select(Decision.reason).where(Decision.survey_key == CSAT)))
    assert reasons == {None: 30, SkipReason.ASKED_RECENTLY: 210}
    assert len(mailbox.mails()) == 30
    assert len({mail.to for mail in mailbox.mails()}) == 30
    assert session.scalar(select(func.count()).where(Address.last_asked_at == NOW)) == 30


def test_running_the_whole_loop_again_changes_nothing(
    shop: Settings, sessions: sessionmaker[Session], session: Session, mailbox: Mailbox
) -> None:
    for number in range(20):
        order(session, numbered(number))
    go_live(session)
    session.commit()
    first = run_all(shop, sessions, NOW)
    assert (first["plan decisions"], first["decide"], first["queue mails"], first["send mails"]) == (20, 20, 20, 20)
    assert set(run_all(shop, sessions, NOW).values()) == {0}
    assert mailbox.log().total() == 20


def test_a_step_goes_on_until_nothing_is_left_and_asks_for_the_time_again() -> None:
    found = iter([BATCH, BATCH, 3])
    hours = (NOW + timedelta(hours=passed) for passed in range(10))
    seen: list[datetime] = []

    def run(_: SessionFactory, now: datetime, __: int) -> int:
        seen.append(now)
        return next(found)

    assert run_step(Step("count", run), Session, lambda: next(hours)) == 2 * BATCH + 3
    assert seen == [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)]


def test_a_mail_server_that_cannot_be_understood_is_named_before_anything_runs(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="FEEDBACK_MAIL_URL") as refused:
        steps(settings.model_copy(update={"mail_url": SecretStr("gopher://user:hunter2@mail.example")}))
    assert "hunter2" not in str(refused.value)
