"""The shop as its settings describe it: what plans and decides in earnest, and in a rehearsal."""

from feedback_service.config import Settings
from feedback_service.invitations.invite import Shop


def shop_of(settings: Settings) -> Shop:
    """What the shop itself adds to a survey's rules."""
    return Shop(
        zone=settings.zone,
        locale=settings.shop_locale,
        country=settings.shop_country,
        link_keys=settings.link_key_ring,
        quiet_hours=not settings.demo,
    )
