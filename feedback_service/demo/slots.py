"""Fills the `{slots}` of a remark with the facts of the order, in the buyer's language."""

import random
from datetime import date

from feedback_service.demo import phrases_en, phrases_pt
from feedback_service.demo.facts import Facts, chance

NOON, EVENING = 12, 17  # hours at which a part of the day ends
WEEK = 7
OVER_A_WEEK = range(8, 11)
TWO_WEEKS = 14


def _words(listed: str) -> list[str]:
    return listed.split()


_NUMBERS_EN = _words("zero one two three four five six seven eight nine ten")
_NUMBERS_PT = _words("zero um dois três quatro cinco seis sete oito nove dez")
_ORDINALS_EN = _words("first second third fourth fifth sixth seventh eighth")
_ORDINALS_PT = _words("primeiro segundo terceiro quarto quinto sexto sétimo oitavo")
_MONTHS = _words("January February March April May June July August September October November December")
_ITEMS = {
    "beans": ("the coffee", "o café"),
    "tea": ("the tea", "o chá"),
    "grinder": ("the grinder", "o moedor"),
    "kettle": ("the kettle", "a chaleira"),
    "dripper": ("the dripper", "o coador"),
    "press": ("the press", "a prensa"),
    "moka": ("the moka", "a moka"),
    "machine": ("the machine", "a máquina"),
    "mugs": ("the mugs", "o jogo de canecas"),
    "tin": ("the tin", "a lata"),
}
_REGIONS_EN = {"Netherlands": "the Netherlands"}
_REGIONS_PT = {
    "Ireland": "na Irlanda",
    "Portugal": "em Portugal",
    "Netherlands": "na Holanda",
    "Brazil": "no Brasil",
}
_STORES = {
    "Dublin Quays": ("Dublin", "de Dublin"),
    "Lisbon Chiado": ("Chiado", "do Chiado"),
    "Porto Baixa": ("Porto", "do Porto"),
    "Amsterdam West": ("Amsterdam", "de Amsterdam"),
}
_TOWNS = {
    "Ireland": ("Dublin", "Cork", "Galway"),
    "Portugal": ("Lisbon", "Porto", "Braga"),
    "Netherlands": ("Amsterdam", "Utrecht", "Leiden"),
    "Brazil": ("São Paulo", "Recife", "Curitiba"),
}


def slots_for(facts: Facts, rng: random.Random) -> dict[str, str]:
    """A value for every slot that a remark which fits these facts may hold."""
    if facts.locale == "en":
        return _english(facts, rng)
    return _portuguese(facts, rng)


def _english(facts: Facts, rng: random.Random) -> dict[str, str]:
    spelled = chance(rng, 0.5)
    number = facts.order_number
    bags = _count(facts.pieces, _NUMBERS_EN, spelled)
    region = _REGIONS_EN.get(facts.region, facts.region)
    return _common(facts, rng) | {
        "shipped": _ITEMS[facts.kind][0],
        "took": _days_en(facts.took, spelled),
        "late": _about_en(facts.late, spelled, rng),
        "early": _days_en(-facts.late, spelled),
        "promised": _date_en(facts.promised_on, spelled),
        "came": _date_en(facts.delivered_at.date(), spelled),
        "day": phrases_en.DAYS[facts.delivered_at.weekday()],
        "ordered_day": phrases_en.DAYS[facts.ordered_on.weekday()],
        "daypart": phrases_en.DAYPARTS[_daypart(facts.delivered_at.hour)],
        "nth": _ORDINALS_EN[number - 1] if number <= len(_ORDINALS_EN) else f"{number}th",
        "pieces": f"{bags} bag" + "s" * (facts.pieces > 1),
        "region": region,
        "in_region": f"in {region}",
        "store": _STORES.get(facts.store, ("", ""))[0],
        "staff": rng.choice(phrases_en.STAFF),
    }


def _portuguese(facts: Facts, rng: random.Random) -> dict[str, str]:
    spelled = chance(rng, 0.5)
    number = facts.order_number
    bags = _count(facts.pieces, _NUMBERS_PT, spelled)
    return _common(facts, rng) | {
        "shipped": _ITEMS[facts.kind][1],
        "took": _days_pt(facts.took, spelled),
        "late": _about_pt(facts.late, spelled, rng),
        "early": _days_pt(-facts.late, spelled),
        "promised": _date_pt(facts.promised_on, spelled),
        "came": _date_pt(facts.delivered_at.date(), spelled),
        "day": phrases_pt.DAYS[facts.delivered_at.weekday()],
        "ordered_day": phrases_pt.DAYS[facts.ordered_on.weekday()],
        "daypart": phrases_pt.DAYPARTS[_daypart(facts.delivered_at.hour)],
        "nth": _ORDINALS_PT[number - 1] if number <= len(_ORDINALS_PT) else f"{number}º",
        "pieces": f"{bags} pacote" + "s" * (facts.pieces > 1),
        "in_region": _REGIONS_PT[facts.region],
        "store": _STORES.get(facts.store, ("", ""))[1],
        "staff": rng.choice(phrases_pt.STAFF),
        "o": "a" if facts.feminine else "o",
    }


def _common(facts: Facts, rng: random.Random) -> dict[str, str]:
    return {
        "short": facts.short,
        "carrier": facts.carrier,
        "amount": str(facts.euros),
        "number": str(facts.order_number),
        "town": rng.choice(_TOWNS[facts.region]),
    }


def _daypart(hour: int) -> int:
    return (hour >= NOON) + (hour >= EVENING)


def _count(number: int, words: list[str], spelled: bool) -> str:
    return words[number] if spelled and 0 <= number < len(words) else str(number)


def _days_en(days: int, spelled: bool) -> str:
    return _count(days, _NUMBERS_EN, spelled) + (" day" if days == 1 else " days")


def _days_pt(days: int, spelled: bool) -> str:
    return _count(days, _NUMBERS_PT, spelled) + (" dia" if days == 1 else " dias")


def _about_en(days: int, spelled: bool, rng: random.Random) -> str:
    """The lateness as people say it, which is not always in days."""
    if days == 1 and spelled:
        return "a day"
    if days == WEEK and spelled:
        return rng.choice(("a week", "a full week"))
    if days in OVER_A_WEEK and spelled:
        return rng.choice(("over a week", "more than a week", f"{days} days"))
    if days == TWO_WEEKS and spelled:
        return "two weeks"
    return _days_en(days, spelled)


def _about_pt(days: int, spelled: bool, rng: random.Random) -> str:
    if days == WEEK and spelled:
        return "uma semana"
    if days in OVER_A_WEEK and spelled:
        return rng.choice(("mais de uma semana", f"{days} dias"))
    if days == TWO_WEEKS and spelled:
        return "duas semanas"
    return _days_pt(days, spelled)


def _date_en(day: date, spelled: bool) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}" if spelled else f"the {_ordinal(day.day)}"


def _date_pt(day: date, spelled: bool) -> str:
    return f"dia {day.day}" if spelled else f"dia {day.day}/{day.month:02d}"


def _ordinal(number: int) -> str:
    teens = number // 10 == 1
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
