"""Where a walk-in's page is shown, and what follows from it: who may hold it in a frame, and when it starts afresh."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_service.responses.models import Channel
from feedback_service.responses.walk_in.queries import FoundCollector, Walked

KIOSK_VISIT = timedelta(minutes=10)
"""So long after a score, a counter's pages belong to whoever gave it; then they are nobody's."""
NEVER_IN_A_FRAME = "frame-ancestors 'none'"
OWN_SCRIPTS = "script-src 'self'"


@dataclass(frozen=True)
class Pace:
    """After how many seconds without a touch a counter's page starts afresh."""

    quiet: int
    warning: int
    """So long it says beforehand that it will."""
    without_script: int
    """Where nothing can tell whether somebody is there: long enough to write a few sentences."""


ASKING = Pace(quiet=40, warning=20, without_script=180)
WRITING = Pace(quiet=60, warning=20, without_script=300)
THANKING = Pace(quiet=10, warning=0, without_script=10)


@dataclass(frozen=True)
class Surroundings:
    """Where a page is shown."""

    channel: Channel
    token: str
    origins: Sequence[str] = ()
    pace: Pace = WRITING

    @property
    def kiosk(self) -> bool:
        """Whether the next person comes to the same screen."""
        return self.channel is Channel.KIOSK

    @property
    def framed(self) -> bool:
        """Whether it is shown on a page of the shop's."""
        return self.channel is Channel.EMBED


def around(way: FoundCollector, pace: Pace = ASKING) -> Surroundings:
    """The surroundings of a way in's own pages."""
    return Surroundings(way.channel, way.token, way.origins, pace)


def around_answer(walked: Walked) -> Surroundings:
    """Those of the pages after the score."""
    return Surroundings(walked.channel, walked.token, walked.origins)


def still_theirs(walked: Walked, page: int | None, now: datetime) -> bool:
    """Whether whoever opens a page after the score is the person who gave it.

    At a counter the next person may go back in the same browser. `page` counts the pages of questions from 1; None is
    any other page.
    """
    if walked.channel is not Channel.KIOSK:
        return True
    return now - walked.answered_at < KIOSK_VISIT and (page or 1) > walked.pages_sent


def policy_here(policy: str, here: Surroundings) -> str:
    """A Content-Security-Policy with what these surroundings need besides, and no more."""
    if here.framed and here.origins:
        policy = policy.replace(NEVER_IN_A_FRAME, f"frame-ancestors {' '.join(here.origins)}")
    return f"{policy}; {OWN_SCRIPTS}" if here.kiosk or here.framed else policy
