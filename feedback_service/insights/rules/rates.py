"""Shares of what was sent, opened and closed; each belongs to the days on which its mails were sent.

By the day of sending, because answers that come in this week were asked for last week: divided by what was sent this
week, they would make the rate of a quiet week look splendid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.cases.rules.recovered import lowest_recovered
from feedback_service.insights.rules.metrics import CsatCounts, Estimate, count


def share(part: int, whole: int) -> Estimate:
    """`part` of `whole` in percent within its Wilson interval; ValueError unless 0 ≤ part ≤ whole."""
    return CsatCounts(part, whole).estimate()


@dataclass(frozen=True)
class SendingCohort:
    """The invitations sent in one period, and what has come of them so far, whenever that was.

    ``bounced`` are those given back, and neither opened nor answered: whoever did that was reached. Raises ValueError
    where more confirmed than opened, or opened than were delivered.
    """

    sent: int
    bounced: int = 0
    opened: int = 0
    """Those whose form was opened, with everybody who confirmed."""
    confirmed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.confirmed <= self.opened <= self.delivered <= self.sent:
            raise ValueError(f"A cohort narrows from sent to delivered, opened and confirmed; {self} does not.")

    @property
    def delivered(self) -> int:
        """Sent less bounced."""
        return self.sent - self.bounced

    @property
    def delivery(self) -> Estimate:
        """Delivered of sent."""
        return share(self.delivered, self.sent)

    @property
    def response(self) -> Estimate:
        """Confirmed of delivered."""
        return share(self.confirmed, self.delivered)

    @property
    def completion(self) -> Estimate:
        """Confirmed of those who opened the form."""
        return share(self.confirmed, self.opened)


def matures_at(sent_before: datetime, answer_window: timedelta) -> datetime:
    """When the last mail of a cohort can no longer be answered; `sent_before` is the end of its period."""
    return sent_before + answer_window


def is_mature(sent_before: datetime, answer_window: timedelta, now: datetime) -> bool:
    """Whether a cohort's rates are final; until then they can only rise, and are marked so."""
    return now >= matures_at(sent_before, answer_window)


@dataclass(frozen=True)
class Recovery:
    """How many customers said that it was put right.

    ``closed`` are the cases closed at least once, those opened again with them: their customers were asked too.
    """

    recovered: int
    answers: int
    closed: int

    def __post_init__(self) -> None:
        if not 0 <= self.recovered <= self.answers <= self.closed:
            raise ValueError(f"Recovered, answered and closed cases narrow; {self} does not.")

    @property
    def of_answers(self) -> Estimate:
        """Recovered of those who answered whether it was."""
        return share(self.recovered, self.answers)

    @property
    def of_closed(self) -> Estimate:
        """Recovered of all closed cases, which counts silence as not recovered."""
        return share(self.recovered, self.closed)


def recovery(kind: str, answers: Mapping[int, int], closed: int) -> Recovery:
    """Sort how often each score was given to "did we put it right?": 7 and above of 10 is recovered.

    Raises ValueError for an unknown kind, a score outside its scale or more answers than closed cases.
    """
    total = count(kind, answers).n
    lowest = lowest_recovered(kind)
    return Recovery(sum(times for score, times in answers.items() if score >= lowest), total, closed)
