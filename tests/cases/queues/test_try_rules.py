"""Trying rules on old answers says what opening cases by them would then do, and changes nothing."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.queues import try_rules as trying
from feedback_service.cases.queues.queries import active_rules
from feedback_service.cases.queues.try_rules import Tried, try_rules
from feedback_service.responses.models import Response
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.safety import shipped_safety
from tests.cases.factories import KEY
from tests.cases.queues.factories import bought, rules_are, top_tenth_from
from tests.responses.factories import CSAT, NPS, answered

COMMENTS = ("", "Late and broken, never again!", "Lovely, thank you.", "I was hurt by it.", "The parcel was torn.")
SOME: tuple[dict[str, Any], ...] = (
    {"unhappy": True},
    {"contact": True},
    {"bands": ["passive"], "sample": 0.5},
    {"sentiment": ["negative"]},
    {"words": ["torn", "broken"]},
    {"surveys": [CSAT]},
    {"top_tenth": True},
    {"attributes": {"region": ["norte"]}},
    {"order_value_min": {"EUR": 60}},
    {"safety": True},
    {"score_min": 9},
    {"contradiction": ["good_score_bad_words"]},
)


def _try(session: Session, now: datetime, name: str = "Rule 0") -> Tried:
    found = try_rules(session, active_rules(session), name, safety=shipped_safety(), key=KEY, now=now)
    session.rollback()
    return found


def _answers(session: Session, now: datetime, chance: random.Random, number: int) -> None:
    for _ in range(number):
        survey = chance.choice([NPS, CSAT])
        response = answered(
            session,
            now,
            chance.randint(1, 5) if survey == CSAT else chance.randint(0, 10),
            survey=survey,
            comment=chance.choice(COMMENTS),
            wants_contact=chance.random() < 0.2,
        )
        if chance.random() < 0.7:
            bought(
                session,
                response,
                now,
                minor=chance.randint(1, 120) * 100,
                lifetime=chance.randint(1, 1000) * 100,
                attributes={"region": chance.choice(["Norte", "Sul"])},
            )
    assess_comments(session, now, 1000)
    session.commit()


@pytest.mark.parametrize("seed", range(5))
def test_what_was_tried_is_what_is_opened(session: Session, now: datetime, seed: int) -> None:
    chance = random.Random(seed)
    top_tenth_from(session, 80_000, now)
    _answers(session, now, chance, 25)
    rules_are(
        session,
        now,
        *(
            {
                "name": f"Rule {number}",
                "conditions": conditions,
                "kind": chance.choice(["follow_up", "review", "thanks", None]),
            }
            for number, conditions in enumerate(chance.sample(SOME, 6))
        ),
    )
    rules = active_rules(session)
    tried = _try(session, now)
    assert tried.looked_at == 25
    open_cases(session, now, 1000, key=KEY)
    session.commit()
    opened = Counter(session.scalars(select(Case.rule)))
    assert (
        opened == Counter({rule.name: tried.caught[rule.name] for rule in rules if rule.kind is not None}) - Counter()
    )
    assert tried.opened(rules) == sum(opened.values())


def test_examples_are_of_the_rule_in_question_the_newest_first(session: Session, now: datetime) -> None:
    rules_are(session, now, {"name": "Unhappy", "conditions": {"unhappy": True}}, {"name": "Rest"})
    ids = [answered(session, now - timedelta(hours=hours), 2).id for hours in range(7)]
    answered(session, now, 10)
    tried = _try(session, now, "Unhappy")
    assert tried.examples == tuple(ids[:5])
    assert (tried.caught["Unhappy"], tried.caught["Rest"]) == (7, 1)


def test_only_the_last_month_is_looked_at_and_only_what_counts(session: Session, now: datetime) -> None:
    rules_are(session, now, {"name": "All"})
    answered(session, now - timedelta(days=31), 2)
    answered(session, now, 2).withdrawn_at = now
    session.commit()
    answered(session, now - timedelta(days=29), 2)
    assert _try(session, now).looked_at == 1


def test_of_very_many_the_newest_are_looked_at_and_it_is_said(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "MOST", 4)
    monkeypatch.setattr(trying, "PORTION", 3)
    rules_are(session, now, {"name": "All"})
    ids = [answered(session, now - timedelta(hours=hours), 2, survey=[NPS, CSAT][hours % 2]).id for hours in range(6)]
    tried = _try(session, now, "All")
    assert (tried.looked_at, tried.bounded, tried.examples) == (4, True, tuple(ids[:4]))


def test_trying_writes_nothing(session: Session, now: datetime) -> None:
    session.execute(delete(Case))
    answered(session, now, 0)
    before = session.scalar(select(func.max(Response.routed_revision)))
    session.commit()
    session.info["read_only"] = True
    assert _try(session, now, "Detractors").caught["Detractors"] == 1
    assert session.scalar(select(func.max(Response.routed_revision))) == before
    session.rollback()
