"""A manager changes a survey in the browser, without JavaScript: no word is lost, and nothing is asked by accident."""

import re
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service import clock
from feedback_service.accounts.models import RoleName
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.drafts import Document
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.publish import change_rules, publish, take_draft
from feedback_service.questionnaires.queries import published_surveys, versions_of
from feedback_service.questionnaires.read_files import read_survey
from tests.accounts.factories import add_colleague, address, sign_in
from tests.conftest import NOW
from tests.questionnaires.editing.browser import buttons_on, form_on, press, send
from tests.questionnaires.factories import NPS, edit, survey_files
from tests.responses.factories import answered

pytestmark = pytest.mark.usefixtures("now")
HOME = f"/surveys/{NPS}"
RULES, QUESTIONS, ENGLISH, GERMAN = f"{HOME}/rules", f"{HOME}/questions", f"{HOME}/words/en", f"{HOME}/words/de"
ANA, RUI = "ana@corner-shop.example", "rui@corner-shop.example"


def manager(app: Flask, email: str) -> FlaskClient:
    """Somebody's browser, signed in."""
    browser = app.test_client()
    add_colleague(app, RoleName.MANAGER, email=email)
    sign_in(browser, email)
    return browser


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    return manager(app, ANA)


@pytest.fixture
def rui(app: Flask) -> FlaskClient:
    return manager(app, RUI)


def draft(session: Session, key: str = NPS) -> Document | None:
    """As the database has it now; the session is left without a transaction, so that pages can write."""
    found = session.get_one(Survey, key, populate_existing=True).draft
    session.rollback()
    return deepcopy(found)


def asked(session: Session, key: str = NPS) -> SurveyDefinition:
    found = published_surveys(session)[key].definition
    session.rollback()
    return found


def decide(browser: FlaskClient, what: str) -> TestResponse:
    """Press Publish or Discard on the survey's page."""
    page = browser.get(HOME).text
    form = re.search(rf'action="{HOME}/{what}">(.*?)</form>', page, re.DOTALL)
    assert form, f"there is nothing to {what}"
    values = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', form[1]))
    return browser.post(f"{HOME}/{what}", data=values, follow_redirects=True)


# What is there


def test_the_list_shows_every_survey_with_what_matters(ana: FlaskClient, session: Session) -> None:
    answered(session, NOW - timedelta(hours=3), 9)
    session.rollback()
    page = ana.get("/surveys/").text
    card = page[page.index(f'href="{HOME}"') :].partition("</li>")[0]
    assert "Post-purchase NPS" in card
    assert "Open" in card
    assert "NPS, 0 to 10" in card
    assert "English, Arabic, German" in card
    assert "Last answer 3 h ago" in card
    assert "Draft" not in card
    press(ana, RULES, rules__title="After buying")
    assert "Draft waits" in ana.get("/surveys/").text
    assert "Draft by you, just now" in ana.get("/surveys/").text


def test_surveys_are_for_managers(app: Flask, client: FlaskClient) -> None:
    add_colleague(app, RoleName.STAFF)
    sign_in(client, address(RoleName.STAFF))
    assert client.get("/surveys/").status_code == 403
    assert 'href="/surveys/"' not in client.get("/cases/").text


@pytest.mark.parametrize(
    "path", ["nothing", "nothing/rules", f"{NPS}/words/nl", f"{NPS}/words/xx", "delivery_csat/words/ar"]
)
def test_what_is_not_there_is_not_found(ana: FlaskClient, path: str) -> None:
    assert ana.get(f"/surveys/{path}").status_code == 404


# One draft


def test_what_is_saved_waits_and_is_not_asked(ana: FlaskClient, session: Session) -> None:
    before = asked(session)
    done = press(ana, ENGLISH, wordings__en__mail__subject="How was {order}?", wordings__en__mail__intro="Two\r\nlines")
    assert (done.status_code, done.location) == (303, ENGLISH)
    shown = ana.get(ENGLISH).text
    assert "Saved as a draft. It is not asked until you publish it." in shown
    assert form_on(shown)["wordings.en.mail.subject"] == "How was {order}?"
    kept = draft(session)
    assert kept is not None
    assert kept["wordings"]["en"]["mail"]["intro"] == "Two\nlines"
    assert asked(session) == before


@pytest.mark.parametrize("path", [RULES, QUESTIONS, ENGLISH, GERMAN, f"{HOME}/words/ar"])
def test_a_page_that_is_sent_untouched_makes_no_draft(ana: FlaskClient, session: Session, path: str) -> None:
    assert press(ana, path).status_code == 303
    assert draft(session) is None


def test_publishing_shows_first_what_it_changes(ana: FlaskClient, session: Session) -> None:
    first = asked(session)
    press(ana, ENGLISH, wordings__en__mail__subject="How was {order}?")
    press(ana, RULES, rules__trigger__delay_days="7")
    page = ana.get(HOME).text
    assert "When it asks: Days to wait after the event" in page
    assert "English, The mail: Subject" in page
    assert "How was {order}?" in page
    assert "The same questions in other words" in page
    assert "Answers that were given keep the words they answered" in page
    said = decide(ana, "publish").text
    assert "Published. From now on it is asked like this." in said
    assert "Nothing waits." in said
    now_asked = asked(session)
    assert now_asked.wordings["en"].mail.subject == "How was {order}?"
    assert now_asked.rules.trigger.delay_days == 7
    newest, oldest = versions_of(session, NPS)
    assert (newest.made_by, oldest.made_by) == (ANA, "file")
    assert first.structure_hash == now_asked.structure_hash


def test_questions_that_change_are_named(ana: FlaskClient) -> None:
    press(ana, QUESTIONS, "remove:contact")
    page = ana.get(HOME).text
    assert "Question taken out" in page
    assert "Please contact me about this" in page
    assert "Other questions are asked from then on. The score goes on as one series" in page


def test_a_draft_can_be_dropped(ana: FlaskClient, session: Session) -> None:
    before = asked(session)
    press(ana, RULES, rules__title="Another")
    assert "The draft is gone." in decide(ana, "discard").text
    assert draft(session) is None
    assert asked(session) == before


def test_files_and_pages_write_the_same_draft(ana: FlaskClient, session: Session, tmp_path: Path) -> None:
    folder = survey_files(tmp_path)
    edit(folder / NPS / "survey.toml", "delay_days = 5 ", "delay_days = 8 ")
    take_draft(session, read_survey(folder / NPS), NOW)
    session.commit()
    assert "Written by the survey&#39;s file" in ana.get(HOME).text
    assert form_on(ana.get(RULES).text)["rules.trigger.delay_days"] == "8"
    press(ana, RULES, rules__title="After buying")
    decide(ana, "publish")
    rules = asked(session).rules
    assert (rules.trigger.delay_days, rules.title) == (8, "After buying")


def test_kind_and_metric_cannot_change_and_the_page_says_why(ana: FlaskClient, session: Session) -> None:
    assert "Kind and what it counts as cannot change: answers on two scales are no one number." in ana.get(HOME).text
    press(ana, QUESTIONS, structure__kind="csat", kind="csat", metric="other")
    press(ana, RULES, structure__kind="csat", rules__kind="csat", metric="other")
    assert draft(session) is None


# What cannot be


def test_everything_typed_comes_back_with_a_sentence_at_its_field(ana: FlaskClient, session: Session) -> None:
    typed = {
        "rules.title": "",
        "rules.trigger.delay_days": "soon",
        "rules.window.from": "late",
        "rules.filter.min_value": "EUR much\r\nUSD 20",
        "rules.filter.only": "region = Norte\r\nregion = Sul\r\ncarrier",
        "rules.asking.daily_cap": "-1",
    }
    before = asked(session)
    assert (
        press(ana, RULES, "save", **{name.replace(".", "__"): text for name, text in typed.items()}).status_code == 303
    )
    page = ana.get(RULES).text
    shown = form_on(page)
    assert {name: shown[name] for name in typed} == typed
    assert "Before this can be published" in page
    for field, sentence in (
        ("rules-title", "Write something here."),
        ("rules-trigger-delay_days", "Give a whole number."),
        ("rules-filter-min_value", "Give an amount, such as 22.50."),
        ("rules-asking-daily_cap", "Give 0 or more."),
    ):
        assert f'id="f-{field}-error">{sentence}<' in page
        assert f'href="#f-{field}"' in page
    overview = ana.get(HOME).text
    assert f'href="{RULES}#f-rules-title"' in overview
    assert "Publish this draft" not in overview
    assert asked(session) == before


def test_a_draft_that_is_not_finished_cannot_be_published_by_force(ana: FlaskClient, session: Session) -> None:
    press(ana, RULES, rules__title="")
    page = ana.get(HOME).text
    values = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', page[page.index("/discard") :]))
    done = ana.post(f"{HOME}/publish", data=values, follow_redirects=True)
    assert "is not finished" in done.text
    assert asked(session).rules.title == "Post-purchase NPS"


def test_what_is_wrong_between_two_values_stands_at_the_head_of_their_part(ana: FlaskClient) -> None:
    press(ana, RULES, rules__trigger__delay_days="31", rules__window__from="22:00")
    page = ana.get(RULES).text
    assert '<p class="error">Delay_days 31 is beyond max_age_days 30: nobody is asked.</p>' in page
    assert "it must open first" in page


def test_a_script_in_a_word_stays_a_word(ana: FlaskClient) -> None:
    press(ana, ENGLISH, wordings__en__page__question="<script>alert(1)</script>")
    for path in (HOME, ENGLISH, QUESTIONS):
        assert "<script>alert" not in ana.get(path).text


# Two at once


def test_the_second_of_two_is_told_and_loses_nothing(ana: FlaskClient, rui: FlaskClient, session: Session) -> None:
    opened = form_on(rui.get(ENGLISH).text)
    press(ana, ENGLISH, wordings__en__mail__subject="Ana's words")
    late = send(rui, ENGLISH, opened, wordings__en__mail__subject="Rui's words", wordings__en__thanks__text="And more")
    assert late.status_code == 409
    assert "Somebody else changed this while you typed" in late.text
    assert f"A draft was saved by {ANA}, just now." in late.text
    assert "Ana&#39;s words" in late.text
    form = form_on(late.text)
    assert (form["wordings.en.mail.subject"], form["wordings.en.thanks.text"]) == ("Rui's words", "And more")
    assert draft(session)["wordings"]["en"]["mail"]["subject"] == "Ana's words"  # type: ignore[index]  # it is there
    assert send(rui, ENGLISH, form).status_code == 303, "having seen it, Rui may"
    kept = draft(session)
    assert kept is not None
    assert kept["wordings"]["en"]["mail"]["subject"] == "Rui's words"


def test_two_who_write_different_pages_do_not_meet(ana: FlaskClient, rui: FlaskClient, session: Session) -> None:
    opened = form_on(rui.get(GERMAN).text)
    press(ana, ENGLISH, wordings__en__mail__subject="Ana's words")
    press(ana, RULES, rules__title="Ana's title")
    assert send(rui, GERMAN, opened, wordings__de__mail__subject="Ruis Worte").status_code == 303
    kept = draft(session)
    assert kept is not None
    assert kept["wordings"]["en"]["mail"]["subject"] == "Ana's words"
    assert kept["wordings"]["de"]["mail"]["subject"] == "Ruis Worte"
    assert kept["rules"]["title"] == "Ana's title"


def test_words_of_a_question_that_went_meanwhile_are_not_lost(ana: FlaskClient, rui: FlaskClient) -> None:
    opened = form_on(rui.get(QUESTIONS).text)
    press(ana, QUESTIONS, "remove:contact")
    late = send(rui, QUESTIONS, opened, wordings__en__questions__contact__label="Ring me")
    assert late.status_code == 409
    form = form_on(late.text)
    assert form["wordings.en.questions.contact.label"] == "Ring me"
    assert send(rui, QUESTIONS, form).status_code == 303, "and Rui may ask it again"
    assert form_on(rui.get(QUESTIONS).text)["wordings.en.questions.contact.label"] == "Ring me"


def test_nor_are_those_in_another_language(ana: FlaskClient, rui: FlaskClient) -> None:
    opened = form_on(rui.get(GERMAN).text)
    press(ana, QUESTIONS, "remove:contact")
    late = send(rui, GERMAN, opened, wordings__de__questions__contact__label="Rufen Sie mich an")
    assert late.status_code == 409
    assert "belong to what is not asked any more" in late.text
    assert "Rufen Sie mich an" in late.text


def test_a_question_that_was_added_meanwhile_is_not_dropped_unseen(ana: FlaskClient, rui: FlaskClient) -> None:
    opened = form_on(rui.get(QUESTIONS).text)
    press(ana, QUESTIONS, "add", new__label="How was Ana?", new__type="text")
    late = send(rui, QUESTIONS, opened)
    assert late.status_code == 409
    assert "Question taken out" in late.text
    assert "How was Ana?" in late.text


def test_rules_that_another_page_puts_into_use_are_a_conflict_too(rui: FlaskClient, session: Session) -> None:
    opened = form_on(rui.get(RULES).text)
    rules = asked(session).rules
    change_rules(session, NPS, rules.model_copy(update={"title": "Elsewhere"}), seen_revision=1)
    session.commit()
    late = send(rui, RULES, opened, rules__title="Here")
    assert late.status_code == 409
    assert "It was published or discarded meanwhile." in late.text


def test_nobody_publishes_what_they_have_not_seen(ana: FlaskClient, rui: FlaskClient, session: Session) -> None:
    press(ana, RULES, rules__title="First")
    page = rui.get(HOME).text
    values = dict(
        re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', page[page.index("/publish") :].partition("</form>")[0])
    )
    press(ana, RULES, rules__title="Second")
    for what in ("publish", "discard"):
        late = rui.post(f"{HOME}/{what}", data=values, follow_redirects=True)
        assert "Somebody changed the draft meanwhile." in late.text
    assert asked(session).rules.title == "Post-purchase NPS"
    assert draft(session) is not None


# Questions


def test_a_question_is_added_written_and_published(ana: FlaskClient, session: Session) -> None:
    done = press(ana, QUESTIONS, "add", new__label="What would make it easier?", new__type="choice_one")
    key = "what_would_make_it_easier"
    assert done.location == f"{QUESTIONS}#g-structure-questions-{key}"
    press(ana, QUESTIONS, f"option:{key}", **{f"new__option__{key}": "Fewer steps"})
    press(ana, QUESTIONS, **{f"new__option__{key}": "Faster pages"})  # any button adds what was typed
    press(ana, QUESTIONS, f"option-up:{key}:faster_pages", **{
        f"structure__questions__{key}__other": "yes",
        f"structure__questions__{key}__required": "yes",
        f"structure__questions__{key}__show__band": ["passive", "detractor"],
        f"structure__questions__{key}__show__question": "driver",
    })  # fmt: skip
    press(ana, QUESTIONS, "up:" + key, **{
        f"wordings__en__questions__{key}__other": "Something else",
        f"structure__questions__{key}__show__answers": ["service", "other"],
    })  # fmt: skip
    for locale in ("ar", "de", "es", "fr", "pt-BR"):
        path = f"{HOME}/words/{locale}"
        form = form_on(ana.get(path).text)
        blank = [name for name, text in form.items() if f"questions.{key}" in name and not text]
        needed = [name for name in blank if name.rpartition(".")[2] not in {"promoter", "passive", "detractor", "hint"}]
        send(ana, path, form, **dict.fromkeys((name.replace(".", "__") for name in needed), "…"))
    assert "Published." in decide(ana, "publish").text
    question = next(one for one in asked(session).structure.questions if one.key == key)
    assert (question.options, question.other, question.required) == (("faster_pages", "fewer_steps"), True, True)
    assert (question.show.band, question.show.question, question.show.answers) == (
        ("passive", "detractor"),
        "driver",
        ("service", "other"),
    )
    assert [one.key for one in asked(session).structure.questions][-2:] == [key, "remedy"]


def test_a_question_comes_from_the_bank(ana: FlaskClient, session: Session) -> None:
    assert "From the bank of questions worth asking" in ana.get(QUESTIONS).text
    press(ana, QUESTIONS, "bank", new__bank="considered")
    kept = draft(session)
    assert kept is not None
    assert kept["structure"]["questions"][-1] == {"key": "considered", "type": "yes_no"}
    assert kept["wordings"]["fr"]["questions"]["considered"]["label"]
    assert '<option value="considered">' not in ana.get(QUESTIONS).text


def test_what_a_button_cannot_do_is_said_and_what_was_typed_stays(ana: FlaskClient, session: Session) -> None:
    opened = form_on(ana.get(QUESTIONS).text)
    for button, typed in (("bank", {"new.bank": "nonsense"}), ("add", {"new.type": "score"}), ("explode", {})):
        form = opened.copy()
        form["new.label"] = "Typed with care" if button != "bank" else ""
        form["wordings.en.questions.comment.label"] = "Also typed"
        for name, value in typed.items():
            form[name] = value
        refused = send(ana, QUESTIONS, form, button)
        assert refused.status_code == 422, button
        again = form_on(refused.text)
        assert again["wordings.en.questions.comment.label"] == "Also typed"
        assert again["new.label"] == form["new.label"]
    assert draft(session) is None


def test_every_button_of_the_pages_works(ana: FlaskClient) -> None:
    for path in (RULES, QUESTIONS, GERMAN):
        form = form_on(ana.get(path).text)
        for button in buttons_on(ana.get(path).text):
            if button:  # those without a value draw the preview
                done = send(ana, path, form_on(ana.get(path).text), button, seen=form_on(ana.get(path).text)["seen"])
                assert done.status_code in {303, 422}, (path, button)
                decide(ana, "discard") if "Discard" in ana.get(HOME).text else None
        assert form


def test_an_anonymous_survey_offers_nothing_that_would_give_somebody_away(ana: FlaskClient) -> None:
    page = ana.get("/surveys/employee_pulse/questions").text
    assert "When it is asked" not in page
    assert 'value="contact_wish"' not in page
    assert 'value="remedy"' not in page
    assert "After a low score" not in page, "there is no page after the score"
    assert 'value="up:comment"' not in page, "the only question has nowhere to go"


# Languages


def test_a_language_is_added_and_taken_out(ana: FlaskClient, session: Session) -> None:
    home = "/surveys/delivery_csat"

    def languages(**sent: str) -> TestResponse:
        page = ana.get(home).text
        values = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', page[page.rindex("/languages") :]))
        return ana.post(f"{home}/languages", data={**values, **sent})

    done = languages(do="add", locale="ar")
    assert done.location == f"{home}/words/ar"
    shown = ana.get(f"{home}/words/ar").text
    assert "Arabic is added, with the words of the default language to begin with." in shown
    english = asked(session, "delivery_csat").wordings["en"].mail.subject
    assert form_on(shown)["wordings.ar.mail.subject"] == english
    assert languages(do="remove", locale="ar").location == home
    assert draft(session, "delivery_csat") is None
    assert "default language" in ana.get(languages(do="remove", locale="en").location).text
    assert "languages that are offered" in ana.get(languages(do="add", locale="nl").location).text
    assert (
        "Somebody changed the survey meanwhile" in ana.get(languages(do="add", locale="ar", seen="old").location).text
    )


def test_whoever_translates_sees_the_default_languages_words(ana: FlaskClient, session: Session) -> None:
    own = asked(session).wordings["en"].thanks.text
    assert f'id="f-wordings-de-thanks-text-own" dir="auto">{own}<' in ana.get(GERMAN).text
    assert "own-words" not in ana.get(ENGLISH).text


def test_a_language_that_went_meanwhile_takes_no_words_with_it(
    ana: FlaskClient, rui: FlaskClient, session: Session
) -> None:
    opened = form_on(rui.get(GERMAN).text)
    page = ana.get(HOME).text
    values = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', page[page.rindex("/languages") :]))
    ana.post(f"{HOME}/languages", data={**values, "do": "remove", "locale": "de"})
    late = send(rui, GERMAN, opened, wordings__de__mail__subject="Doch")
    assert late.status_code == 409
    assert form_on(late.text)["wordings.de.mail.subject"] == "Doch"
    assert ana.get(GERMAN).status_code == 404


# How a page is served


def test_only_the_pages_with_fields_run_a_script_and_only_ours(ana: FlaskClient) -> None:
    for path in (RULES, QUESTIONS, ENGLISH):
        answer = ana.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert re.findall(r"<script[^>]*>", answer.text) == ['<script src="/surveys/editor.js" defer>']
        assert not re.search(r"\son\w+=|javascript:", answer.text)
    for path in ("/surveys/", HOME):
        assert "script-src" not in ana.get(path).headers["Content-Security-Policy"]
    script = ana.get("/surveys/editor.js")
    assert script.mimetype == "text/javascript"
    assert len(script.data) < 4096
    assert ana.get("/surveys/editor.js", headers={"If-None-Match": script.headers["ETag"]}).status_code == 304


def test_publishing_elsewhere_does_not_lose_what_is_typed_here(ana: FlaskClient, session: Session) -> None:
    press(ana, ENGLISH, wordings__en__mail__subject="First")
    opened = form_on(ana.get(ENGLISH).text)
    publish(session, NPS, clock.now())
    session.commit()
    assert send(ana, ENGLISH, opened, wordings__en__mail__subject="Second").status_code == 303
    kept = draft(session)
    assert kept is not None
    assert kept["wordings"]["en"]["mail"]["subject"] == "Second"
    assert asked(session).wordings["en"].mail.subject == "First"
