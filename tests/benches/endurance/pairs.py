"""The load of the 1:1 rate."""

from __future__ import annotations

from .size import Size

#: Those who speak, each to one who hears.
PAIRS = 100
#: Rooms in which each speaks where there are many: 100,000 in all.
ROOMS_EACH = 1_000


def few_rooms(size: Size) -> list[str]:
    """Every pair in its room."""
    return ["say", "--pairs", str(size.of(PAIRS, least=2)), "--window", "16", "--size", "256"]


def many_rooms(size: Size) -> list[str]:
    """The same pairs, in all rooms one after the other."""
    return [*few_rooms(size), "--rooms-each", str(size.of(ROOMS_EACH, least=2))]
