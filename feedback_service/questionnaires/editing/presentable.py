"""A survey that is still being typed, made whole enough to be looked at in one language."""

from typing import Any

from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.drafts import MISSING, Document, Fault, Path, document_of, faults, settled
from feedback_service.questionnaires.editing.places import copied, put, take_out_what_nobody_is_asked

GAP = "…"
"""Stands where words are still to be written."""
LAYERS = 3
"""Missing words show in turn: a group of them, a word in it, and what only its question wants."""


def presentable(asked: SurveyDefinition, document: Document, locale: str) -> SurveyDefinition | list[Fault]:
    """The survey with a mark wherever a word is missing; or what is so wrong that nothing can be shown.

    Its rules are those that hold now, since no page shows them.
    """
    rules = {**document_of(asked)["rules"], "default_locale": locale}
    looked_at = copied(
        {
            "structure": document["structure"],
            "rules": rules,
            "wordings": {locale: document["wordings"].get(locale, {})},
        }
    )
    take_out_what_nobody_is_asked(looked_at)
    for _ in range(LAYERS):
        for fault in faults(looked_at):
            if fault.sentence == MISSING and fault.path[0] == "wordings":
                put(looked_at, fault.path, _stopgap(fault.path))
    found = settled(asked.key, asked.metric, looked_at)
    return found if found is not None else faults(looked_at)


def _stopgap(path: Path) -> Any:
    """What stands for a word that is missing; for a group of words, or all of a question's, what they can stand in."""
    match path:
        case (_, _, _):
            return {}
        case (_, _, "questions", _):
            return {"label": GAP}
        case _:
            return GAP
