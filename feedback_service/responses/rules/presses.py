"""Whether the press that answered looks like a machine's: by what it did, and never by certainty.

A person who is taken for one loses nothing: the next page asks for one more press or a word, and either settles it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedback_service.invitations.rules.visits import HEAD_FORESHADOWS, Visit, calls_itself_a_machine

FASTEST = timedelta(milliseconds=700)
"""From the page's making to the press's arrival. The page has to travel there and the press back, and between them
somebody has to see it, decide and reach the button: a person who knows what is coming takes about a second."""
AT_ONCE = timedelta(seconds=10)
"""So soon nobody has left one network for another; later, a train or a walk out of the door explains it."""
SCANNED = timedelta(seconds=1)
"""Within that of the page, the same visitor opened another link of the mail: two tabs take a person longer."""
EVIDENCE_FOR = timedelta(seconds=30)
"""A scanner presses soon after it has opened; whoever presses later may well have come after it."""


class PressSuspicion(StrEnum):
    """What speaks for a machine that ran the page and pressed its button."""

    TOO_FAST = "too_fast"
    """Nobody reads a question and presses within that time."""
    KNOWN_AGENT = "known_agent"
    OTHER_NETWORK = "other_network"
    """The page went to one network, the press came from another, at once."""
    SCANNED_LINKS = "scanned_links"
    """The mail's links were opened side by side just before."""


@dataclass(frozen=True)
class Pressed:
    """What is known of a press, none of which is kept."""

    page_at: datetime
    """When its page was made, as the nonce says."""
    at: datetime
    agent: str
    page_network: str
    """The address family and a hash, as in the nonce; "" where it is not known."""
    network: str


def suspicion(pressed: Pressed, visits: Sequence[Visit], *, scope: str) -> PressSuspicion | None:
    """What speaks for a machine; `visits` are those to the links of the same mail, `scope` is the pressed one's."""
    took = pressed.at - pressed.page_at
    if calls_itself_a_machine(pressed.agent):
        return PressSuspicion.KNOWN_AGENT
    if timedelta(0) <= took < FASTEST:  # below zero, two servers' clocks differ
        return PressSuspicion.TOO_FAST
    if took < AT_ONCE and _moved(pressed.page_network, pressed.network):
        return PressSuspicion.OTHER_NETWORK
    if took < EVIDENCE_FOR and any(_scanned(visit, pressed, scope) for visit in visits):
        return PressSuspicion.SCANNED_LINKS
    return None


def _moved(before: str, after: str) -> bool:
    """Whether it is another network of the same family; one line has both families, and may use them in turn."""
    return bool(before and after) and before[0] == after[0] and before != after


def _scanned(visit: Visit, pressed: Pressed, scope: str) -> bool:
    """Whether the same visitor asked for the page's head before the page, or for another link beside it."""
    if visit.agent != pressed.agent:
        return False
    before = pressed.page_at - visit.at
    if visit.scope == scope:
        return visit.method == "HEAD" and timedelta(0) <= before <= HEAD_FORESHADOWS
    return abs(before) <= SCANNED
