"""Why somebody was asked, or was not: looking a person up, their story, and taking a question back."""

from types import SimpleNamespace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from feedback_service import clock
from feedback_service.accounts.audience import Audience, may
from feedback_service.cases.asking.explain import Story, story_of
from feedback_service.cases.asking.forms import CancelInvitationForm
from feedback_service.cases.desk.visible import may_see
from feedback_service.cases.models import Case
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.delivery.cancel_mails import cancel_with_mails
from feedback_service.formats import moment
from feedback_service.invitations.cancel import Cancelled
from feedback_service.invitations.explain import Line
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.queries import people_called
from feedback_service.questionnaires.queries import survey_summaries

bp = Blueprint("asking", __name__)
Page = str | Response | tuple[str, int]

LONGEST_LOOKUP = 254  # characters, as an address may have


@bp.get("/")
def search() -> Page:
    """Look somebody up by customer, address or order."""
    wanted = request.args.get("q", "").replace("\0", "").strip()[:LONGEST_LOOKUP]
    found = people_called(db.session, wanted, key=current_settings().privacy_secret)
    if len(found) == 1:
        return redirect(url_for(".person", customer_id=found[0].customer_id))
    return render_template(
        "asking/search.html",
        q=wanted,
        found=[
            SimpleNamespace(
                url=url_for(".person", customer_id=person.customer_id),
                name=person.name or person.email or "No name",
                known_as=f"customer {person.external_id} of {person.source}"
                + (f", order {person.order}" if person.order else ""),
            )
            for person in found
        ],
        rehearsals=[
            (survey.title, url_for("rehearsal.show", survey_key=survey.key)) for survey in survey_summaries(db.session)
        ]
        if may(Audience.MANAGER)
        else [],
    )


@bp.get("/<int:customer_id>")
def person(customer_id: int) -> Page:
    """One person's story."""
    return _story_page(_story(customer_id))


@bp.post("/invitations/<int:invitation_id>/cancel")
def cancel_invitation(invitation_id: int) -> Page:
    """Take a question back."""
    invitation = db.session.get(Invitation, invitation_id) if invitation_id <= LARGEST_ID else None
    if invitation is None:
        abort(404)
    form = CancelInvitationForm(prefix=_prefix(invitation.id))
    if not form.validate_on_submit():
        return _story_page(_story(invitation.customer_id), {invitation.id: form}), 422
    outcome = cancel_with_mails(
        db.session, invitation.id, by=current_user.name, reason=form.reason.data or "", now=clock.now()
    )
    db.session.commit()
    flash(*_CANCELLED[outcome])
    return redirect(url_for(".person", customer_id=invitation.customer_id), 303)


_CANCELLED = {
    Cancelled.NOW: ("Taken back: the link has ended, and no mail of it leaves any more.", "done"),
    Cancelled.BEFORE: ("Somebody took it back before you. Nothing was changed.", "error"),
    Cancelled.ANSWERED: ("The person has answered already. Nothing was changed.", "error"),
    Cancelled.NO_SUCH: ("It is gone. Nothing was changed.", "error"),
}


def _story(customer_id: int) -> Story:
    zone = current_settings().zone
    found = story_of(db.session, customer_id, clock.now(), zone) if customer_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _story_page(story: Story, typed: dict[int, CancelInvitationForm] | None = None) -> str:
    zone, people = current_settings().zone, story.person.customers
    forms = typed or {}
    return render_template(
        "asking/person.html",
        name=next((customer.name for customer in people if customer.name), people[0].email or "No name"),
        known_as=[("E-mail", people[0].email), *[(customer.source, customer.external_id) for customer in people]],
        open=[
            (
                invitation,
                moment(invitation.expires_at, zone),
                forms.get(invitation.id) or CancelInvitationForm(formdata=None, prefix=_prefix(invitation.id)),
            )
            for invitation in story.open
        ],
        ahead=[_shown(line) for line in story.ahead],
        past=[_shown(line) for line in story.past],
    )


def _shown(line: Line) -> SimpleNamespace:
    return SimpleNamespace(
        when=moment(line.at, current_settings().zone) if line.at else "Not known yet",
        words=line.words,
        rule=line.rule,
        url=_case_url(line.case_id) if line.case_id else "",
    )


def _case_url(case_id: int) -> str:
    """Where a case is; empty where it is another team's."""
    case = db.session.get(Case, case_id)
    visible = case is not None and may_see(db.session, current_user, case)
    return url_for("cases.show", case_id=case_id) if visible else ""


def _prefix(invitation_id: int) -> str:
    """So that two forms of one page have no field of the same name."""
    return f"invitation-{invitation_id}-"
