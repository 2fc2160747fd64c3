"""The start page, the stylesheets, and whether all is well."""

import hashlib
from functools import cache

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as HttpResponse
from wtforms import BooleanField, EmailField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from feedback_service import clock
from feedback_service.choices import SelectChoice
from feedback_service.config import current_settings
from feedback_service.database import db
from feedback_service.paths import STATIC
from feedback_service.questionnaires.common_words import common_words
from feedback_service.questionnaires.questions import Question, QuestionType
from feedback_service.questionnaires.words import QuestionWords, Wording
from feedback_service.readiness import FINE, alarms_said, readiness
from feedback_service.responses.follow_ups.forms import QuestionFields
from feedback_service.responses.follow_ups.parts import asking_in

bp = Blueprint("home", __name__)
styleguide_bp = Blueprint("styleguide", __name__)

STYLESHEETS = {"customer": ("tokens.css", "respond.css"), "staff": ("tokens.css", "respond.css", "app.css")}
"""What a page loads in one request: the tokens first, then its own rules."""

Door = tuple[str, str, str, str, str]
"""Audience, title, text, address, and a hint such as a sign-in, which all doors of an audience share."""
DEMO_DOORS = "demo_doors"
"""Under this name the demo leaves its own doors for the start page."""


@bp.get("/")
def index() -> str:
    """Some doors for each audience."""
    rooms: dict[str, list[Door]] = {}
    for door in _doors():
        rooms.setdefault(door[0], []).append(door)
    return render_template("home.html", rooms=rooms, demo=current_settings().demo)


def _doors() -> list[Door]:
    demo = current_app.extensions.get(DEMO_DOORS)
    if demo is not None:
        return list(demo())
    return [
        ("Staff", "Work the queue", "Every unhappy buyer, the most pressing first.", url_for("desk.queue"), ""),
        ("Managers", "See the trend", "The score by month, with its interval.", url_for("insights.overview"), ""),
    ]


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> tuple[dict[str, object], int]:
    """Whether the process can do its work, which the status tells; and what is silent, which the status does not."""
    state = readiness(db.engine)
    if set(state.values()) != {FINE}:
        return {**state}, 503
    return {**state, "alarms": alarms_said(db.session, current_settings(), clock.now())}, 200


@cache
def _stylesheet(name: str) -> tuple[bytes, str]:
    content = b"\n".join((STATIC / part).read_bytes() for part in STYLESHEETS[name])
    return content, hashlib.sha256(content).hexdigest()[:12]


@bp.get("/static/<name>.css")
def stylesheet(name: str) -> HttpResponse:
    """The tokens and one audience's rules as one file."""
    if name not in STYLESHEETS:
        abort(404)
    content, digest = _stylesheet(name)
    response = Response(content, mimetype="text/css")
    response.set_etag(digest)
    response.cache_control.public = True
    response.cache_control.max_age = 31_536_000 if request.args.get("v") == digest else 300
    return response.make_conditional(request)


@bp.app_url_defaults
def _versioned(endpoint: str, values: dict[str, object]) -> None:
    """Let browsers keep a stylesheet for good, and fetch it anew once it changed."""
    if endpoint == "home.stylesheet" and values.get("name") in STYLESHEETS:
        values["v"] = _stylesheet(str(values["name"]))[1]


class _SampleForm(FlaskForm):
    """Every kind of field, for the style guide; empty, so that the errors show."""

    score = RadioField(choices=[SelectChoice(str(score), str(score)) for score in range(11)], default="9")
    satisfaction = RadioField(choices=[SelectChoice(str(score), str(score)) for score in range(1, 6)])
    ease = RadioField(choices=[SelectChoice(str(score), str(score)) for score in range(1, 8)])
    email = EmailField("E-mail", validators=[InputRequired("Give the address you sign in with.")])
    comment = TextAreaField("What is the main reason for your score?")
    kind = SelectField(
        "What did you do?", choices=[SelectChoice(word, word) for word in ("Called", "Wrote", "Refunded")]
    )
    channel = RadioField("How shall we answer?", choices=[SelectChoice(word, word) for word in ("By mail", "By phone")])
    agree = BooleanField("Please contact me about this")


_QUESTIONS = (
    Question(key="driver", type=QuestionType.CHOICE_ONE, options=("product", "delivery"), other=True, driver=True),
    Question(key="liked", type=QuestionType.CHOICE_MANY, options=("range", "quality")),
    Question(key="solved", type=QuestionType.YES_NO),
    Question(key="parcel", type=QuestionType.RATING),
    Question(key="remedy", type=QuestionType.REMEDY),
)
_WORDS = {
    "driver": QuestionWords(
        label="What decided your score?",
        options={"product": "The product", "delivery": "The delivery"},
        other="Something else",
    ),
    "liked": QuestionWords(label="What did you like?", options={"range": "The range", "quality": "The quality"}),
    "solved": QuestionWords(label="Is it solved?"),
    "parcel": QuestionWords(label="How was the parcel?", low="Badly packed", high="Well packed"),
}


class _SampleQuestions(QuestionFields):
    """Every kind of question after the score that is no plain field."""

    def __init__(self) -> None:
        super().__init__(meta={"csrf": False}, formdata=None)
        facts = {"name": "", "shop": current_settings().shop_name, "order": "A-1042", "score": ""}
        wording = Wording.model_construct(questions=_WORDS)
        self.put(_QUESTIONS, asking_in(wording, common_words("en")[1], facts, has_order=True), {})


@styleguide_bp.get("/")
def styleguide() -> str:
    """Every part of the look, together."""
    form = _SampleForm(formdata=None)
    form.validate()
    return render_template("styleguide.html", form=form, questions=_SampleQuestions())
