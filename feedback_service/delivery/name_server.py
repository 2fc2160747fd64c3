"""Questions to the DNS, with "there is nothing" and "nobody answered" kept apart."""

from collections.abc import Sequence

import dns.exception
import dns.rdatatype
import dns.resolver

ANSWER_WITHIN = 5.0  # seconds for one question, all name servers together


class NoAnswerError(Exception):
    """The name servers did not answer, so that nothing can be said about the name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No name server answered for {name}. Try again, or look at FEEDBACK_DNS_SERVER.")


class NameServer:
    """The system's name servers, or the one at `server` (host:port). What was asked once is not asked again."""

    def __init__(self, server: str = "") -> None:
        host, _, port = server.rpartition(":")
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.resolver.Resolver(configure=False)  # answers nothing, which is then said
        if server:
            self._resolver.nameservers, self._resolver.port = [host.strip("[]")], int(port)
        self._resolver.lifetime = ANSWER_WITHIN
        self._known: dict[tuple[str, str], Sequence[str]] = {}

    def texts(self, name: str) -> Sequence[str]:
        """The TXT records of a name, each in one piece. Raises NoAnswerError."""
        return self._ask(name, "TXT")

    def addresses(self, name: str) -> Sequence[str]:
        """IP addresses, of both kinds. Raises NoAnswerError."""
        return [*self._ask(name, "A"), *self._ask(name, "AAAA")]

    def mail_servers(self, name: str) -> Sequence[str]:
        """Where mail for a domain goes; "." for a domain that takes none. Raises NoAnswerError."""
        return self._ask(name, "MX")

    def _ask(self, name: str, kind: str) -> Sequence[str]:
        if (name, kind) not in self._known:
            self._known[name, kind] = self._asked(name, kind)
        return self._known[name, kind]

    def _asked(self, name: str, kind: str) -> Sequence[str]:
        try:
            answer = self._resolver.resolve(f"{name.rstrip('.')}.", kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, ValueError):
            raise NoAnswerError(name) from None
        if kind == "TXT":
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        if kind == "MX":
            return [record.exchange.to_text() for record in answer]
        return [record.to_text() for record in answer]
