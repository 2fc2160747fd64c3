"""Names and numbers put into sentences."""

from feedback_service.questionnaires.fill import ISOLATED, facts_in, filled
from feedback_service.questionnaires.words import ThanksWords

FACTS = {"shop": "Lamps & Co.", "order": "", "name": "{order}"}


def test_what_is_put_in_is_not_looked_at_again() -> None:
    words = ThanksWords(heading="Thank you, {name}.", text="Yours, {shop}")

    said = filled(words, FACTS)

    assert (said.heading, said.text) == ("Thank you, {order}.", "Yours, Lamps & Co.")


def test_a_latin_name_stays_whole_in_a_sentence_from_the_right() -> None:
    assert facts_in("ar", FACTS)["shop"] == ISOLATED.format("Lamps & Co.")
    assert facts_in("ar", FACTS)["order"] == ""  # nothing is nothing in every direction


def test_elsewhere_facts_stay_as_they_are() -> None:
    assert facts_in("pt-BR", FACTS) == facts_in("en", FACTS) == FACTS
