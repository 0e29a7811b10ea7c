"""A log that has grown: the 1:1 rate after five million messages, with warm caches and with cold ones."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Generator, Iterator, Optional

from comparison.command import progress
from comparison.figure import divided, middle
from comparison.program import Failed

from .ground import Ground, Loaded
from .pairs import few_rooms, many_rooms
from .promise import Figure, acknowledged, cpu

#: Messages said between the first rate and the next.
MESSAGES = 5_000_000
#: What is promised of the ratios.
RATIO = 0.8
#: Seconds of one load that only says, so that somebody who watches sees it go on.
STRETCH = 60
#: Stretches in which they must have been said: four hours.
STRETCHES = 240
#: Linux: Documentation/admin-guide/sysctl/vm.rst. 1 drops what is read from files, and only what is written.
DROP = Path("/proc/sys/vm/drop_caches")


def measure(ground: Ground) -> Iterator[Figure]:
    """On one folder with 100,000 rooms: the rates, then the messages, then the rates again, and once more after
    everything was read anew. Promised is the rate in 100 of the rooms; that in all of them in turn is told as well."""
    few, many, size = few_rooms(ground.size), many_rooms(ground.size), ground.size
    with ground.server() as server:
        server.put("rooms are made, warm-up", many, size.seconds)
        start = yield from _rates(server, "at the start", few, many)
        said = fill(server, many, size.of(MESSAGES), start.many)
        yield Figure("  messages said then", said)
        warm = yield from _rates(server, f"after {said:,} messages", few, many)
    yield from _against(start, warm, "warm")
    missing = _drop_caches()
    if missing:
        yield Figure("  against the start, cold", missing=missing)
        return
    with ground.server() as server:
        # Only the first round of the first load is cold.
        cold = acknowledged(server.put("with cold caches", few, size.seconds))
        cold_many = acknowledged(server.put("with cold caches, all rooms", many, size.seconds))
    yield Figure("1:1 rate after a start with cold caches", cold, "/s")
    yield from _against(start, Rates(cold, cold_many), "cold")


@dataclass(frozen=True)
class Rates:
    """Messages a second, when 100 of the rooms are spoken in, and when all are."""

    few: Optional[float]
    many: Optional[float]


def _rates(server: Loaded, when: str, few: list[str], many: list[str]) -> Generator[Figure, None, Rates]:
    in_few = yield from _rate(server, f"1:1 rate {when}, 100 of 100,000 rooms", few)
    in_many = yield from _rate(server, f"1:1 rate {when}, all 100,000 rooms", many)
    return Rates(in_few, in_many)


def _against(start: Rates, now: Rates, what: str) -> Iterator[Figure]:
    yield Figure(f"  against the start, {what}", divided(now.few, start.few), "×", 2, least=RATIO)
    yield Figure(f"  the same in all rooms, {what}", divided(now.many, start.many), "×", 2)


def _rate(server: Loaded, what: str, load: list[str]) -> Generator[Figure, None, Optional[float]]:
    size = server.ground.size
    reports = [
        server.put(f"{what}: round {number + 1} of {size.rounds}", load, size.seconds)
        for number in range(size.rounds)
    ]
    rate = middle(map(acknowledged, reports))
    yield Figure(what, rate, "/s", cpu_seconds=cpu(reports))
    return rate


def fill(server: Loaded, load: list[str], wanted: int, rate: Optional[float]) -> int:
    """Says as many messages, as fast as it goes. Gives how many that were."""
    said = 0
    for _ in range(STRETCHES):
        seconds = min(STRETCH, math.ceil((wanted - said) / max(rate or 1, 1)))
        report = server.put(f"{said:,} of {wanted:,} messages said", load, max(seconds, 1))
        said += report["acknowledged"]
        rate = acknowledged(report)
        if said >= wanted:
            return said
    raise Failed(f"after {STRETCHES} minutes only {said:,} messages were said")


def _drop_caches() -> Optional[str]:
    """Makes Linux forget what it has read of files. Gives why it could not be."""
    progress("the page cache is dropped")
    # What was not written yet would stay.
    os.sync()
    try:
        DROP.write_text("1\n", encoding="ascii")
    except OSError as error:
        return f"the page cache can't be dropped: {error.strerror} (it takes root)"
    return None
