"""What the editor's templates are given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from feedback_service.formats import language_name, moment, when
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.drafts import Document, document_of, mark_of, settled
from feedback_service.questionnaires.editing.alter import AS_COMMENT, addable, offered
from feedback_service.questionnaires.editing.changes import changes_between
from feedback_service.questionnaires.editing.fields import is_anonymous, own_locale
from feedback_service.questionnaires.editing.keep import Conflict
from feedback_service.questionnaires.editing.labels import STATUSES, TYPES
from feedback_service.questionnaires.editing.pages import EditorPage, cards, drawn, pages_of, told_by_page
from feedback_service.questionnaires.models import Survey, SurveyKind, VersionState
from feedback_service.questionnaires.publish import FILE
from feedback_service.questionnaires.queries import SurveySummary, VersionLine
from feedback_service.questionnaires.read_files import Bank

Shown = dict[str, Any]

KINDS = {
    SurveyKind.NPS: "NPS, 0 to 10",
    SurveyKind.CSAT: "CSAT, 1 to 5",
    SurveyKind.CES: "CES, 1 to 7",
    SurveyKind.ENPS: "eNPS, 0 to 10, anonymous",
}
STATUS_WORDS = {status: words.partition(":")[0] for status, words in STATUSES}


@dataclass(frozen=True)
class Viewer:
    """Who looks, when and where."""

    email: str
    now: datetime
    zone: ZoneInfo

    def written(self, by: str | None, at: datetime | None) -> str:
        """Who wrote something, and when; '' where nobody did."""
        if by is None or at is None:
            return ""
        who = {FILE: "the survey's file", self.email: "you"}.get(by, by)
        return f"by {who}, {when(at, self.now, self.zone)}"


def survey_line(survey: SurveySummary, answered_at: datetime | None, viewer: Viewer) -> Shown:
    """A survey in the list."""
    return {
        "url": url_for("editor.survey", survey_key=survey.key),
        "title": survey.title,
        "status": survey.status.value,
        "status_words": STATUS_WORDS[survey.status],
        "kind": KINDS[survey.kind],
        "languages": ", ".join(map(language_name, survey.locales)),
        "draft": viewer.written(survey.draft_by, survey.draft_at),
        "answered": when(answered_at, viewer.now, viewer.zone) if answered_at else "",
    }


def survey_page(
    survey: Survey,
    present: tuple[Document, bool],
    asked: SurveyDefinition,
    versions: list[VersionLine],
    *,
    spoken: set[str],
    viewer: Viewer,
) -> Shown:
    """One survey, with what its draft would change."""
    document, is_draft = present
    own = own_locale(document)
    return {
        **_head(survey, document, viewer),
        "facts": [
            ("Status", dict(STATUSES)[asked.rules.status]),
            ("Kind", KINDS[survey.kind]),
            ("Counts as", survey.metric),
        ],
        "is_draft": is_draft,
        "finished": settled(survey.key, survey.metric, document) is not None,
        "changes": changes_between(document_of(asked), document),
        "lacks": [(page.label, _url(survey.key, page), told) for page, told in told_by_page(document)],
        "seen_draft": mark_of(survey.draft),
        "seen": mark_of(document),
        "languages": [
            (
                locale,
                language_name(locale),
                url_for("editor.words", survey_key=survey.key, locale=locale),
                locale == own,
            )
            for locale in sorted(document["wordings"], key=lambda locale: (locale != own, locale))
        ],
        "more_languages": [(locale, language_name(locale)) for locale in sorted(spoken - document["wordings"].keys())],
        "versions": [
            (
                moment(version.created_at, viewer.zone),
                "File" if version.made_by == FILE else version.made_by,
                ", ".join(version.locales),
                "In use" if version.state == VersionState.PUBLISHED else "Retired",
            )
            for version in versions
        ],
    }


def editor_page(
    survey: Survey, page: EditorPage, document: Document, *, bank: Bank, conflict: Conflict | None, viewer: Viewer
) -> Shown:
    """A page with fields, as `document` has them."""
    groups, told = drawn(page, document)
    base = conflict.theirs if conflict else document
    own = own_locale(document)
    return {
        **_head(survey, document, viewer),
        "page": page,
        "groups": groups,
        "told": told,
        "seen": mark_of(page.seen(base)),
        "conflict": changes_between(conflict.theirs, conflict.typed) if conflict else None,
        "conflict_by": viewer.written(conflict.by or None, conflict.at) if conflict else "",
        "action": _url(survey.key, page),
        "cards": cards(document, groups) if page.endpoint == "questions" else [],
        "addable": [(kind, ADDED.get(kind) or TYPES[kind]) for kind in addable(document)],
        "bank": _bank_offers(document, bank),
        "anonymous": is_anonymous(document),
        "locale_shown": page.locale or own,
        "own_language": language_name(own),
        "is_translation": page.locale not in (None, own),
        "previews": _previews(survey.key, page.locale or own, anonymous=is_anonymous(document)),
        "preview_first": 0 if page.locale or is_anonymous(document) else 1,
        "mail_preview": url_for("mail.preview_mail", survey_key=survey.key, locale=page.locale or own),
    }


ADDED = {AS_COMMENT: "The comment: the reason for the score, in the buyer's own words"}


def _bank_offers(document: Document, bank: Bank) -> list[tuple[str, str]]:
    words = bank.words.get(own_locale(document)) or bank.words.get("en", {})
    return [(key, words[key].label if key in words else key) for key in offered(document, bank)]


PREVIEWS = (
    ("score", "Score page"),
    ("low", "After a low score"),
    ("middle", "After a middle score"),
    ("high", "After a high score"),
)


def _previews(key: str, locale: str, *, anonymous: bool) -> list[tuple[str, str]]:
    """Where a page is drawn as it is typed, and its name; a later stage serves them. An anonymous survey has one."""
    pages = [
        (url_for("previews.page", survey_key=key, locale=locale, page=name), label)
        for name, label in PREVIEWS[: 1 if anonymous else None]
    ]
    return [*pages, (url_for("previews.mail", survey_key=key, locale=locale), "Mail")]


def _head(survey: Survey, document: Document, viewer: Viewer) -> Shown:
    return {
        "key": survey.key,
        "title": survey.rules["title"],
        "pages": [(page.name, page.label, _url(survey.key, page)) for page in pages_of(document)],
        "draft": viewer.written(survey.draft_by, survey.draft_at),
    }


def _url(key: str, page: EditorPage) -> str:
    return url_for(f"editor.{page.endpoint}", survey_key=key, locale=page.locale)
