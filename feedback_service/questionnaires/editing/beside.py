"""Puts what is wrong with a draft beside the fields that it is about."""

from dataclasses import dataclass, replace

from feedback_service.questionnaires.drafts import Fault, Path
from feedback_service.questionnaires.editing.fields import Field, Group


@dataclass(frozen=True)
class Told:
    """A fault in the list at the head of a page, with the id of what it is about; '' where it is about all of it."""

    label: str
    sentence: str
    target: str


def beside(groups: list[Group], faults: list[Fault]) -> tuple[list[Group], list[Told]]:
    """The groups with each fault at its field, or else at its group; and all of them as a list."""
    fields = {field.path: field for group in groups for field in group.fields}
    named = {group.path: group for group in groups}
    titles = {path: group.title for group in groups for path in (group.path, *(field.path for field in group.fields))}
    found: dict[Path, list[str]] = {}
    told = []
    for fault in faults:
        place = _nearest(fault.path, fields.keys() | named.keys())
        found.setdefault(place, []).append(fault.sentence)
        about = fields.get(place) or named.get(place)
        told.append(Told(_label(about, titles.get(place, "")), fault.sentence, about.id if about else ""))
    return [_marked(group, found) for group in groups], list(dict.fromkeys(told))


def _nearest(path: Path, places: "set[Path]") -> Path:
    """The innermost place that a path leads through."""
    return max((place for place in places if path[: len(place)] == place), key=len, default=())


def _label(about: Field | Group | None, title: str) -> str:
    return f"{title}: {about.spec.label}" if isinstance(about, Field) else title


def _marked(group: Group, found: dict[Path, list[str]]) -> Group:
    fields = tuple(replace(field, error=" ".join(dict.fromkeys(found.get(field.path, ())))) for field in group.fields)
    return replace(group, fields=fields, errors=tuple(dict.fromkeys(found.get(group.path, ()))))
