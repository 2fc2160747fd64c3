"""Trains the English comment model and writes its file; the only place that needs scikit-learn (for its SciPy).

    python benchmarks/train_sentiment.py FOLDER [--output FILE]

FOLDER holds ``mams.csv``, ``pros_cons.csv``, ``vader_movie.csv`` and ``vader_nyt.csv``, whose licences let a model be
shipped. The same files give the same weights. The last line printed is one JSON object.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from sentiment_parts.fitting import SETTINGS, fitted
from sentiment_parts.lexicon_tables import package_lexicons
from sentiment_parts.training_comments import training_comments

from feedback_service.sentiment.english.model import FILE, write_model


def main() -> int:
    """Train and write; 0 when the file lies there."""
    parser = argparse.ArgumentParser(description="Trains the English comment model.")
    parser.add_argument("folder", type=Path, help="where the four training files lie")
    parser.add_argument("--output", type=Path, default=FILE, help="the model file; without: the one the package uses")
    chosen = parser.parse_args()
    started = time.perf_counter()
    lexicons = package_lexicons()
    comments = training_comments(chosen.folder)
    model = fitted(comments, lexicons, SETTINGS)
    write_model(model, chosen.output)
    print(
        json.dumps(
            {
                "comments": len(comments),
                "features": len(model.grams),
                "model_kb": round(chosen.output.stat().st_size / 1024, 1),
                "seconds": round(time.perf_counter() - started, 1),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
