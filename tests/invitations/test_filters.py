"""A shop may ask about some orders only."""

import pytest

from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.invitations.rules.filters import filtered_out
from feedback_service.questionnaires.definition import Filter

TIDEWELL = {"carrier": "Tidewell", "region": "North"}


@pytest.mark.parametrize(
    ("wanted", "minor", "currency", "attributes", "expected"),
    [
        ({}, None, None, {}, None),
        ({"min_value": {"EUR": "20"}}, 1999, "EUR", {}, SkipReason.VALUE_OUT_OF_RANGE),
        ({"min_value": {"EUR": "20"}}, 2000, "EUR", {}, None),
        ({"max_value": {"EUR": "20.00"}}, 2001, "EUR", {}, SkipReason.VALUE_OUT_OF_RANGE),
        ({"min_value": {"EUR": "20"}}, 1, "USD", {}, None),
        ({"min_value": {"EUR": "20"}}, None, None, {}, None),
        ({"min_value": {"JPY": "2000"}}, 2000, "JPY", {}, None),
        ({"min_value": {"KWD": "2.5"}}, 2499, "KWD", {}, SkipReason.VALUE_OUT_OF_RANGE),
        ({"only": {"carrier": ["tidewell"]}}, None, None, TIDEWELL, None),
        ({"only": {"carrier": ["Swift", "Post"]}}, None, None, TIDEWELL, SkipReason.FILTERED_OUT),
        ({"only": {"store": ["Lisbon"]}}, None, None, TIDEWELL, SkipReason.FILTERED_OUT),
        ({"never": {"region": ["NORTH"]}}, None, None, TIDEWELL, SkipReason.FILTERED_OUT),
        ({"never": {"store": ["Lisbon"]}}, None, None, TIDEWELL, None),
    ],
)
def test_what_a_filter_lets_through(
    wanted: dict[str, object],
    minor: int | None,
    currency: str | None,
    attributes: dict[str, str],
    expected: SkipReason | None,
) -> None:
    found = filtered_out(Filter.model_validate(wanted), amount_minor=minor, currency=currency, attributes=attributes)
    assert (found and found.reason) == expected


def test_the_rule_that_was_not_passed_is_named() -> None:
    wanted = Filter.model_validate({"only": {"carrier": ["Swift", "Post"]}})
    found = filtered_out(wanted, amount_minor=None, currency=None, attributes=TIDEWELL)
    assert found is not None
    assert found.rule == "filter.only.carrier = Swift, Post"
