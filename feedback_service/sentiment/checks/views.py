"""The places where staff look at how comments were understood."""

from flask import url_for

from feedback_service.accounts.audience import Audience, may

View = tuple[str, str, bool]


def views(current: str) -> list[View]:
    """As a filter bar takes them: what this person may see; `current` is the endpoint of the page."""
    places = [
        ("Score and words differ", "comments.review", Audience.STAFF),
        ("Check blind", "checks.check", Audience.STAFF),
        ("How often it is right", "agreement.overview", Audience.MANAGER),
    ]
    return [(name, url_for(endpoint), endpoint == current) for name, endpoint, wanted in places if may(wanted)]
