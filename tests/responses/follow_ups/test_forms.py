"""What a page of questions says, whatever a browser sends; and what it says back."""

from collections.abc import Sequence

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from feedback_service.questionnaires.questions import NO, YES, Question, QuestionType
from feedback_service.responses.follow_ups.forms import FollowUpForm
from feedback_service.responses.follow_ups.parts import asking_in
from feedback_service.responses.models import ContactHow, ContactWhen
from feedback_service.responses.rules.answers import Answers, Contact, Given
from feedback_service.responses.rules.words import LONGEST_COMMENT
from tests.responses.follow_ups.factories import (
    COMMENT,
    COMMON,
    CONTACT,
    DRIVER,
    EASE,
    EVERYTHING,
    LIKED,
    MOVED,
    REMEDY,
    survey_of,
)

Sent = Sequence[tuple[str, str]]
BY_PHONE = [("remedy-how", "phone")]
SECRET = "a link of nobody"
FACTS = {"name": "", "shop": "Corner Shop", "order": "O-1", "score": "3"}
TOO_LONG = "Your answer to “{}” is longer than 5,000 characters. Please shorten it a little."
MISSING = "One answer is missing here. Everything else is kept."
NO_NUMBER = "Please give a number that we can call, with its country code if you can."


@pytest.fixture(scope="module")
def bare() -> Flask:
    """As much of an app as a form needs."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret key for tests only"
    return app


def form_of(
    bare: Flask,
    questions: Sequence[Question],
    sent: Sent | None,
    kept: Answers | None = None,
    *,
    has_order: bool = True,
    by_mail: bool = True,
) -> FollowUpForm:
    """A page with these questions, sent, or only opened; its nonce is as it should be."""
    wording = survey_of(*EVERYTHING).wordings["en"]
    asked = wording.model_copy(update={"questions": survey_of(*questions).wordings["en"].questions})
    asking = asking_in(asked, COMMON, FACTS, band="detractor", has_order=has_order, by_mail=by_mail)

    def made() -> FollowUpForm:
        return FollowUpForm(SECRET, COMMON, questions, asking, kept or {}, 7)

    if sent is None:
        with bare.test_request_context("/"):
            return made()
    with bare.test_request_context("/"):
        opened = made()
        ours = [("csrf_token", opened["csrf_token"].current_token), ("seen", opened["seen"].data)]
    with bare.test_request_context("/", method="POST", data=MultiDict([*ours, *sent])):
        form = made()
        form.validate()
        return form


@pytest.mark.parametrize(
    ("question", "sent", "given", "why"),
    [
        (COMMENT, [("comment", " Late.\r\nVery. ")], Given(text="Late.\nVery."), "words"),
        (COMMENT, [("comment", "  ")], Given(), "nothing"),
        (DRIVER, [("driver", "delivery")], Given(("delivery",)), "one of the options"),
        (DRIVER, [("driver", "other"), ("driver-other", "the 🐈")], Given(("other",), "the 🐈"), "something else"),
        (DRIVER, [("driver", "other")], Given(("other",)), "something else, and it is left at that"),
        (DRIVER, [("driver-other", "the cat")], Given(("other",), "the cat"), "words without the tick are other"),
        (DRIVER, [("driver", "product"), ("driver-other", "red")], Given(("product",), "red"), "no word is lost"),
        (DRIVER, [("driver", "colour")], Given(), "what no option is, is not kept"),
        (DRIVER, [], Given(), "passed over"),
        (LIKED, [("liked", "ribbon"), ("liked", "box")], Given(("box", "ribbon")), "several, in the survey's order"),
        (LIKED, [("liked", "box"), ("liked", "box")], Given(("box",)), "sent twice, said once"),
        (LIKED, [("liked", "box"), ("liked-other", "smell")], Given(("box", "other"), "smell"), "and something else"),
        (LIKED, [("liked", "lid")], Given(), "what no option is, is not kept"),
        (EASE, [("ease", "4")], Given(("4",)), "a rating"),
        (EASE, [("ease", "6")], Given(), "off its scale"),
        (EASE, [("ease", "٤")], Given(), "a four in other digits is none that we print"),
        (MOVED, [("moved", YES)], Given((YES,)), "yes"),
        (MOVED, [("moved", NO)], Given((NO,)), "no is an answer"),
        (CONTACT, [("contact", "y")], Given((YES,)), "ticked"),
        (CONTACT, [], Given(), "not ticked"),
        (REMEDY, [("remedy", "note")], Given(("note",)), "just note it"),
        (REMEDY, [("remedy", "put_right")], Given(("put_right",)), "put it right"),
        (
            REMEDY,
            [("remedy", "contact"), ("remedy-how", "mail"), ("remedy-when", "any"), ("remedy-phone", "")],
            Given(("contact",), contact=Contact(ContactHow.MAIL, ContactWhen.ANY)),
            "by mail",
        ),
        (
            REMEDY,
            [("remedy", "contact"), *BY_PHONE, ("remedy-when", "evening"), ("remedy-phone", " +49 30  1 23 45 ")],
            Given(("contact",), contact=Contact(ContactHow.PHONE, ContactWhen.EVENING, "+49 30 1 23 45")),
            "by phone",
        ),
        (
            REMEDY,
            [("remedy", "contact"), ("remedy-how", "mail"), ("remedy-phone", "+49 30 12345")],
            Given(("contact",), contact=Contact(ContactHow.MAIL, ContactWhen.ANY, "+49 30 12345")),
            "a number that was typed is there for whoever thinks better of it",
        ),
        (
            REMEDY,
            [("remedy", "contact"), ("remedy-how", "mail"), ("remedy-phone", "1" * 41)],
            Given(("contact",), contact=Contact(ContactHow.MAIL, ContactWhen.ANY)),
            "what cannot be a number is no fault where nobody calls",
        ),
        (
            REMEDY,
            [("remedy-how", "mail"), ("remedy-phone", "+49 30 12345")],
            Given(("contact",), contact=Contact(ContactHow.PHONE, ContactWhen.ANY, "+49 30 12345")),
            "a number alone asks for a call",
        ),
        (REMEDY, [("remedy", "note"), ("remedy-phone", "+49 30 12345")], Given(("note",)), "noted is not called"),
        (REMEDY, [("remedy", "refund"), ("remedy-how", "pigeon")], Given(), "what is not offered is not kept"),
    ],
)  # fmt: skip
def test_what_a_page_says(bare: Flask, question: Question, sent: Sent, given: Given, why: str) -> None:
    form = form_of(bare, [question], sent)
    assert not form.errors, why
    assert form.said() == {question.key: given}, why


def test_what_was_said_is_shown_when_the_page_is_opened_again(bare: Flask) -> None:
    said = {
        "comment": Given(text="Late."),
        "contact": Given((YES,)),
        "remedy": Given(("contact",), contact=Contact(ContactHow.PHONE, ContactWhen.MORNING, "12345")),
        "driver": Given(("other",), "the cat"),
        "liked": Given(("box", "ribbon")),
        "ease": Given(("4",)),
        "moved": Given((NO,)),
    }
    opened = form_of(bare, EVERYTHING[:-1], sent=None, kept=said)
    assert {part.question.key: part.said() for part in opened.parts} == said


@pytest.mark.parametrize("question", [COMMENT, DRIVER, LIKED, EASE, MOVED, REMEDY], ids=lambda question: question.type)
def test_a_question_that_must_be_answered_says_so_kindly(bare: Flask, question: Question) -> None:
    needed = question.model_copy(update={"required": True})
    assert "Please answer this one." in form_of(bare, [needed], sent=None).parts[0].hint
    form = form_of(bare, [needed, CONTACT], [("contact", "y")])
    assert form.errors == {f"q-{question.key}": [MISSING]}
    assert form.said() == {"contact": Given((YES,))}, "everything else is kept"


def test_nobody_can_be_made_to_ask_for_contact(bare: Flask) -> None:
    assert not form_of(bare, [CONTACT.model_copy(update={"required": True})], []).errors


def test_a_fault_takes_nothing_away_from_what_was_typed(bare: Flask) -> None:
    long = "ش" * (LONGEST_COMMENT + 1)
    sent = [
        ("comment", long),
        ("driver", "delivery"),
        ("liked", "card"),
        ("remedy", "contact"),
        ("remedy-how", "phone"),
    ]
    form = form_of(bare, [COMMENT, DRIVER, LIKED, REMEDY], [*sent, ("remedy-phone", "call me")])
    assert form.errors == {"q-comment": [TOO_LONG.format("comment?")], "q-remedy-phone": [NO_NUMBER]}
    assert form.said() == {"driver": Given(("delivery",)), "liked": Given(("card",))}
    shown = {part.question.key: part.said() for part in form.parts}
    assert (shown["comment"].text, shown["remedy"].contact.phone) == (long, "call me")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("number", "good", "why"),
    [
        ("+351 210 000 000", True, "with its country code"),
        ("(030) 12345-67 ext. 8", True, "with an extension"),
        ("٠٢١٠٠٠٠٠", True, "in Arabic digits"),
        ("", False, "none"),
        ("call me", False, "no number"),
        ("112", False, "too short for anybody's own"),
        ("1" * 41, False, "too long for any"),
    ],
)
def test_a_call_needs_a_number(bare: Flask, number: str, good: bool, why: str) -> None:
    form = form_of(bare, [REMEDY], [("remedy", "contact"), ("remedy-how", "phone"), ("remedy-phone", number)])
    assert ("q-remedy-phone" not in form.errors) is good, why


def test_a_fault_names_its_field(bare: Flask) -> None:
    long = "x" * (LONGEST_COMMENT + 1)
    form = form_of(bare, [COMMENT, DRIVER, LIKED], [("driver-other", long), ("liked-other", long)])
    beside = [TOO_LONG.format("Something else")]
    assert form.errors == {"q-driver-other": beside, "q-liked-other": beside}


def test_a_label_may_have_any_character_in_it(bare: Flask) -> None:
    wording = survey_of(COMMENT).wordings["en"]
    label = "What is 100 % {of} it?"
    odd = wording.model_copy(
        update={"questions": {"comment": wording.questions["comment"].model_copy(update={"label": label})}}
    )
    asking = asking_in(odd, COMMON, FACTS)
    with bare.test_request_context("/", method="POST", data={"comment": "x" * (LONGEST_COMMENT + 1)}):
        form = FollowUpForm(SECRET, COMMON, [COMMENT], asking, {}, 1)
        form.validate()
        assert form.errors["q-comment"] == [TOO_LONG.format(label)]


# Whoever walked in: nobody knows where to write to them


CALL = Contact(ContactHow.PHONE, ContactWhen.ANY, "+49 30 12345")


@pytest.mark.parametrize(
    ("question", "sent", "given", "why"),
    [
        (CONTACT, [("contact", "y"), ("contact-phone", " +49 30  12345")], Given((YES,), contact=CALL), "a tick"),
        (CONTACT, [("contact-phone", "+49 30 12345")], Given(), "the tick was taken away, and its number with it"),
        (CONTACT, [], Given(), "nothing"),
        (REMEDY, [("remedy", "contact"), ("remedy-phone", CALL.phone)], Given(("contact",), contact=CALL), "a choice"),
        (
            REMEDY,
            [("remedy", "contact"), ("remedy-how", "mail"), ("remedy-phone", "+49 30 12345")],
            Given(("contact",), contact=CALL),
            "no page of ours offers a mail",
        ),
        (REMEDY, [("remedy", "note")], Given(("note",)), "noted without a number"),
    ],
)  # fmt: skip
def test_whoever_walked_in_is_called(bare: Flask, question: Question, sent: Sent, given: Given, why: str) -> None:
    form = form_of(bare, [question], sent, by_mail=False)
    assert not form.errors, why
    assert form.said() == {question.key: given}, why


@pytest.mark.parametrize(("question", "wish"), [(CONTACT, "y"), (REMEDY, "contact")], ids=["wish", "remedy"])
@pytest.mark.parametrize("number", ["", "call me"])
def test_no_wish_is_taken_that_nobody_could_keep(bare: Flask, question: Question, wish: str, number: str) -> None:
    sent = [(question.key, wish), (f"{question.key}-phone", number), ("comment", "Late.")]
    form = form_of(bare, [question, COMMENT], sent, by_mail=False)
    assert form.errors == {f"q-{question.key}-phone": [NO_NUMBER]}
    assert form.said() == {"comment": Given(text="Late.")}, "everything else is kept"


def test_only_a_call_is_offered_to_whoever_walked_in(bare: Flask) -> None:
    (part,) = form_of(bare, [REMEDY], sent=None, by_mail=False).parts
    assert dict(part.options)["contact"] == "Call me"  # type: ignore[attr-defined]
    assert "q-remedy-how" not in form_of(bare, [REMEDY], sent=None, by_mail=False)


@pytest.mark.parametrize("question", [CONTACT, REMEDY], ids=["wish", "remedy"])
def test_a_number_given_to_one_question_stands_in_the_other(bare: Flask, question: Question) -> None:
    for kept in (
        {"contact": Given((YES,), contact=CALL)},
        {"contact": Given((YES,)), "remedy": Given(("contact",), contact=CALL)},
    ):
        (part,) = form_of(bare, [question], sent=None, kept=kept, by_mail=False).parts
        assert part.phone.data == "+49 30 12345"  # type: ignore[attr-defined]


def test_only_an_order_that_is_there_can_be_put_right(bare: Flask) -> None:
    offered = dict(form_of(bare, [REMEDY], sent=None).parts[0].options)  # type: ignore[attr-defined]
    assert offered["put_right"] == "Put order O-1 right"
    without = form_of(bare, [REMEDY], [("remedy", "put_right")], has_order=False)
    assert without.said() == {"remedy": Given()}


def test_a_question_may_have_any_key_that_python_or_the_form_has_a_use_for(bare: Flask) -> None:
    keys = ("data", "errors", "meta", "parts", "validate", "on_submit")
    questions = [Question(key=key, type=QuestionType.TEXT) for key in keys]
    names = {part.question.key: part.field.name for part in form_of(bare, questions, sent=None).parts}  # type: ignore[attr-defined]
    assert len(set(names.values()) | {"csrf_token", "seen"}) == len(keys) + 2
    sent = [(name, f"about {key}") for key, name in names.items()]
    form = form_of(bare, questions, sent)
    assert not form.errors
    assert form.said() == {key: Given(text=f"about {key}") for key in keys}


def test_a_page_of_somebody_else_s_is_not_ours(bare: Flask) -> None:
    assert form_of(bare, [COMMENT], [("comment", "x")]).is_ours
    with bare.test_request_context("/", method="POST", data={"comment": "x"}):
        wording = survey_of(COMMENT).wordings["en"]
        form = FollowUpForm(SECRET, COMMON, [COMMENT], asking_in(wording, COMMON, FACTS), {}, 1)
        assert not form.validate()
        assert not form.is_ours


@pytest.mark.parametrize(
    ("seen", "revision"), [("7", 7), ("", None), ("-1", None), ("x", None), ("9" * 500, None), ("٧", 7)]
)
def test_a_page_says_which_revision_it_showed(bare: Flask, seen: str, revision: int | None) -> None:
    with bare.test_request_context("/", method="POST", data={"seen": seen, "comment": "x"}):
        wording = survey_of(COMMENT).wordings["en"]
        form = FollowUpForm(SECRET, COMMON, [COMMENT], asking_in(wording, COMMON, FACTS), {}, 1)
        assert form.showed == revision
