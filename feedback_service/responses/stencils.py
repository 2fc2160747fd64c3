"""Pages with marks where a person's own stands: drawn once for everybody, filled for each."""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import escape

from feedback_service.invitations.links import token
from feedback_service.invitations.models import LinkScope
from feedback_service.questionnaires.recall import Content

STENCILS = "feedback_stencils"
"""Under this name the app keeps its own."""
KEPT = 1_000  # of some 5 KB each: versions, times languages, times scores that were tapped

_MARK = secrets.token_hex(8)  # in no word of any survey, and safe in addresses and in HTML
_MARKS = re.compile(f"_{_MARK}_([a-z]+)_")


def mark(name: str) -> str:
    """What stands for the value `name`."""
    return f"_{_MARK}_{name}_"


class Look(NamedTuple):
    """Whose first looks at the page differ in nothing but what is marked."""

    content: Content
    asked_in: str
    """The mail's language."""
    selected: int | None
    root: str
    named: bool
    ordered: bool


@dataclass(frozen=True)
class Own:
    """What is one person's own."""

    secret: str
    uid: str
    link_generation: int
    name: str
    order: str

    def values(self, nonce: str, keys: tuple[bytes, ...]) -> Mapping[str, str]:
        """What stands where the marks are."""
        return {
            "nonce": nonce,
            "secret": self.secret,
            "name": escape(self.name),
            "order": escape(self.order),
            "unsubscribe": token(keys, LinkScope.UNSUBSCRIBE, self.uid, self.link_generation),
        }


class Stencils:
    """What is drawn already, by what makes it differ."""

    def __init__(self) -> None:
        self._drawn: dict[Hashable, list[str]] = {}

    def fill(self, look: Look, values: Mapping[str, str]) -> str | None:
        """The page with these values; None where it is not drawn yet."""
        parts = self._drawn.get(look)
        if parts is None:
            return None
        return "".join([values[part] if place % 2 else part for place, part in enumerate(parts)])

    def has(self, look: Look) -> bool:
        """Whether it is drawn already."""
        return look in self._drawn

    def cut(self, look: Look, draw: Callable[[], str]) -> None:
        """Draw a page that holds marks, and keep it."""
        if len(self._drawn) >= KEPT:
            self._drawn.clear()
        self._drawn[look] = _MARKS.split(draw())
