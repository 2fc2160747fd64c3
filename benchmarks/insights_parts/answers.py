"""Ten million answers over three years, made by the database itself: the same on both, from one formula."""

from datetime import date, timedelta

from sqlalchemy import Engine, text

SURVEYS = ("post_purchase_nps", "relationship_nps", "delivery_csat", "support_csat")
LOCALES = ("en", "pt-BR", "de", "es", "fr", "ar")
YEARS = 3
LAST = date(2026, 6, 30)
FIRST = LAST - timedelta(days=YEARS * 365 - 1)

# A number's hash decides everything about its answer. Only operators that both databases have, and mean the same by.
_HASH = "((n * 2654435761 + 12345) % 4294967296)"
_SURVEY = f"({_HASH} / 7) % {len(SURVEYS)}"
_SCORE = f"({_HASH} / 100003) % 100"
_LOCALE = f"({_HASH} / 1009) % 16"

_COLUMNS = (
    "id, channel, survey_key, locale, score, latest_score, comment, wants_contact, answered_at, counted_on, revision,"
    " assessed_revision, routed_revision, routed_assessed, read_at"
)


def fill(engine: Engine, count: int, years: int = YEARS) -> None:
    """Put `count` answers into an empty table, spread over so many years."""
    days = years * 365
    first = LAST - timedelta(days=days - 1)
    sqlite = engine.dialect.name == "sqlite"
    portion = 1_000_000
    for start in range(0, count, portion):
        with engine.begin() as connection:
            connection.execute(
                text(_insert(sqlite, first, days, count)), {"start": start + 1, "end": min(start + portion, count)}
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("PRAGMA analysis_limit = 1000" if sqlite else "VACUUM ANALYZE responses"))
        if sqlite:
            connection.execute(text("ANALYZE"))


def _insert(sqlite: bool, first: date, days: int, count: int) -> str:
    numbers = (
        "WITH RECURSIVE numbers (n) AS (SELECT :start UNION ALL SELECT n + 1 FROM numbers WHERE n < :end)"
        if sqlite
        else "WITH numbers (n) AS (SELECT * FROM generate_series(CAST(:start AS bigint), CAST(:end AS bigint)))"
    )
    passed = f"(n * {days} / {count + 1})"  # days before it; answers come one after the other
    day = f"date('{first}', {passed} || ' days')" if sqlite else f"(DATE '{first}' + CAST({passed} AS integer))"
    at = f"{day} || ' 12:00:00.000000'" if sqlite else f"({day} + TIME '12:00') AT TIME ZONE 'UTC'"
    false = "0" if sqlite else "false"
    survey = _choice(_SURVEY, SURVEYS)
    # Of five points, most are 4 or 5; of ten, most are 9 or 10, and the first half year is worse than the rest.
    unhappy = f"{_SCORE} < CASE WHEN {passed} < 180 THEN 25 ELSE 15 END"
    kind = f"WHEN {_SCORE} < 45 THEN 7 + {_SCORE} % 2 ELSE 9 + {_SCORE} % 2"
    nps = f"CASE WHEN {unhappy} THEN {_SCORE} % 7 {kind} END"
    csat = f"CASE WHEN {unhappy} THEN 1 + {_SCORE} % 3 ELSE 4 + {_SCORE} % 2 END"
    score = f"CASE WHEN {_SURVEY} < 2 THEN {nps} ELSE {csat} END"
    values = (
        "n", "'mail'", survey, _choice(_LOCALE, LOCALES), score, score, "''", false, at, day, "1", "1", "1", "1", at
    )  # fmt: skip
    into = f"INSERT INTO responses ({_COLUMNS})"
    made = f"SELECT {', '.join(values)} FROM numbers"  # noqa: S608 - nothing in it comes from outside
    return f"{numbers} {into} {made}" if sqlite else f"{into} {numbers} {made}"


def _choice(number: str, words: tuple[str, ...]) -> str:
    whens = " ".join(f"WHEN {at} THEN '{word}'" for at, word in enumerate(words))
    return f"CASE {number} {whens} ELSE '{words[0]}' END"
