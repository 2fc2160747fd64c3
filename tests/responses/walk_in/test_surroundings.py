"""What follows from where a page is shown: its headers, and to whom it is shown at a counter."""

from datetime import timedelta

import pytest

from feedback_service.responses.models import Channel
from feedback_service.responses.walk_in.queries import Walked
from feedback_service.responses.walk_in.surroundings import (
    KIOSK_VISIT,
    NEVER_IN_A_FRAME,
    Surroundings,
    policy_here,
    still_theirs,
)
from tests.conftest import NOW

ANCESTORS = "frame-ancestors https://a.example https://b.example"
STRICT = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("channel", "sent", "page", "age", "theirs", "why"),
    [
        (Channel.KIOSK, 0, 1, timedelta(0), True, "straight from the score"),
        (Channel.KIOSK, 0, 1, KIOSK_VISIT, False, "whoever gave it has gone"),
        (Channel.KIOSK, 1, 1, timedelta(0), False, "it was sent: the next person goes back"),
        (Channel.KIOSK, 1, 2, timedelta(0), True, "the page after the one that was sent"),
        (Channel.KIOSK, 0, None, timedelta(0), True, "they change their score"),
        (Channel.KIOSK, 1, None, timedelta(0), False, "nobody changes another's score"),
        (Channel.LINK, 9, 1, timedelta(days=3), True, "a phone is one's own"),
        (Channel.EMBED, 9, 1, timedelta(days=3), True, "and so is a browser at home"),
    ],
)
def test_whose_page_it_is(
    channel: Channel, sent: int, page: int | None, age: timedelta, theirs: bool, why: str
) -> None:
    walked = Walked("abcdefghjk", channel, (), NOW - age, sent)
    assert still_theirs(walked, page, NOW) is theirs, why


@pytest.mark.parametrize(
    ("here", "policy"),
    [
        (Surroundings(Channel.LINK, "t"), STRICT),
        (Surroundings(Channel.KIOSK, "t"), f"{STRICT}; script-src 'self'"),
        (
            Surroundings(Channel.EMBED, "t", ("https://a.example", "https://b.example")),
            f"{STRICT.replace(NEVER_IN_A_FRAME, ANCESTORS)}; script-src 'self'",
        ),
        (Surroundings(Channel.EMBED, "t", ()), f"{STRICT}; script-src 'self'"),
    ],
    ids=["link", "kiosk", "embed", "embed of nowhere"],
)
def test_a_policy_opens_no_further_than_it_must(here: Surroundings, policy: str) -> None:
    assert policy_here(STRICT, here) == policy
