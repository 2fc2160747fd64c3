"""Whom a matter goes to that a team did not settle by itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, TeamMember, User, UserRole


def managers_of(session: Session, team_id: int) -> list[int]:
    """The managers in a team; where it has none all managers, and where there are none the admins. By id."""
    in_team = select(TeamMember.user_id).where(TeamMember.team_id == team_id)
    managers = _with_role(session, RoleName.MANAGER)
    own = set(session.scalars(in_team)) & set(managers)
    return sorted(own) or managers or _with_role(session, RoleName.ADMIN)


def _with_role(session: Session, role: RoleName) -> list[int]:
    return list(
        session.scalars(
            select(User.id)
            .join(UserRole, UserRole.user_id == User.id)
            .join(Role, Role.id == UserRole.role_id)
            .where(Role.name == role, User.active)
            .order_by(User.id)
        )
    )
