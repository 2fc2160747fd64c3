"""Which button of the questions page does what. What stands in a box for something new is added by every press."""

from feedback_service.questionnaires.drafts import Document
from feedback_service.questionnaires.editing.alter import (
    AlterationError,
    add_from_bank,
    add_option,
    add_question,
    move_option,
    move_question,
    remove_option,
    remove_question,
)
from feedback_service.questionnaires.editing.places import follow_ups
from feedback_service.questionnaires.editing.read_form import Form, clean
from feedback_service.questionnaires.read_files import Bank

NEW_LABEL, NEW_TYPE, FROM_BANK = "new.label", "new.type", "new.bank"
STEPS = {"up": -1, "down": 1}


def new_option(key: str) -> str:
    """The name of the box for one option more."""
    return f"new.option.{key}"


def pressed(document: Document, form: Form, bank: Bank) -> str | None:
    """Do what the button says to what was typed; the key of the question to show next, if any.

    Raises AlterationError for what cannot be done.
    """
    verb, *names = form.get("do", "save").split(":")
    touched = _add_what_was_typed(document, form)
    match verb, names:
        case "add", []:
            touched = touched or add_question(document, form.get(NEW_TYPE, ""), "")
        case "bank", []:
            touched = add_from_bank(document, bank, form.get(FROM_BANK, ""))
        case "remove", [key]:
            remove_question(document, key)
        case (("up" | "down"), [touched]):
            move_question(document, touched, STEPS[verb])
        case "option-remove", [touched, option]:
            remove_option(document, touched, option)
        case (("option-up" | "option-down"), [touched, option]):
            move_option(document, touched, option, STEPS[verb.removeprefix("option-")])
        case (("save" | "go" | "option"), _):
            pass
        case _:
            raise AlterationError("That button is not known here. Reload the page.")
    return touched


def _add_what_was_typed(document: Document, form: Form) -> str | None:
    touched = None
    for question in follow_ups(document):
        label = clean(form.get(new_option(question["key"]), "")).strip()
        if label:
            add_option(document, question["key"], label)
            touched = question["key"]
    label = clean(form.get(NEW_LABEL, "")).strip()
    return add_question(document, form.get(NEW_TYPE, ""), label) if label else touched
