"""The words on public pages that no single survey owns: links that no longer work, unsubscribing, errors."""

from flask import current_app
from pydantic import BaseModel, ConfigDict

from feedback_service.config import current_settings
from feedback_service.questionnaires.definition import Line, Words
from feedback_service.questionnaires.fill import filled

COMMON_WORDS = "feedback_common_words"
"""Under this name the app keeps these words, by locale."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Notice(_Frozen):
    """A page that only says something."""

    heading: Line
    text: Words


class UnsubscribeWords(_Frozen):
    """The page that ends all mail."""

    heading: Line
    text: Words
    button: Line
    done_heading: Line
    done_text: Words


class ErrorWords(_Frozen):
    """What is said when a form cannot be taken as it is."""

    choose_score: Line
    comment_too_long: Line
    page_too_old: Line


class FooterWords(_Frozen):
    """The foot of every public page."""

    privacy: Words
    unsubscribe: Line


class CommonWords(_Frozen):
    """One language's shared words."""

    unknown_link: Notice
    expired: Notice
    too_late: Notice
    too_many: Notice
    too_large: Notice
    broken: Notice
    unsubscribe: UnsubscribeWords
    errors: ErrorWords
    footer: FooterWords


def nearest(words: dict[str, CommonWords], wanted: list[str]) -> tuple[str, CommonWords]:
    """The first wanted locale there are words for, by locale or by language; English otherwise."""
    for locale in wanted:
        if locale in words:
            return locale, words[locale]
        language = locale.replace("_", "-").split("-")[0].lower()
        for known in sorted(words):
            if known.split("-")[0].lower() == language:
                return known, words[known]
    return "en", words["en"]


def common_words(*wanted: str) -> tuple[str, CommonWords]:
    """The app's shared words in the nearest language to those wanted, with its locale; the shop is named in them."""
    words: dict[str, CommonWords] = current_app.extensions[COMMON_WORDS]
    locale, found = nearest(words, list(wanted))
    facts = {"shop": current_settings().shop_name, "name": "", "order": "", "score": ""}
    return locale, filled(found, facts)
