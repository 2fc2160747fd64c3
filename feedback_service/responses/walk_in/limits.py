"""How many answers may come by ways in besides the mail: by one address, and by one way in."""

import structlog
from flask import Flask
from limits import RateLimitItem, parse

from feedback_service.responses.models import Channel

AT_HOME = (parse("20 per minute"), parse("300 per hour"))  # an office behind one router, and a script's long night
PER_ADDRESS: dict[Channel, tuple[RateLimitItem, ...]] = {
    Channel.LINK: AT_HOME,
    Channel.KIOSK: (parse("40 per minute"),),  # a row of screens at an exit, all behind one address
    Channel.EMBED: AT_HOME,
}
PER_COLLECTOR = parse("600 per minute")  # from everywhere together: what a person could still look through

log = structlog.get_logger(__name__)


def has_room(app: Flask, channel: Channel, token: str, address: str) -> bool:
    """Whether one more answer may come; counts it.

    Counted apart from every page of the mail's: a crowd at a counter costs nobody's personal link. Where the counters
    are away, everybody may answer.
    """
    limiter = next(iter(app.extensions["limiter"]))
    counted = (
        *((limit, "walk-in-address", address) for limit in PER_ADDRESS[channel]),
        (PER_COLLECTOR, "walk-in-collector", token),
    )
    try:
        return all(limiter.limiter.hit(*limit) for limit in counted)
    except Exception as error:  # whatever stores the counters: an answer is worth more
        log.warning("walk-in limits not counted", error=type(error).__name__)
        return True
