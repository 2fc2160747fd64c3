"""Measures how well comments are understood: English against plain TextBlob and VADER, other languages, and themes.

    python benchmarks/sentiment.py DATA [--small]

DATA holds `comments/dev` and `olist`, whose comments nothing that ships has learned from; or it is `comments/dev`
itself, and the languages are measured where `olist` lies two folders up. English are all files whose names do not end
in another language (`_es`). The last line is one JSON object.
"""

import argparse
import json
import sys
from pathlib import Path

from sentiment_parts.english import english_figures, print_english
from sentiment_parts.languages import languages_figures, print_languages
from sentiment_parts.themes import THEMES, print_themes, theme_figures

SMALL = 300
"""Comments of each set with ``--small``."""


def main() -> int:
    """Measure and print; 2 when a file is missing."""
    parser = argparse.ArgumentParser(description="How well comments are understood.")
    parser.add_argument("data", type=Path, help="where comments/dev and olist lie")
    parser.add_argument("--small", action="store_true", help=f"only the first {SMALL} comments of each set")
    chosen = parser.parse_args()
    limit = SMALL if chosen.small else None
    comments, olist = _folders(chosen.data)
    try:
        figures = english_figures(comments, limit)
        print_english(figures)
        if olist.is_dir():
            languages = languages_figures(comments, olist, limit)
            print_languages(languages)
            figures |= languages
        if (comments / THEMES).is_file():
            figures["themes"] = theme_figures(comments, limit)
            print_themes(figures["themes"])
    except OSError as error:
        print(f"{error.filename}: {error.strerror}; DATA must hold comments/dev and olist.")
        return 2
    print(json.dumps(figures))
    return 0


def _folders(data: Path) -> tuple[Path, Path]:
    """The labelled comments' folder, and Olist's."""
    if (data / "comments" / "dev").is_dir():
        return data / "comments" / "dev", data / "olist"
    comments = data / "dev" if (data / "dev").is_dir() else data
    return comments, comments.resolve().parent.parent / "olist"


if __name__ == "__main__":
    sys.exit(main())
