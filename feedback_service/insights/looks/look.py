"""What a page of insights looks at, in the one form in which it is kept and compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from feedback_service.insights.places import ASKED_OF
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import LONGEST_VALUE


@dataclass(frozen=True)
class Look:
    """A page, by its endpoint, and what it is asked for: never an address, so it leads nowhere else."""

    place: str
    query: str
    """In one order; without days it is the usual time, up to whichever day it is then."""

    @property
    def args(self) -> dict[str, str]:
        """As the page reads them."""
        return dict(parse_qsl(self.query))


def look_at(place: str, args: Mapping[str, str], scope: Scope) -> Look | None:
    """What the page shows for an address whose scope was read; None where it is a page that looks at nothing."""
    if place not in ASKED_OF:
        return None
    asked = {name: args.get(name, "").replace("\0", "")[:LONGEST_VALUE].strip() for name in ASKED_OF[place]}
    return Look(place, urlencode({**scope.pairs(), **{name: text for name, text in asked.items() if text}}))
