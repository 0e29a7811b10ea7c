"""The figures of one round: what is worth a column. Nothing where the round tells nothing."""

from __future__ import annotations

from statistics import median
from typing import Any, Callable, Iterable, Optional

from .round import Result

Figure = Callable[[Result], Optional[float]]


def divided(value: Optional[float], by: Optional[float]) -> Optional[float]:
    """Nothing where there is nothing to divide, or to divide by."""
    return value / by if value is not None and by else None


def middle(values: Iterable[Optional[float]]) -> Optional[float]:
    """The median of those that are known."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def told(name: str) -> Figure:
    """As `natter bench` says."""
    return lambda result: _told(result, name)


def acknowledged(result: Result) -> Optional[float]:
    """PUBACKs a second; nothing at QoS 0, which has none."""
    return None if _told(result, "qos") == 0 else _told(result, "acknowledged_per_second")


def messages(result: Result) -> Optional[float]:
    """Messages that were acknowledged in the measured time; of QoS 0, that were said."""
    return _told(result, "said" if _told(result, "qos") == 0 else "acknowledged_in_time")


def deliveries(result: Result) -> Optional[float]:
    """Messages that were heard in the measured time."""
    return _told(result, "delivered_in_time")


def cpu_seconds(result: Result) -> Optional[float]:
    """Seconds of processors that the server used in the measured time, the system's for it among them."""
    server = _told(result, "server")
    return server["cpu_seconds"] if server else None


def micros_for_each(count: Figure) -> Figure:
    """Microseconds of processors that the server used for each of these."""

    def micros(result: Result) -> Optional[float]:
        seconds = divided(cpu_seconds(result), count(result))
        return None if seconds is None else seconds * 1e6

    return micros


def delivered_per_cpu_second(result: Result) -> Optional[float]:
    """Deliveries for each second of a processor that the server used."""
    return divided(deliveries(result), cpu_seconds(result))


def puback(share: str) -> Figure:
    """Milliseconds until the PUBACK."""
    return lambda result: (_told(result, "puback_ms") or {}).get(share)


def peak_mib(result: Result) -> Optional[float]:
    """The most memory the server had, set-up and warm-up included."""
    return divided(result.peak_rss, 1 << 20)


def syncs(result: Result) -> Optional[float]:
    """How often the disk was told to keep what it has."""
    return result.syncs


#: The columns: name, digits behind the point, figure.
COLUMNS: tuple[tuple[str, int, Figure], ...] = (
    ("acked/s", 0, acknowledged),
    ("delivered/s", 0, told("delivered_per_second")),
    ("CPU s", 2, cpu_seconds),
    ("delivered/CPU s", 0, delivered_per_cpu_second),
    ("µs/message", 1, micros_for_each(messages)),
    ("µs/delivery", 2, micros_for_each(deliveries)),
    ("PUBACK p50 ms", 2, puback("p50")),
    ("p99 ms", 2, puback("p99")),
    ("peak MiB", 0, peak_mib),
    ("syncs", 0, syncs),
)


def _told(result: Result, name: str) -> Any:
    return result.report[name] if result.report else None
