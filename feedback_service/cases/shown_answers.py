"""Puts what somebody answered besides the score into words for staff: the questions as they were put to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from feedback_service.cases.shown_wishes import wish_in_words
from feedback_service.formats import when
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.fill import filled
from feedback_service.questionnaires.questions import COMMENT, NO, OTHER, YES, Question, QuestionType, Structure
from feedback_service.questionnaires.words import Band, QuestionWords
from feedback_service.responses.models import Channel, ContactHow, ContactWhen, Remedy, Response, ResponseRevision
from feedback_service.responses.models import RevisionKind as Kind
from feedback_service.responses.rules.answers import CONTACT, REMEDY, Answers
from feedback_service.responses.rules.bands import band

STAFF_LOCALE = "en"
HIGHEST_RATING = "5"
CAME_BY = {
    Channel.MAIL: "Our mail",
    Channel.LINK: "Link or code",
    Channel.KIOSK: "Screen",
    Channel.EMBED: "Panel on a page",
    Channel.PHONE: "Telephone, written down by a colleague",
    Channel.IMPORT: "Import",
}
_SAID_ELSEWHERE = frozenset({COMMENT, CONTACT, REMEDY})
"""What the page shows in a place of its own."""


@dataclass(frozen=True)
class Questions:
    """A survey's questions, in the words in which somebody of one band was asked them, where staff can read those."""

    structure: Structure
    words: Mapping[str, QuestionWords]
    band: Band

    def label(self, key: str) -> str:
        """The question; its key where this version does not ask it."""
        return self.words[key].label_for(self.band) if key in self.words else key

    def asks(self, key: str) -> bool:
        """Whether this version asks it."""
        return self._asked(key) is not None

    def chosen(self, key: str, options: Sequence[str]) -> str:
        """What was chosen, in words."""
        return ", ".join(self._option(key, option) for option in options)

    def _option(self, key: str, option: str) -> str:
        question = self._asked(key)
        if question is not None and question.type == QuestionType.RATING:
            return f"{option} of {HIGHEST_RATING}"
        words = self.words.get(key)
        known = {YES: "Yes", NO: "No", OTHER: (words.other if words else None) or "Something else"}
        return (words.options if words else {}).get(option) or known.get(option, option)

    def _asked(self, key: str) -> Question | None:
        return next((question for question in self.structure.follow_ups if question.key == key), None)


def questions_of(survey: SurveyDefinition, score: int, facts: Mapping[str, str]) -> Questions:
    """The questions of the version that was answered, with `facts` in their placeholders."""
    words = survey.wordings[survey.locale_for(STAFF_LOCALE)].questions
    kind = survey.structure.kind
    return Questions(
        survey.structure,
        {key: filled(question, facts) for key, question in words.items()},
        band(kind, score, survey.rules.thresholds.detractor_max),
    )


def answers_shown(questions: Questions, answers: Answers) -> list[SimpleNamespace]:
    """Each answer but comment and wish as question, chosen and words: what decided the score first, then as asked."""
    asked = sorted(questions.structure.follow_ups, key=lambda question: not question.driver)
    return [
        SimpleNamespace(
            question=questions.label(question.key),
            chosen=questions.chosen(question.key, answers[question.key].chosen),
            words=answers[question.key].text,
        )
        for question in asked
        if question.key in answers and question.key not in _SAID_ELSEWHERE
    ]


def came_by(response: Response) -> str:
    """How the answer came in, and by which of our ways where there are several."""
    way = f": {response.collector.name}" if response.collector else ""
    return f"{CAME_BY[response.channel]}{way}"


def history(
    questions: Questions | None, revisions: Sequence[ResponseRevision], now: datetime, zone: ZoneInfo
) -> list[SimpleNamespace]:
    """All that the person sent, press by press, each with what it changed; newest first, as in the log."""
    before: ResponseRevision | None = None
    told = []
    for revision in revisions:
        text = "\n".join(_changed(questions, before, revision))
        what, when_sent = _what(before, revision), when(revision.recorded_at, now, zone)
        told.append(SimpleNamespace(what=what, text=text, who="The customer", when=when_sent))
        before = revision
    return told[::-1]


def _what(before: ResponseRevision | None, revision: ResponseRevision) -> str:
    if revision.kind is Kind.WITHDRAWN:
        return "Took the answer back"
    if revision.kind is Kind.CONFIRMED:
        return f"Showed that it was a person who gave {revision.score}"
    if before is None:
        return f"Gave {revision.score}"
    if revision.score == before.score:
        return "Added to the answer"
    late = ", too late to count" if revision.kind is Kind.LATER else ""
    return f"Changed the score to {revision.score}{late}"


def _changed(questions: Questions | None, before: ResponseRevision | None, revision: ResponseRevision) -> Iterator[str]:
    """What is other than it was before, a line for each."""
    if revision.comment != (before.comment if before else ""):
        yield f"“{revision.comment}”" if revision.comment else "The words are gone."
    old, new = before.details if before else {}, revision.details
    for key in [*new, *(key for key in old if key not in new)]:
        if old.get(key) != new.get(key) and (key != CONTACT or key in new):
            yield _detail(questions, key, new.get(key))
    wished = before.wants_contact if before else False
    if revision.wants_contact != wished and not new.keys() & {REMEDY, CONTACT}:
        yield "Wants to be contacted." if revision.wants_contact else "No longer wants to be contacted."


def _detail(questions: Questions | None, key: str, detail: Mapping[str, Any] | None) -> str:
    if key == REMEDY:
        return _wish(detail["chosen"], detail) if detail and detail["chosen"] else "Asks for nothing any more."
    if key == CONTACT and detail:
        return _wish((Remedy.CONTACT,), detail)
    label = questions.label(key) if questions else key
    if not detail:
        return f"{label} – taken back"
    chosen = questions.chosen(key, detail["chosen"]) if questions else ", ".join(detail["chosen"])
    words = f"“{detail['text']}”" if detail["text"] else ""
    return f"{label} – {' '.join(part for part in (chosen, words) if part)}"


def _wish(chosen: Sequence[str], detail: Mapping[str, Any]) -> str:
    how, hours = detail.get("how"), detail.get("when")
    return wish_in_words(
        Remedy(chosen[0]),
        ContactHow(how) if how else None,
        ContactWhen(hours) if hours else None,
        detail.get("phone") or None,
    )
