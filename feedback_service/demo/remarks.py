"""Decides what a buyer talks about: which topics fit the score and do not contradict the order."""

import random

from feedback_service.demo.facts import NPS, Facts, chance

Plan = list[tuple[str, str]]  # how each remark hangs on the one before ("", "but", "and"), and its topic

QUICK_DAYS = 3  # from here on nobody would call it quick
SHIPPING_FREE_FROM = 40  # euros
LATE_LONG = 3  # days after which lateness is no small matter
HAPPY_FROM = {NPS: 9}
CROSS_TO = {NPS: 6}
HAPPY_CSAT, CROSS_CSAT = 5, 2
HARSH_NPS, HARSH_CSAT = 4, 1

FRAGILE = ("beans", "tea", "mugs", "press", "kettle", "tin", "grinder", "machine")
CONSUMABLE = ("beans", "tea")
_NO_OBJECTION = {"late_forgiven", "damaged_forgiven", "tracking"}  # these hold one, or would contradict it
DELIVERY = (
    "quick",
    "early",
    "on_time",
    "recovered",
    "late_forgiven",
    "damaged_forgiven",
    "fact.delivery",
    "courier",
    "tracking",
    "short_quick",
    "short_delivery",
)


def mood(facts: Facts) -> str:
    """happy, fine or cross, by the score's band; who took the scale upside down is happy."""
    if facts.upside_down or facts.score >= HAPPY_FROM.get(facts.survey, HAPPY_CSAT):
        return "happy"
    return "cross" if facts.score <= CROSS_TO.get(facts.survey, CROSS_CSAT) else "fine"


def plan(facts: Facts, rng: random.Random) -> Plan:
    """One to four remarks that this buyer could make about this order."""
    if facts.upside_down:
        return [("", "upside_down")]
    if facts.survey == NPS:
        return {"happy": _happy_shop, "fine": _fine_shop, "cross": _cross}[mood(facts)](facts, rng)
    return {"happy": _happy_delivery, "fine": _fine_delivery, "cross": _cross}[mood(facts)](facts, rng)


def _happy_shop(facts: Facts, rng: random.Random) -> Plan:
    weights = {
        f"praise.{facts.kind}": 6.5,
        "shop": 2.5,
        "shop_story": 0.22,
        "short_happy": 2.2,
        "range": 0.7,
        "price_good": 0.8,
        "service_good": 1.0,
        "loyal": 1.6 * (facts.order_number > 1),
        "gift": 1.0 * (facts.kind not in CONSUMABLE),
        "store": 2.0 * (facts.store != "Online"),
        "packing": 0.7 * (not facts.damaged),
        **_good_delivery(facts, 0.5),
    }
    return _praise(weights, "niggle", rng)


def _happy_delivery(facts: Facts, rng: random.Random) -> Plan:
    weights = {
        "courier": 2.2,
        "tracking": 1.3,
        "packing": 2.2 * (not facts.damaged),
        "short_happy": 0.8,
        "fact.delivery": 0.9,
        **_good_delivery(facts, 2.0),
    }
    return _praise(weights, "aside", rng)


def _good_delivery(facts: Facts, much: float) -> dict[str, float]:
    """Weights of what can be said for the delivery, given how it went."""
    came_well = facts.late <= 0 and not facts.damaged
    return {
        "quick": 1.5 * much * (came_well and facts.took <= QUICK_DAYS),
        "short_quick": 0.5 * much * (came_well and facts.took <= QUICK_DAYS),
        "early": 0.8 * much * (came_well and facts.late < 0),
        "on_time": 0.8 * much * came_well,
        "short_delivery": 0.7 * much * came_well,
        "recovered": 7.0 * (came_well and facts.had_trouble),
        "late_forgiven": 5.0 * (facts.late > 0),
        "damaged_forgiven": 6.0 * facts.damaged,
    }


def _praise(weights: dict[str, float], objection: str, rng: random.Random) -> Plan:
    """A first topic, often a second of another sort, and now and then a "but"."""
    said: Plan = [("", _draw(weights, rng))]
    if said[0][1].startswith("short_"):
        return said
    for share in (0.37, 0.26, 0.3):
        others = _unsaid(weights, said)
        if not others or not chance(rng, share):
            break
        how = rng.choice(("", "", "and")) if len(said) == 1 else ""
        said.append((how, _draw(others, rng)))
    if not _NO_OBJECTION & {topic for _, topic in said} and chance(rng, 0.1):
        said.append(_objection(objection, rng))
    return said


def _unsaid(weights: dict[str, float], said: Plan) -> dict[str, float]:
    """The longer topics left, of another sort than those already touched."""
    return {
        topic: weight
        for topic, weight in weights.items()
        if weight > 0 and not topic.startswith("short_") and not any(_alike(topic, known) for _, known in said)
    }


def _objection(topic: str, rng: random.Random) -> tuple[str, str]:
    return ("pause", "shame") if topic == "niggle" and chance(rng, 0.3) else ("but", topic)


def _alike(one: str, other: str) -> bool:
    return one == other or (one in DELIVERY and other in DELIVERY)


def _fine_shop(facts: Facts, rng: random.Random) -> Plan:
    small = _small_troubles(facts)
    if small and chance(rng, 0.6):
        trouble = rng.choice(small)
        return [("", f"praise.{facts.kind}"), ("" if trouble.endswith("_forgiven") else "but", trouble)]
    first = _draw(
        {
            f"mild.{facts.kind}": 5,
            f"praise.{facts.kind}": 3,
            "shop": 0.7,
            "short_fine": 2.6,
            "wish": 1.2,
            "range": 0.6,
            "fact." + (facts.kind if facts.kind in CONSUMABLE else "gear"): 1.6,
        },
        rng,
    )
    if first.startswith(("praise", "shop", "range")):
        return [("", first), _objection("niggle", rng)] if chance(rng, 0.6) else [("", first)]
    if first.startswith("mild") and chance(rng, 0.25):
        return [("", first), ("", "wish")]
    return [("", first)]


def _fine_delivery(facts: Facts, rng: random.Random) -> Plan:
    small = _small_troubles(facts)
    if small and chance(rng, 0.85):
        return [("", rng.choice(small))]
    if facts.late > 0:
        return [("", "short_fine")]
    content = 3.0 if facts.score > CROSS_CSAT + 1 else 0.4
    first = _draw({"grumble": 4, "on_time": content, "short_fine": 2.5, "fact.delivery": 0.8 * content}, rng)
    if first == "on_time" and chance(rng, 0.35):
        return [("", first), ("but", "aside")]
    return [("", first)]


def _small_troubles(facts: Facts) -> list[str]:
    """What went wrong, told by someone who is not very angry about it."""
    found = []
    if facts.late > 0:
        found.append("late_plain" if facts.late >= LATE_LONG else "late_short")
    if facts.damaged:
        found.append("damaged_forgiven")
    if facts.faulty:
        found.append(f"fault.{facts.kind}")
    return found


def _cross(facts: Facts, rng: random.Random) -> Plan:
    if chance(rng, 0.09):
        return [("", "short_cross")]
    reasons = _reasons(facts, rng)
    said: Plan = [("", reason) for reason in reasons]
    only_late = all(reason.startswith(("late", "sarcasm_late")) for reason in reasons)
    if only_late and chance(rng, 0.25):
        said.append((rng.choice(("", "but")), "fair"))
    if facts.refunded and (facts.damaged or facts.faulty) and chance(rng, 0.6):
        said.append(("", "refunded"))
    elif chance(rng, 0.34):
        said.append(("", _aftermath(facts, rng)))
    if facts.wants_contact and chance(rng, 0.55):
        said.append(("", "contact"))
    return said


def _aftermath(facts: Facts, rng: random.Random) -> str:
    harsh = HARSH_NPS if facts.survey == NPS else HARSH_CSAT
    if facts.score > harsh:
        return "after_mild"
    return "sarcasm" if chance(rng, 0.1) else "after_hard"


def _reasons(facts: Facts, rng: random.Random) -> list[str]:
    """What made the buyer cross: what went wrong with the order, or else something nobody recorded."""
    found = []
    if facts.faulty and facts.survey == NPS:
        found.append(f"fault.{facts.kind}")
    if facts.damaged:
        by_kind = facts.kind in FRAGILE and chance(rng, 0.4)
        found.append(f"damaged.{facts.kind}" if by_kind else "damaged")
    if facts.late >= LATE_LONG:
        found.append(rng.choices(("late_long", "late_story", "sarcasm_late"), (76, 12, 12))[0])
    elif facts.late > 0:
        found.append("late_plain")
    rng.shuffle(found)
    if found:
        return found if chance(rng, 0.7) else found[:1]
    return [_unrecorded(facts, rng)]


def _unrecorded(facts: Facts, rng: random.Random) -> str:
    if facts.survey != NPS:
        return "badly_brought"
    weights = {f"let_down.{facts.kind}": 4, "price": 1.2, "service": 1.2, "website": 0.9, "wrong_item": 1.0}
    weights["price_small"] = 0.6 * (facts.euros < SHIPPING_FREE_FROM)
    return _draw(weights, rng)


def _draw(weights: dict[str, float], rng: random.Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
