"""Nothing that can be typed into the search field is a mistake."""

import pytest

from feedback_service.cases.search.query import MOST_TERMS, Term, for_postgres, for_sqlite, terms_of


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("Lamp broken", [Term(("lamp",)), Term(("broken",))]),
        ('"came broken" lamp', [Term(("came", "broken")), Term(("lamp",))]),
        ("A-1042", [Term(("a", "1042"))]),
        ("deliv*", [Term(("deliv",), prefix=True)]),
        ("late deliv*", [Term(("late",)), Term(("deliv",), prefix=True)]),
        ("deliv* late", [Term(("deliv",)), Term(("late",))]),
        ("late late", [Term(("late",))]),
        ("NOT OR AND NEAR", [Term(("not",)), Term(("or",)), Term(("and",)), Term(("near",))]),
        ("* \" ' ( ) : ^ -", []),
        ('"unclosed words', [Term(("unclosed", "words"))]),
        ("", []),
    ],
)
def test_what_is_typed_becomes_terms(typed: str, terms: list[Term]) -> None:
    assert list(terms_of(typed)) == terms


def test_no_more_terms_than_help() -> None:
    typed = " ".join(f"word{number}" for number in range(50)) + "*"
    terms = terms_of(typed)
    assert len(terms) == MOST_TERMS
    assert not any(term.prefix for term in terms)


def test_each_database_reads_its_own_form() -> None:
    terms = (Term(("a", "1042")), Term(("deliv",), prefix=True))
    assert for_sqlite(terms) == '"a 1042" AND "deliv" *'
    assert for_postgres(terms, ["/61", "/60"]) == "('a' <-> '1042') & ('deliv':*) & ('/61' | '/60')"


@pytest.mark.parametrize(
    ("term", "words", "there"),
    [
        (Term(("came", "broken")), "it came broken", True),
        (Term(("came", "broken")), "broken it came", False),
        (Term(("brok",), prefix=True), "it came broken", True),
        (Term(("roken",), prefix=True), "it came broken", False),
        (Term(("brok",)), "it came broken", False),
    ],
)
def test_a_term_stands_in_words_or_does_not(term: Term, words: str, there: bool) -> None:
    assert term.stands_in(words) is there
