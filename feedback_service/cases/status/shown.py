"""Where somebody's feedback stands, in the words of their language: received, with a person, what we did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feedback_service.cases.models import Verdict
from feedback_service.cases.status.queries import CaseTold, Feedback
from feedback_service.delivery.preferences.shown import Tongue
from feedback_service.questionnaires.common_words import DatedNotice, StatusWords
from feedback_service.questionnaires.fill import filled


@dataclass(frozen=True)
class Step:
    """One step of the way."""

    title: str
    text: str
    reached: bool
    current: bool
    told: str = ""
    """What the shop wrote, as it wrote it."""


@dataclass(frozen=True)
class StatusPage:
    """The page, in sentences."""

    words: StatusWords
    said: list[str]
    """What the person told us last, if anything."""
    steps: list[Step]
    told_before: str
    """What the shop wrote about an earlier end; "" where there is none."""
    told_before_on: str
    settled: bool
    """It is dealt with, and the person has not said yet what they think of it."""
    accepted: bool
    seen: int


def notice_instead(words: StatusWords, tongue: Tongue, feedback: Feedback) -> tuple[str, str] | None:
    """Heading and text of a page that only says something, where there are no steps to show."""
    if feedback.withdrawn_at is not None:
        return _notice(words.withdrawn, tongue, feedback.withdrawn_at)
    if feedback.anonymous:
        return _notice(words.anonymous, tongue, None)
    if feedback.received_at is None:
        return _notice(words.nothing, tongue, None)
    if feedback.suspected and feedback.case is None:
        return _notice(words.unconfirmed, tongue, feedback.received_at)
    return None


def _notice(notice: DatedNotice, tongue: Tongue, at: datetime | None) -> tuple[str, str]:
    facts = tongue.facts(date=tongue.day(at)) if at is not None else tongue.facts()
    return notice.heading.format_map(facts), notice.text.format_map(facts)


def status_page(words: StatusWords, tongue: Tongue, feedback: Feedback, now: datetime) -> StatusPage:
    """The steps as they are now. `feedback` has come in, and nothing stands instead of its page."""
    case, on = feedback.case, _Dated(tongue)
    before = case is not None and bool(case.released_words) and not case.told_since
    return StatusPage(
        words=filled(words, tongue.facts()),  # what speaks of a day is said below
        said=list(_said(words, on, feedback)),
        steps=_steps(words, on, feedback, now),
        told_before=(case.released_words or "") if case is not None and before else "",
        told_before_on=on(words.told_on, case.released_at) if case is not None and before else "",
        settled=case is not None and case.resolved_at is not None and case.verdict is None,
        accepted=case is not None and case.verdict is Verdict.ACCEPTED,
        seen=case.seen if case is not None else 0,
    )


@dataclass(frozen=True)
class _Dated:
    """Fills a sentence with a day; the person's, wherever the shop is."""

    tongue: Tongue

    def __call__(self, sentence: str, at: datetime | None) -> str:
        return sentence.format_map(self.tongue.facts(date=self.tongue.day(at) if at is not None else ""))


def _said(words: StatusWords, on: _Dated, feedback: Feedback) -> Iterator[str]:
    case = feedback.case
    if case is not None and case.verdict is not None:
        yield on(words.accepted if case.verdict is Verdict.ACCEPTED else words.disputed, case.verdict_at)
    if feedback.wrote_at is not None and (case is None or case.resolved_at is None):
        yield on(words.added, feedback.wrote_at)


def _steps(words: StatusWords, on: _Dated, feedback: Feedback, now: datetime) -> list[Step]:
    case = feedback.case
    received = on(words.received_on, feedback.received_at)
    if case is None:
        return [Step(words.received, f"{received} {words.read}", reached=True, current=True)]
    done, in_hand = case.resolved_at is not None, case.in_hand_since is not None
    return [
        Step(words.received, received, reached=True, current=not done and not in_hand),
        Step(
            words.in_hand,
            on(words.in_hand_since, case.in_hand_since) if in_hand else words.not_yet,
            reached=in_hand or done,
            current=in_hand and not done,
        ),
        _last_step(words, on, case, now),
    ]


def _last_step(words: StatusWords, on: _Dated, case: CaseTold, now: datetime) -> Step:
    if case.resolved_at is None:
        due, today = (words.late, words.late_today) if case.due_at <= now else (words.due, words.due_today)
        sentence = today if on.tongue.same_day(case.due_at, now) else due
        return Step(words.done, on(sentence, case.due_at), reached=False, current=False)
    if case.told_since and case.released_words:
        text = on(words.told_on, case.released_at)
        return Step(words.done, text, reached=True, current=True, told=case.released_words)
    return Step(words.done, on(words.done_on, case.resolved_at), reached=True, current=True)
