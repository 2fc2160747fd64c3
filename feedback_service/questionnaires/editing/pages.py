"""The editor's pages as values: what each shows of a document, and what on it keeps the draft from being published."""

from collections.abc import Callable
from dataclasses import dataclass

from feedback_service.formats import language_name
from feedback_service.questionnaires.drafts import Document, Path, faults
from feedback_service.questionnaires.editing.beside import Told, beside
from feedback_service.questionnaires.editing.fields import (
    Field,
    Group,
    own_locale,
    question_fields,
    question_title,
    question_words,
    rules_groups,
    words_groups,
)
from feedback_service.questionnaires.editing.keep import Seen, questions_seen, rules_seen, words_seen
from feedback_service.questionnaires.editing.labels import TYPES
from feedback_service.questionnaires.editing.places import QUESTIONS, follow_ups
from feedback_service.questionnaires.editing.read_form import Form, read_questions, read_rules, read_words
from feedback_service.questionnaires.questions import WORDLESS


@dataclass(frozen=True)
class EditorPage:
    """One page of the editor."""

    endpoint: str
    locale: str | None
    label: str
    seen: Seen
    read: Callable[[Document, Form], Document]
    groups: Callable[[Document], list[Group]]

    @property
    def name(self) -> str:
        """By which a button goes there."""
        return f"words:{self.locale}" if self.locale else self.endpoint


@dataclass(frozen=True)
class QuestionCard:
    """A question as its page shows it."""

    key: str
    type: str
    kind: str
    """The type as staff read it."""
    group: Group
    options: tuple[tuple[str, Field], ...]
    first: bool
    last: bool

    @property
    def fields(self) -> dict[str, Field]:
        """All but the options, by the last part of their place; words as `words.label`."""
        return {
            ("words." if field.path[0] == "wordings" else "") + field.path[-1]: field
            for field in self.group.fields
            if "options" not in field.path
        }


RULES_PAGE = EditorPage("rules", None, "Rules", rules_seen, read_rules, rules_groups)


def question_groups(document: Document) -> list[Group]:
    """A group for each question, with its words in the survey's own language."""
    own = own_locale(document)
    return [
        Group(
            question_title(document, question["key"]),
            "",
            (
                *question_fields(document, question),
                *(() if question["type"] in WORDLESS else question_words(document, question, own)),
            ),
            path=(*QUESTIONS, question["key"]),
        )
        for question in follow_ups(document)
    ]


QUESTIONS_PAGE = EditorPage("questions", None, "Questions", questions_seen, read_questions, question_groups)


def words_page(locale: str) -> EditorPage:
    """The page of one language's words."""
    return EditorPage(
        "words",
        locale,
        language_name(locale),
        words_seen(locale),
        lambda document, form: read_words(document, form, locale),
        lambda document: words_groups(document, locale),
    )


def page_named(name: str) -> EditorPage | None:
    """The page of that name, whatever the survey speaks."""
    verb, _, locale = name.partition(":")
    if verb == "words" and locale:
        return words_page(locale)
    return {page.name: page for page in (RULES_PAGE, QUESTIONS_PAGE)}.get(name)


def pages_of(document: Document) -> list[EditorPage]:
    """Every page that a survey has, the survey's own language first."""
    own = own_locale(document)
    locales = sorted(document["wordings"], key=lambda locale: (locale != own, locale))
    return [RULES_PAGE, QUESTIONS_PAGE, *map(words_page, locales)]


def drawn(page: EditorPage, document: Document) -> tuple[list[Group], list[Told]]:
    """A page's groups with its faults beside its fields, and those faults as a list."""
    return beside(page.groups(document), [fault for fault in faults(document) if _is_on(page, fault.path, document)])


def told_by_page(document: Document) -> list[tuple[EditorPage, list[Told]]]:
    """What keeps a draft from being published, by the page on which it can be mended; pages without faults left out."""
    found = [(page, drawn(page, document)[1]) for page in pages_of(document)]
    return [(page, told) for page, told in found if told]


def _is_on(page: EditorPage, path: Path, document: Document) -> bool:
    if page.locale is not None:
        return path[:2] == ("wordings", page.locale)
    if page.endpoint == "questions":
        return path[:1] == ("structure",) or path[:3] == ("wordings", own_locale(document), "questions")
    return path[:1] == ("rules",)


def cards(document: Document, groups: list[Group]) -> list[QuestionCard]:
    """The questions page's groups as cards."""
    asked = follow_ups(document)
    return [
        QuestionCard(
            question["key"],
            question["type"],
            TYPES.get(question["type"], ""),
            group,
            tuple((field.path[-1], field) for field in group.fields if "options" in field.path),
            first=number == 0,
            last=number == len(asked) - 1,
        )
        for number, (group, question) in enumerate(zip(groups, asked, strict=True))
    ]
