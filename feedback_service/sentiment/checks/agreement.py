"""How often a model and somebody who read the comment without its verdict agree, with the interval of that share."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
FEWEST = 10  # below this the interval spans half the scale
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


@dataclass(frozen=True)
class Agreement:
    """So many of so many comments that were checked blind."""

    right: int
    checked: int

    @property
    def enough(self) -> bool:
        """Whether a share can be said at all."""
        return self.checked >= FEWEST

    @property
    def share(self) -> float:
        """Between 0 and 1; needs at least one check."""
        return self.right / self.checked

    def interval(self) -> tuple[float, float]:
        """The share's 95 % score interval, as fractions; needs at least one check.

        Source: Wilson (1927), as recommended by Newcombe, Statistics in Medicine 17 (1998) 857-872.
        """
        scale = self.checked + _Z**2
        centre = self.right + _Z**2 / 2
        reach = _Z * sqrt(self.right * (self.checked - self.right) / self.checked + _Z**2 / 4)
        # Where all or none agree, an end lies on the share itself; rounding must not push it past.
        low, high = max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)
        return min(low, self.share), max(high, self.share)

    @property
    def words(self) -> str:
        """As managers read it: "right in 86 % ± 5 of 200 checked blind"."""
        if not self.checked:
            return "nothing checked yet"
        if not self.enough:
            return f"{self.checked} checked blind, too few to say"
        low, high = self.interval()
        return f"right in {100 * self.share:.0f} % ± {50 * (high - low):.0f} of {self.checked:,} checked blind"
