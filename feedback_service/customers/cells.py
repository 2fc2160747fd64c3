"""Cells that every file may have, as values: ids, times, languages, addresses; each refuses what it cannot read."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from feedback_service.csvfiles import Row, RowError
from feedback_service.customers.addresses import BadAddressError, normal_email
from feedback_service.customers.keep import Person

PERSON_COLUMNS = ("email", "name", "locale", "time_zone", "country")
ATTRIBUTE_PREFIX = "attr."
LONGEST_ID = 128
LONGEST_NAME = 200
LONGEST_ATTRIBUTE = 200
LONGEST_LOCALE = 16
COUNTRY_LETTERS = 2
YEARS = range(1990, 2101)  # beyond lie typing errors, and the 9999-12-31 with which some systems say "never"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ZONES = frozenset(available_timezones())
# ISO 3166 as CLDR knows it, and XK, which shops write for Kosovo; without the codes that are reserved or nobody's.
_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "IC", "TA", "ZZ"})
_COUNTRIES = frozenset(get_global("territory_languages")) - _NO_COUNTRIES


def parse_id(row: Row, column: str) -> str:
    """An identifier. Raises RowError where it is missing or too long."""
    value = row.required(column)
    if len(value) > LONGEST_ID:
        raise RowError(f"{column} has {len(value)} characters; at most {LONGEST_ID} are kept")
    return value


def parse_time(row: Row, column: str, shop_zone: ZoneInfo) -> datetime | None:
    """An instant in UTC, or None where the cell is empty. Raises RowError where it is no time.

    A local time that the clocks showed twice means the earlier one; one that they skipped, as if they had not.
    """
    text = row.text(column)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise RowError(
            f"{column} {text!r} is no time such as 2026-03-29T14:05:00 or 2026-03-29T14:05:00+02:00"
        ) from None
    _check_year(column, text, value)
    return (value if value.tzinfo else value.replace(tzinfo=shop_zone)).astimezone(UTC)


def parse_date(row: Row, column: str) -> date | None:
    """A local date, or None where the cell is empty. Raises RowError where it is none."""
    text = row.text(column)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text).date() if _DATE.match(text) else None
    except ValueError:
        value = None
    if value is None:
        raise RowError(f"{column} {text!r} is no date such as 2026-03-29")
    _check_year(column, text, value)
    return value


def _check_year(column: str, text: str, value: date) -> None:
    if value.year not in YEARS:
        raise RowError(f"{column} {text!r} is not between {YEARS[0]} and {YEARS[-1]}; leave it empty if it is unknown")


def parse_locale(row: Row, column: str = "locale") -> str | None:
    """A locale such as pt-BR, or None. Raises RowError where nobody speaks it."""
    text = row.text(column).replace("_", "-")
    if not text:
        return None
    try:
        locale = str(Locale.parse(text, sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        locale = ""
    if not 0 < len(locale) <= LONGEST_LOCALE:
        raise RowError(f"{column} {text!r} is no language such as en or pt-BR")
    return locale


def parse_email(row: Row, column: str = "email") -> str | None:
    """An address in its normal form, or None. Raises RowError where it is none."""
    text = row.text(column)
    if not text:
        return None
    try:
        return normal_email(text)
    except BadAddressError as error:
        raise RowError(f"{column} {text!r} is no e-mail address: {error}") from None


def parse_country(row: Row, column: str = "country") -> str | None:
    """A country as ISO 3166 has it, such as PT, or None. Raises RowError where there is none such."""
    text = row.text(column).upper()
    if text and (len(text) != COUNTRY_LETTERS or text not in _COUNTRIES):
        raise RowError(f"{column} {row.text(column)!r} is no country in two letters, such as PT")
    return text or None


def parse_person(row: Row, id_column: str) -> Person:
    """Whoever a row is about. Raises RowError naming column, value and remedy."""
    zone = row.text("time_zone")
    if zone and zone not in _ZONES:
        raise RowError(f"time_zone {zone!r} is no time zone such as Europe/Berlin")
    return Person(
        external_id=parse_id(row, id_column),
        email=parse_email(row),
        name=" ".join(row.text("name").split())[:LONGEST_NAME] or None,
        locale=parse_locale(row),
        time_zone=zone or None,
        country=parse_country(row),
    )


def parse_attributes(row: Row) -> dict[str, str]:
    """The `attr.` columns that are filled, without the prefix."""
    return {
        column.removeprefix(ATTRIBUTE_PREFIX): value.strip()[:LONGEST_ATTRIBUTE]
        for column, value in row.cells.items()
        if column.startswith(ATTRIBUTE_PREFIX) and value.strip()
    }
