"""What closing a case takes: each queue says what must be given, and promises want a word."""

from dataclasses import dataclass

ROOT_CAUSE, WHAT_WAS_DONE, REACHED, PROMISE_WORDS = "root_cause", "what_was_done", "reached", "promise_words"


@dataclass(frozen=True)
class Needs:
    """What a queue asks of whoever closes one of its cases."""

    root_cause: bool
    what_was_done: bool
    reached: bool


@dataclass(frozen=True)
class Given:
    """What somebody says who closes a case."""

    root_cause: str | None
    what_was_done: str
    reached: bool | None
    promise_words: str = ""


@dataclass(frozen=True)
class Unkept:
    """Promises over which a case would close: how many are still to be kept, and how many were kept too late."""

    standing: int = 0
    kept_late: int = 0

    @property
    def any(self) -> bool:
        """Whether somebody has to say why it is closed over them."""
        return bool(self.standing or self.kept_late)


def what_is_missing(needs: Needs, given: Given, unkept: Unkept) -> dict[str, str]:
    """By field, what still has to be said; nothing where the case may be closed."""
    wanted = (
        (ROOT_CAUSE, needs.root_cause and not given.root_cause, "Choose what caused it; “Unknown” is an answer."),
        (WHAT_WAS_DONE, needs.what_was_done and not given.what_was_done, "Say what was done; it stays with the case."),
        (REACHED, needs.reached and given.reached is None, "Say whether the customer was reached."),
        (PROMISE_WORDS, unkept.any and not given.promise_words, why_over(unkept)),
    )
    return {field: sentence for field, missing, sentence in wanted if missing}


def why_over(unkept: Unkept) -> str:
    """What to ask of whoever closes a case over promises; nothing where there are none."""
    if not unkept.any:
        return ""
    if unkept.standing:
        some = "A promise is" if unkept.standing == 1 else f"{unkept.standing} promises are"
        return f"{some} not kept yet. Keep it first, or say why the case is closed over it."
    some = "A promise was" if unkept.kept_late == 1 else f"{unkept.kept_late} promises were"
    return f"{some} kept too late. Say what came in between."
