"""Draws the page of a case: what was said, what to do, the log, and the customer's whole story beside them."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.causes.queries import titles
from feedback_service.cases.closing import unkept_of
from feedback_service.cases.closing_form import CloseForm, close_form, closing_part
from feedback_service.cases.correct_entry import CORRECTABLE
from feedback_service.cases.desk.visible import visible_queues
from feedback_service.cases.forms import (
    ActionForm,
    ClaimForm,
    CorrectEntryForm,
    GoOnForm,
    MergeForm,
    ReleaseForm,
    ReopenForm,
    SeenForm,
    SnoozeForm,
    WaitForm,
)
from feedback_service.cases.improvements.shown import improvements_part
from feedback_service.cases.mails.shown import files_part, reply_part
from feedback_service.cases.models import ACTIVE_STATES, Case, CaseEntry, CaseState, EntryKind
from feedback_service.cases.promises.shown import PROMISING, promises_part
from feedback_service.cases.queries import log_of, names_of, revisions_of
from feedback_service.cases.reading import reading_of
from feedback_service.cases.recovery import recovery_answer
from feedback_service.cases.release import asked_by
from feedback_service.cases.rules.closing import Unkept
from feedback_service.cases.shown import Asked, case_page
from feedback_service.cases.shown_answers import answers_shown, history, questions_of
from feedback_service.cases.shown_times import times_of
from feedback_service.cases.shown_wishes import recovery_shown, told
from feedback_service.cases.story.queries import OtherCase, Story, story_beside
from feedback_service.cases.story.shown import story_shown
from feedback_service.cases.timeline import Log, people_in, timeline
from feedback_service.config import Settings
from feedback_service.formats import when
from feedback_service.questionnaires.definition import Rules, SurveyDefinition
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.queries import survey_version
from feedback_service.questionnaires.questions import COMMENT
from feedback_service.responses.follow_ups.queries import answers_to_follow_ups
from feedback_service.responses.models import Response

CLOSE_FORM, PROMISES_TYPED = "close_form", "promises_typed"
"""Under these names the page gets a form about closing, or about promises, that is shown again as it was sent."""
NOBODY = "This customer has no page and no mail from us, so nothing can be told here."
NOBODY_LEFT = "The customer took the answer back, so nothing more goes to them."


class CasePage:
    """One case as one colleague sees it now. `new_after`: how much of the log they saw, where news are to be marked."""

    def __init__(
        self, session: Session, case: Case, user: User, settings: Settings, now: datetime, new_after: int | None
    ) -> None:
        self.session, self.case, self.user, self.settings, self.now = session, case, user, settings, now
        self.zone: ZoneInfo = settings.zone
        self.new_after = new_after
        self.active = case.state in ACTIVE_STATES
        self.reachable = asked_by(case) is not None
        self.mine = case.is_worked_on_by(user.id)

    def draw(self, forms: Mapping[str, Any]) -> str:
        """The page; `forms` are shown as they were sent, with their errors, in place of fresh ones."""
        case, session, now, zone = self.case, self.session, self.now, self.zone
        story = story_beside(session, case)
        reading, correction_form = reading_of(session, case, self.settings, now)
        closed = case.root_cause is not None or EntryKind.RESOLVED in self.kinds
        causes = titles(session) if closed else {}
        shown = case_page(case, self._asked(), now, zone)
        shown.root_cause = shown.root_cause and causes.get(case.root_cause or "", shown.root_cause)
        return render_template(
            "cases/show.html",
            case=shown,
            times=times_of(case, case.deadlines, now, zone),
            said=self._said(case.response) if case.response else None,
            reading=reading,
            told=told(case, reachable=self.reachable, zone=zone),
            told_hint=self._told_hint(shown.customer.language),
            nobody_to_tell=NOBODY_LEFT if shown.answer and shown.answer.withdrawn else NOBODY,
            recovery=self._recovery() if closed else None,
            timeline=timeline(self.log, self._names(), now, zone, new=self._new(), causes=causes),
            own=self._own(),
            story=story_shown(story, case.customer, case.order_id, self._link_to(story), now, zone)
            if story and case.customer
            else None,
            urls=self._urls(),
            **self._parts(forms, shown, reading.themes if reading else ()),
            **{**self._offered(story), "correction_form": correction_form, **forms},
        )

    @cached_property
    def log(self) -> Log:
        """The newest entry first."""
        return log_of(self.session, self.case.id)

    @cached_property
    def kinds(self) -> frozenset[EntryKind]:
        """Of the log's entries: what it does not know of is not asked for."""
        return frozenset(entry.kind for entry, _, _ in self.log)

    def _offered(self, story: Story | None) -> dict[str, Any]:
        """The forms of what this person can do now; None where they cannot."""
        case, mine = self.case, self.mine
        rests = case.waiting_since is not None or case.snoozed_until is not None
        resolved, free = case.state == CaseState.RESOLVED, case.state == CaseState.OPEN
        return {
            "claim_form": self._claim_form() if self.active and not mine else None,
            "action_form": self._fresh(ActionForm) if mine else None,
            "wait_form": self._fresh(WaitForm) if mine and case.waiting_since is None else None,
            "snooze_form": self._snooze_form() if mine and not rests else None,
            "go_on_form": self._fresh(GoOnForm) if mine and rests else None,
            "merge_form": self._merge_form(story) if case.customer_id and (mine or free) else None,
            "unmerge_form": self._fresh(GoOnForm) if case.state == CaseState.MERGED else None,
            "reopen_form": self._fresh(ReopenForm) if resolved else None,
            "release_form": self._release_form() if resolved and self.reachable else None,
            "entry_form": None,
        }

    def _fresh(self, form: type[SeenForm], **data: Any) -> SeenForm:
        return form(formdata=None, data={"seen": self.case.log_length, **data})

    def _claim_form(self) -> SeenForm:
        seen = self.case.owner_id if self.case.state == CaseState.IN_PROGRESS else None
        return self._fresh(ClaimForm, seen_owner=seen)

    def _snooze_form(self) -> SnoozeForm:
        return snooze_form(self.now, self.zone, formdata=None, data={"seen": self.case.log_length})

    def _merge_form(self, story: Story | None) -> MergeForm:
        others = mergeable(story, self.now, self.zone)
        return MergeForm(others, formdata=None, data={"seen": self.case.log_length})

    def _release_form(self) -> SeenForm:
        """A first word goes out by mail; a better one need not."""
        case = self.case
        first = case.released_at is None or (case.resolved_at is not None and case.released_at < case.resolved_at)
        return self._fresh(ReleaseForm, told="" if first else case.released_words, mail=first)

    def entry_form(self, ordinal: int) -> CorrectEntryForm | None:
        """The form that puts an entry right, with its words; None where it is not this person's to put right."""
        for entry, text, _ in self.log:
            if entry.ordinal == ordinal and _is_own(entry, self.user.id):
                data = {"seen": self.case.log_length, "ordinal": ordinal, "words": text}
                return CorrectEntryForm(formdata=None, data=data)
        return None

    def _own(self) -> frozenset[int]:
        """The entries that this person can put right, and nobody did yet."""
        corrected = {entry.facts.get("corrects") for entry, _, _ in self.log}
        return frozenset(
            entry.ordinal
            for entry, text, _ in self.log
            if text and _is_own(entry, self.user.id) and entry.ordinal not in corrected
        )

    def _new(self) -> frozenset[int]:
        """What others wrote since this person drew the page before."""
        if self.new_after is None:
            return frozenset()
        return frozenset(
            entry.ordinal
            for entry, _, _ in self.log
            if entry.ordinal > self.new_after and entry.actor_id != self.user.id
        )

    def _names(self) -> dict[int, str]:
        """The names of all colleagues in the log, by id; most of them are at hand."""
        owner = self.case.owner
        known = {entry.actor_id: who for entry, _, who in self.log if entry.actor_id is not None}
        known |= {owner.id: owner.name} if owner is not None else {}
        return known | names_of(self.session, people_in(self.log) - known.keys())

    def _asked(self) -> Asked | None:
        """By which survey; None where none did."""
        response, reply = self.case.response, self.case.reply
        if self.version is not None:
            return Asked(self.version.structure.kind, self.version.rules)
        asked = response or (reply.invitation if reply is not None else None)
        survey = self.session.get(Survey, asked.survey_key) if asked is not None else None
        return Asked(survey.kind, Rules.model_validate(survey.rules)) if survey is not None else None

    @cached_property
    def version(self) -> SurveyDefinition | None:
        """What was answered, in the words that were put; None where nobody answered, or the version is not known."""
        version_id = self.case.response.version_id if self.case.response is not None else None
        return survey_version(self.session, version_id).definition if version_id is not None else None

    def _link_to(self, story: Story | None) -> Callable[[int], str]:
        """The address of another case; "" where this person does not see its queue."""
        others = story.cases if story else []
        queues = visible_queues(self.session, self.user) if others else None
        hidden = {
            other.id
            for other in others
            if queues is not None and other.queue_id not in queues and other.owner_id != self.user.id
        }
        return lambda case_id: "" if case_id in hidden else url_for("cases.show", case_id=case_id)

    def _said(self, response: Response) -> SimpleNamespace:
        """What somebody answered besides the score, and all that they sent, in the words of the version they saw."""
        questions = None
        if self.version is not None:
            facts = {
                "name": response.customer.name if response.customer else "",
                "shop": self.settings.shop_name,
                "order": response.order.external_id if response.order else "",
                "score": str(response.latest_score),
            }
            questions = questions_of(self.version, response.latest_score, facts)
        answers = answers_to_follow_ups(self.session, response) if questions else {}
        return SimpleNamespace(
            comment_question=questions.label(COMMENT) if questions and questions.asks(COMMENT) else "",
            answers=answers_shown(questions, answers) if questions else [],
            history=history(questions, revisions_of(self.session, response.id), self.now, self.zone),
        )

    def _recovery(self) -> SimpleNamespace | None:
        """What the customer said to "did we put it right?"."""
        answer = recovery_answer(self.session, self.case)
        if answer is None:
            return None
        return recovery_shown(answer, self.session.get_one(Survey, answer.survey_key), self.now, self.zone)

    def _parts(self, forms: Mapping[str, Any], shown: SimpleNamespace, themes: Collection[str]) -> dict[str, Any]:
        """The parts of the page that have a room of their own; each finds its forms among those that were sent.

        `themes`: what the comment is about.
        """
        session, case, user, kinds, now = self.session, self.case, self.user, self.kinds, self.now
        close_form = forms.get(CLOSE_FORM) or (self._close_form() if self.mine else None)
        return {
            "reply": reply_part(session, case, user, kinds, themes, now, **forms),
            "files": files_part(session, case, kinds, now, **forms),
            "promises": promises_part(session, case, user, kinds, now, self.zone, forms.get(PROMISES_TYPED)),
            "improvements": improvements_part(session, case, user),
            "closing": closing_part(
                case,
                close_form,
                reachable=self.reachable,
                told_hint=f"{self._told_hint(shown.customer.language)} It goes out by mail too.",
                nobody_to_tell=NOBODY_LEFT if shown.answer and shown.answer.withdrawn else NOBODY,
            )
            if close_form
            else None,
        }

    def _close_form(self) -> CloseForm:
        unkept = unkept_of(self.session, self.case.id) if self.kinds & PROMISING else Unkept()
        return close_form(self.session, self.case, unkept, formdata=None)

    def _told_hint(self, language: str) -> str:
        read = f"They read {language}. " if language else ""
        return f"{read}It stands on their page, whose link may be passed on: no names, no order details."

    def _urls(self) -> SimpleNamespace:
        case_id = self.case.id
        acts = ("claim", "log", "resolve", "reopen", "release", "wait", "snooze", "go_on", "merge", "unmerge", "entry")
        return SimpleNamespace(
            **{act: url_for(f"cases.{act}_case", case_id=case_id) for act in acts},
            queue=url_for("desk.queue"),
            next=url_for("cases.next_case", case_id=case_id),
            correct=url_for("cases.correct_reading", case_id=case_id),
            script=url_for("cases.script"),
            here=url_for("desk.here", case_id=case_id),
            asked=url_for("asking.person", customer_id=self.case.customer_id) if self.case.customer_id else "",
        )


def snooze_form(now: datetime, zone: ZoneInfo, **options: Any) -> SnoozeForm:
    """With the days that can be chosen today."""
    return SnoozeForm(now.astimezone(zone).date(), **options)


def mergeable(story: Story | None, now: datetime, zone: ZoneInfo) -> list[tuple[int, str]]:
    """The customer's other open cases, as choices: id and words."""
    return [
        (other.id, _choice(other, now, zone))
        for other in (story.cases if story else ())
        if other.state in ACTIVE_STATES
    ]


def _choice(other: OtherCase, now: datetime, zone: ZoneInfo) -> str:
    owner = f", {other.owner}" if other.owner else ""
    return f"Case {other.id}, opened {when(other.opened_at, now, zone)}{owner}"


def _is_own(entry: CaseEntry, user_id: int) -> bool:
    return entry.actor_id == user_id and entry.kind in CORRECTABLE
