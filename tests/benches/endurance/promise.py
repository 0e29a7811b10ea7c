"""A figure, and what is promised about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Iterable, Optional

from comparison.bench import Report
from comparison.figure import middle


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    #: What was measured.
    what: str
    #: Nothing where it could not be.
    value: Optional[float] = None
    #: Of the value.
    unit: str = ""
    #: Digits behind its point.
    digits: int = 0
    #: What it may not be under.
    least: Optional[float] = None
    #: What it may not be over.
    most: Optional[float] = None
    #: Seconds of processors that the server used for it.
    cpu_seconds: Optional[float] = None
    #: Why there is no value.
    missing: Optional[str] = None

    @property
    def kept(self) -> Optional[bool]:
        """Whether it is as promised; nothing where nothing is, or where there is no figure."""
        if self.value is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {**asdict(self), "kept": self.kept}


def acknowledged(report: Report) -> float:
    """Messages a second."""
    return report["acknowledged_per_second"]


def cpu(reports: Iterable[Report]) -> Optional[float]:
    """The median of the seconds of processors that the server used."""
    return middle(report["server"]["cpu_seconds"] for report in reports if report.get("server"))


def quantile(report: Report, of: str, share: str) -> Optional[float]:
    """Milliseconds, if anything was measured."""
    return (report[of] or {}).get(share)
