"""Staff read a case in words that say no more and no less than what is known."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback_service.accounts.models import Team, User
from feedback_service.cases.models import Case, CaseState, Outcome
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.shown import (
    REASON_WORDS,
    STATE_WORDS,
    Asked,
    case_page,
)
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.responses.models import Channel, Collector, Response

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")
RULES: dict[str, object] = {
    "title": "After the purchase",
    "trigger": {"on": "delivered"},
    "thresholds": {"detractor_max": 6},
}


def _case(**changed: object) -> Case:
    """A case about a broken lamp, in Ben's hands."""
    response = Response(
        channel=Channel.MAIL, score=2, latest_score=2, locale="pt-BR", comment="Broken.", wants_contact=False
    )
    told: dict[str, object] = {
        "id": 7,
        "response": response,
        "queue": Queue(key="care", name="Care", team=Team(key="care", name="Care")),
        "owner": User(name="Ben", active=True),
        "reason": CaseReason.DETRACTOR,
        "state": CaseState.IN_PROGRESS,
        "rule": "Detractors",
        "priority_words": "Low + 1: unhappy",
        "opened_at": NOW - timedelta(hours=1),
        "due_at": NOW + timedelta(hours=23),
    }
    return Case(**told | changed)


SURVEY = Asked(SurveyKind.NPS, Rules.model_validate(RULES))


def test_every_state_has_its_words() -> None:
    assert set(REASON_WORDS) == set(CaseReason)
    assert set(STATE_WORDS) == set(CaseState)


# The page


def test_a_page_without_order_customer_or_mood() -> None:
    page = case_page(_case(), SURVEY, NOW, LISBON)
    assert (page.reason, page.state, page.taken) == ("Low score", "In progress", True)
    assert (page.opened, page.due, page.time_left) == ("1 h ago", "21 Mar 2026, 09:00", "23 h left")
    assert (page.customer.name, page.customer.email) == ("Unknown buyer", None)
    assert page.customer.language == "Portuguese (Brazil)"
    assert (page.order_facts, page.answer.counted_score) == ([], "")


def test_a_case_that_grew_from_a_mail_shows_the_mail_in_place_of_an_answer() -> None:
    reply = Reply(words="It broke.", subject="Re: How?", sender="ana@buyers.example", received_at=NOW)
    wrote = _case(response=None, reply=reply, reason=CaseReason.WROTE, customer=Customer(name="Ana", locale="de"))
    page = case_page(wrote, None, NOW, LISBON)
    assert (page.answer, page.survey_title, page.also_wants_contact) == (None, "", False)
    assert (page.letter.words, page.letter.sender, page.letter.subject) == (
        "It broke.",
        "ana@buyers.example",
        "Re: How?",
    )
    assert (page.reason, page.customer.language) == ("Wrote back to the mail", "German")
    reply.invitation = Invitation(locale="pt-BR")
    page = case_page(wrote, SURVEY, NOW, LISBON)
    assert (page.survey_title, page.customer.language) == ("After the purchase", "Portuguese (Brazil)")


@pytest.mark.parametrize("locale", [None, "", "klingon", "x" * 99, "de_DE!"])
def test_a_language_that_nobody_can_name_is_left_out(locale: str | None) -> None:
    wrote = _case(response=None, reply=Reply(words="", received_at=NOW), customer=Customer(name="Ana", locale=locale))
    assert case_page(wrote, None, NOW, LISBON).customer.language == ""


def test_only_a_resolved_case_tells_cause_and_outcome_and_no_time_left() -> None:
    ended = {"root_cause": "wrong_item", "outcome": Outcome.NOT_REACHED}
    late = case_page(_case(due_at=NOW, **ended), SURVEY, NOW, LISBON)  # opened again: the causes are the old ones
    assert (late.root_cause, late.outcome, late.late) == ("", "", True)
    done = case_page(_case(due_at=NOW, state=CaseState.RESOLVED, **ended), SURVEY, NOW, LISBON)
    assert (done.root_cause, done.outcome, done.late, done.time_left) == ("Wrong item", "Not reached", False, "")


@pytest.mark.parametrize(
    ("owner", "words"), [(None, ""), (User(name="Ben", active=False), "Ben (switched off)")], ids=["nobody", "gone"]
)
def test_who_does_not_work_on_it(owner: User | None, words: str) -> None:
    assert case_page(_case(owner=owner), SURVEY, NOW, LISBON).owner == words


def test_an_order_in_the_shop_s_zone_with_the_shop_s_own_names() -> None:
    order = Order(
        external_id="O-1",
        status=OrderStatus.DELIVERED,
        ordered_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
        promised_on=date(2026, 7, 9),
        amount_minor=1234,
        currency="EUR",
        attributes={"SKU": "L-9", "deliveryRegion": "sul"},
    )
    customer = Customer(name="Ana Souza", email="ana@buyers.example")
    page = case_page(_case(order=order, customer=customer), SURVEY, NOW, LISBON)
    assert page.customer.name == "Ana Souza"
    assert page.order_facts == [
        ("Order", "O-1"),
        ("Status", "Delivered"),
        ("Ordered", "2 Jul 2026, 00:30"),
        ("Promised", "9 Jul 2026"),
        ("Delivered", "Not yet"),
        ("Amount", "€12.34"),
        ("SKU", "L-9"),
        ("DeliveryRegion", "sul"),
    ]


def test_an_answer_from_a_slip_says_so_and_that_its_order_is_only_said() -> None:
    way = Collector(name="Slip in the parcel", channel=Channel.LINK)
    walked_in = Response(
        channel=Channel.LINK, collector=way, score=2, latest_score=2, locale="en", comment="", claimed_order="B-77"
    )
    page = case_page(_case(response=walked_in), SURVEY, NOW, LISBON)
    assert (page.came_by, page.answer.claimed_order) == ("Link or code: Slip in the parcel", "B-77")
    assert case_page(_case(), SURVEY, NOW, LISBON).came_by == "Our mail"
