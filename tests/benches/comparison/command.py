"""What our programs do for whoever started them: they end in order when told to, and say how far they are."""

from __future__ import annotations

import signal
import sys


def end_when_told() -> None:
    """A signal that asks for the end unwinds the program, so that what it started ends first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


def progress(words: str) -> None:
    """Tells a person who watches how far it is, in one line."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)
