"""The page that says why somebody was asked: what it is made of, and what it says."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.config import SETTINGS
from feedback_service.delivery.preferences.reasons import Reasons, reasons_for
from feedback_service.delivery.preferences.shown import Explanation, Tongue, explanation
from feedback_service.invitations.links import token
from feedback_service.invitations.models import Decision, DecisionStep, Invitation, LinkScope, StepKind
from feedback_service.invitations.rules.sending_hours import Deferral
from feedback_service.orders.models import Touchpoint, TouchpointKind
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.definition import Asking, Rules, Thresholds, Trigger, TriggerEvent, Window
from feedback_service.questionnaires.fill import ISOLATED
from feedback_service.questionnaires.read_files import read_common_words
from tests.invitations.factories import LINK_KEYS, LISBON, NOW, invitation, numbered
from tests.responses.factories import read

DAY = timedelta(days=1)
ENGLISH = Tongue(Locale("en"), ZoneInfo("UTC"), "Corner Shop")
RULES = Rules(
    title="Delivery",
    trigger=Trigger(on=TriggerEvent.DELIVERED, delay_days=1),
    asking=Asking(sample_one_in=4, quarantine_days=30, quarantine_after_answer_days=1),
    window=Window(),
    thresholds=Thresholds(detractor_max=2),
)
REASONS = Reasons(
    event=TriggerEvent.DELIVERED,
    event_on=date(2026, 3, 18),
    order="A-1042",
    decided_on=date(2026, 3, 20),
    waited_for=(),
    rules=RULES,
    keeps_holidays=True,
    answered=False,
    reminder_ahead=True,
)


def reasons(session: Session, asked: Invitation) -> Reasons:
    found = reasons_for(session, asked, LISBON, "", NOW)
    session.commit()
    return found


def explained(
    told: Reasons = REASONS, tongue: Tongue = ENGLISH, data_kept: str = "", locale: str = "en"
) -> Explanation:
    return explanation(read_common_words(SURVEYS)[locale], tongue, told, data_kept)


def changed(**values: object) -> Reasons:
    return Reasons(**{**vars(REASONS), **values})  # type: ignore[arg-type]  # a test names what it changes


def asking(**values: object) -> Reasons:
    rules = RULES.model_copy(update={"asking": RULES.asking.model_copy(update=values)})
    return changed(rules=rules)


# What it is made of


def test_a_delivery_is_told_with_its_day_where_the_customer_lives(session: Session) -> None:
    late_evening = datetime(2026, 3, 18, 23, 30, tzinfo=UTC)
    told = reasons(session, invitation(session, delivered_at=late_evening, time_zone="Europe/Berlin"))
    assert (told.event, told.event_on) == (TriggerEvent.DELIVERED, date(2026, 3, 19))
    assert (told.order, told.decided_on, told.waited_for, told.answered) == (numbered(0), NOW.date(), (), False)


def test_a_broken_promise_is_told_with_the_day_that_was_promised(session: Session) -> None:
    told = reasons(session, invitation(session, delivered_at=None, status="shipped", promised_on="2026-03-18"))
    assert (told.event, told.event_on) == (TriggerEvent.PROMISE_PASSED, date(2026, 3, 18))


def test_a_parcel_that_came_after_the_question_does_not_change_why_it_was_asked(session: Session) -> None:
    asked = invitation(session, delivered_at=None, status="shipped", promised_on="2026-03-18")
    assert asked.order is not None
    asked.order.delivered_at = NOW + DAY
    session.commit()
    assert reasons(session, asked).event == TriggerEvent.PROMISE_PASSED


def test_a_question_that_had_to_wait_says_for_what(session: Session) -> None:
    sunday_night = datetime(2026, 3, 22, 3, 0, tzinfo=UTC)
    asked = invitation(session)
    assert reasons(session, asked).waited_for == ()
    about_it = (Decision.event_key == asked.event_key, Decision.survey_key == asked.survey_key)
    decision = session.scalars(select(Decision).where(*about_it)).one()
    for deferral in (Deferral.HOURS, Deferral.DAILY_CAP, Deferral.HOURS):
        session.add(
            DecisionStep(decision_id=decision.id, at=sunday_night, kind=StepKind.DEFERRED, deferral=deferral, rule="")
        )
    session.commit()
    assert reasons(session, asked).waited_for == (Deferral.HOURS, Deferral.DAILY_CAP)


@pytest.mark.parametrize(
    ("event_key", "expected"),
    [("pulse:shop:c1:2026-03-01", TriggerEvent.PULSE), ("check_in:shop:c1:2026-03-01", TriggerEvent.CHECK_IN)],
)
def test_the_calendar_asks_without_an_order(session: Session, event_key: str, expected: TriggerEvent) -> None:
    asked = invitation(session)
    asked.order, asked.event_key = None, event_key
    session.commit()
    told = reasons(session, asked)
    assert (told.event, told.order) == (expected, "")


def test_support_asks_about_what_it_closed(session: Session) -> None:
    asked = invitation(session)
    asked.order = None
    asked.touchpoint = Touchpoint(
        source="desk",
        kind=TouchpointKind.SUPPORT_CLOSED,
        external_id="T1",
        customer_id=asked.customer_id,
        happened_at=NOW,
        attributes={},
        created_at=NOW,
        updated_at=NOW,
    )
    session.commit()
    assert reasons(session, asked).event == TriggerEvent.SUPPORT_CLOSED


def test_holidays_are_promised_only_where_a_country_is_known(session: Session) -> None:
    asked = invitation(session)
    assert not reasons_for(session, asked, LISBON, "", NOW).keeps_holidays
    assert reasons_for(session, asked, LISBON, "PT", NOW).keeps_holidays


# What it says


def test_it_says_what_happened_and_when_it_was_decided() -> None:
    assert explained().event == [
        "Your order A-1042 was delivered on March 18, 2026.",
        "That is why we decided on March 20, 2026 to ask you.",
    ]


@pytest.mark.parametrize("event", [event for event in TriggerEvent if event != "delivered_or_promise_passed"])
@pytest.mark.parametrize("locale", ["en", "pt-BR"])
def test_there_are_words_for_every_event_in_every_language(event: TriggerEvent, locale: str) -> None:
    tongue = Tongue(Locale.parse(locale, sep="-"), LISBON, "Corner Shop")
    page = explained(changed(event=event, waited_for=tuple(Deferral)), tongue, "24 months", locale)
    sentences = [*page.event, *page.rules, page.next, page.kept]
    assert all(sentence.endswith(".") for sentence in sentences)
    assert not any("{" in sentence for sentence in sentences)
    assert any(wait in page.rules for wait in page.words.waits.model_dump().values())


def test_it_says_the_surveys_rules_and_no_others() -> None:
    assert list(explained().rules) == [
        "We wait 1 day before we ask.",
        "We ask about an order once, and not again.",
        "We ask nobody who told us to stop, or whose complaint is still open.",
        "We ask nobody whom we asked anything less than 30 days ago.",
        "We ask nobody who answered us less than 1 day ago.",
        "We ask about one in 4 only, picked by number and not by who it is.",
        "Mails leave between 8:00\N{NARROW NO-BREAK SPACE}AM and 8:00\N{NARROW NO-BREAK SPACE}PM by your clock.",
        "We send nothing on public holidays.",
    ]
    bare = explained(
        changed(
            event=TriggerEvent.PROMISE_PASSED,
            order="",
            keeps_holidays=False,
            rules=RULES.model_copy(update={"asking": Asking(quarantine_days=0, quarantine_after_answer_days=0)}),
        )
    )
    assert [rule.split()[0] for rule in bare.rules] == ["We", "Mails"], "who waits already is asked at once"


def test_consent_is_named_where_it_is_needed() -> None:
    assert "We ask only people who have agreed to it." in explained(asking(consent="needed")).rules


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (asking(reminders=0), "If you do not answer, we do not remind you."),
        (asking(reminders=1), "If you do not answer, one reminder comes after 4 days. That is all."),
        (asking(reminders=3), "If you do not answer, up to 3 reminders come, 4 days apart. That is all."),
        (changed(answered=True), "You have answered, so we send nothing more about this."),
    ],
)
def test_it_says_what_comes_next(told: Reasons, expected: str) -> None:
    assert explained(told).next == expected


def test_without_a_word_of_the_shop_nothing_is_promised_about_keeping() -> None:
    assert explained(data_kept="24 months").kept == "Answers are kept for 24 months."
    assert "please ask Corner Shop" in explained().kept


def test_an_order_number_stays_whole_between_arabic_words() -> None:
    arabic = Tongue(Locale("ar"), LISBON, "Corner Shop")
    assert ISOLATED.format("A-1042") in explained(tongue=arabic).event[0]
    assert ISOLATED.format("A-1042") not in explained().event[0]


def test_braces_in_a_shops_name_are_only_braces() -> None:
    assert "{order}" in explained(tongue=Tongue(Locale("en"), LISBON, "The {order}")).kept


@pytest.mark.usefixtures("now")
def test_the_page_has_it_all(app: Flask, client: FlaskClient, session: Session) -> None:
    asked = invitation(session, name="<b>Zoe</b>")
    app.extensions[SETTINGS] = app.extensions[SETTINGS].model_copy(
        update={"data_kept": "24 months", "privacy_url": "https://corner-shop.example/privacy"}
    )
    path = f"/u/{token(LINK_KEYS, LinkScope.UNSUBSCRIBE, asked.uid, 1)}/why"
    page = client.get(path)
    words = read(page)
    assert f"Your order {numbered(0)} was delivered on March 18, 2026." in words.text
    assert "Answers are kept for 24 months." in words.text
    assert 'href="https://corner-shop.example/privacy"' in page.text
    assert "Corner Shop, 1 Main Street" in words.text
    assert words.form(having="choice")["choice"] == "anything"
    assert words.forms[0][":action"] == path.removesuffix("/why")
    assert client.post(path).status_code == 405


@pytest.mark.usefixtures("now")
def test_the_answering_page_leads_to_it(client: FlaskClient, session: Session) -> None:
    asked = invitation(session)
    stop = f"/u/{token(LINK_KEYS, LinkScope.UNSUBSCRIBE, asked.uid, 1)}"
    answer = client.get(f"/r/{token(LINK_KEYS, LinkScope.ANSWER, asked.uid, 1)}")
    assert f'href="{stop}/why"' in answer.text
    assert f'href="{stop}"' in answer.text
    assert f'href="{stop}/why"' in client.get(stop).text
