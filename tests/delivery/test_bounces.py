"""Only an address that can take no mail at all is given up at once; what may pass is counted."""

import pytest

from feedback_service.delivery.models import BounceKind
from feedback_service.delivery.rules.bounces import bounce_of

HARD, SOFT = BounceKind.HARD, BounceKind.SOFT


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        # the code decides
        ("5.1.1", "", HARD),
        ("5.1.1 (bad destination mailbox address)", "", HARD),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", HARD),
        ("5.2.1", "mailbox disabled", HARD),
        ("5.4.4", "Host or domain name not found", HARD),
        ("5.1.8", "Sender address rejected: Domain not found", SOFT),
        ("5.2.2", "The email account that you tried to reach is over quota and inactive", SOFT),
        ("5.2.3", "message too large", SOFT),
        ("5.7.1", "user unknown to our policy", SOFT),
        ("4.1.1", "user unknown, try again", SOFT),
        ("4.4.7", "delivery time expired", SOFT),
        # the code is said of anything
        ("5.0.0", "550 no such user here", HARD),
        ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable", HARD),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", HARD),
        ("5.0.0", "554 your message looks like spam", SOFT),
        ("5.0.0", "mailbox unavailable: quota exceeded", SOFT),
        ("5.0.0", "", SOFT),
        # there is no code, or it stands in the words
        ("", "Sorry, no mailbox here by that name. (#5.1.1)", HARD),
        ("", "This account is no longer in use", HARD),
        ("", "The email address you entered couldn't be found", HARD),
        ("", "This user doesn't have a yahoo.com account; user does not exist", HARD),
        ("", "remote host 10.5.1.1 said: 452 try again later", SOFT),
        ("", "connected to 5.1.1.9 and lost it", SOFT),
        ("", "We could not deliver your letter", SOFT),
        ("", "", SOFT),
    ],
)
def test_hard_or_soft(status: str, words: str, expected: BounceKind) -> None:
    assert bounce_of(status, words) == expected
