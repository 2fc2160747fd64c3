"""When silence is a fault: nothing left, or nothing came back, although something should have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedback_service.formats import span

FEWEST_UNANSWERED = 50  # mails without one answer: at a response rate of 10 % that is chance once in 200 times
GRACE = 3  # a mail counts as unanswered from a third of the time on that all of them may stay so
FEWEST_REFUSED = 10  # mails; fewer may all have been bad addresses


class AlarmKind(StrEnum):
    """What is silent."""

    STANDS_STILL = "stands_still"
    SERVER_REFUSES_US = "server_refuses_us"
    NOTHING_SENT = "nothing_sent"
    MAILS_REFUSED = "mails_refused"
    NOTHING_ANSWERED = "nothing_answered"


@dataclass(frozen=True)
class Alarm:
    """What is wrong and what to do, in sentences without anything personal; `detail` is for managers only."""

    kind: AlarmKind
    words: str
    remedy: str
    detail: str = ""


@dataclass(frozen=True)
class Newest:
    """Of the newest mails: how many came to an end, how many of them in vain, and the latest reason why."""

    finished: int = 0
    failed: int = 0
    last_failure: str = ""


@dataclass(frozen=True)
class Silence:
    """What was found; a None is a thing that did not happen."""

    work_waits_since: datetime | None
    """The oldest order, decision or invitation that no step of the loop has taken up."""
    mail_waits_since: datetime | None
    """When the oldest mail that is still to leave was first due, where none has left for so long."""
    refused_by_settings: str | None
    """The mail server's last word, where it refuses not a recipient but us."""
    newest: Newest
    mails_unanswered: int
    """Mails that have had time to be answered, where not one was."""


_WORKER = (
    "Is a worker running? `feedback serve` holds one; else start `feedback worker` and `feedback beat`,"
    " and look at their logs."
)
_SERVER = "`feedback mail check` says what to mend. The mails wait and are sent once the server takes them."


def alarms(found: Silence, now: datetime, *, hours: int, answer_hours: int) -> list[Alarm]:
    """Every alarm that is to be raised at `now`, the one that explains the others first; 0 hours raise none."""
    raised = []
    if hours:
        patience = timedelta(hours=hours)
        raised += _standing_still(found.work_waits_since, now, patience)
        raised += _refusing_us(found) or _nothing_sent(found.mail_waits_since, now, patience)
        raised += _mails_refused(found.newest)
    if answer_hours and found.mails_unanswered >= FEWEST_UNANSWERED:
        words = f"None of the {found.mails_unanswered:,} mails of the last {answer_hours} hours was answered."
        remedy = (
            "Open a link from a mail (`feedback mail test`) from outside: FEEDBACK_PUBLIC_URL may lead nowhere,"
            " or the mails may lie in spam folders (`feedback mail check`)."
        )
        raised.append(Alarm(AlarmKind.NOTHING_ANSWERED, words, remedy))
    return raised


def _standing_still(since: datetime | None, now: datetime, patience: timedelta) -> list[Alarm]:
    if since is None or now - since < patience:
        return []
    words = f"Work that was due {span(now - since)} ago has not been taken up."
    return [Alarm(AlarmKind.STANDS_STILL, words, _WORKER)]


def _refusing_us(found: Silence) -> list[Alarm]:
    if found.refused_by_settings is None:
        return []
    words = "The mail server refuses us, not the recipients: no mail leaves."
    return [Alarm(AlarmKind.SERVER_REFUSES_US, words, _SERVER, found.refused_by_settings)]


def _nothing_sent(since: datetime | None, now: datetime, patience: timedelta) -> list[Alarm]:
    if since is None or now - since < patience:
        return []
    words = f"No mail has left although the oldest has been waiting for {span(now - since)}."
    return [Alarm(AlarmKind.NOTHING_SENT, words, f"{_SERVER} {_WORKER}")]


def _mails_refused(newest: Newest) -> list[Alarm]:
    if newest.failed < FEWEST_REFUSED or 2 * newest.failed < newest.finished:
        return []
    words = f"{newest.failed} of the newest {newest.finished} mails failed."
    remedy = "The reasons are on the Mail page. Mend what they name before more is sent, or pause sending."
    return [Alarm(AlarmKind.MAILS_REFUSED, words, remedy, newest.last_failure)]
