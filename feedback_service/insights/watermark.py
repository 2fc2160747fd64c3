"""How far the counts have come: as long as it says the same, every page of scores says the same."""

from hashlib import sha256

from sqlalchemy import String, cast, func, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.improvements.models import Improvement
from feedback_service.insights.models import Fold
from feedback_service.questionnaires.models import Survey, SurveyVersion, VersionState
from feedback_service.responses.models import ResponseChange

ONLY = 1
_IMPROVEMENTS = select(
    func.aggregate_strings(
        cast(Improvement.id, String) + " " + cast(Improvement.took_effect_on, String) + " " + Improvement.title, "\n"
    )
).where(Improvement.took_effect_on.is_not(None), Improvement.dropped_at.is_(None))
_MARK = select(
    select(Fold.number).where(Fold.id == ONLY).scalar_subquery(),
    select(func.max(ResponseChange.id)).scalar_subquery(),
    select(func.count()).select_from(ResponseChange).scalar_subquery(),
    select(func.sum(SurveyVersion.id)).where(SurveyVersion.state == VersionState.PUBLISHED).scalar_subquery(),
    select(func.sum(Survey.revision)).scalar_subquery(),
    _IMPROVEMENTS.scalar_subquery(),
)


def watermark(session: Session) -> str:
    """Another one after every committed change of an answer, a survey or an improvement, and after every fold."""
    folded, newest, unfolded, words, rules, improvements = session.execute(_MARK).one()
    events = sha256((improvements or "").encode()).hexdigest()[:16]
    return f"{folded or 0}.{newest or 0}.{unfolded}.{words or 0}.{rules or 0}.{events}"


def mark_folded(session: Session) -> None:
    """Say in the present transaction that counts were changed."""
    session.execute(
        update(Fold).where(Fold.id == ONLY).values(number=Fold.number + 1).execution_options(synchronize_session=False)
    )
