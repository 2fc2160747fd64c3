"""Whether a mail that came back means that no other one will ever arrive there."""

import re

from feedback_service.delivery.models import BounceKind

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
"""An enhanced status code (RFC 3463) that is no part of a network address."""

# The mailbox or its domain does not exist, has moved, or is switched off. 5.1.7 and 5.1.8 are about the sender;
# 5.1.10 and 5.4.4 are what Exchange and Postfix say of an unknown mailbox and an unknown domain.
_HARD = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
# Said of anything: the words decide.
_VAGUE = frozenset({"5.0.0", "5.2.0", "5.3.0", "5.4.0", "5.4.1", "5.5.0", "5.5.4"})
_PASSING_WORDS = re.compile(
    r"\b(?:full|quota|storage|too (?:large|big)|temporar\w*|try (?:again|later)|spam|block(?:ed)? ?list\w*|blocked"
    r"|blacklist\w*|polic(?:y|ies)|reputation|greylist\w*|timed? ?out|expired|rate limit\w*|too many)\b",
    re.IGNORECASE,
)
_MAILBOX = r"(?:user|recipient|mailbox|account|address(?:ee)?|alias|e-?mail|inbox|host|domain|person)"
_GONE = (
    r"(?:unknown|not found|not known|(?:does|did) ?n[o']t exist|doesn.?t exist|could ?n[o'].?t be found|no longer"
    r"|invalid|not valid|disabled|inactive|deactivated|unavailable|rejected|not listed|discontinued)"
)
_HARD_WORDS = re.compile(
    rf"\bno such {_MAILBOX}|\b(?:unknown|invalid|non-?existent) (?:local[ -]part|{_MAILBOX})"
    rf"|\bno mailbox (?:here )?by that name|\b{_MAILBOX}\b.{{0,60}}?\b{_GONE}",
    re.IGNORECASE | re.DOTALL,
)


def bounce_of(status: str, words: str) -> BounceKind:
    """Hard where the address itself is the reason, soft where another mail might arrive.

    `status` as in RFC 3463 where it is known, else empty: then the first one in `words` stands for it. A code
    about the mailbox decides; one that is said of anything leaves it to the words. In doubt it is soft, which
    only counts: five in a row come to the same.
    """
    code = STATUS.search(status) or STATUS.search(words)
    if code and code[0] in _HARD:
        return BounceKind.HARD
    if code and code[0] not in _VAGUE:
        return BounceKind.SOFT
    return BounceKind.HARD if speaks_of_no_mailbox(words) else BounceKind.SOFT


def refused_for_good(reply: str, words: str) -> bool:
    """Whether an SMTP reply code that a mail provider calls permanent is about the mailbox: one that names no
    enhanced status, and whose words speak of nothing that passes."""
    return reply in {"550", "551", "553"} and not STATUS.search(words) and not _PASSING_WORDS.search(words)


def speaks_of_no_mailbox(words: str) -> bool:
    """Whether the words say that there is no such mailbox, and nothing of a full one or a filter."""
    return bool(_HARD_WORDS.search(words)) and not _PASSING_WORDS.search(words)
