"""Reads a queue of a million cases, page by page, beside looking up one case by its key.

    python benchmarks/queue.py [--small] [--database sqlite|postgresql] [--cases N] [--rounds N]

The same is measured, in turn, in a shop with 10,000 cases, which shows what grows. The last line is one JSON object, of
which each figure is the worse one of both databases. Exit code 1: paging or searching lost a case or showed one twice,
a page failed, or a log's chain was broken.
"""

import sys

if __name__ == "queue":
    # A script's folder comes first on the path, so whoever wants the standard library's `queue` beneath a benchmark
    # finds this file; it hands them that one.
    from queue_parts.standard import give_way

    give_way()

if __name__ == "__main__":
    from queue_parts.run import main

    sys.exit(main())
