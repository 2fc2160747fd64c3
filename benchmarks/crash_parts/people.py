"""The buyers: every one has a number, from which address, score and words follow."""

from dataclasses import dataclass
from ipaddress import IPv4Address

MAIL_HOSTS = 40
_TEST_NETWORK = IPv4Address("198.18.0.0")  # RFC 2544 keeps 131,072 addresses free for benchmarks
_SCORES = (9, 10, 8, 10, 9, 7, 10, 3, 9, 8)  # one in ten opens a case
WRITES_ONE_IN = 5


@dataclass(frozen=True)
class Buyer:
    """Somebody with one order."""

    number: int

    @property
    def address(self) -> str:
        """Where the mail goes."""
        return f"buyer{self.number:06d}@mail{self.number % MAIL_HOSTS:02d}.example.com"

    @property
    def client(self) -> str:
        """Where the browser comes from: one address each, so that the limit per address stays in force."""
        return str(_TEST_NETWORK + self.number)

    @property
    def score(self) -> int:
        """What they answer."""
        return _SCORES[self.number % len(_SCORES)]

    @property
    def comment(self) -> str:
        """What they write; empty for most."""
        return f"Parcel {self.number} came late." if self.number % WRITES_ONE_IN == 0 else ""


def number_of(address: str) -> int:
    """The number behind an address; -1 for none of ours."""
    digits = address.partition("@")[0].removeprefix("buyer")
    return int(digits) if digits.isdecimal() else -1
