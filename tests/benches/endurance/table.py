"""What was promised, what it is, and whether it is kept."""

from __future__ import annotations

from typing import Optional

from .promise import Figure

WIDTHS = (44, 16, 16, 6, 10)


def head() -> str:
    """The names of the columns."""
    return _row("", "promised", "is", "kept", "CPU s")


def line(figure: Figure) -> str:
    """A figure; one that could not be measured says why."""
    if figure.value is None:
        return _row(figure.what, _promised(figure), "–", "?", "") + f"  ! {figure.missing or 'not told'}"
    kept = {None: "", True: "yes", False: "NO"}[figure.kept]
    seconds = "" if figure.cpu_seconds is None else f"{figure.cpu_seconds:.2f}"
    return _row(figure.what, _promised(figure), _number(figure, figure.value), kept, seconds)


def _promised(figure: Figure) -> str:
    bounds = (("≥", figure.least), ("≤", figure.most))
    return ", ".join(f"{sign} {_number(figure, bound)}" for sign, bound in bounds if bound is not None)


def _number(figure: Figure, value: Optional[float]) -> str:
    return f"{value:,.{figure.digits}f} {figure.unit}".rstrip()


def _row(what: str, *cells: str) -> str:
    return f"  {what:<{WIDTHS[0]}}" + "".join(cell.rjust(width) for cell, width in zip(cells, WIDTHS[1:]))
