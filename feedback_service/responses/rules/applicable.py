"""Which questions are put to somebody, page by page."""

from feedback_service.questionnaires.questions import Question, Structure
from feedback_service.questionnaires.words import Band
from feedback_service.responses.rules.answers import Answers, Given

Pages = tuple[tuple[Question, ...], ...]


def pages_for(structure: Structure, band: Band, answers: Answers) -> Pages:
    """The questions of every step that are put to somebody of this band who answered so; a step may be left empty.

    What was answered to a question that is no longer put, because the score has changed, brings up nothing.
    """
    put: set[str] = set()
    for question in structure.follow_ups:
        show = question.show
        if show.band and band not in show.band:
            continue
        if show.question is not None:
            given = answers.get(show.question, Given())
            if show.question not in put or not set(given.chosen) & set(show.answers):
                continue
        put.add(question.key)
    return tuple(tuple(question for question in step if question.key in put) for step in structure.steps)


def page_from(pages: Pages, number: int) -> int | None:
    """The first page with a question, looking from `number` on (they count from 1); None where all is said."""
    return next((page for page in range(max(number, 1), len(pages) + 1) if pages[page - 1]), None)
