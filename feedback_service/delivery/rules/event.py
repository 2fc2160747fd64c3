"""What a reporter says about one mail, whoever the reporter is."""

from dataclasses import dataclass
from datetime import datetime

from feedback_service.delivery.models import DeliveryEventKind


@dataclass(frozen=True)
class Event:
    """One thing that happened to one mail."""

    source: str
    """Who reports: mail, ses, postmark, mailgun, sendgrid."""
    key: str
    """The reporter's own id of it, or a hash of the report; never an address."""
    kind: DeliveryEventKind
    at: datetime
    recipient: str = ""
    """As the reporter names it; empty where it does not."""
    message_ids: tuple[str, ...] = ()
    """Every Message-ID that the report names; ours may be among them."""
    detail: str = ""
    """The reporter's words."""
    signed: bool = False
    """Whether the reporter proved who it is. A mail proves nothing: anybody can write one that looks like a report."""
