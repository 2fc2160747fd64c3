"""Whether a visit to a personal link looks like a machine's: by evidence, and never by certainty."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

VISITS = frozenset({"GET", "HEAD"})
"""What counts as a visit; a press is an act of its own, and evidence only where it came without the page's nonce."""

AT_ONCE = timedelta(seconds=1)
TOO_MANY_AT_ONCE = 3  # a double tap makes two, and so does a mail program that checks a link as it is tapped
HEAD_FORESHADOWS = timedelta(seconds=10)  # later, the same browser may well be the person's
LONGEST_AGENT = 200  # characters, as the column has it

MOST_KEPT = 50  # visits of one invitation that are written down in full
MOST_SUSPECTED_KEPT = 40  # of them; the rest is left for the person who comes after a keen scanner


class VisitSuspicion(StrEnum):
    """What speaks for a machine."""

    KNOWN_AGENT = "known_agent"
    HEAD_FIRST = "head_first"
    """It asked for the head of the page before the page."""
    SEVERAL_AT_ONCE = "several_at_once"
    """It opened several links of one mail within a second."""
    NO_NONCE = "no_nonce"
    """It sent the form without having been given the page."""


@dataclass(frozen=True)
class Visit:
    """One request for a page behind a personal link."""

    scope: str
    """Which of the person's secrets: the answer's, the unsubscribe page's, another's."""
    at: datetime
    method: str
    agent: str
    suspected: VisitSuspicion | None = None


_MACHINES = re.compile(
    # Gateways and scanners that look into mail before or after its reader does.
    r"barracuda|proofpoint|mimecast|ironport|ciscosecureemail|messagelabs|symantec|trend ?micro|\btmes\b|sophos"
    r"|fireeye|fortimail|fortiguard|zscaler|forcepoint|safelinks"
    # Previews: of mail programs, of messengers, of search engines. Outlook looks at a link before the browser does.
    r"|bingpreview|googleimageproxy|yahoomailproxy|yahoo ?link ?preview|google-safety|google web preview"
    r"|microsoft office|ms-office|msoffice|skypeuripreview|slack-imgproxy|facebookexternalhit|facebookexternalua"
    r"|^whatsapp/|^viber|snap url preview|url ?preview|linkexpand|embedly|iframely"
    # Whoever says so; Cubot makes telephones.
    r"|(?<!cu)bot\b|crawler|spider|\bscanner|link ?check|urlscan|archiver"
    # Programs, by the libraries they are made with.
    r"|^curl/|^wget/|python-|^python/|aiohttp|httpx/|go-http-client|^java/|java-http-client|httpclient|okhttp"
    r"|libwww-perl|lua-resty-http|node-fetch|^node$|undici|^axios|^ruby|guzzlehttp|^php|powershell|postman|insomnia"
    r"|headlesschrome|phantomjs|electron-fetch",
    re.IGNORECASE,
)


def agent_as_kept(agent: str) -> str:
    """What a visitor calls itself, in at most 200 printable characters."""
    return "".join(character for character in agent if character.isprintable())[:LONGEST_AGENT].strip()


@lru_cache(maxsize=2_000)  # few browsers are in use at a time, and a hundred alternatives take longer than a page
def calls_itself_a_machine(agent: str) -> bool:
    """Whether the name is one of a machine's; no name at all is, since every browser has one."""
    return not agent or _MACHINES.search(agent) is not None


def judged(visits: Sequence[Visit]) -> list[VisitSuspicion | None]:
    """For each visit to the links of one mail, what speaks for a machine. What was suspected before stays so."""
    return [visit.suspected or _suspicion(visit, visits) for visit in visits]


def _suspicion(visit: Visit, visits: Sequence[Visit]) -> VisitSuspicion | None:
    if calls_itself_a_machine(visit.agent):
        return VisitSuspicion.KNOWN_AGENT
    if visit.method == "HEAD" or any(_foreshadows(other, visit) for other in visits):
        return VisitSuspicion.HEAD_FIRST
    return VisitSuspicion.SEVERAL_AT_ONCE if _among_several(visit, visits) else None


def _foreshadows(head: Visit, page: Visit) -> bool:
    """Whether the same visitor asked for the head of the page just before."""
    before = timedelta(0) <= page.at - head.at <= HEAD_FORESHADOWS
    return head.method == "HEAD" and before and (head.scope, head.agent) == (page.scope, page.agent)


def _among_several(visit: Visit, visits: Sequence[Visit]) -> bool:
    """Whether both links, or one of them several times, were opened within one second that holds this visit.

    The score row is one link with a score after it, and which score was asked for is not kept: three requests tell a
    scanner from a double tap.
    """
    beside = [other for other in visits if other.method in VISITS and abs(other.at - visit.at) <= AT_ONCE]
    near = sorted(other.at for other in beside)
    other_link = any(other.scope != visit.scope for other in beside)
    bursts = zip(near, near[TOO_MANY_AT_ONCE - 1 :], strict=False)
    return other_link or any(last - first <= AT_ONCE and first <= visit.at <= last for first, last in bursts)


def first_opening(visits: Sequence[Visit], *, answer_scope: str, closes_at: datetime) -> datetime | None:
    """When the form was first shown to somebody who, by all that is known, is no machine."""
    openings = [
        visit.at
        for visit in visits
        if visit.scope == answer_scope and visit.method == "GET" and visit.suspected is None and visit.at < closes_at
    ]
    return min(openings, default=None)


def worth_keeping(visit: Visit, kept: Sequence[Visit]) -> bool:
    """Whether there is room for a further visit: 50 in full, of which 40 may be a machine's.

    What is beyond is not written down and counts for nothing, whatever it was.
    """
    if len(kept) >= MOST_KEPT:
        return False
    return visit.suspected is None or not crowded(kept)


def crowded(kept: Sequence[Visit]) -> bool:
    """Whether machines have had their share of the room."""
    return sum(visit.suspected is not None for visit in kept) >= MOST_SUSPECTED_KEPT
