"""What demo buyers said of how easy it was, on the shop's own page, before this service asked: it got easier."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedback_service.demo.facts import chance
from feedback_service.demo.purchases import Purchase, midnight, months_before

EASE = "ease_ces"
NEW_CHECKOUT = 5  # months ago; until then people had to open an account before they could pay
ASKED = 0.16  # share of delivered orders with an answer
COMMENTED = 0.22  # share of those answers

_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "easy": (
            "Found what I wanted and paid in two minutes.",
            "Could not be simpler.",
            "Checkout just works now.",
            "The grind setting was easy to pick.",
            "Reordering took one tap.",
            "Smooth from start to finish.",
        ),
        "so_so": (
            "Fine, but the delivery options took me a while to understand.",
            "Had to look twice for the decaf.",
            "Paying was quick, searching was not.",
            "I would like to pay without typing my address again.",
        ),
        "hard": (
            "Why do I need an account to buy a bag of coffee?",
            "My card was refused twice and nobody said why.",
            "Took three tries to get through the checkout.",
            "The password rules drove me mad.",
        ),
    },
    "pt-BR": {
        "easy": (
            "Muito fácil, comprei em dois minutos.",
            "Pagar ficou bem mais simples.",
            "Achei tudo rápido.",
            "Repetir o pedido foi num toque só.",
        ),
        "so_so": (
            "Tudo bem, mas as opções de entrega confundem um pouco.",
            "Demorei para achar o descafeinado.",
            "Pagar foi rápido, procurar nem tanto.",
        ),
        "hard": (
            "Por que preciso de cadastro para comprar café?",
            "O cartão foi recusado duas vezes sem explicação.",
            "Só consegui pagar na terceira tentativa.",
        ),
    },
}


def ease_rows(numbered: Iterable[tuple[str, Purchase]], until: date, rng: random.Random) -> list[dict[str, str]]:
    """Answers as the CSV import takes them, about orders that came before `until` (UTC), oldest first."""
    changed, closed = midnight(months_before(until, NEW_CHECKOUT)), midnight(until)
    answers = [
        answer
        for order_id, purchase in numbered
        if chance(rng, ASKED) and (answer := _answer(order_id, purchase, changed, rng)).at < closed
    ]
    answers.sort(key=lambda answer: (answer.at, answer.order_id))
    return [_row(number, answer, rng) for number, answer in enumerate(answers, start=1)]


@dataclass(frozen=True)
class _Answer:
    order_id: str
    purchase: Purchase
    score: int
    at: datetime


def _answer(order_id: str, purchase: Purchase, changed: datetime, rng: random.Random) -> _Answer:
    score = (5.9 if purchase.ordered_at >= changed else 4.9) + 0.3 * purchase.buyer.warmth + rng.gauss(0, 1.1)
    at = purchase.ordered_at + timedelta(minutes=rng.randint(3, 50))
    return _Answer(order_id, purchase, min(max(round(score), 1), 7), at)


def _row(number: int, answer: _Answer, rng: random.Random) -> dict[str, str]:
    buyer = answer.purchase.buyer
    told = "easy" if answer.score >= 6 else "so_so" if answer.score >= 4 else "hard"  # noqa: PLR2004 - of seven
    words = rng.choice(_WORDS[buyer.locale][told])
    return {
        "answer_id": f"E-{number}",
        "survey": EASE,
        "order_id": answer.order_id,
        "customer_id": buyer.customer_id,
        "score": str(answer.score),
        "comment": words if chance(rng, COMMENTED) else "",
        "answered_at": answer.at.astimezone(ZoneInfo(buyer.time_zone)).isoformat(),
        "locale": buyer.locale,
        "wants_contact": "false",
    }
