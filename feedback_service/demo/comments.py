"""Writes the demo buyers' comments: fitting remarks, joined and spelled the way people do, hardly ever repeated."""

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import ModuleType

from feedback_service.demo import phrases_en, phrases_pt
from feedback_service.demo.facts import Facts, chance
from feedback_service.demo.remarks import Plan, mood, plan
from feedback_service.demo.slots import slots_for

MOST_REPEATS = 3  # of one sentence in all comments together; more would show
TRIES = 15  # at a comment nobody has written, before the buyer stays silent
SHOUT_AT_MOST = 90  # characters; nobody keeps the shift key down for longer
TYPO_FROM = 5  # letters; typos in shorter words look like other words

_CHOICE = re.compile(r"\[([^\]]*)\]")
_SENTENCE_END = re.compile(r"[.!?]+")
_OBJECTION = re.compile(r"\b(but|mas|porém)\b", re.IGNORECASE)  # one in a sentence is enough
_NOT_TEXT = re.compile(r"[^\w ]+")
_LANGUAGES: Mapping[str, ModuleType] = {"en": phrases_en, "pt-BR": phrases_pt}


def sentences(comment: str) -> list[str]:
    """The comment's sentences, without case, punctuation and emoji, so that the same words count as the same."""
    parts = (" ".join(_NOT_TEXT.sub(" ", part).split()).casefold() for part in _SENTENCE_END.split(comment))
    return [part for part in parts if part]


class CommentWriter:
    """Writes one comment after the other and remembers them all, so as not to repeat itself."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._said: Counter[str] = Counter()
        self._used: Counter[str] = Counter()
        self._lines = {locale: _read(language) for locale, language in _LANGUAGES.items()}

    def write(self, facts: Facts) -> str:
        """A comment that fits the facts, or "" when everything that fits has been said often enough."""
        for _ in range(TRIES):
            comment = self._compose(facts)
            parts = sentences(comment)
            if parts and all(self._said[part] < MOST_REPEATS for part in parts):
                self._said.update(parts)
                return comment
        return ""

    def _compose(self, facts: Facts) -> str:
        said = plan(facts, self._rng)
        slots = slots_for(facts, self._rng)
        remarks = [self._remark(topic, facts.locale, slots) for _, topic in said]
        language = _LANGUAGES[facts.locale]
        if len(remarks[0]) > TYPO_FROM and chance(self._rng, 0.07):
            remarks[0] = f"{self._rng.choice(language.OPENERS[mood(facts)])} {remarks[0]}"
        text = self._join(said, remarks, language)
        return self._finish(text, mood(facts), language)

    def _remark(self, topic: str, locale: str, slots: dict[str, str]) -> str:
        """One line of the topic, rather one that was used less, with its choices made and its slots filled."""
        lines = self._lines[locale][topic]
        line = min(self._rng.sample(lines, min(3, len(lines))), key=lambda line: self._used[line])
        self._used[line] += 1
        chosen = _CHOICE.sub(lambda match: self._rng.choice(match[1].split("|")), line)
        return chosen.format_map(slots).strip()

    def _join(self, said: Plan, remarks: list[str], language: ModuleType) -> str:
        text = _capital(remarks[0])
        for (how, _), remark in zip(said[1:], remarks[1:], strict=True):
            if text.endswith("?"):
                text += f" {_capital(remark)}"
            elif how == "but" and _OBJECTION.search(text + remark):
                text += f". {_capital(remark)}"
            elif how:
                text += self._rng.choice(language.JOINS[how]) + remark
            else:
                stop = self._rng.choices((". ", ", ", " - ", "! ", "... ", "\n"), (66, 14, 6, 7, 4, 3))[0]
                text += stop + (remark if stop in {", ", " - "} else _capital(remark))
        return text

    def _finish(self, text: str, feeling: str, language: ModuleType) -> str:
        """The habits of the hand that types: short forms, typos, small or capital letters, a stop or none, emoji."""
        habits: tuple[tuple[float, Callable[[str], str]], ...] = (
            (0.13, lambda text: self._casual(text, language)),
            (0.08, self._typo),
            (0.16, str.lower),
            (0.03, lambda text: text.upper() if len(text) <= SHOUT_AT_MOST and feeling != "fine" else text),
        )
        for share, habit in habits:
            if self._rng.random() < share:
                text = habit(text)
        if not text.endswith("?") and chance(self._rng, 0.1):
            return f"{text} {self._rng.choice(language.EMOJI[feeling])}"
        return text + self._stop(text, feeling)

    def _stop(self, text: str, feeling: str) -> str:
        if text.endswith("?"):
            return ""
        loud = 0 if feeling == "fine" else 12
        return self._rng.choices((".", "", "!", "!!", "..."), (48, 36, loud, loud / 4, 2))[0]

    def _casual(self, text: str, language: ModuleType) -> str:
        for long, short in language.CASUAL:
            if chance(self._rng, 0.6):
                text = re.sub(rf"(?<![\w-]){re.escape(long)}(?!\w)", short, text)
        return text

    def _typo(self, text: str) -> str:
        """One slip in one longer word: two letters swapped, one lost, or one doubled."""
        words = text.split(" ")
        places = [at for at, word in enumerate(words) if len(word) >= TYPO_FROM and word.isalpha()]
        if not places:
            return text
        at = self._rng.choice(places)
        word = words[at]
        cut = self._rng.randrange(1, len(word) - 2)
        one, two = word[cut], word[cut + 1]
        slip = self._rng.choice((two + one, two, one + one + two))
        words[at] = word[:cut] + slip + word[cut + 2 :]
        return " ".join(words)


def _read(language: ModuleType) -> dict[str, list[str]]:
    return {topic: block.strip().splitlines() for topic, block in language.PHRASES.items()}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
