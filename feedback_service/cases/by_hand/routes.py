"""Opening a case by hand: whom it is about, then what happened."""

from types import SimpleNamespace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.cases.by_hand.forms import ByHandForm
from feedback_service.cases.by_hand.open_by_hand import open_by_hand
from feedback_service.cases.by_hand.queries import latest_orders, people_found
from feedback_service.cases.desk.visible import may_see
from feedback_service.cases.models import Case
from feedback_service.config import current_settings
from feedback_service.customers.models import Customer, PersonKind
from feedback_service.database import LARGEST_ID, db
from feedback_service.formats import moment, money
from feedback_service.orders.models import Order
from feedback_service.questionnaires.definition import SurveyDefinition, SurveyStatus, TriggerEvent
from feedback_service.questionnaires.queries import published_surveys
from feedback_service.responses.by_phone import AnsweredBeforeError

bp = Blueprint("by_hand", __name__)
Page = str | Response | tuple[str, int]

LONGEST_LOOKUP = 254  # characters, as an address may have


@bp.get("/")
def search() -> Page:
    """Whom it is about."""
    wanted = request.args.get("q", "").replace("\0", "").strip()[:LONGEST_LOOKUP]
    found = people_found(db.session, wanted, key=current_settings().privacy_secret) if wanted else []
    if len(found) == 1:
        return redirect(url_for(".write", customer_id=found[0].customer_id))
    return render_template(
        "by_hand/search.html",
        q=wanted,
        found=[
            SimpleNamespace(
                url=url_for(".write", customer_id=person.customer_id),
                name=person.name or person.email or "No name",
                known_as=", ".join(filter(None, (person.email, f"customer {person.external_id} of {person.source}"))),
            )
            for person in found
        ],
    )


@bp.get("/<int:customer_id>")
def write(customer_id: int) -> Page:
    """What happened."""
    customer = _customer(customer_id)
    return _page(customer, _form(customer, filled=False))


@bp.post("/<int:customer_id>")
def create(customer_id: int) -> Page:
    """Open the case, and record the answer where one was told."""
    customer = _customer(customer_id)
    form = _form(customer, filled=True)
    if not form.validate_on_submit():
        return _page(customer, form), 422
    settings = current_settings()
    try:
        case_id = open_by_hand(
            db.session,
            form.written(customer.id),
            user_id=current_user.id,
            locale=customer.locale or settings.shop_locale,
            key=settings.privacy_secret,
            zone=settings.zone,
            now=clock.now(),
        )
    except AnsweredBeforeError as error:
        db.session.rollback()
        form.survey.errors = [str(error)]
        return _page(_customer(customer_id), form), 422
    visible = may_see(db.session, current_user, db.session.get_one(Case, case_id))
    db.session.commit()
    said = "The case is open, and the answer is recorded." if form.survey.data else "The case is open."
    if not visible:
        flash(f"{said} It is with another team.")
        return redirect(url_for(".search"), 303)
    flash(said)
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _customer(customer_id: int) -> Customer:
    customer = db.session.get(Customer, customer_id) if customer_id <= LARGEST_ID else None
    if customer is None or customer.kind is not PersonKind.CUSTOMER:
        abort(404)
    return customer


def _form(customer: Customer, *, filled: bool) -> ByHandForm:
    orders = [(order.id, _named(order)) for order in latest_orders(db.session, customer.id)]
    options = {} if filled else {"formdata": None}
    return ByHandForm(orders, _answerable(), **options)


def _answerable() -> dict[str, SurveyDefinition]:
    """Surveys to which a customer can say a score on the phone; what was put right is asked of the case itself."""
    return {
        key: survey.definition
        for key, survey in published_surveys(db.session).items()
        if not survey.definition.structure.anonymous
        and survey.definition.rules.status is not SurveyStatus.CLOSED
        and survey.definition.rules.trigger.on is not TriggerEvent.CASE_RESOLVED
    }


def _named(order: Order) -> str:
    worth = f", {money(order.amount_minor, order.currency)}" if order.amount_minor and order.currency else ""
    return f"{order.external_id}, {moment(order.ordered_at, current_settings().zone)}{worth}"


def _page(customer: Customer, form: ByHandForm) -> str:
    return render_template(
        "by_hand/write.html",
        name=customer.name or customer.email or "No name",
        known_as=", ".join(filter(None, (customer.email, f"customer {customer.external_id} of {customer.source}"))),
        form=form,
        action=url_for(".create", customer_id=customer.id),
        back=url_for(".search"),
    )
