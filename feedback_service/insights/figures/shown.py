"""What the page shows of a figure, ready for its template."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from urllib.parse import urlencode

from feedback_service.insights.figures.figure import Figure
from feedback_service.insights.figures.layout import USUAL, WIDTHS, sketch
from feedback_service.insights.figures.table import table_of
from feedback_service.insights.figures.words import describe, plain
from feedback_service.insights.scope import Scope


def shown_figure(figure: Figure, url: str, scope: Scope) -> SimpleNamespace:
    """For the macro `figure`: the addresses of the picture's variants, its links, its table and its files.

    `url` is that of the picture as SVG on this page, without what stands behind "?": it ends in ".svg".
    """
    pairs = scope.pairs()
    return SimpleNamespace(
        name=figure.name,
        title=plain(figure.title),
        alt=f"{plain(figure.title)}. {describe(figure)}",
        empty=figure.empty,
        pictures={width: _picture(figure, url, pairs, width) for width in WIDTHS},
        table=table_of(figure),
        events=_events(figure),
        png_url=_address(url, "png", pairs),
        csv_url=_address(url, "csv", pairs),
    )


def shown_figures(figures: Iterable[Figure], url: Callable[[str], str], scope: Scope) -> dict[str, SimpleNamespace]:
    """Those that tell anything, by name; `url` gives that of a figure's picture."""
    return {each.name: shown_figure(each, url(each.name), scope) for each in figures if each.tells}


def _events(figure: Figure) -> list[tuple[str, str, str]]:
    """Of each what it was, from when on, and where it is told of."""
    longest = max((line.marks for line in figure.lines), key=len, default=())
    held = [event for event in figure.events if 0 <= event.at < len(longest)]
    return [(plain(event.label), plain(longest[event.at].label), event.url) for event in held]


def _picture(figure: Figure, url: str, pairs: dict[str, str], width: str) -> SimpleNamespace:
    made = sketch(figure, WIDTHS[width])
    variant = {} if width == USUAL else {"width": width}
    return SimpleNamespace(
        url=_address(url, "svg", pairs | variant),
        dark_url=_address(url, "svg", pairs | variant | {"theme": "dark"}),
        width=made.width,
        height=made.height,
        # The overlay counts from the top, as SVG does.
        spots=[
            SimpleNamespace(
                x=round(spot.x, 1),
                y=round(made.height - spot.y - spot.height, 1),
                width=round(spot.width, 1),
                height=round(spot.height, 1),
                url=spot.url,
                words=spot.words,
            )
            for spot in made.spots
        ],
    )


def _address(url: str, form: str, pairs: dict[str, str]) -> str:
    path, _, given = url.partition("?")
    asked = "&".join(each for each in (given, urlencode(pairs)) if each)
    return f"{path.removesuffix('svg')}{form}" + (f"?{asked}" if asked else "")
