"""Locks until the transaction ends: teams before cases, and each in the order of their ids, so that no two wait for
each other in a ring."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Team
from feedback_service.cases.models import Case


def hold_case(session: Session, case_id: int) -> Case:
    """The case as it is now, and nobody else's to change; whoever has it in hand is waited for."""
    return session.scalars(
        select(Case).where(Case.id == case_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).one()


def hold_cases(session: Session, case_ids: Iterable[int], *still: ColumnElement[bool]) -> Sequence[Case]:
    """Lock those of these cases of which something still holds, in the order of their ids, and give them as they are.

    What a colleague or another worker has in hand at this moment is left out, for the next run.
    """
    wanted = sorted(set(case_ids))
    if not wanted:
        return []
    return session.scalars(
        select(Case)
        .where(Case.id.in_(wanted), *still)
        .order_by(Case.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def hold_teams(session: Session, team_ids: Iterable[int]) -> None:
    """Lock these teams: whoever gives out cases does so before any case is held."""
    wanted = sorted(set(team_ids))
    if wanted:
        session.execute(select(Team.id).where(Team.id.in_(wanted)).order_by(Team.id).with_for_update(key_share=True))
