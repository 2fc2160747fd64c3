"""Decides what a demo buyer ticks after the score: what decided it, and what should happen now."""

import random

from feedback_service.demo.facts import CSAT, NPS, Facts, chance
from feedback_service.demo.remarks import mood

SAY_WHAT_DECIDED = 0.72  # share of answers
SAY_WHAT_SHOULD_HAPPEN = 0.85  # of those who are unhappy
DETRACTOR_MAX = {NPS: 6, CSAT: 2}
BADLY_LATE = 3  # days
HOURS = {"any": 5, "morning": 2, "afternoon": 2, "evening": 2}

Reply = dict[str, str]


def ticked(facts: Facts, comment: str, rng: random.Random) -> Reply:
    """Columns besides the answer's own: `driver`, `remedy`, and for a wish to be contacted `how`, `when` and `phone`.

    Each is "" where the buyer left it open. Draws the same number of times whatever the facts are.
    """
    answered, driver = chance(rng, SAY_WHAT_DECIDED), _driver(facts, rng)
    remedy, wish = _remedy(facts, rng), _wish(rng)
    told_in_words = bool(comment) and mood(facts) == "cross" and not _recorded(facts)
    return {
        "driver": driver if answered and not told_in_words else "",
        "remedy": remedy,
        **(wish if remedy == "contact" else dict.fromkeys(wish, "")),
    }


def _recorded(facts: Facts) -> bool:
    """Whether the order itself shows what went wrong."""
    return facts.late > 0 or facts.damaged or (facts.faulty and facts.survey == NPS)


def _driver(facts: Facts, rng: random.Random) -> str:
    weights = _of_a_delivery(facts) if facts.survey == CSAT else _of_a_purchase(facts)
    return rng.choices(list(weights), list(weights.values()))[0]


def _of_a_purchase(facts: Facts) -> dict[str, float]:
    if mood(facts) == "cross" and _recorded(facts):
        return {"product": 5.0 * facts.faulty, "delivery": 4.0 * facts.damaged + 6.0 * (facts.late > 0)}
    well = mood(facts) == "happy"
    return {
        "product": 6.0 if well else 3.0,
        "price": 0.8 if well else 2.0,
        "delivery": 2.2 * (facts.late <= 0 and not facts.damaged) if well else 4.0 * (facts.late > 0),
        "service": 1.2,
        "ordering": 0.8,
    }


def _of_a_delivery(facts: Facts) -> dict[str, float]:
    if _recorded(facts):
        return {"time": 5.0 * (facts.late > 0), "parcel": 4.0 * facts.damaged, "news": 0.8 * (facts.late > 0)}
    if mood(facts) == "cross":
        return {"courier": 4.0, "news": 1.5}
    return {"time": 5.0, "parcel": 2.0, "courier": 2.2, "news": 1.2, "complete": 0.8}


def _remedy(facts: Facts, rng: random.Random) -> str:
    says, put_right = chance(rng, SAY_WHAT_SHOULD_HAPPEN), chance(rng, 0.5)
    if facts.score > DETRACTOR_MAX[facts.survey]:
        return ""
    if facts.wants_contact:
        return "contact"
    if facts.upside_down or not says:
        return ""
    broken = facts.damaged or facts.faulty or facts.late > BADLY_LATE
    return "put_right" if broken and put_right else "note"


def _wish(rng: random.Random) -> Reply:
    how = "phone" if chance(rng, 0.6) else "mail"
    when = rng.choices(list(HOURS), list(HOURS.values()))[0]
    number = f"+44 1632 960{rng.randrange(1000):03d}"  # numbers that are kept free for plays and films
    return {"how": how, "when": when, "phone": number if how == "phone" else ""}
