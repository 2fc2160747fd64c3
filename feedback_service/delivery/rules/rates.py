"""How fast mail may go, over all and to one domain: decisions about seconds on a clock that is passed in."""

import re
from dataclasses import dataclass, field

from feedback_service.delivery.rules.refusals import Stage

FIRST_REST = 60.0  # seconds; the same as one mail's first wait
LONGEST_REST = 1800.0
PATIENCE = 3  # deferrals in a row that are taken for the fault of single mails
DOMAIN_BURST = 10.0  # seconds' worth of a domain's rate that may go at once: more than lies between two sweeps

# RFC 3463: 4.1 is about an address and 4.2 about a mailbox; the others are about whoever serves the domain.
_MAILBOX = re.compile(r"4\.[12]\.\d")
_HOST = re.compile(r"4\.[3457]\.\d")
_HOST_CODES = {421, 451}
_GREYLISTING = re.compile(r"gr[ae]y-?list", re.IGNORECASE)


@dataclass
class Bucket:
    """A token bucket: `rate` mails a second on average, at most `burst` (1 or more) at once. `at` is seconds."""

    rate: float
    burst: float
    tokens: float = field(init=False)
    filled_at: float | None = None

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.burst < 1:
            raise ValueError("a rate is above 0 and a burst at least 1")
        self.tokens = self.burst

    def wait(self, at: float) -> float:
        """Seconds until a mail may go; 0 where one may now. Takes nothing."""
        self._fill(at)
        return max(0.0, (1 - self.tokens) / self.rate)

    def take(self, at: float) -> float:
        """Take a place; seconds until it is there. Places that are taken ahead make those behind wait longer."""
        wait = self.wait(at)
        self.tokens -= 1
        return wait

    def room(self, at: float, within: float) -> int:
        """How many mails may go from now on in `within` seconds."""
        self._fill(at)
        return max(0, int(self.tokens + within * self.rate))

    def _fill(self, at: float) -> None:
        if self.filled_at is not None:
            self.tokens = min(self.burst, self.tokens + max(0.0, at - self.filled_at) * self.rate)
        self.filled_at = at if self.filled_at is None else max(at, self.filled_at)


@dataclass
class Domain:
    """What is known of the servers behind one domain."""

    bucket: Bucket | None = None
    deferrals: int = 0
    """In a row; a mail that is taken starts again at 0."""
    rests_until: float = 0.0
    promised_until: float = 0.0
    """The last moment that was promised to a mail that had to wait, so that the next one's is later."""

    def rest(self, at: float) -> float:
        """Seconds for which no mail goes there; 0 where mails do."""
        return max(0.0, self.rests_until - at)

    def wait(self, at: float) -> float:
        """Take a place and return 0, or the seconds after which to ask again."""
        if rest := self.rest(at):
            return rest
        if self.bucket is None:
            return 0.0
        wait = self.bucket.wait(at)
        if not wait:
            self.bucket.take(at)
            return 0.0
        self.promised_until = max(at + wait, self.promised_until + 1 / self.bucket.rate)
        return self.promised_until - at

    def is_fresh(self, at: float) -> bool:
        """Whether forgetting it would change nothing."""
        full = self.bucket is None or (self.bucket.wait(at) == 0 and self.bucket.tokens >= self.bucket.burst)
        return full and not self.deferrals

    def took_one(self) -> None:
        """A mail was accepted there."""
        self.deferrals, self.rests_until = 0, 0.0

    def deferred_one(self, at: float) -> None:
        """Its server said "not now": after `PATIENCE` times in a row it is left alone, each time twice as long."""
        if self.rest(at):
            return  # said of a mail that was under way already
        self.deferrals += 1
        if self.deferrals >= PATIENCE:
            doublings = min(self.deferrals - PATIENCE, 16)
            self.rests_until = at + min(FIRST_REST * (1 << doublings), LONGEST_REST)


def concerns_the_domain(stage: Stage, code: int, text: str) -> bool:
    """Whether a reply, `code` and `text` as sent, defers every mail to the domain and not just this one.

    A full mailbox concerns one person, and so does greylisting, which wants each mail to come twice.
    """
    about_delivery = stage in {Stage.RECIPIENT, Stage.FINAL} and code // 100 == 4  # noqa: PLR2004 - a reply's first digit
    if not about_delivery or _MAILBOX.match(text) or _GREYLISTING.search(text):
        return False
    return code in _HOST_CODES or _HOST.match(text) is not None
