"""Whatever is asked, and whatever is answered: it is kept as it was typed, and shown again as it was."""

from datetime import datetime
from itertools import count

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.questions import (
    CHOICES,
    COMMENT,
    OTHER,
    OWN_KEYS,
    YES,
    Question,
    QuestionType,
    Show,
    Structure,
)
from feedback_service.questionnaires.words import Band
from feedback_service.responses.follow_ups.queries import answers_to_follow_ups
from feedback_service.responses.models import ContactHow, ContactWhen, Response
from feedback_service.responses.rules.answers import CONTACT, Contact, Given, asks_for_contact
from feedback_service.responses.rules.words import LONGEST_COMMENT, as_kept
from tests.responses.factories import read
from tests.responses.follow_ups.factories import asked_about, give_score

BANDS: dict[Band, int] = {"promoter": 9, "passive": 8, "detractor": 6}
_surveys = count(1)

words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        ["😀" * LONGEST_COMMENT, "متأخر\0 جدًا", "שלום\r\nעולם", "\u202e=1+1", "</textarea>", " \n ", "👩‍👩‍👧"]
    ),
)


@st.composite
def surveys(draw: st.DrawFn) -> tuple[Question, ...]:
    """Up to seven questions of any type, some of which hang on the band or on an earlier answer."""
    questions: list[Question] = []
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from([kind for kind in QuestionType if kind != QuestionType.SCORE]))
        key = OWN_KEYS.get(kind) or (COMMENT if kind == QuestionType.TEXT and draw(st.booleans()) else f"q{number}")
        if key in {question.key for question in questions}:
            continue
        choice = kind in CHOICES
        questions.append(
            Question(
                key=key,
                type=kind,
                options=("a", "b", "c")[: draw(st.integers(1, 3))] if choice else (),
                other=choice and draw(st.booleans()),
                show=draw(shows(questions)),
            )
        )
    return tuple(questions)


@st.composite
def shows(draw: st.DrawFn, earlier: list[Question]) -> Show:
    band = tuple(draw(st.sets(st.sampled_from(sorted(BANDS)), max_size=2)))
    possible = [question for question in earlier if question.possible]
    if not possible or draw(st.booleans()):
        return Show(band=band)
    before = draw(st.sampled_from(possible))
    answers = draw(st.sets(st.sampled_from(before.possible), min_size=1))
    return Show(band=band, question=before.key, answers=tuple(sorted(answers)))


@st.composite
def answers_to(draw: st.DrawFn, question: Question) -> Given:
    """What somebody may say to it, or nothing."""
    if question.type == QuestionType.TEXT:
        return Given(text=draw(words))
    if question.type == QuestionType.CONTACT_WISH:
        return Given((YES,) if draw(st.booleans()) else ())
    if question.type == QuestionType.REMEDY:
        return draw(remedies())
    most = len(question.possible) if question.type == QuestionType.CHOICE_MANY else 1
    chosen = draw(st.sets(st.sampled_from(question.possible), max_size=most))
    text = draw(words) if OTHER in chosen else ""
    return Given(tuple(key for key in question.possible if key in chosen), text)


@st.composite
def remedies(draw: st.DrawFn) -> Given:
    chosen = draw(st.sampled_from([(), ("note",), ("put_right",), ("contact",)]))
    if chosen != ("contact",):
        return Given(chosen)
    how = draw(st.sampled_from(ContactHow))
    phone = draw(st.sampled_from(["+49 30 12345", "٠٢١٠٠٠٠٠"])) if how == ContactHow.PHONE else ""
    return Given(chosen, contact=Contact(how, draw(st.sampled_from(ContactWhen)), phone))


def fields_of(question: Question, said: Given) -> dict[str, object]:
    """What a browser sends for this answer."""
    if question.type == QuestionType.TEXT:
        return {question.key: said.text}
    if question.type == QuestionType.CONTACT_WISH:
        return {question.key: "y"} if said else {}
    fields: dict[str, object] = {question.key: list(said.chosen), f"{question.key}-{OTHER}": said.text}
    if said.contact:
        for name in ("how", "when", "phone"):
            fields[f"{question.key}-{name}"] = getattr(said.contact, name)
    return fields


def as_typed(said: Given) -> Given:
    return Given(said.chosen, as_kept(said.text), said.contact)


def is_put(structure: Structure, key: str, band: Band, said: dict[str, Given]) -> bool:
    """Whether a question is asked, as its author would say it."""
    show = next(question.show for question in structure.follow_ups if question.key == key)
    if show.band and band not in show.band:
        return False
    if show.question is None:
        return True
    brought_up = bool(set(said[show.question].chosen) & set(show.answers))
    return brought_up and is_put(structure, show.question, band, said)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_answer_to_any_survey_is_kept_as_it_was_typed(
    client: FlaskClient, session: Session, now: datetime, data: st.DataObject
) -> None:
    questions, band = data.draw(surveys()), data.draw(st.sampled_from(sorted(BANDS)))
    said = {question.key: data.draw(answers_to(question), label=question.key) for question in questions}
    if CONTACT in said and asks_for_contact(said):
        said[CONTACT] = Given((YES,))  # wherever it stands, its box comes ticked
    number = next(_surveys)
    client.environ_base["REMOTE_ADDR"] = f"10.0.{number // 250}.{number % 250 + 1}"  # a visitor of its own
    person = asked_about(session, now, *questions, key=f"survey_{number}")
    give_score(client, person, BANDS[band], now)

    asked_for = _answer_every_page(client, f"{person.path}/more", questions, said)

    response = session.scalars(select(Response).where(Response.invitation_id == person.invitation_id)).one()
    structure = Structure(kind="nps", questions=(Question(key="score", type=QuestionType.SCORE), *questions))
    assert asked_for == [key for key in asked_for if is_put(structure, key, band, said)]
    assert set(asked_for) == {key for key in said if is_put(structure, key, band, said)}
    expected = {key: as_typed(said[key]) for key in asked_for}
    if asks_for_contact(expected):
        expected[CONTACT] = Given((YES,))
    kept = answers_to_follow_ups(session, response)
    session.commit()  # or the next press waits for it
    assert kept == {key: answer for key, answer in expected.items() if answer}

    before = response.revision
    assert _answer_every_page(client, f"{person.path}/more", questions, said) == asked_for
    session.refresh(response)
    assert response.revision == before, "said twice, kept once"
    session.commit()


def _answer_every_page(
    client: FlaskClient, path: str, questions: tuple[Question, ...], said: dict[str, Given]
) -> list[str]:
    """Fill in every page that comes, and press its button; which questions were asked, in order."""
    asked_for: list[str] = []
    while not path.endswith("/thanks"):
        opened = client.get(path)
        if opened.status_code == 303:
            path = opened.location
            continue
        html = opened.get_data(as_text=True)
        here = [question for question in questions if f' name="{question.key}"' in html]
        form: dict[str, object] = {name: read(opened).forms[0][name] for name in ("csrf_token", "seen")}
        for question in here:
            form |= fields_of(question, said[question.key])
        sent = client.post(path, data=form)
        assert sent.status_code == 303, read(sent).text
        asked_for += [question.key for question in here]
        path = sent.location
    return asked_for
