"""What is measured as whole pages: over a connection, from a server of several processes, signed in."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from answering_parts.servers import serving

from feedback_service.cases.desk.filters import Filters, View

from .reads import Room, deep_place, opened
from .shop import Person
from .timing import Timed, in_turn
from .visitors import PageError, Visitor

LISTED = re.compile(r"""href="/cases/(\d+)["?]""")
FULL_PAGE = 50  # cases on a page of a view with that many


def pages(place: Room, folder: Path, rounds: int) -> dict[str, dict[str, Timed]]:
    """Milliseconds by kind of page, then by page and person."""
    full = place.full
    with serving("gunicorn", "wsgi:app", full.shop.environment, folder / "service.log") as server:
        lists: dict[str, partial[object]] = {}
        cases: dict[str, partial[object]] = {}
        for name, person in (("manager", full.manager), ("agent", full.busy), ("small team's agent", full.quiet)):
            visitor = Visitor(server.port, person)
            for page, path in _lists(place, person).items():
                _look(f"{page}, {name}", visitor, path)
                lists[f"{page}, {name}"] = partial(_get, visitor, [path])
            cases[name] = partial(_get, visitor, [f"/cases/{case_id}" for case_id in opened(place, person)])
        timed = in_turn({**{f"list {name}": get for name, get in lists.items()}, **_named(cases)}, rounds)
    return {
        "list": {name: timed[f"list {name}"] for name in lists},
        "case": {name: timed[f"case {name}"] for name in cases},
    }


def _named(cases: Mapping[str, "partial[object]"]) -> dict[str, "partial[object]"]:
    return {f"case {name}": get for name, get in cases.items()}


def _lists(place: Room, person: Person) -> dict[str, str]:
    """Paths of lists."""
    full, viewer = place.full, place.viewer(person)
    views = {
        "all open": Filters(),
        "late": Filters(view=View.LATE),
        "priority": Filters(priority=2),
        "owner": Filters(owner=person.id),
        **{name: Filters(View.ALL, text=word) for name, word in full.searched.items()},
    }
    paths = {name: f"/cases/?{filters}" for name, filters in views.items()}
    deep = replace(Filters(), priority=None)
    after = urlencode({**deep.pairs(), "after": str(deep_place(place, deep, viewer))})
    return {**paths, "all open, deep": f"/cases/?{after}"}


def _look(name: str, visitor: Visitor, path: str) -> None:
    """Say once what a page holds."""
    page, _ = visitor.get(path)
    listed = len(set(LISTED.findall(page)))
    print(f"  {name}: {listed} cases, {len(page.encode()) / 1000:.0f} kB")
    if listed > FULL_PAGE or ("open" in name and not listed):
        raise PageError(f"{path} lists {listed} cases")


def _get(visitor: Visitor, paths: list[str], number: int) -> object:
    return visitor.get(paths[number % len(paths)])
