"""What all rounds say together: medians, and ratios within each round, since a machine has better and worse minutes."""

from __future__ import annotations

from typing import Iterable, Optional

from .figure import COLUMNS, Figure, delivered_per_cpu_second, divided, middle
from .load import Load
from .round import Result


def show(load: Load, results: list[Result], ours: str) -> str:
    """The table of a load, its ratios, and what went wrong."""
    lines = [f"{load.name}: {load.describe()}", _row("", [name for name, _, _ in COLUMNS])]
    for server, rounds in _by_server(results).items():
        lines.append(_row(server, [_number(_median_of(figure, rounds), digits) for _, digits, figure in COLUMNS]))
    return "\n".join([*lines, _compared(results, ours), *_complaints(results)])


def ratio(results: list[Result], ours: str, theirs: str) -> Optional[float]:
    """How many times what a peer delivers for each CPU second we do: the median of the rounds' ratios."""
    rounds: dict[int, dict[str, Optional[float]]] = {}
    for result in results:
        rounds.setdefault(result.round, {})[result.server] = delivered_per_cpu_second(result)
    return middle(divided(each.get(ours), each.get(theirs)) for each in rounds.values())


def _compared(results: list[Result], ours: str) -> str:
    words = []
    for server, rounds in _by_server(results).items():
        delivered = _number(_median_of(delivered_per_cpu_second, rounds), 0)
        if server == ours:
            words.append(f"{server} {delivered}")
        else:
            words.append(f"{_number(ratio(results, ours, server), 2)} times {server}'s {delivered}")
    return "  delivered for each CPU second: " + ", ".join(words)


def _complaints(results: list[Result]) -> Iterable[str]:
    rounds: dict[tuple[str, str], list[str]] = {}
    for result in results:
        flaws = ", ".join(f"{count:,} {flaw}" for flaw, count in result.flaws().items())
        if result.failure or flaws:
            rounds.setdefault((result.server, result.failure or flaws), []).append(str(result.round))
    for (server, complaint), numbers in rounds.items():
        yield f"  ! {server}, round {', '.join(numbers)}: {complaint}"


def _by_server(results: list[Result]) -> dict[str, list[Result]]:
    by_server: dict[str, list[Result]] = {}
    for result in results:
        by_server.setdefault(result.server, []).append(result)
    return by_server


def _median_of(figure: Figure, results: list[Result]) -> Optional[float]:
    return middle(map(figure, results))


def _row(name: str, cells: list[str]) -> str:
    widths = [max(len(column) + 2, 9) for column, _, _ in COLUMNS]
    return f"  {name:<10}" + "".join(cell.rjust(width) for cell, width in zip(cells, widths))


def _number(value: Optional[float], digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
