"""Half an hour: messages at a fixed rate while others read history, and what the write-ahead log grows to."""

from __future__ import annotations

from typing import Iterator

from comparison.figure import divided

from .ground import Ground
from .pairs import PAIRS, few_rooms
from .promise import Figure, acknowledged, cpu, quantile

#: Messages a second.
RATE = 5_000
#: Those who read history.
READERS = 4
#: The most bytes of the write-ahead log.
WAL = 512_000_000
#: Milliseconds until the PUBACK, for 99 of 100.
PUBACK = 25


def measure(ground: Ground) -> Iterator[Figure]:
    """One load, as long as was asked for. Before it something is said: else readers would find empty logs, and ask for
    their beginning thousands of times a second.
    """
    size = ground.size
    seconds = max(1, round(size.minutes * 60))
    pairs, rate = size.of(PAIRS, least=READERS), size.of(RATE, least=100)
    load = ["latency", "--pairs", str(pairs), "--rate", str(rate), "--replaying", str(READERS)]
    with ground.server() as server:
        server.put("there is history", few_rooms(size), size.seconds)
        report = server.put(f"{size.minutes:g} minutes, {READERS} read history", load, seconds)
    disk = report["disk"]
    wal = divided(disk and disk["wal_peak"], 1e6)
    peak = divided(report["server"] and report["server"]["rss_peak"], 1e6)
    yield Figure(f"{size.minutes:g} min at {report['rate']:,}/s", acknowledged(report), "/s", cpu_seconds=cpu([report]))
    yield Figure("  write-ahead log, peak", wal, "MB", most=WAL / 1e6)
    yield Figure("  PUBACK p99", quantile(report, "puback_ms", "p99"), "ms", 2, most=PUBACK)
    yield Figure("  PUBACK p50", quantile(report, "puback_ms", "p50"), "ms", 2)
    yield Figure("  memory, peak", peak, "MB")
    yield Figure(f"  history read by {READERS}", report["replay"]["entries_per_second"], "/s")
