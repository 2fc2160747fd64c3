"""What demo buyers tick agrees with their order, their score and their words."""

from collections import Counter
from datetime import date

import pytest

from feedback_service.demo.buyers import said
from feedback_service.demo.facts import CSAT, NPS
from feedback_service.demo.follow_ups import DETRACTOR_MAX, HOURS, Reply
from feedback_service.demo.shop import DemoShop, generate
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.questions import COMMENT
from feedback_service.questionnaires.read_files import read_surveys
from feedback_service.responses.follow_ups.keep import columns_of
from feedback_service.responses.models import ContactHow, ContactWhen, Remedy
from feedback_service.responses.rules.answers import REMEDY, after_page

DAYS = [date(2026, 9, 15), date(2027, 1, 1), date(2027, 6, 30)]


@pytest.fixture(scope="module")
def replies() -> list[Reply]:
    """Of several shops, since in one of them few are unhappy."""
    return [reply for day in DAYS for reply in generate(day).replies]


def test_only_what_the_survey_offers_is_ticked(replies: list[Reply]) -> None:
    surveys = read_surveys(SURVEYS)
    for reply in replies:
        options = next(question.options for question in surveys[reply["survey"]].structure.questions if question.driver)
        assert reply["driver"] in {"", *options}


def test_the_bands_are_the_surveys_own() -> None:
    surveys = read_surveys(SURVEYS)
    for key, highest in DETRACTOR_MAX.items():
        assert surveys[key].rules.thresholds.detractor_max == highest


def test_most_say_what_decided_their_score(replies: list[Reply]) -> None:
    assert 0.6 <= sum(bool(reply["driver"]) for reply in replies) / len(replies) <= 0.8
    for survey in (NPS, CSAT):
        ticked = Counter(reply["driver"] for reply in replies if reply["survey"] == survey)
        assert len(ticked) >= 5


def test_only_the_unhappy_choose_a_remedy_and_every_remedy_is_chosen(replies: list[Reply]) -> None:
    chose = [reply for reply in replies if reply["remedy"]]
    assert all(int(reply["score"]) <= DETRACTOR_MAX[reply["survey"]] for reply in chose)
    assert {reply["remedy"] for reply in chose} == set(Remedy)
    assert set(HOURS) == set(ContactWhen)


def test_whoever_wants_to_be_contacted_says_so_everywhere(replies: list[Reply]) -> None:
    for reply in replies:
        columns = columns_of(after_page({}, said(reply), fresh=True))
        assert columns["wants_contact"] == (reply["wants_contact"] == "true")
        assert bool(columns["contact_phone"]) == (columns["contact_how"] is ContactHow.PHONE)


def test_a_page_holds_what_was_planned() -> None:
    reply = {
        "comment": "Broken.",
        "wants_contact": "true",
        "driver": "parcel",
        "remedy": "contact",
        "how": "phone",
        "when": "evening",
        "phone": "+44 1632 960001",
    }
    page = said(reply)
    assert (page[COMMENT].text, page["driver"].chosen, page[REMEDY].chosen) == ("Broken.", ("parcel",), ("contact",))


# How easy it was


def test_it_became_easier_with_the_new_checkout() -> None:
    shop: DemoShop = generate(DAYS[0])
    early = [int(row["score"]) for row in shop.ease if row["answered_at"] < "2026-04-01"]
    late = [int(row["score"]) for row in shop.ease if row["answered_at"] > "2026-04-30"]
    assert sum(late) / len(late) - sum(early) / len(early) > 0.5
    assert {int(row["score"]) for row in shop.ease} <= set(range(1, 8))
    assert len({row["order_id"] for row in shop.ease}) == len(shop.ease) > 300
