"""Many come back at once."""

from __future__ import annotations

from typing import Iterator

from comparison.bench import Report
from comparison.figure import middle

from .ground import Ground
from .promise import Figure, cpu, quantile

#: Sessions that missed something, and how many messages each.
SESSIONS, MISSED = 5_000, 20
#: CONNECTs a second.
CONNECTS = 5_000
#: Sessions in many rooms, and in how many each.
WIDE, ROOMS = 10_000, 100
#: Seconds until all of those have come back and caught up.
RESUMED = 30
#: Messages a second that others say meanwhile, and milliseconds until the PUBACK, for 99 of 100.
RATE, PUBACK = 1_000, 50


def measure(ground: Ground) -> Iterator[Figure]:
    """First those who missed much, then those in many rooms."""
    yield from _missed(ground)
    yield from _wide(ground)


def _missed(ground: Ground) -> Iterator[Figure]:
    load = ["storm", "--sessions", str(ground.size.of(SESSIONS)), "--missed", str(MISSED)]
    reports = _rounds(ground, "missed", load)
    connects = middle(report["connects_per_second"] for report in reports)
    caught_up = middle(report["caught_up_seconds"] for report in reports)
    yield Figure(f"storm, {MISSED} missed by each: CONNECTs", connects, "/s", least=CONNECTS, cpu_seconds=cpu(reports))
    yield Figure("  all caught up after", caught_up, "s", 2)


def _wide(ground: Ground) -> Iterator[Figure]:
    size = ground.size
    sessions, rate = size.of(WIDE), size.of(RATE, least=50)
    load = ["storm", "--sessions", str(sessions), "--rooms", str(ROOMS), "--rate", str(rate)]
    reports = _rounds(ground, "wide", load)
    resumed = middle(report["caught_up_seconds"] for report in reports)
    puback = middle(quantile(report["others"], "puback_ms", "p99") for report in reports)
    what = f"storm, {ROOMS} rooms each: all resumed after"
    yield Figure(what, resumed, "s", 2, most=RESUMED, cpu_seconds=cpu(reports))
    yield Figure(f"  PUBACK p99 of {rate:,}/s meanwhile", puback, "ms", 2, most=PUBACK)


def _rounds(ground: Ground, name: str, load: list[str]) -> list[Report]:
    rounds = range(1, ground.size.rounds + 1)
    with ground.server(name) as server:
        return [server.put(f"{name}: round {number} of {len(rounds)}", load) for number in rounds]
