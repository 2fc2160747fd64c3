"""Fields in the templates of replies, such as {name}: which there are, and how they are filled from a case."""

import re
from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "name": "the customer’s name",
    "order": "the order’s number",
    "shop": "the shop’s name",
    "agent": "the first name of whoever writes",
}
"""What may stand between braces, and what it stands for."""

_FIELD = re.compile(r"( ?)\{([^{}\n]*)\}")


def unknown_fields(words: str) -> list[str]:
    """What stands between braces and can never be filled, each once, in order."""
    return list(dict.fromkeys(name for _, name in _FIELD.findall(words) if name not in FIELDS))


def stray_brace(words: str) -> bool:
    """Whether a brace opens or closes nothing."""
    return bool(re.search(r"[{}]", _FIELD.sub("", words)))


def fill(words: str, facts: Mapping[str, str]) -> str:
    """The words with every known field filled; an empty one takes the blank before it along, as in "Hello {name},".

    What is put in is never looked at for fields again, so a customer's name may hold braces.
    """

    def put_in(found: re.Match[str]) -> str:
        if found[2] not in FIELDS:
            return found[0]
        fact = facts.get(found[2], "")
        return f"{found[1]}{fact}" if fact else ""

    return _FIELD.sub(put_in, words)
