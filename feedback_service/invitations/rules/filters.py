"""Which events a survey's filter lets through."""

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import get_currency_precision

from feedback_service.invitations.rules.eligibility import Refusal, SkipReason
from feedback_service.questionnaires.definition import Filter


def filtered_out(
    wanted: Filter, *, amount_minor: int | None, currency: str | None, attributes: Mapping[str, str]
) -> Refusal | None:
    """The part of the filter that an event does not pass, or None. Without an amount the value is not looked at."""
    if amount_minor is not None and currency is not None:
        refusal = _wrong_value(wanted, Decimal(amount_minor).scaleb(-get_currency_precision(currency)), currency)
        if refusal is not None:
            return refusal
    said = {name: value.casefold() for name, value in attributes.items()}
    for name, values in wanted.only.items():
        if said.get(name) not in {value.casefold() for value in values}:
            return Refusal(SkipReason.FILTERED_OUT, f"filter.only.{name} = {', '.join(values)}")
    for name, values in wanted.never.items():
        if said.get(name) in {value.casefold() for value in values}:
            return Refusal(SkipReason.FILTERED_OUT, f"filter.never.{name} = {', '.join(values)}")
    return None


def _wrong_value(wanted: Filter, amount: Decimal, currency: str) -> Refusal | None:
    least, most = wanted.min_value.get(currency), wanted.max_value.get(currency)
    if least is not None and amount < least:
        return Refusal(SkipReason.VALUE_OUT_OF_RANGE, f"filter.min_value.{currency} = {least}")
    if most is not None and amount > most:
        return Refusal(SkipReason.VALUE_OUT_OF_RANGE, f"filter.max_value.{currency} = {most}")
    return None
