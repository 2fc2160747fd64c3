"""How fast this process may send: what `rules.rates` says, remembered between runs and shared by threads."""

import threading
from collections.abc import Callable
from time import monotonic

from feedback_service.delivery.rules.rates import DOMAIN_BURST, Bucket, Domain

LONGEST_PAUSE = 5.0  # seconds that a run may spend waiting for its turn; the next sweep goes on from there
DOMAINS_KEPT = 10_000  # beyond that, those are forgotten of which nothing is known


class Throttle:
    """Rates of one process: `per_second` over all, `per_domain` a minute to each domain; 0 for no limit.

    Domains that put us off are left alone for a while, whatever the rates.
    """

    def __init__(
        self, per_second: float = 0.0, per_domain: float = 0.0, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._overall = Bucket(per_second, max(1.0, per_second)) if per_second else None
        self._per_domain = per_domain / 60
        self._domains: dict[str, Domain] = {}
        self._clock = clock
        self._lock = threading.Lock()

    def room(self, limit: int) -> int:
        """How many of `limit` mails a run may take up, so that it is done in `LONGEST_PAUSE`."""
        with self._lock:
            return min(limit, self._overall.room(self._clock(), LONGEST_PAUSE)) if self._overall else limit

    def turn(self) -> float:
        """Take the next place in the overall rate; seconds until it is there."""
        with self._lock:
            return self._overall.take(self._clock()) if self._overall else 0.0

    def wait_for(self, address: str) -> float:
        """Take a place in the rate of an address's domain and return 0, or the seconds after which to ask again."""
        with self._lock:
            if not self._per_domain and not self._domains:
                return 0.0
            return self._known(address).wait(self._clock())

    def rest_of(self, address: str) -> float:
        """Seconds for which the address's domain is left alone."""
        with self._lock:
            domain = self._domains.get(_domain(address))
            return domain.rest(self._clock()) if domain else 0.0

    def took_one(self, address: str) -> None:
        """The address's server accepted a mail."""
        with self._lock:
            if domain := self._domains.get(_domain(address)):
                domain.took_one()

    def deferred_one(self, address: str) -> None:
        """The address's server put off every mail to its domain."""
        with self._lock:
            self._known(address).deferred_one(self._clock())

    def _known(self, address: str) -> Domain:
        name = _domain(address)
        if name not in self._domains:
            self._forget()
            burst = max(1.0, self._per_domain * DOMAIN_BURST)
            self._domains[name] = Domain(Bucket(self._per_domain, burst) if self._per_domain else None)
        return self._domains[name]

    def _forget(self) -> None:
        if len(self._domains) >= DOMAINS_KEPT:
            at = self._clock()
            self._domains = {name: domain for name, domain in self._domains.items() if not domain.is_fresh(at)}


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
