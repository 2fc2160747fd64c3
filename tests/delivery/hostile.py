"""Text made to be slow to read, and how long reading it takes beside ordinary text of the same size."""

from collections.abc import Callable
from time import process_time

ORDINARY = "The lamp came broken, and so did its shade. Please call me.\n"
SIZE = 40_000  # characters
TIMES_SLOWER = 15  # what grows with the square of the size is slower a thousandfold

RUNS = (
    " ",
    "\t",
    "\n",
    " \n",
    "_\n",
    ">",
    "<",
    "<p ",
    "<!--",
    "<!-- >",
    "</x",
    "<![x ",
    '<p a=">"',
    "&",
    "On 1 ",
)


def run_of(piece: str, size: int = SIZE) -> str:
    """As many of `piece` as fit."""
    return (piece * size)[:size]


def times_slower(read: Callable[[str], object], piece: str) -> float:
    """How many times longer a run of `piece` takes than ordinary text; less than a blink counts as a blink."""
    return max(_seconds(read, run_of(piece)), 0.05) / max(_seconds(read, run_of(ORDINARY)), 0.05)


def _seconds(read: Callable[[str], object], text: str) -> float:
    started = process_time()
    read(text)
    return process_time() - started
