"""Whatever is pressed, in whatever order, by whomever: one answer, counted once, and what a person confirmed is kept.

A machine of Hypothesis presses, goes back, presses twice, takes a second device, comes too late, and lets scanners in
between; beside it runs a model of what should then be there, in a few lines.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service import clock
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.models import DailyScore
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response, ResponseChange, ResponseRevision
from feedback_service.responses.quick_lane import Allowance
from tests.responses.factories import Asked, asked, read

START = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
WINDOW = timedelta(hours=24)
DEVICES = st.sampled_from(["phone", "desk"])
SCORES = st.integers(0, 10)
AGENTS = {"phone": "Mozilla/5.0 (iPhone) Safari/604.1", "desk": "Mozilla/5.0 (X11) Firefox/130.0"}


@dataclass
class Model:
    """What should be there."""

    counts: int | None = None
    """The score that counts; None while no person has confirmed one."""
    said: int | None = None
    """What was said last, by a machine too where no person has come yet."""
    confirmed_at: datetime | None = None
    comment: str = ""

    def person(self, score: int, now: datetime) -> None:
        """Somebody presses."""
        if self.confirmed_at is None:
            self.confirmed_at, self.counts = now, score
        elif now - self.confirmed_at < WINDOW:
            self.counts = score
        self.said = score

    def machine(self, score: int) -> None:
        """Something presses that looks like none."""
        if self.confirmed_at is None:
            self.said = score

    def words(self, text: str, now: datetime) -> None:
        """Somebody writes, which nobody can who has not pressed."""
        self.comment = text
        if self.confirmed_at is None and self.said is not None:
            self.confirmed_at, self.counts = now, self.said


@dataclass
class World:
    """The shop on one database, and somebody who was asked."""

    app: Flask
    engine: Engine
    sessions: sessionmaker[Session]
    person: Asked
    now: datetime = START
    pages: dict[str, dict[str, str]] = field(default_factory=dict)
    """The form that each device shows, however old."""


class Pressing(RuleBasedStateMachine):
    """A person with two devices, and scanners."""

    shop: tuple[Flask, Engine, sessionmaker[Session]]

    @initialize()
    def begin(self) -> None:
        app, engine, sessions = self.shop
        self.stack = ExitStack()
        self.stack.enter_context(clock.running_on(lambda: self.world.now))
        with sessions() as session:
            self.world = World(app, engine, sessions, asked(session, START))
        with sessions() as session:  # examples share a database, whose emptying would take longer than they do
            session.info["read_only"] = True
            self.others = _counted(session)
        self.model = Model()

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def wait(self, **span: float) -> None:
        self.world.now += timedelta(**span)

    @rule(seconds=st.sampled_from([1, 3600, 90_000]))
    def time_passes(self, seconds: int) -> None:
        if self.world.now < START + timedelta(days=20):
            self.wait(seconds=seconds)

    @rule(device=DEVICES, score=st.none() | SCORES)
    def a_person_opens(self, device: str, score: int | None) -> None:
        path = self.world.person.path + ("" if score is None else f"?score={score}")
        page = read(self.world.app.test_client().get(path, headers={"User-Agent": AGENTS[device]}))
        self.world.pages[device] = {**page.forms[0], "opened_at": self.world.now.isoformat()}

    @rule(device=DEVICES, score=SCORES, hours=st.sampled_from([0, 1, 25]))
    def a_person_comes_back(self, device: str, score: int, hours: int) -> None:
        self.wait(hours=hours if self.world.now < START + timedelta(days=20) else 0)
        self.a_person_opens(device, None)
        self.a_person_presses(device, score, 1)

    @precondition(lambda self: self.world.pages)
    @rule(device=DEVICES, score=SCORES, times=st.integers(1, 3))
    def a_person_presses(self, device: str, score: int, times: int) -> None:
        """On a page that may be old, and perhaps twice; the page stays open for the back button."""
        if device not in self.world.pages:
            return
        self.wait(seconds=2)
        old = self.world.now - datetime.fromisoformat(self.world.pages[device]["opened_at"]) > timedelta(hours=24)
        form = {**self.world.pages[device], "score": str(score)}
        for _ in range(times):
            status = self._post(form, AGENTS[device])
            assert status == (422 if old else 303) or (status == 200 and self._settled()), status
        if not old:
            self.model.person(score, self.world.now)

    @rule(score=SCORES, agent=st.sampled_from([AGENTS["phone"], "python-requests/2.32", ""]))
    def a_machine_runs_the_page_and_presses(self, score: int, agent: str) -> None:
        client = self.world.app.test_client()
        page = read(client.get(self.world.person.path, headers={"User-Agent": agent}))
        self.wait(milliseconds=30)
        self._post({**page.forms[0], "score": str(score)}, agent)
        self.model.machine(score)

    @rule(score=SCORES, nonce=st.sampled_from(["", "made up", "19d0ab00100.4aaaaaa.AAAA"]))
    def a_machine_posts_without_the_page(self, score: int, nonce: str) -> None:
        assert self._post({"score": str(score), "csrf_token": nonce}, AGENTS["desk"]) == 422

    @rule(score=SCORES)
    def a_scanner_opens_everything(self, score: int) -> None:
        client = self.world.app.test_client()
        for method, end in (("HEAD", ""), ("GET", f"?score={score}"), ("GET", "/more"), ("GET", "/thanks")):
            client.open(self.world.person.path + end, method=method, headers={"User-Agent": "SafeLinks"})

    @precondition(lambda self: self.model.said is not None)
    @rule(text=st.sampled_from(["Late.", "Fine, thanks.", "👍"]))
    def a_person_writes(self, text: str) -> None:
        client = self.world.app.test_client()
        page = read(client.get(f"{self.world.person.path}/more", headers={"User-Agent": AGENTS["phone"]}))
        self.wait(seconds=5)
        form = {**page.form(having="comment"), "comment": text}
        assert client.post(f"{self.world.person.path}/more", data=form).status_code == 303
        self.model.words(text, self.world.now)

    @rule()
    def the_counts_are_folded(self) -> None:
        with self.world.sessions() as session:
            fold_changes(session, self.world.now, 100)
            session.commit()

    def _post(self, form: dict[str, str], agent: str) -> int:
        sent = {name: value for name, value in form.items() if name not in (":action", "opened_at")}
        answer = self.world.app.test_client().post(self.world.person.path, data=sent, headers={"User-Agent": agent})
        return answer.status_code

    def _settled(self) -> bool:
        return self.model.confirmed_at is not None and self.world.now - self.model.confirmed_at >= WINDOW

    @invariant()
    def one_answer_and_it_is_the_person_s(self) -> None:
        with self.world.sessions() as session:
            session.info["read_only"] = True
            answers = session.scalars(select(Response).filter_by(invitation_id=self.world.person.invitation_id)).all()
            marked = session.get_one(Invitation, self.world.person.invitation_id).answered_at
            counted = _counted(session)
            revisions = session.scalars(
                select(ResponseRevision.ordinal)
                .where(ResponseRevision.response_id.in_([answer.id for answer in answers]))
                .order_by(ResponseRevision.ordinal)
            ).all()
        model = self.model
        assert marked == model.confirmed_at
        assert len(answers) == (model.said is not None)
        for answer in answers:
            assert (answer.suspected is None) == (model.counts is not None)
            assert answer.latest_score == model.said
            assert answer.comment == model.comment
            assert answer.score == (model.said if model.counts is None else model.counts)
            assert revisions == list(range(1, len(revisions) + 1)), "everything is kept, in order"
        assert counted - self.others == (Counter() if model.counts is None else Counter({model.counts: 1}))


def _counted(session: Session) -> Counter[int]:
    """How often each score counts: what is folded, and what is not yet."""
    counts: Counter[int] = Counter()
    for table, number in ((ResponseChange, ResponseChange.delta), (DailyScore, DailyScore.count)):
        for score, delta in session.execute(select(table.score, number)):
            counts[score] += delta
    return Counter({score: number for score, number in counts.items() if number})


def test_no_order_of_presses_gives_two_answers_or_loses_one(
    app: Flask, engine: Engine, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Allowance, "take", lambda *_: True)  # a minute of this is worth a day of people

    class Here(Pressing):
        shop = (app, engine, sessions)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
