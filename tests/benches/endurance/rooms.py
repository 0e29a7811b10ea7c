"""Many rooms: the 1:1 rate with 100,000 of them on the disk against the rate with 100."""

from __future__ import annotations

from typing import Iterator, Optional

from comparison.bench import Report
from comparison.figure import divided, middle

from .ground import Ground
from .pairs import few_rooms, many_rooms
from .promise import Figure, acknowledged, cpu

#: What is promised of the ratio.
RATIO = 0.9


def measure(ground: Ground) -> Iterator[Figure]:
    """In turns, on two folders. Promised is that the same 100 pairs fare alike beside 100,000 rooms. What it costs to speak in
    all of those in turn, so that no two messages in a row meet in a page of an index, is told without a promise."""
    size = ground.size
    few, many, beside = few_rooms(size), many_rooms(size), few_rooms(size)
    with ground.server("many") as server:
        server.put("rooms are made", many, 1)
    of: dict[str, list[Report]] = {"few": [], "many": [], "beside": []}
    for number in range(size.rounds):
        turns = [("few", {"few": few}), ("many", {"many": many, "beside": beside})]
        for folder, loads in turns if number % 2 else reversed(turns):
            for name, load in loads.items():
                with ground.server(folder) as server:
                    server.put(f"round {number + 1} of {size.rounds}, {name}: warm-up", load, size.seconds)
                    of[name].append(server.put(f"round {number + 1}, {name}", load, size.seconds))
    told = {name: (middle(map(acknowledged, reports)), cpu(reports)) for name, reports in of.items()}
    for name, what in (
        ("few", "1:1 rate, 100 rooms"),
        ("many", "1:1 rate, spoken in all of 100,000 rooms"),
        ("beside", "1:1 rate, spoken in 100 of 100,000 rooms"),
    ):
        rate, seconds = told[name]
        yield Figure(what, rate, "/s", cpu_seconds=seconds)
    yield Figure("  beside 100,000 against alone", _ratio(of["beside"], of["few"]), "×", 2, least=RATIO)
    yield Figure("  in all 100,000 against in 100", _ratio(of["many"], of["few"]), "×", 2)


def _ratio(ours: list[Report], theirs: list[Report]) -> Optional[float]:
    """The median of the rounds' ratios: both of a round met the same machine."""
    pairs = zip(map(acknowledged, ours), map(acknowledged, theirs))
    return middle(divided(one, other) for one, other in pairs)
