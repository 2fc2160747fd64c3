"""What closing a case takes: as its queue wants it, and never over a promise without a word."""

import pytest

from feedback_service.cases.rules.closing import Given, Needs, Unkept, what_is_missing

ALL, NOTHING = Needs(True, True, True), Needs(False, False, False)
EVERYTHING = Given("damaged", "Sent another.", True)


@pytest.mark.parametrize(
    ("needs", "given", "unkept", "missing"),
    [
        (ALL, EVERYTHING, Unkept(), set()),
        (ALL, Given("damaged", "Sent another.", False), Unkept(), set()),  # that nobody was reached is an answer
        (ALL, Given(None, "", None), Unkept(), {"root_cause", "what_was_done", "reached"}),
        (NOTHING, Given(None, "", None), Unkept(), set()),
        (Needs(True, False, False), Given(None, "", None), Unkept(), {"root_cause"}),
        (ALL, EVERYTHING, Unkept(standing=1), {"promise_words"}),
        (ALL, EVERYTHING, Unkept(kept_late=2), {"promise_words"}),
        (NOTHING, Given(None, "", None), Unkept(standing=1), {"promise_words"}),  # no switch turns this off
        (ALL, Given("damaged", "Sent another.", True, "They cancelled."), Unkept(1, 1), set()),
    ],
)
def test_what_is_missing(needs: Needs, given: Given, unkept: Unkept, missing: set[str]) -> None:
    assert set(what_is_missing(needs, given, unkept)) == missing


def test_the_sentence_says_which_promises() -> None:
    def said(unkept: Unkept) -> str:
        return what_is_missing(NOTHING, EVERYTHING, unkept)["promise_words"]

    assert said(Unkept(standing=1, kept_late=1)).startswith("A promise is not kept yet.")
    assert said(Unkept(standing=3)).startswith("3 promises are not kept yet.")
    assert said(Unkept(kept_late=1)).startswith("A promise was kept too late.")
