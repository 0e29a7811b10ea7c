"""Connections that only listen: what each takes of the server's memory."""

from __future__ import annotations

from typing import Iterator

from .ground import Ground
from .promise import Figure

#: How many.
CONNECTIONS = 5_000
#: Rooms of each user.
ROOMS = (1, 50, 500)
#: Bytes of each by TCP, and for each room.
TCP, ROOM = 3_000, 8
#: Bytes of each by WebSocket.
WEBSOCKET = 12_000
#: Seconds they are there before the memory is read.
STAY = 10


def measure(ground: Ground) -> Iterator[Figure]:
    """Every time on a server that has just started: one that made the rooms has memory to give away."""
    connections = ground.size.of(CONNECTIONS)
    for rooms in ROOMS:
        load = ["idle", "--connections", str(connections), "--rooms", str(rooms)]
        with ground.server(str(rooms)) as server:
            server.put(f"users in {rooms} rooms are made", load, 1)
        for websocket in (False, True):
            by, words = ("WebSocket", ["--websocket"]) if websocket else ("TCP", [])
            with ground.server(str(rooms)) as server:
                report = server.put(f"{by}, {rooms} rooms", [*load, *words], STAY, websocket)
            most = WEBSOCKET if websocket else TCP + ROOM * rooms
            yield Figure(f"idle by {by}, {rooms} rooms, each", report["bytes_each"], "B", most=most)
