"""One round: a server that starts with nothing, a load, and what both tell about it."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

from . import bench
from .load import AnyLoad
from .machine import Disk
from .program import Failed
from .server import Running, Server

#: Seconds of the load before the one that counts: users and rooms are made, and caches are filled.
WARM_UP = 1
#: Seconds that a load may take beside the measured ones: to make 10,000 users, to connect, to wait for what is late.
PATIENCE = 240


@dataclass(frozen=True)
class Result:
    """What one server made of one load, once."""

    load: str
    round: int
    server: str
    #: What `natter bench --json` told of the second that does not count; nothing where it could not.
    warm_up: Optional[dict[str, Any]] = None
    #: What it told of the measured time.
    report: Optional[dict[str, Any]] = None
    #: Why not.
    failure: Optional[str] = None
    #: The most bytes of memory the server had.
    peak_rss: Optional[int] = None
    #: How often the disk was told to keep what it has while the load ran.
    syncs: Optional[int] = None

    def flaws(self) -> dict[str, int]:
        """What happened that must not, and how often; a message that is lost early is lost as well."""
        return bench.flaws([report for report in (self.warm_up, self.report) if report])

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


@dataclass(frozen=True)
class Bench:
    """Puts loads on servers."""

    #: The program with `bench`.
    natter: Path
    #: Where servers may keep something.
    folder: Path
    #: What is under that.
    disk: Disk
    #: The measured time of a load.
    seconds: int

    def play(self, load: AnyLoad, number: int, server: Server) -> Result:
        """Starts the server, warms it up, measures, ends it."""
        known = {"load": load.name, "round": number, "server": server.name}
        with tempfile.TemporaryDirectory(prefix=f"{server.name}-", dir=self.folder) as folder:
            try:
                with server.run(Path(folder)) as running:
                    return Result(**known, **self._measure(running, server.load(load), server.beside))
            except Failed as failed:
                return Result(**known, failure=str(failed))

    def _measure(self, running: Running, load: list[str], beside: list[str]) -> dict[str, Any]:
        warm_up = self._put(running, load, WARM_UP)
        before = self.disk.flushes()
        report = self._put(running, [*load, *beside], self.seconds)
        after = self.disk.flushes()
        syncs = None if before is None or after is None else after - before
        return {"warm_up": warm_up, "report": report, "peak_rss": running.program.peak_rss(), "syncs": syncs}

    def _put(self, running: Running, load: list[str], seconds: int) -> dict[str, Any]:
        load = [*load, "--seconds", str(seconds)]
        return bench.put(self.natter, load, running.target, running.program.pid, seconds + PATIENCE)
