"""What the page of comments says: figures, sentences and lists made of what was read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from feedback_service.formats import language_name, many, when
from feedback_service.insights.figures.figure import Figure, Line, Mark, Scale, Shape
from feedback_service.insights.figures.immature import of_period
from feedback_service.insights.figures.words import SPACE, write, write_range
from feedback_service.insights.links import ANSWERS, answers_url
from feedback_service.insights.rules.metrics import METRIC_NAMES, MIN_ANSWERS, MetricKind, estimate
from feedback_service.insights.rules.rates import share
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.insights.segments.spans import Scores
from feedback_service.insights.words.queries import MOST_READ, NEWEST, Comments, Spoken, Spread, Tones
from feedback_service.masking import mask
from feedback_service.questionnaires.queries import SurveySummary
from feedback_service.responses.models import Response
from feedback_service.responses.rules.bands import band
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.shown import LABEL_WORDS
from feedback_service.sentiment.themes.rising import Rising

PAGE = "/insights/words"  # written out, since figures are made where there is no request, too
SCORED = (SentimentLabel.NEGATIVE, SentimentLabel.NEUTRAL, SentimentLabel.POSITIVE)
"""From the bottom up."""
MOST_THEMES = 12
LONGEST = 420  # characters of a comment in a list
BEFORE, NOW = 0, 1


@dataclass(frozen=True)
class ThemeLine:
    """One theme in the scope's days."""

    key: str
    name: str
    scores: Scores
    before: int
    """Answers about it in as many days before."""

    @property
    def n(self) -> int:
        """Answers whose comment is about it."""
        return _n(self.scores)


def themes_of(found: Spoken, names: Mapping[str, str]) -> list[ThemeLine]:
    """The themes that most answers are about, first."""
    lines = [
        ThemeLine(key, _named(names, key), spread.get(NOW, {}), _n(spread.get(BEFORE, {})))
        for key, spread in found.themes.items()
        if _n(spread.get(NOW, {}))
    ]
    return sorted(lines, key=lambda line: (-line.n, line.name))[:MOST_THEMES]


def link(scope: Scope, **more: str) -> str:
    """An address of this page with the same filters: of a theme, or of a word."""
    return f"{PAGE}?{urlencode({**scope.pairs(), **more})}"


def sentiment_figure(scope: Scope, found: Spoken, name: str, whose: str) -> Figure:
    """Parts of the comments that were scored, period by period; those that could not be are told beside them."""
    return Figure(
        name=name,
        title=f"How comments sound, {whose}",
        shape=Shape.SHARES,
        scale=Scale.PERCENT,
        lines=tuple(
            Line(LABEL_WORDS[label], tuple(_part(scope, found, label, at) for at in range(len(scope.periods))))
            for label in SCORED
        ),
        count_of="Comments",
    )


def _part(scope: Scope, found: Spoken, label: SentimentLabel, at: int) -> Mark:
    period = scope.periods[at]
    counts = _labels(found, at)
    n, unscored = sum(counts[each] for each in SCORED), counts[SentimentLabel.UNSCORED]
    url = "" if scope.value else answers_url(scope, period.first, period.last, Dimension.SENTIMENT, label)
    mark = Mark(
        period.label,
        100 * counts[label] / n if n else None,
        n=n,
        enough=n >= MIN_ANSWERS,
        url=url if counts[label] else "",
        note=f"{unscored:,} unscored" if unscored else "",
    )
    return of_period(mark, goes_on=scope.goes_on(period))


def coverage(found: Spoken) -> str:
    """How many answers have words, and how many of those a verdict; nothing without answers."""
    answers = sum(_n(scores) for scores in found.totals.values())
    counts = {label: sum(_n(scores) for scores in _spread(found, label).values()) for label in SentimentLabel}
    worded = sum(counts.values())
    if not answers:
        return ""
    unscored = counts[SentimentLabel.UNSCORED]
    said = f"{worded:,} of {many(answers, 'answer')} have words that were read ({_percent(worded, answers)})."
    if unscored:
        said += (
            f" {unscored:,} of them could not be scored and {'is' if unscored == 1 else 'are'} left out of the parts:"
            " their language or their words gave no verdict."
        )
    return said + (" Those who write are not a sample of all who answer." if worded else "")


def themes_figures(scope: Scope, found: Spoken, kind: MetricKind, lines: Sequence[ThemeLine]) -> list[Figure]:
    """How many write about each theme, and the score of those who do."""
    answers = sum(_n(scores) for scores in found.totals.values())
    reach, score = [], []
    for line in lines:
        of, told = share(min(line.n, answers), answers), estimate(kind, line.scores)
        url = link(scope, theme=line.key)
        reach.append(Mark(line.name, of.value, of.low, of.high, line.n, answers >= MIN_ANSWERS, url))
        score.append(Mark(line.name, told.value, told.low, told.high, told.n, told.enough, url))
    metric = METRIC_NAMES[kind]
    return [
        Figure(
            "themes", "Share of answers that write about it", Shape.WHISKERS, Scale.PERCENT, (Line("", tuple(reach)),),
            first_column="Theme", value_name="Share",
        ),
        Figure(
            "themes-score", f"{metric} of those who write about it", Shape.WHISKERS,
            Scale.SCORE if kind.by_band else Scale.PERCENT, (Line("", tuple(score)),),
            first_column="Theme", value_name=metric,
        ),
    ]  # fmt: skip


def theme_words(line: ThemeLine, found: Spoken, kind: MetricKind, tones: Tones | None) -> list[str]:
    """A theme in sentences: its reach, its trend, the score of those who mention it, and how it is spoken of."""
    answers = sum(_n(scores) for scores in found.totals.values())
    said = [f"{many(line.n, 'answer')}, {_percent(line.n, answers)} of all; {_earlier(line, found)}."]
    told, scale = estimate(kind, line.scores), Scale.SCORE if kind.by_band else Scale.PERCENT
    if told.enough and told.value is not None and told.low is not None and told.high is not None:
        metric = METRIC_NAMES[kind]
        said.append(f"{metric} of those: {write(told.value, scale)} ({write_range(told.low, told.high, scale)}).")
    else:
        said.append("Too few for a score of their own.")
    if tones and (tones.praised or tones.criticised):
        said.append(
            f"Praised in {tones.praised:,} and criticised in {tones.criticised:,} of {tones.comments:,} comments."
        )
    return said


def _earlier(line: ThemeLine, found: Spoken) -> str:
    if not found.all_before:
        return "nobody answered in as many days before"
    return f"{_percent(line.before, found.all_before)} in as many days before"


def sort_of(found: Spoken) -> str:
    """What was left out because of how many answers there are."""
    if found.too_many:
        return (
            f"There are {found.too_many:,} answers in these days. Up to {MOST_READ:,} are read one by one for a"
            " segment: these are the numbers of all. Choose fewer days to see the segment's own."
        )
    worded = sum(_n(scores) for label in SentimentLabel for scores in _spread(found, label).values())
    return f"Tones and examples come from the newest {NEWEST:,} comments." if worded > NEWEST else ""


def rising_rows(scope: Scope, found: Mapping[str, list[Rising]]) -> list[SimpleNamespace]:
    """Words that rose, the surest first, each with the way to its comments."""
    ranked = sorted(
        ((one, language) for language, words in found.items() for one in words), key=lambda each: -each[0].z
    )
    return [
        SimpleNamespace(
            phrase=one.phrase, language=language_name(language), now=one.now, before=one.before,
            url=link(scope, word=one.phrase),
        )
        for one, language in ranked
    ]  # fmt: skip


def comment_lines(
    answers: Sequence[Response], survey: SurveySummary, highest: int, now: datetime, zone: ZoneInfo
) -> list[SimpleNamespace]:
    """Comments as a list shows them; `highest`: the score up to which somebody is unhappy."""
    return [
        SimpleNamespace(
            score=answer.score, metric=survey.kind.value, band=band(survey.kind, answer.score, highest),
            words=_beginning(mask(answer.comment)), when=when(answer.answered_at, now, zone),
            url=f"{ANSWERS}?{urlencode({'before': answer.id + 1})}#answer-{answer.id}",
        )
        for answer in answers
    ]  # fmt: skip


def next_page(scope: Scope, found: Comments, **what: str) -> str:
    """Where the list goes on; nothing where it ends."""
    return "" if found.following is None else link(scope, **what, before=str(found.following))


def listed(found: Comments) -> str:
    """What is to be said of a list that is not full though more comments lie behind it."""
    if found.looked_through is None:
        return ""
    return f"These are all among the {found.looked_through:,} comments looked through; further back there may be more."


def named(names: Mapping[str, str]) -> Callable[[str], str]:
    """A theme's name by its key."""
    return lambda key: _named(names, key)


def _named(names: Mapping[str, str], key: str) -> str:
    return names.get(key) or key.replace("_", " ").capitalize()


def _labels(found: Spoken, at: int) -> dict[SentimentLabel, int]:
    return {label: _n(_spread(found, label).get(at, {})) for label in SentimentLabel}


def _spread(found: Spoken, label: SentimentLabel) -> Spread:
    return found.sentiment.get(label.value, {})


def _beginning(comment: str) -> str:
    return comment if len(comment) <= LONGEST else comment[:LONGEST].rpartition(" ")[0] + " …"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}{SPACE}%" if whole else "none"


def _n(scores: Scores) -> int:
    return sum(scores.values())
