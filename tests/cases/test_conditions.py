"""What an answer must be like for a rule: each condition alone, all together, in words, and refused where unknown."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.cases.rules.conditions import (
    Conditions,
    ConditionsError,
    Facts,
    in_words,
    matches,
    read_conditions,
    stored,
)
from feedback_service.cases.rules.routing import Rule, first_match
from feedback_service.sentiment.safety import SafetyKind

ANA = Facts(
    survey="delivery_csat",
    score=2,
    lowest=1,
    band="detractor",
    unhappy=True,
    contact=True,
    alerts=(SafetyKind.LAW,),
    sentiment="negative",
    contradiction="bad_score_good_words",
    themes=frozenset({"delivery", "price"}),
    texts=("O café chegou frio. L'AVOCAT viendra!",),
    channel="mail",
    language="pt-BR",
    order_value=("EUR", Decimal("120.50")),
    lifetime_value=("EUR", Decimal(900)),
    top_tenth=True,
    attributes={"Region": "Norte", "store": "Porto"},
    repeat=True,
    draw=0.25,
)


@pytest.mark.parametrize(
    ("conditions", "holds", "why"),
    [
        ({}, True, "what is left out does not matter"),
        ({"surveys": ["delivery_csat", "other"]}, True, "one of several is enough"),
        ({"surveys": ["other"]}, False, "another survey"),
        ({"score_min": 2, "score_max": 2}, True, "both ends are included"),
        ({"score_min": 3}, False, "too low"),
        ({"score_max": 1}, False, "too high"),
        ({"bands": ["detractor"]}, True, "the band"),
        ({"bands": ["passive", "promoter"]}, False, "other bands"),
        ({"unhappy": True}, True, "by the survey's threshold"),
        ({"unhappy": False}, False, "False must not be so"),
        ({"sentiment": ["negative"]}, True, "the label"),
        ({"sentiment": ["positive"]}, False, "another label"),
        ({"contradiction": ["bad_score_good_words"]}, True, "the very one"),
        ({"contradiction": ["good_score_bad_words"]}, False, "the reverse"),
        ({"themes": ["price", "taste"]}, True, "one theme is enough"),
        ({"themes": ["taste"]}, False, "not spoken of"),
        ({"words": ["CAFE"]}, True, "neither case nor accents matter"),
        ({"words": ["caf"]}, False, "whole words only"),
        ({"words": ["chegou frio"]}, True, "a phrase"),
        ({"words": ["frio l'avocat"]}, False, "no phrase across a full stop"),
        ({"contact": True, "put_right": False}, True, "one wish, not the other"),
        ({"put_right": True}, False, "did not ask for it"),
        ({"wrote": True}, False, "answered, and did not write back"),
        ({"safety": True}, True, "speaks of a lawyer"),
        ({"safety": False}, False, "so it is not harmless"),
        ({"order_value_min": {"EUR": "120.50"}}, True, "at least"),
        ({"order_value_min": {"EUR": 121}}, False, "less"),
        ({"order_value_min": {"USD": 1}}, False, "nobody can compare"),
        ({"lifetime_value_min": {"USD": 1, "EUR": 900}}, True, "in its own currency"),
        ({"top_tenth": True, "repeat": True}, True, "both"),
        ({"top_tenth": False}, False, "must not be"),
        ({"attributes": {"region": ["norte", "sul"]}}, True, "names and values in any case"),
        ({"attributes": {"region": ["norte"], "store": ["Lisboa"]}}, False, "each attribute must fit"),
        ({"attributes": {"carrier": ["any"]}}, False, "an attribute that is not there"),
        ({"channels": ["mail", "phone"]}, True, "by mail"),
        ({"channels": ["kiosk"]}, False, "by another way"),
        ({"languages": ["pt"]}, True, "all Portuguese"),
        ({"languages": ["pt-br"]}, True, "this Portuguese"),
        ({"languages": ["pt-PT"]}, False, "other Portuguese"),
        ({"sample": 0.26}, True, "drawn"),
        ({"sample": 0.25}, False, "not drawn"),
    ],
)
def test_one_condition_at_a_time(conditions: dict[str, Any], holds: bool, why: str) -> None:
    assert matches(read_conditions(conditions, "here"), ANA) is holds, why


def test_a_mail_has_no_score_and_no_survey_to_be_unhappy_by() -> None:
    mail = Facts(wrote=True)
    for conditions in ({"unhappy": True}, {"score_max": 10}, {"bands": ["detractor"]}, {"order_value_min": {"EUR": 0}}):
        assert not matches(read_conditions(conditions, "here"), mail)
    assert matches(Conditions(wrote=True), mail)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"colour": "red"}, "rules.Mine.when.colour: is no condition; known are surveys, score_min,"),
        ({"score_min": 11}, "rules.Mine.when.score_min: should be less than or equal to 10."),
        ({"score_min": 5, "score_max": 4}, "rules.Mine.when: score_min 5 is above score_max 4: no answer is both."),
        ({"order_value_min": {"euro": 5}}, "rules.Mine.when.order_value_min.euro: must be a currency in three capital"),
        ({"words": ["…"]}, "rules.Mine.when.words: “…” has no word in it."),
        ({"bands": ["happy"]}, "rules.Mine.when.bands.0: should be 'promoter', 'passive' or 'detractor'."),
        ({"sample": 0}, "rules.Mine.when.sample: should be greater than 0."),
    ],
)
def test_what_is_no_condition_is_refused_at_its_place(raw: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConditionsError) as refused:
        read_conditions(raw, "rules.Mine.when")
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({}, "every answer"),
        ({"unhappy": True}, "unhappy by the survey's threshold"),
        (
            {"bands": ["passive"], "contact": False, "sample": 0.05},
            "a passive, does not ask to be contacted and one in 20, drawn by chance",
        ),
        (
            {"score_max": 6, "words": ["refund", "money back"], "order_value_min": {"EUR": 1000}},
            "score 6 or less, says “refund” or “money back” and an order of at least EUR 1,000",
        ),
        (
            {"attributes": {"region": ["Norte", "Sul"]}, "languages": ["pt"], "channels": ["phone"]},
            "region Norte or Sul, came by phone and written in pt",
        ),
        ({"contradiction": ["good_score_bad_words"]}, "a good score with bad words"),
        ({"sample": 0.33}, "one in 3, drawn by chance"),
        ({"sample": 0.7}, "70%, drawn by chance"),
    ],
)
def test_conditions_in_words(raw: dict[str, Any], words: str) -> None:
    assert in_words(read_conditions(raw, "here")) == words


_SOME = st.fixed_dictionaries(
    {},
    optional={
        "surveys": st.lists(st.sampled_from(["delivery_csat", "other"]), max_size=2),
        "score_max": st.integers(0, 10),
        "unhappy": st.booleans(),
        "bands": st.lists(st.sampled_from(["promoter", "passive", "detractor"]), max_size=2),
        "contact": st.booleans(),
        "put_right": st.booleans(),
        "themes": st.lists(st.sampled_from(["delivery", "taste"]), max_size=2),
        "words": st.lists(st.sampled_from(["frio", "quente"]), max_size=2),
        "order_value_min": st.dictionaries(st.sampled_from(["EUR", "USD"]), st.integers(0, 200), max_size=2),
        "top_tenth": st.booleans(),
        "sample": st.floats(0.01, 1),
    },
)


@given(st.lists(_SOME, max_size=6), st.integers(0, 10), st.booleans(), st.floats(0, 0.999))
def test_the_first_rule_that_matches_decides(
    all_raw: list[dict[str, Any]], score: int, contact: bool, draw: float
) -> None:
    facts = replace(ANA, score=score, unhappy=score <= 6, contact=contact, draw=draw)
    rules = [Rule(f"Rule {number}", read_conditions(raw, "here")) for number, raw in enumerate(all_raw)]
    found = first_match(rules, facts)
    fitting = [rule for rule in rules if matches(rule.conditions, facts)]
    assert found == (fitting[0] if fitting else None)


@given(_SOME)
def test_what_is_stored_is_read_again(raw: dict[str, Any]) -> None:
    conditions = read_conditions(raw, "here")
    assert read_conditions(stored(conditions), "here") == conditions


@given(_SOME, _SOME)
def test_more_conditions_never_match_more(raw: dict[str, Any], more: dict[str, Any]) -> None:
    both = read_conditions({**raw, **{name: value for name, value in more.items() if name not in raw}}, "here")
    if matches(both, ANA):
        assert matches(read_conditions(raw, "here"), ANA)
