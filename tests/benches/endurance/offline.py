"""One who was away while much was said."""

from __future__ import annotations

from typing import Iterator

from comparison.figure import middle

from .ground import Ground
from .promise import Figure, cpu

#: Messages that were missed.
MESSAGES = 100_000
#: Of them heard in a second.
RATE = 100_000


def measure(ground: Ground) -> Iterator[Figure]:
    """Every round another hundred thousand."""
    size = ground.size
    messages = size.of(MESSAGES)
    load = ["offline", "--messages", str(messages)]
    with ground.server() as server:
        reports = [server.put(f"round {number + 1} of {size.rounds}", load) for number in range(size.rounds)]
    heard = middle(report["delivered_per_second"] for report in reports)
    yield Figure(f"offline, {messages:,} missed: heard", heard, "/s", least=RATE, cpu_seconds=cpu(reports))
