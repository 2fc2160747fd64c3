"""Reads the scores of ten million answers, beside a plain GROUP BY over them and beside DuckDB on the same rows.

    python benchmarks/insights.py [--small] [--database sqlite|postgresql] [--answers N] [--rounds N]

The last line is one JSON object, of which each figure is the worse one of both databases. Exit code 1: a number was not
the same in all three, or a page failed.
"""

import sys

if __name__ == "__main__":
    from insights_parts.run import main

    sys.exit(main())
