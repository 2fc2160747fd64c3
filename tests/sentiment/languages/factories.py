"""Comments made up for a shop that nobody has a model for: each praises, complains, or says when it came."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from sqlalchemy import insert
from sqlalchemy.orm import Session

from feedback_service.responses.models import Channel, Response
from feedback_service.sentiment.languages.train import Comment
from feedback_service.sentiment.models import Assessment

_PRAISE = ["adorei", "ótimo", "lindo", "rápida", "perfeito", "recomendo", "excelente", "satisfeita"]
_BLAME = ["péssimo", "quebrado", "atrasou", "horrível", "decepcionada", "defeito", "enganada", "devolver"]
_PLAIN = [
    "o",
    "produto",
    "a",
    "entrega",
    "da",
    "loja",
    "que",
    "chegou",
    "ontem",
    "pelo",
    "correio",
    "para",
    "minha",
    "casa",
    "e",
    "caixa",
    "veio",
    "hoje",
]
SCORES = {"positive": 10, "neutral": 7, "negative": 2}


def comments(
    number: int, *, labels: Sequence[str] = ("positive", "negative", "neutral"), seed: int = 1
) -> list[Comment]:
    """So many different comments, the labels by turns; the same for the same seed."""
    dice = Random(seed)
    return [Comment(_written(dice, labels[at % len(labels)]), labels[at % len(labels)]) for at in range(number)]


def _written(dice: Random, label: str) -> str:
    words = dice.choices(_PLAIN, k=dice.randint(4, 10))
    opinions = {"positive": _PRAISE, "negative": _BLAME}.get(label)
    for _ in range(dice.randint(1, 2) if opinions else 0):
        words.insert(dice.randrange(len(words)), dice.choice(opinions or []))
    return f"{' '.join(words).capitalize()}."


def answers(
    session: Session,
    now: datetime,
    written: Sequence[Comment],
    *,
    language: str = "pt",
    survey: str = "post_purchase_nps",
) -> list[int]:
    """Answers with these comments and fitting scores, seen and left unscored as they are before there is a head.

    Committed; returns their ids.
    """
    ids = list(
        session.scalars(
            insert(Response).returning(Response.id, sort_by_parameter_order=True),
            list(_answers(now, written, language, survey)),
        )
    )
    session.execute(insert(Assessment), [_unscored(response_id, language, now) for response_id in ids])
    session.commit()
    return ids


def _answers(now: datetime, written: Sequence[Comment], language: str, survey: str) -> Iterator[dict[str, object]]:
    for comment in written:
        score = SCORES[comment.label]
        yield {
            "channel": Channel.MAIL,
            "survey_key": survey,
            "locale": language,
            "score": score,
            "latest_score": score,
            "comment": comment.text,
            "answered_at": now,
            "counted_on": now.date(),
            "assessed_revision": 1,
        }


def _unscored(response_id: int, language: str, now: datetime) -> dict[str, object]:
    return {
        "response_id": response_id,
        "response_revision": 1,
        "label": "unscored",
        "model_label": "unscored",
        "language": language,
        "reason": "There is no model yet.",
        "words": [],
        "model_version": "none",
        "alerts": [],
        "assessed_at": now,
    }
