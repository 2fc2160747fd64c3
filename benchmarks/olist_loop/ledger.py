"""What went into a stage and what came out of it, printed as it is found; nothing may get lost between the two."""

from collections.abc import Mapping


class Ledger:
    """Collects what does not add up."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def heading(self, text: str) -> None:
        """Begin a part of the report."""
        print(f"\n{text}")

    def adds_up(self, what: str, total: int, parts: Mapping[str, int]) -> None:
        """Say that `total` went in and what came out; a fault where the parts do not sum up to it."""
        summed = " + ".join(f"{number:,} {name}" for name, number in parts.items())
        self._line(f"{what}: {total:,} = {summed or 'nothing'}", sum(parts.values()) == total)

    def same(self, what: str, found: object, wanted: object) -> None:
        """Say what was found; a fault where it is not what another way of counting gives."""
        right = found == wanted
        self._line(f"{what}: {_shown(found)}" + ("" if right else f", not {_shown(wanted)}"), right)

    def never(self, claim: str, exceptions: int) -> None:
        """Say something that holds for all; a fault where there are exceptions."""
        self._line(claim if not exceptions else f"{claim}: not so {exceptions:,} times", not exceptions)

    def note(self, text: str) -> None:
        """Say something that needs no check."""
        print(f"       {text}")

    def _line(self, text: str, right: bool) -> None:
        print(f"{'  ok  ' if right else 'FAULT '} {text}", flush=True)
        if not right:
            self.faults.append(text)


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else str(value)
