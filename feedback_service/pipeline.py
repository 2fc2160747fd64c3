"""The loop as a list: each step takes up what an earlier one left, may run any number of times, and anywhere."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedback_service.advocacy.erase import erase_advocacy
from feedback_service.cases.cover import cover_absences
from feedback_service.cases.deadlines.break_promises import break_promises
from feedback_service.cases.deadlines.look import look_at_due
from feedback_service.cases.erase import erase_search, erase_words
from feedback_service.cases.mails.came_back import bring_back
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.proof.manifest import Manifest, holding, read_manifest
from feedback_service.cases.proof.write import (
    anything_to_prove,
    in_portions,
    mark_proved,
    newest_in,
    unproved,
    write_manifest,
)
from feedback_service.cases.silence import follow_up_silence
from feedback_service.cases.take_replies import take_replies
from feedback_service.config import Settings, SettingsError
from feedback_service.customers.erase import erase_people
from feedback_service.customers.erasure import Eraser, Erasure
from feedback_service.database import SessionFactory
from feedback_service.delivery.erase import erase_mails, erase_replies
from feedback_service.delivery.last_look import Clocks
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.pool import ConnectionPool
from feedback_service.delivery.queue_mails import queue_invitation_mails
from feedback_service.delivery.remind import queue_reminders
from feedback_service.delivery.render import Letterhead
from feedback_service.delivery.send import send_due
from feedback_service.delivery.staff_mail import send_staff_mails
from feedback_service.delivery.throttle import Throttle
from feedback_service.insights.alerts.mail import tell
from feedback_service.insights.alerts.readings import theme_names
from feedback_service.insights.alerts.watch import claim, keep, look_at, week_to_watch
from feedback_service.insights.fold_changes import fold_changes
from feedback_service.insights.reports.content import content_of
from feedback_service.insights.reports.due import Due, due_reports, move_on, put_off
from feedback_service.insights.reports.due import claim as claim_report
from feedback_service.insights.reports.mail import queue_report, report_mail
from feedback_service.insights.segments.recount import recount_days
from feedback_service.insights.staff.tell import tell_quarters
from feedback_service.insights.sum_months import sum_months
from feedback_service.invitations.installation import shop_of
from feedback_service.invitations.invite import decide_due
from feedback_service.invitations.plan import plan_decisions
from feedback_service.invitations.plan_calendar import plan_calendar
from feedback_service.orders.lifetime import draw_value_bands
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words
from feedback_service.responses.withdraw import erase_answers
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.checks.draw import draw_weekly_sample
from feedback_service.sentiment.erase import erase_assessments
from feedback_service.sentiment.languages.claim import claim_turn, counting_due, keep_counts
from feedback_service.sentiment.languages.keep import keep_outcome
from feedback_service.sentiment.languages.lexicon import read_as_english
from feedback_service.sentiment.languages.queries import comments_by_language, comments_in
from feedback_service.sentiment.languages.train import train
from feedback_service.sentiment.safety import read_safety
from feedback_service.sentiment.themes.learn import keep_lesson, lessons_due, taught
from feedback_service.sentiment.themes.taxonomy import Taxonomy, read_themes

log = structlog.get_logger(__name__)
BATCH = 200  # rows that one run of a step takes up: short transactions, and other work gets its turn
MOST_RUNS = 10_000  # of one step in a row; a step that never finishes is a fault, not a queue

ERASERS: tuple[tuple[str, Eraser], ...] = (
    ("answers", erase_answers),
    ("replies", erase_replies),
    ("testimonials", erase_advocacy),
    ("assessments of comments", erase_assessments),
    ("entries of cases", erase_words),
    ("mails", erase_mails),
    ("people", erase_people),
    ("words by which cases are found", erase_search),
)
"""What each stage forgets, in the order in which words travel: each holds the rows from which the next ones copied, so
that nothing is copied behind its back. Mails come after cases, since whoever resolves a case writes one."""


@dataclass(frozen=True)
class Step:
    """One stage's share of the loop. `run(sessions, now, limit)` gives back how much it dealt with."""

    name: str
    run: Callable[[SessionFactory, datetime, int], int]


def steps(settings: Settings) -> tuple[Step, ...]:
    """The loop, in order, for one installation.

    Raises SettingsError where it cannot be run with the settings, SurveyFileError, ThemeFileError or SafetyFileError
    where shared words, themes or words of safety cannot be read.
    """
    folder = settings.surveys_folder or SURVEYS
    letterhead = Letterhead(
        shop_name=settings.shop_name,
        sender=settings.mail_from,
        postal_address=settings.shop_postal_address,
        base_url=settings.base_url,
        link_keys=settings.link_key_ring,
        privacy_url=settings.privacy_url,
        data_kept=settings.data_kept,
        common=read_common_words(folder),
        plus_addresses=settings.plus_addresses and settings.inbound_token is not None,
    )
    try:
        server = MailServer.from_url(settings.mail_url.get_secret_value())
    except ValueError as error:
        raise SettingsError(f"FEEDBACK_MAIL_URL: {error}") from None
    pool = ConnectionPool(server, settings.mail_connections)
    send = partial(
        send_due,
        pool=pool,
        throttle=Throttle(settings.mail_rate, settings.mail_rate_per_domain),
        letterhead=letterhead,
        clocks=Clocks(settings.zone, settings.shop_country, quiet_hours=not settings.demo),
    )
    shop, safety = shop_of(settings), read_safety(folder)
    key = settings.privacy_secret
    return (
        Step("draw value bands", _committed(draw_value_bands)),
        Step("plan decisions", _committed(partial(plan_decisions, shop_zone=settings.zone))),
        Step("plan the calendar", _committed(partial(plan_calendar, shop_zone=settings.zone))),
        Step("decide", _committed(partial(decide_due, shop=shop))),
        Step("queue mails", _committed(queue_invitation_mails)),
        Step("queue reminders", _committed(queue_reminders)),
        Step("send mails", send),
        Step("assess comments", _committed(partial(assess_comments, folder=folder, locale=settings.shop_locale))),
        Step("open cases", _committed(partial(open_cases, key=key, safety=safety, zone=settings.zone))),
        Step("take replies", _committed(partial(take_replies, key=key, safety=safety, zone=settings.zone))),
        Step("bring back mails", _committed(partial(bring_back, key=settings.privacy_secret))),
        Step("break promises", _committed(partial(break_promises, key=key))),
        Step("cover absences", _committed(partial(cover_absences, key=key, zone=settings.zone))),
        Step("look at deadlines", _committed(partial(look_at_due, key=key, zone=settings.zone))),
        Step("send mails to staff", partial(send_staff_mails, pool=pool, letterhead=letterhead)),
        Step("follow up silence", _committed(partial(follow_up_silence, key=key, zone=settings.zone))),
        Step("fold scores", _committed(fold_changes)),
        Step("count segments", _committed(partial(recount_days, attributes=settings.order_dimensions))),
        Step("sum up months", _committed(sum_months)),
        Step("tell quarters", _committed(partial(tell_quarters, zone=settings.zone))),
        Step("report", partial(report, zone=settings.zone, letterhead=letterhead)),
        Step("watch", partial(watch, zone=settings.zone, letterhead=letterhead, folder=settings.surveys_folder)),
        Step(
            "prove logs",
            partial(prove_logs, folder=settings.proof_folder, key=settings.privacy_secret, zone=settings.zone),
        ),
        Step("learn languages", learn_languages),  # last: it may take half a minute, and nobody waits for it
        Step("draw blind checks", _committed(partial(draw_weekly_sample, zone=settings.zone))),
        Step("learn themes", partial(learn_themes, taxonomy=read_themes(folder))),
    )


def erase(session: Session, erasure: Erasure) -> dict[str, int]:
    """Erase in every stage, in the caller's transaction: all of it or nothing; returns how many rows lost words."""
    return {name: eraser(session, erasure) for name, eraser in ERASERS}


def _committed(act: Callable[..., int]) -> Callable[[SessionFactory, datetime, int], int]:
    """A step in one transaction."""

    def run(sessions: SessionFactory, now: datetime, limit: int) -> int:
        with sessions() as session:
            count = act(session, now, limit)
            session.commit()
            return count

    return run


def learn_languages(sessions: SessionFactory, now: datetime, _limit: int) -> int:
    """Learn one language that has enough answered comments, or a third more than when it was learned last.

    It takes seconds, and no transaction is open meanwhile. Returns how many languages were learned or tried.
    """
    with sessions() as session:
        session.info["read_only"] = True
        counts = comments_by_language(session) if counting_due(session, now) else None
    with sessions() as session:
        if counts is not None:
            keep_counts(session, counts, now)
        turn = claim_turn(session, now)
        session.commit()
    if turn is None:
        return 0
    with sessions() as session:
        session.info["read_only"] = True
        comments = comments_in(session, turn.language)
    outcome = train(comments, turn.language, lexicon=read_as_english)
    with sessions() as session:
        keep_outcome(session, turn, outcome, now)
        session.commit()
    return 1


def learn_themes(sessions: SessionFactory, now: datetime, _limit: int, *, taxonomy: Taxonomy) -> int:
    """Learn from what staff said of themes, where there is enough of it, or a third more; returns how many languages.

    It takes seconds, and no transaction is open meanwhile. Of two who learned the same, the first one's is kept.
    """
    with sessions() as session:
        session.info["read_only"] = True
        lessons = lessons_due(session)
    for lesson in lessons:
        learned = taught(lesson, taxonomy)
        with sessions() as session, suppress(IntegrityError):
            keep_lesson(session, learned, now)
            session.commit()
    return len(lessons)


def watch(
    sessions: SessionFactory,
    now: datetime,
    _limit: int,
    *,
    zone: ZoneInfo,
    letterhead: Letterhead,
    folder: Path | None,
) -> int:
    """Look at the newest closed week, once, and queue mails about what is alarming in it; returns how many weeks.

    Reading may take a while, so nobody waits for it; of two who did, the first one's is kept.
    """
    with sessions() as session:
        session.info["read_only"] = True
        week = week_to_watch(session, now, zone)
        look = look_at(session, week, zone, theme_names(folder)) if week else None
    if look is None:
        return 0
    with sessions() as session:
        if claim(session, look, now):
            tell(session, keep(session, look, now), look.series, letterhead, now)
        session.commit()
    return 1


def report(sessions: SessionFactory, now: datetime, limit: int, *, zone: ZoneInfo, letterhead: Letterhead) -> int:
    """Write the reports whose morning has come, each once for its period; returns how many were due.

    Reading and drawing take seconds, and no transaction is open to write meanwhile.
    """
    with sessions() as session:
        session.info["read_only"] = True
        due = due_reports(session, now, limit)
    for each in due:
        try:
            _report_one(sessions, each, now, zone, letterhead)
        except Exception:  # what is wrong with one report must not hold up the others; it is tried again later
            log.exception("report failed", report=each.id)
            with sessions() as session:
                put_off(session, each, now)
                session.commit()
    return len(due)


def _report_one(sessions: SessionFactory, due: Due, now: datetime, zone: ZoneInfo, letterhead: Letterhead) -> None:
    with sessions() as session:
        session.info["read_only"] = True
        content = content_of(session, due.every, due.survey_keys, now, zone) if due.manages else None
    mail = report_mail(content, letterhead) if content else None
    with sessions() as session:
        if content and mail and claim_report(session, due, content.period.first, now):
            queue_report(session, due.id, due.user_id, content, mail, now)
        move_on(session, due, now, zone)
        session.commit()


def prove_logs(
    sessions: SessionFactory, now: datetime, _limit: int, *, folder: Path, key: bytes, zone: ZoneInfo
) -> int:
    """Write the day's manifest of the action log, where a log has grown and nobody has written it yet; returns how
    many were written.

    Raises ProofGoneError where earlier ones are not in the folder, OSError where none can be written there.
    """
    newest = newest_in(folder)
    if newest is not None and newest.day >= now.astimezone(zone).date():
        return 0
    return int(prove_now(sessions, now, folder=folder, key=key, zone=zone, wait=False) is not None)


def prove_now(
    sessions: SessionFactory,
    now: datetime,
    *,
    folder: Path,
    key: bytes,
    zone: ZoneInfo,
    wait: bool = True,
    anew: bool = False,
) -> Manifest | None:
    """Write a manifest whatever the day; None where no log has grown, or somebody else is at it and nobody waits."""
    with sessions() as session:
        session.info["read_only"] = True
        if not anew and not anything_to_prove(session):
            return None
    folder.mkdir(parents=True, exist_ok=True)
    with holding(folder, wait=wait) as held:
        if not held:
            return None
        newest = newest_in(folder)
        if newest is not None:  # whoever wrote it may have been killed before the database knew
            _mark_proved(sessions, newest, key)
        with sessions() as session:
            session.info["read_only"] = True
            day = now.astimezone(zone).date()
            manifest = write_manifest(session, folder, key=key, day=day, now=now, anew=anew)
        if manifest is not None:
            _mark_proved(sessions, manifest, key)
    return manifest


def _mark_proved(sessions: SessionFactory, manifest: Manifest, key: bytes) -> None:
    """Tell the database what a manifest vouches for, in transactions so short that nobody waits for one."""
    deque(read_manifest(manifest, key), maxlen=0)  # whether it holds shows at its end
    with sessions() as looking:
        looking.info["read_only"] = True
        for portion in in_portions(read_manifest(manifest, key)):
            untold = unproved(looking, portion)
            if untold:
                with sessions() as session:
                    mark_proved(session, untold)
                    session.commit()


def run_step(step: Step, sessions: SessionFactory, clock: Callable[[], datetime]) -> int:
    """Run one step until nothing is left for it; returns how much it dealt with.

    Each portion asks `clock` anew: a lease that began when a long run did would be over before its mail is sent.
    """
    total = 0
    for _ in range(MOST_RUNS):
        count = step.run(sessions, clock(), BATCH)
        total += count
        if count < BATCH:
            break
    return total


def run_for(step: Step, sessions: SessionFactory, clock: Callable[[], datetime], seconds: float) -> bool:
    """Run one step for about so many seconds at most; whether there is more to do.

    A hundred thousand orders of a first import would otherwise keep every other step from its work for an hour.
    """
    began = monotonic()
    while step.run(sessions, clock(), BATCH) >= BATCH:
        if monotonic() - began > seconds:
            return True
    return False


def run_all(settings: Settings, sessions: SessionFactory, now: datetime) -> dict[str, int]:
    """Run the whole loop once, all of it at `now`; returns what each step dealt with."""
    return {step.name: run_step(step, sessions, lambda: now) for step in steps(settings)}
