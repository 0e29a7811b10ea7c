"""Loads of plain topics: the same words for every server, Natter among them, whose topics are open for these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Relay:
    """Topics, each with one who publishes and some who subscribe."""

    name: str
    topics: int
    #: Subscribers of each.
    subscribers: int
    #: Of what is published and of the deliveries.
    qos: int
    #: Messages that each publisher may have under way.
    window: int
    #: Bytes of a message.
    size: int = 256
    #: Filters beside that match nothing: Natter plays once with each of these, and nobody else plays.
    filters: tuple[int, ...] = ()
    #: What is promised: how many times what mosquitto delivers for each CPU second, or with the most filters how many
    #: times the rate with the fewest.
    times: Optional[float] = None
    #: Rooms are not needed.
    plain = True

    def describe(self) -> str:
        """Who publishes what to whom."""
        hears = "one hears it" if self.subscribers == 1 else f"{self.subscribers} hear it"
        beside = f"; {' or '.join(f'{filters:,}' for filters in self.filters)} filters beside" if self.filters else ""
        return (
            f"{self.topics:,} publish on a topic each, {hears}; QoS {self.qos}, window {self.window},"
            f" {self.size} bytes{beside}"
        )

    def for_natter(self) -> list[str]:
        """The load of `natter bench`."""
        topics = ["--topics", str(self.topics), "--subscribers", str(self.subscribers)]
        messages = ["--qos", str(self.qos), "--window", str(self.window), "--size", str(self.size)]
        return ["relay", *topics, *messages, "--version", "5"]

    def for_peers(self) -> list[str]:
        """The same."""
        return self.for_natter()
