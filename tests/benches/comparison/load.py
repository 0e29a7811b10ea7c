"""The loads: the same for every server, as far as a server that knows no rooms can have the same.

Natter gets users and rooms, and stores every message. A peer gets one topic for each room, with as many
subscribers as the room has listeners, at QoS 1. Loads of plain topics (`relay`) are the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

from .relay import Relay


@dataclass(frozen=True)
class Load:
    """Rooms in which one member speaks and all others hear."""

    name: str
    #: Rooms, each with one who speaks.
    rooms: int
    #: Members of each, the one who speaks included.
    members: int
    #: Messages that each speaker may have unanswered.
    window: Optional[int] = None
    #: Messages a second of all speakers together, instead of a window.
    rate: Optional[int] = None
    #: Bytes of a message.
    size: int = 256
    #: How many times what mosquitto delivers for each CPU second is promised.
    times: Optional[float] = None
    #: It needs rooms,
    plain = False
    #: and no filters beside.
    filters: tuple[int, ...] = ()

    def describe(self) -> str:
        """Who says what to whom."""
        pace = f"window {self.window}" if self.window else f"{self.rate:,} a second in all"
        hears = "one hears it" if self.members == 2 else f"{self.members - 1} hear it"
        return f"{self.rooms:,} say something, {hears}; {pace}, {self.size} bytes"

    def for_natter(self) -> list[str]:
        """The load of `natter bench` that has these rooms."""
        if self.rate:
            return ["latency", "--pairs", str(self.rooms), "--rate", str(self.rate), *self._size()]
        if self.members == 2:
            return ["say", "--pairs", str(self.rooms), *self._window(), *self._size()]
        rooms = ["--rooms", str(self.rooms), "--members", str(self.members)]
        return ["room", *rooms, *self._window(), *self._size()]

    def for_peers(self) -> list[str]:
        """The same by plain topics."""
        topics = ["--topics", str(self.rooms), "--subscribers", str(self.members - 1)]
        pace = ["--rate", str(self.rate)] if self.rate else self._window()
        return ["relay", *topics, *pace, *self._size(), "--version", "5"]

    def _window(self) -> list[str]:
        return ["--window", str(self.window)]

    def _size(self) -> list[str]:
        return ["--size", str(self.size)]


AnyLoad = Union[Load, Relay]

LOADS: tuple[AnyLoad, ...] = (
    Load("pairs", rooms=100, members=2, window=16),
    Load("latency", rooms=100, members=2, rate=2_000),
    Load("room", rooms=1, members=500, window=4, times=3),
    Load("rooms-1000x10", rooms=1_000, members=10, window=4),
    Load("rooms-10x1000", rooms=10, members=1_000, window=4),
    Relay("relay-pairs-0", topics=100, subscribers=1, qos=0, window=16, times=3),
    Relay("relay-pairs-1", topics=100, subscribers=1, qos=1, window=16, times=3),
    Relay("relay-fan-0", topics=10, subscribers=50, qos=0, window=4, times=3),
    Relay("relay-fan-1", topics=10, subscribers=50, qos=1, window=4, times=3),
    Relay("relay-filters", topics=100, subscribers=1, qos=0, window=16, filters=(1_000, 1_000_000), times=0.7),
)
