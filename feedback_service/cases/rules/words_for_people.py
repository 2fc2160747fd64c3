"""Words in a row, as sentences about rules need them."""

from collections.abc import Sequence


def listed(words: Sequence[str], last: str) -> str:
    """Words in a row, such as "a, b and c"."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
