"""A page of the demo shop's own, with the panel on it: what `docs/ways-in.md` tells a shop to put into its pages."""

from flask import Blueprint, Response, abort, render_template
from sqlalchemy import select

from feedback_service.database import db
from feedback_service.paths import STATIC
from feedback_service.responses.models import Channel, Collector

bp = Blueprint("example_shop", __name__)

EXAMPLE_SHOP = "/example-shop"
"""Where it lies; a slash follows."""


@bp.get("/")
def page() -> str:
    """An account page; the panel opens by itself once, and whenever somebody asks for it."""
    way = db.session.scalar(
        select(Collector)
        .where(Collector.channel == Channel.EMBED, Collector.closed_at.is_(None))
        .order_by(Collector.id)
        .limit(1)
    )
    if way is None:
        abort(404)
    return render_template("demo/shop.html", token=way.token)


@bp.get("/shop.js")
def script() -> Response:
    """What the page's own button does."""
    return Response((STATIC / "example_shop.js").read_text(encoding="utf-8"), mimetype="text/javascript")


# Read by Flask-Talisman: what a shop's own policy has to allow, and nothing else. This machine has two names.
vars(page)["talisman_view_options"] = {
    "content_security_policy": {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "data:",
        "script-src": "'self'",
        "frame-src": "'self' http://127.0.0.1:*",
        "frame-ancestors": "'none'",
    }
}
