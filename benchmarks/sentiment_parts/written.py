"""Comments written for this project, with the side they take: what the published collections hardly hold.

Plain facts and questions that take no side, blame denied, praise denied, what goes wrong after a purchase, and what
goes right. In ``written_comments/`` each line of a file is a pattern; ``{slot}`` is filled in at random, from a fixed
seed, with one of the words that ``slots.toml`` has for it.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).with_name("written_comments")
SEED = 20260101
FILLINGS = 6
"""How often a pattern with slots is filled in; the same twice counts once."""

_FILES = {"neu": "neutral.txt", "pos": "positive.txt", "neg": "negative.txt"}
_SLOT = re.compile(r"\{(\w+)\}")


def written() -> Iterator[tuple[str, str]]:
    """Pairs of text and side ("neg", "neu", "pos"), the same every time."""
    chance = random.Random(SEED)
    slots = tomllib.loads((FOLDER / "slots.toml").read_text(encoding="utf-8"))
    for side, name in _FILES.items():
        for pattern in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            times = FILLINGS if "{" in pattern else 2
            for text in sorted({_typed(_filled(pattern, slots, chance), chance) for _ in range(times)}):
                yield text, side


def _filled(pattern: str, slots: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    text = _SLOT.sub(lambda slot: chance.choice(slots[slot[1]]), pattern)
    return " ".join(text.split())


def _typed(text: str, chance: random.Random) -> str:
    """``text`` as people type it: its first letter small at times, a full stop or a mark at times."""
    text = (text[0].lower() if chance.random() < 0.4 else text[0].upper()) + text[1:]
    return text if text[-1] in "?!.😊👍😡" else text + chance.choice(("", "", ".", ".", "!"))
