"""Comments that a colleague should look at because score and words do not go together."""

from types import SimpleNamespace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as HttpResponse

from feedback_service import clock
from feedback_service.config import current_settings
from feedback_service.database import LARGEST_ID, db
from feedback_service.formats import when
from feedback_service.questionnaires.definition import Rules
from feedback_service.responses.models import Response
from feedback_service.responses.rules.bands import band
from feedback_service.sentiment.checks.forms import LabelForm
from feedback_service.sentiment.checks.views import views
from feedback_service.sentiment.correct import NothingToCorrectError, correct, standing_correction
from feedback_service.sentiment.models import CheckedLabel
from feedback_service.sentiment.queries import PAGE, Contradictory, contradictions
from feedback_service.sentiment.shown import contradiction_words, marked_comment

bp = Blueprint("comments", __name__)
Page = str | HttpResponse | tuple[str, int]


@bp.get("/")
def review() -> Page:
    """Answers whose score and words contradict each other, newest first."""
    return _page()


@bp.post("/")
def judge() -> Page:
    """Keep what the words are, by somebody who has seen both; the answer leaves the list."""
    form = LabelForm()
    if not form.validate_on_submit():
        abort(422)
    response_id, said = form.said
    response = db.session.get(Response, response_id)
    before = standing_correction(db.session, response) if response else None
    try:
        correct(
            db.session,
            response_id,
            label=said,
            language=before.language if before else None,
            themes=before.themes if before else None,
            by=current_user.id,
            now=clock.now(),
        )
        db.session.commit()
    except NothingToCorrectError as gone:
        db.session.rollback()
        flash(str(gone), "error")
    else:
        flash(f"Noted: the words are {said.value}.")
    return redirect(url_for(".review"), 303)


def _page() -> str:
    before = request.args.get("before", type=int)
    found = contradictions(db.session, before if before is not None and 0 <= before <= LARGEST_ID else None)
    return render_template(
        "sentiment/review.html",
        views=views("comments.review"),
        answers=[_answer(each) for each in found[:PAGE]],
        labels=[(each.value, each.value.capitalize()) for each in CheckedLabel],
        form=LabelForm(formdata=None),
        next_url=url_for(".review", before=found[PAGE - 1].response.id) if len(found) > PAGE else None,
        previous_url=url_for(".review") if before is not None else None,
    )


def _answer(found: Contradictory) -> SimpleNamespace:
    response, rules = found.response, Rules.model_validate(found.survey.rules)
    customer = response.customer
    return SimpleNamespace(
        id=response.id,
        said=contradiction_words(found.assessment.contradiction, response.latest_score),
        score=response.latest_score,
        metric=found.survey.kind.value,
        band=band(found.survey.kind, response.latest_score, rules.thresholds.detractor_max),
        pieces=marked_comment(response.comment, found.assessment),
        because=found.assessment.reason,
        survey=rules.title,
        when=when(response.answered_at, clock.now(), current_settings().zone),
        customer=(customer.name or "Unknown buyer") if customer else "Unknown buyer",
        url=url_for("asking.person", customer_id=customer.id) if customer else "",
    )
