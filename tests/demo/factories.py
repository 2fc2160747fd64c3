"""The demo's own people, as its modules look for them."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, TeamMember, User
from feedback_service.accounts.teams import team_id
from feedback_service.demo.doors import PEOPLE, SECOND_STAFF, STAFF
from feedback_service.demo.teams import CARE


def hired(session: Session, at: datetime) -> dict[str, int]:
    """Everybody of the demo, the first two in care; ids by first name. None needs a password here; committed."""
    roles = {name: Role(name=name) for name in RoleName}
    people = {}
    for email, name, role in PEOPLE:
        user = User(
            email=email,
            name=name,
            password="none",
            fs_uniquifier=email,
            created_at=at,
            roles=[roles[RoleName(role)]],
        )
        session.add(user)
        session.flush()
        people[name.split()[0]] = user.id
        if email in (STAFF[0], SECOND_STAFF[0]):
            session.add(TeamMember(team_id=team_id(session, CARE), user_id=user.id))
    session.commit()
    return people
