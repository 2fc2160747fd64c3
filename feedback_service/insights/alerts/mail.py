"""Writes the mail about an alert, with its picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.delivery.enclose import Enclosed
from feedback_service.delivery.frames import pages
from feedback_service.delivery.render import Letterhead
from feedback_service.delivery.staff_mail import LONGEST_KEPT_SUBJECT, queue_staff_mail
from feedback_service.insights.alerts.figures import alert_figure
from feedback_service.insights.alerts.models import Alert
from feedback_service.insights.alerts.readings import Series
from feedback_service.insights.alerts.told import false_alarms, sentence, short
from feedback_service.insights.alerts.watch import Raised, managers_to_tell
from feedback_service.insights.figures.draw import figure_png
from feedback_service.insights.figures.layout import WIDTHS

PATH = "/insights/alerts"
PICTURE = "alert.png"


@dataclass(frozen=True)
class _Layout:
    """All that the mail says."""

    subject: str
    sentence: str
    rate: str
    picture: str
    picture_words: str
    url: str
    shop_name: str
    postal_address: str

    def context(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The context that templates/email/alert/body.html describes."""
        return {
            **values,
            **vars(self),
            "preheader": self.sentence,
            "why": f"You get this because you manage feedback at {self.shop_name}. You can switch it off on that page.",
            "privacy_url": "",
            "privacy_label": "",
            "locale": "en",
            "direction": "ltr",
        }


def tell(session: Session, news: list[tuple[int, Raised]], watched: int, letterhead: Letterhead, now: datetime) -> int:
    """Queue a mail on each of these alerts to every manager who wants them; returns how many mails."""
    readers = managers_to_tell(session) if news else ()
    queued = 0
    for alert_id, raised in news:
        alert = session.get_one(Alert, alert_id)
        subject, words, html, picture = _written(alert, raised.series, watched, letterhead)
        for reader in readers:
            queued += queue_staff_mail(
                session, reader, f"alert:{alert_id}:{reader}", subject, words, PATH, now, html=html, files=[picture]
            )
    return queued


def _written(alert: Alert, series: Series, watched: int, letterhead: Letterhead) -> tuple[str, str, str, Enclosed]:
    figure = alert_figure(alert, series)
    picture = Enclosed(PICTURE, "image/png", figure_png(figure, width=WIDTHS["narrow"]), shown=True)
    layout = _Layout(
        subject=short(alert)[:LONGEST_KEPT_SUBJECT],
        sentence=sentence(alert),
        rate=false_alarms(watched),
        picture=picture.content_id,
        picture_words=figure.title,
        url=f"{letterhead.base_url}{PATH}",
        shop_name=letterhead.shop_name,
        postal_address=letterhead.postal_address,
    )
    drawn = pages("alert", layout, {})
    return " ".join(drawn.subject.split()), drawn.text, drawn.html, picture
