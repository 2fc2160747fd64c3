"""A press is suspected by what it did; a person who knows what they want is not."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback_service.invitations.rules.visits import Visit
from feedback_service.responses.rules.presses import FASTEST, Pressed, PressSuspicion, suspicion

PAGE = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) Safari/604.1"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
ANSWER, STOP = "answer", "unsubscribe"


def press(seconds: float, *, agent: str = PHONE, page: str = "4aaaaaa", now: str = "4aaaaaa") -> Pressed:
    return Pressed(PAGE, PAGE + timedelta(seconds=seconds), agent, page, now)


def visit(seconds: float, scope: str = STOP, method: str = "GET", agent: str = PHONE) -> Visit:
    return Visit(scope, PAGE + timedelta(seconds=seconds), method, agent)


@pytest.mark.parametrize(
    ("pressed", "found", "why"),
    [
        (press(0), PressSuspicion.TOO_FAST, "at once"),
        (press(FASTEST.total_seconds() - 0.001), PressSuspicion.TOO_FAST, "faster than a thumb"),
        (press(FASTEST.total_seconds()), None, "a person who knows what is coming"),
        (press(1.2), None, "a quick person"),
        (press(60 * 60 * 20), None, "a page that was left open over night"),
        (press(-2), None, "two servers whose clocks differ"),
        (press(5, agent=""), PressSuspicion.KNOWN_AGENT, "every browser has a name"),
        (press(5, agent="Mimecast-URL-Protect/1.0"), PressSuspicion.KNOWN_AGENT, "it says so"),
        (press(5, agent="Mozilla/5.0 HeadlessChrome/130.0"), PressSuspicion.KNOWN_AGENT, "it says so, too"),
        (press(3, now="4bbbbbb"), PressSuspicion.OTHER_NETWORK, "nobody changes networks within three seconds"),
        (press(11, now="4bbbbbb"), None, "out of the door, from wireless to mobile"),
        (press(3, now="6bbbbbb"), None, "one line has both families"),
        (press(3, page=""), None, "the page went through a proxy that says nothing"),
        (press(3, now=""), None, "or the press did"),
    ],
)
def test_by_the_press_itself(pressed: Pressed, found: PressSuspicion | None, why: str) -> None:
    assert suspicion(pressed, [], scope=ANSWER) == found, why


@pytest.mark.parametrize(
    ("visits", "seconds", "suspected", "why"),
    [
        ([visit(0, ANSWER)], 3, False, "its own page"),
        ([visit(-0.4)], 3, True, "the other link of the mail, just before"),
        ([visit(0.8)], 3, True, "or just after"),
        ([visit(-1.5)], 3, False, "two tabs, one after the other"),
        ([visit(-0.4)], 31, False, "somebody who came after the scanner and took their time"),
        ([visit(-0.4, agent=DESK)], 3, False, "somebody else's other link"),
        ([visit(-5, ANSWER, "HEAD")], 3, True, "it asked for the head before the page"),
        ([visit(-5, ANSWER, "HEAD", DESK)], 3, False, "somebody else asked for it"),
        ([visit(-20, ANSWER, "HEAD")], 3, False, "long before"),
        ([visit(1, ANSWER, "HEAD")], 3, False, "after the page"),
        ([visit(-0.2, ANSWER), visit(-0.1, ANSWER)], 3, False, "a page that was loaded three times"),
    ],
)
def test_by_what_was_opened_beside_it(visits: list[Visit], seconds: float, suspected: bool, why: str) -> None:
    found = suspicion(press(seconds), visits, scope=ANSWER)
    assert (found is PressSuspicion.SCANNED_LINKS) is suspected, why
