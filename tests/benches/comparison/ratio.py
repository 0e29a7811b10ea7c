"""How many times what one server does another one does: taken within each round, whose servers met the same machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Iterable, Optional

from .figure import Figure, delivered_per_cpu_second, divided, middle, told
from .load import AnyLoad
from .round import Result

#: What is compared.
FOR_EACH_CPU_SECOND = "delivered for each CPU second"
A_SECOND = "delivered a second"


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds."""

    load: str
    what: str
    server: str
    #: The one it is compared with.
    to: str
    #: Nothing where a round has not both.
    times: Optional[float]
    #: What is promised.
    least: Optional[float] = None

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


def ratios(load: AnyLoad, results: list[Result]) -> list[Ratio]:
    """All that are told of a load. Results stand in the order of their servers."""
    servers = list(dict.fromkeys(result.server for result in results))
    if load.filters:
        fewest, most = servers[0], servers[-1]
        rates = _times(told("delivered_per_second"), results, most, fewest)
        costs = _times(delivered_per_cpu_second, results, most, fewest)
        return [
            Ratio(load.name, A_SECOND, most, fewest, rates, load.times),
            Ratio(load.name, FOR_EACH_CPU_SECOND, most, fewest, costs),
        ]
    ours, *peers = servers
    return [
        Ratio(
            load.name,
            FOR_EACH_CPU_SECOND,
            ours,
            peer,
            _times(delivered_per_cpu_second, results, ours, peer),
            load.times if peer == "mosquitto" else None,
        )
        for peer in peers
    ]


def describe(ratios: Iterable[Ratio]) -> list[str]:
    """A line for each."""
    lines = []
    for ratio in ratios:
        times = "–" if ratio.times is None else f"{ratio.times:,.2f}"
        promised = "" if ratio.least is None else f"; promised: {ratio.least:,.2f}"
        lines.append(f"  {ratio.what}: {ratio.server} has {times} times that of {ratio.to}{promised}")
    return lines


def _times(figure: Figure, results: list[Result], one: str, other: str) -> Optional[float]:
    rounds: dict[int, dict[str, Optional[float]]] = {}
    for result in results:
        rounds.setdefault(result.round, {})[result.server] = figure(result)
    return middle(divided(each.get(one), each.get(other)) for each in rounds.values())
