"""Matplotlib's SVG made fit for a page: readable by screen readers, and under a strict content policy."""

import re
from xml.sax.saxutils import escape, quoteattr

FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'

# From the prolog to the default style, Matplotlib's opening is replaced as a whole.
_OPENING = re.compile(r"\A.*?<svg\b.*?</defs>\s*", re.DOTALL)
# Only inside a tag: a title may hold the same words, but never a bare "<".
_STYLE = re.compile(r'(<\w[^<>]*?\s)style="([^"]*)"')
_NUMBERED_GROUP = re.compile(r'<g id="[^"]*"')


def for_pages(svg: str, *, title: str, description: str, width: int, height: int) -> str:
    """Give Matplotlib's `svg` a name, a description and a size in CSS pixels.

    Styles become plain attributes, because a policy without `unsafe-inline` drops `style`, and the numbered ids
    go, because two charts on a page would share them. The result depends on the arguments alone.
    """
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img"'
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' font-family={quoteattr(FONTS)} stroke-linejoin="round" aria-label={quoteattr(title)}>\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n"
    )
    body = _OPENING.sub("", svg, count=1)
    return opening + _NUMBERED_GROUP.sub("<g", _STYLE.sub(_attributes, body))


def _attributes(styled: re.Match[str]) -> str:
    declared = (declaration.partition(":") for declaration in styled[2].split(";") if declaration.strip())
    return styled[1] + " ".join(
        f'{name.strip()}="{value.strip()}"'
        for name, _, value in declared
        if name.strip() != "font-family"  # inherited from the root, where the reader's own fonts come first
    )
