"""Writes the mail that brings a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.delivery.enclose import Enclosed
from feedback_service.delivery.frames import pages
from feedback_service.delivery.render import Letterhead
from feedback_service.delivery.staff_mail import LONGEST_KEPT_SUBJECT, queue_staff_mail
from feedback_service.insights.figures.draw import figure_png
from feedback_service.insights.figures.layout import WIDTHS
from feedback_service.insights.paper import PDF
from feedback_service.insights.reports.content import Content
from feedback_service.insights.reports.paper import paper, score_words
from feedback_service.insights.reports.workbook import workbook

PATH = "/insights/reports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PICTURES = 4  # within the mail; the PDF has all


@dataclass(frozen=True)
class Told:
    """One survey in the mail."""

    name: str
    score: str
    verdict: str
    picture: str
    picture_words: str
    url: str


@dataclass(frozen=True)
class _Layout:
    """All that the mail says."""

    subject: str
    parts: tuple[Told, ...]
    silent: tuple[str, ...]
    improved: tuple[str, ...]
    url: str
    shop_name: str
    postal_address: str

    def context(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The context that templates/email/report/body.html describes."""
        return {
            **values,
            **vars(self),
            "preheader": "; ".join(f"{part.name}: {part.score}" for part in self.parts[:2]),
            "why": f"You get this because you asked for reports on feedback at {self.shop_name}.",
            "privacy_url": "",
            "privacy_label": "",
            "locale": "en",
            "direction": "ltr",
        }


@dataclass(frozen=True)
class ReportMail:
    """A mail that can be queued."""

    subject: str
    text: str
    html: str
    files: tuple[Enclosed, ...]


def report_mail(content: Content, letterhead: Letterhead) -> ReportMail:
    """The report as a mail with its pictures within, and as PDF and workbook beside it."""
    pictures: list[Enclosed] = []
    told: list[Told] = []
    silent = [part.headline.name for part in content.parts if not part.now.n and part.trend.empty]
    for part in content.parts:
        if part.headline.name in silent:
            continue
        picture = ""
        if part.trend.tells and len(pictures) < MOST_PICTURES:
            name = f"trend-{len(pictures) + 1}.png"
            pictures.append(
                Enclosed(name, "image/png", figure_png(part.trend, width=WIDTHS["narrow"]), shown=True)
            )  # fmt: skip
            picture = pictures[-1].content_id
        verdict = f"{part.headline.verdict_words} {part.headline.change_text}".strip()
        told.append(
            Told(
                part.headline.name, score_words(part), verdict, picture, part.trend.title,
                f"{letterhead.base_url}{part.path}",
            )
        )  # fmt: skip
    layout = _Layout(
        content.title[:LONGEST_KEPT_SUBJECT],
        tuple(told),
        tuple(silent),
        content.improved,
        f"{letterhead.base_url}{PATH}",
        letterhead.shop_name,
        letterhead.postal_address,
    )
    drawn = pages("report", layout, {})
    files = (
        *pictures,
        Enclosed(f"{content.file_name}.pdf", PDF, paper(content, letterhead.shop_name)),
        Enclosed(f"{content.file_name}.xlsx", XLSX, workbook(content)),
    )
    return ReportMail(" ".join(drawn.subject.split()), drawn.text, drawn.html, files)


def queue_report(
    session: Session, report_id: int, user_id: int, content: Content, mail: ReportMail, now: datetime
) -> bool:
    """Put it into the outbox; False where it was there."""
    key = f"report:{report_id}:{content.every}:{content.period.first.isoformat()}"
    return queue_staff_mail(
        session, user_id, key, mail.subject, mail.text, PATH, now, html=mail.html, files=mail.files
    )  # fmt: skip
