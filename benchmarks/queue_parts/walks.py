"""Whether anything is lost: a whole view from page to page, a whole search, and every chain of a log."""

from collections import Counter
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.cursor import TimeCursor
from feedback_service.cases.desk.filters import Filters, View, Viewer
from feedback_service.cases.desk.lines import found_by_words, page_of_queue
from feedback_service.cases.models import PRESENT, Case
from feedback_service.cases.verify_log import verify_logs

from .reads import Room


def lost_or_twice(place: Room) -> dict[str, int]:
    """How many cases each way through them lost or gave twice; empty where none did."""
    full = place.full
    wrong = {
        f"all open, as {name} sees it": place.run(partial(_walk, place.viewer(person)))
        for name, person in (("a manager", full.manager), ("a small team", full.quiet))
    }
    for name in ("a rare word", "a middling word"):
        word, holding = full.holding[name]
        wrong[f"search for {name}"] = place.run(partial(_search, word, holding, place.viewer(full.manager)))
    return {way: number for way, number in wrong.items() if number}


def _walk(viewer: Viewer, session: Session, _number: int) -> int:
    seen = [PRESENT] if viewer.queues is None else [PRESENT, Case.queue_id.in_(viewer.queues)]
    there = session.scalars(select(Case.id).where(*seen).order_by(Case.sort_at, Case.id)).all()
    found: list[int] = []
    after: TimeCursor | None = None
    while page := page_of_queue(session, Filters(), viewer, after=after):
        found += [line.id for line in page.lines]
        after = page.after
        if after is None:
            break
    in_order = sum(one != other for one, other in zip(there, found, strict=False))
    return in_order + abs(len(there) - len(found))


def _search(word: str, holding: int, viewer: Viewer, session: Session, _number: int) -> int:
    found: Counter[int] = Counter()
    below: int | None = None
    while True:
        lines, below = found_by_words(session, Filters(View.ALL, text=word), viewer, below=below)
        found.update(line.id for line in lines)
        if below is None:
            return abs(holding - len(found)) + found.total() - len(found)


def broken_chains(place: Room) -> list[str]:
    """The first log that does not verify, in words; none in a sound shop."""
    key = place.full.shop.environment["FEEDBACK_PRIVACY_KEY"].encode()
    with place.sessions() as session:
        session.info["read_only"] = True
        check = verify_logs(session, key)
        session.commit()
    cut_short = [] if check.cases == place.full.cases else [f"{check.cases} logs of {place.full.cases} verified"]
    return [check.fault] if check.fault else cut_short
