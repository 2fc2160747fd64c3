"""Gives way to the module of the standard library that has the benchmark's name."""

import sys
import sysconfig
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path


def give_way() -> None:
    """Put the standard library's `queue` where whoever imports that name will find it."""
    loader = SourceFileLoader("queue", str(Path(sysconfig.get_path("stdlib"), "queue.py")))
    spec = spec_from_loader("queue", loader)
    if spec is None:
        raise ImportError("the standard library has no queue")
    module = sys.modules["queue"] = module_from_spec(spec)
    loader.exec_module(module)
