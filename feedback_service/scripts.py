"""Which pages may run our own small scripts; all of them work without."""

from collections.abc import Callable
from typing import Any, TypeVar

SCRIPTED = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""The strict policy, with leave for our own scripts and for asking our own pages."""
View = TypeVar("View", bound=Callable[..., Any])


def scripted(view: View) -> View:
    """Let what a view answers run our scripts; stands above the route, so that Flask-Talisman finds it."""
    vars(view)["talisman_view_options"] = {"content_security_policy": SCRIPTED}
    return view
