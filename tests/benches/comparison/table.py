"""What all rounds of a load say together: medians, ratios, and what went wrong."""

from __future__ import annotations

from typing import Iterable, Optional

from . import ratio
from .figure import COLUMNS, middle
from .load import AnyLoad
from .round import Result


def show(load: AnyLoad, results: list[Result]) -> str:
    """The table of a load, its ratios, and what went wrong."""
    by_server = _by_server(results)
    width = max(10, *(len(server) + 1 for server in by_server))
    lines = [f"{load.name}: {load.describe()}", _row("", width, [name for name, _, _ in COLUMNS])]
    for server, rounds in by_server.items():
        cells = [_number(middle(map(figure, rounds)), digits) for _, digits, figure in COLUMNS]
        lines.append(_row(server, width, cells))
    return "\n".join([*lines, *ratio.describe(ratio.ratios(load, results)), *_complaints(results)])


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


def _row(name: str, width: int, cells: list[str]) -> str:
    widths = [max(len(column) + 2, 9) for column, _, _ in COLUMNS]
    return f"  {name:<{width}}" + "".join(cell.rjust(width) for cell, width in zip(cells, widths))


def _number(value: Optional[float], digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
