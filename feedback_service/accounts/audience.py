"""Who a route is for: declared for every blueprint, checked before every request, denied by default."""

from enum import StrEnum

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service.accounts.models import RoleName
from feedback_service.database import SAFE_METHODS


class Audience(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    """Anybody; personal links carry their own right."""
    STAFF = "staff"
    MANAGER = "manager"
    ADMIN = "admin"
    MACHINE = "machine"
    """A program. Nobody signs in for it: its routes themselves check a token or a signature in every request."""


ROLES = {
    Audience.STAFF: (RoleName.STAFF, RoleName.MANAGER, RoleName.ADMIN),
    Audience.MANAGER: (RoleName.MANAGER, RoleName.ADMIN),
    Audience.ADMIN: (RoleName.ADMIN,),
}
AUDIENCES = "feedback_audiences"
"""Under this name the app keeps the audience of each blueprint."""


def audience_of(blueprint: str | None) -> Audience | None:
    """The declared audience; None where nobody declared one, which lets nobody in."""
    audiences: dict[str | None, Audience] = current_app.extensions[AUDIENCES]
    return audiences.get(blueprint)


def may(audience: Audience) -> bool:
    """Whether the present user belongs to an audience."""
    if audience in {Audience.PUBLIC, Audience.MACHINE}:
        return True
    return bool(current_user.is_authenticated) and any(current_user.has_role(role) for role in ROLES[audience])


def guard_routes(app: Flask, audiences: dict[str, Audience]) -> None:
    """Check every request against the declarations."""
    app.extensions[AUDIENCES] = audiences
    app.before_request(_guard)


def _guard() -> Response | None:
    if request.endpoint is None:  # no such page; the 404 follows
        return None
    audience = audience_of(request.blueprint)
    if audience is None:
        abort(403)
    if may(audience):
        return None
    if current_user.is_authenticated or request.method not in SAFE_METHODS:
        abort(403)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
