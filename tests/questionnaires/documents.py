"""Surveys as Hypothesis makes them: every type of question, any words, any rules."""

from decimal import Decimal

from hypothesis import strategies as st

from feedback_service.questionnaires.definition import SurveyDefinition, TriggerEvent
from feedback_service.questionnaires.models import SurveyKind
from feedback_service.questionnaires.questions import SCALES

ODD = "aZ09 äß漢字العربية🎁'\"\\#=[]-%.,:;!?&<>/\u00a0\u200f"
line = st.text(ODD, min_size=1, max_size=30).filter(lambda text: text.strip() != "")
words = st.text(ODD + "\n", min_size=1, max_size=60).filter(lambda text: text.strip() != "")
locales = st.sets(st.sampled_from(["en", "de", "fr", "es", "pt-BR", "ar"]), min_size=1, max_size=3)
plain_value = st.text("abcXYZ äß漢09-_.", min_size=1, max_size=12).filter(lambda text: text.strip() == text)
BANDS = ("promoter", "passive", "detractor")


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | strategy


@st.composite
def questions(draw: st.DrawFn, *, anonymous: bool) -> list[dict[str, object]]:
    """A score and up to five more, some of which hang on earlier ones."""
    kinds = [
        "text",
        "choice_one",
        "choice_many",
        "rating",
        "yes_no",
        *([] if anonymous else ["contact_wish", "remedy"]),
    ]
    asked: list[dict[str, object]] = [{"key": "score", "type": "score"}]
    before: dict[str, list[str]] = {}
    driver_free = True
    for number, kind in enumerate(draw(st.lists(st.sampled_from(kinds), max_size=5))):
        key = {"contact_wish": "contact", "remedy": "remedy"}.get(kind, f"q_{number}")
        if any(question["key"] == key for question in asked):
            continue
        question: dict[str, object] = {"key": key, "type": kind, "required": draw(st.booleans())}
        if kind.startswith("choice"):
            options = draw(st.lists(st.sampled_from(["a", "b", "c_1", "d"]), min_size=1, max_size=4, unique=True))
            other, driver = draw(st.booleans()), driver_free and draw(st.booleans())
            driver_free = driver_free and not driver
            question |= {"options": options, "other": other, "driver": driver}
            before[key] = [*options, *(["other"] if other else [])]
        if not anonymous:
            question["show"] = draw(shows({earlier: said for earlier, said in before.items() if earlier != key}))
        asked.append(question)
    return asked


@st.composite
def shows(draw: st.DrawFn, before: dict[str, list[str]]) -> dict[str, object]:
    show: dict[str, object] = {"band": draw(st.lists(st.sampled_from(BANDS), unique=True, max_size=2))}
    if before and draw(st.booleans()):
        earlier = draw(st.sampled_from(sorted(before)))
        answers = draw(st.lists(st.sampled_from(before[earlier]), min_size=1, unique=True))
        show |= {"question": earlier, "answers": answers}
    return show


@st.composite
def question_words(draw: st.DrawFn, question: dict[str, object]) -> dict[str, object]:
    said: dict[str, object] = {"label": draw(line)}
    for name in (*BANDS, "hint"):
        said[name] = draw(maybe(line))
    if question["type"] == "rating":
        said |= {"low": draw(line), "high": draw(line)}
    options = question.get("options", [])
    assert isinstance(options, list)
    said["options"] = {option: draw(line) for option in options}
    if question.get("other"):
        said["other"] = draw(line)
    return said


@st.composite
def wordings(draw: st.DrawFn, asked: list[dict[str, object]]) -> dict[str, object]:
    lines = ("subject", "preheader", "greeting", "greeting_without_name", "question", "low", "high", "stop")
    page = ("question", "low", "high", "send", "change")
    return {
        "mail": {
            **{name: draw(line) for name in lines},
            **{name: draw(words) for name in ("intro", "why", "signature")},
            "reminder_intro": draw(maybe(words)),
            "why_more": draw(maybe(line)),
        },
        "page": {**{name: draw(line) for name in page}, "why": draw(words)},
        "questions": {
            str(question["key"]): draw(question_words(question))
            for question in asked
            if question["type"] not in {"score", "remedy"}
        },
        "more": {"heading": draw(line), "save": draw(line)},
        "thanks": {"heading": draw(line), "text": draw(words)},
    }


@st.composite
def rules(draw: st.DrawFn, kind: SurveyKind, spoken: list[str]) -> dict[str, object]:
    event = draw(st.sampled_from(list(TriggerEvent)))
    by_calendar = event in {TriggerEvent.CHECK_IN, TriggerEvent.PULSE}
    days = st.lists(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, unique=True)
    money = st.dictionaries(
        st.sampled_from(["EUR", "USD", "BRL"]), st.decimals(0, 10**9, places=2).map(Decimal.normalize), max_size=2
    )
    attributes = st.dictionaries(plain_value, st.lists(plain_value, min_size=1, max_size=2, unique=True), max_size=2)
    return {
        "title": draw(line),
        "status": draw(st.sampled_from(["open", "paused", "closed"])),
        "default_locale": draw(st.sampled_from(spoken)),
        "trigger": {"on": event, "delay_days": draw(st.integers(0, 30)), "every_months": 6 if by_calendar else None},
        "asking": {"priority": draw(st.integers(0, 1000)), "sample_one_in": draw(st.integers(1, 10_000))},
        "window": {
            "weekdays": draw(days),
            "from": f"{draw(st.integers(0, 11)):02}:30",
            "until": draw(st.sampled_from(["12:00", "23:59", "24:00"])),
            "holidays": draw(st.booleans()),
        },
        "filter": {
            "min_value": draw(money),
            "max_value": draw(money),
            "only": draw(attributes),
            "never": draw(attributes),
        },
        "thresholds": {"detractor_max": draw(st.sampled_from(SCALES[kind]))},
        "routing": {"team": "care", "due_hours": draw(st.integers(1, 720))},
    }


@st.composite
def surveys(draw: st.DrawFn) -> SurveyDefinition:
    """A survey that could be published."""
    kind = draw(st.sampled_from(list(SurveyKind)))
    asked = draw(questions(anonymous=kind == SurveyKind.ENPS))
    spoken = sorted(draw(locales))
    return SurveyDefinition.model_validate(
        {
            "key": "made_up",
            "metric": "made_up",
            "structure": {"kind": kind, "questions": asked},
            "rules": draw(rules(kind, spoken)),
            "wordings": {locale: draw(wordings(asked)) for locale in spoken},
        }
    )
