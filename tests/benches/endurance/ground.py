"""Where it is measured: servers on folders of one disk, loads on them, and all that was told."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

from comparison.bench import Report, flaws, put
from comparison.command import progress
from comparison.server import Natter, Running

from .size import Size

#: Seconds a load may take beside the measured ones: to make 100,000 rooms or 2.5 million memberships, to say what is
#: missed, to come back.
PATIENCE = 1_800


@dataclass
class Ground:
    """One measurement's place."""

    name: str
    #: The program.
    natter: Path
    #: What is in it goes with the measurement.
    folder: Path
    size: Size
    #: Every report, and for which step.
    told: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def server(self, name: str = "one") -> Iterator[Loaded]:
        """Starts a server on the folder of this name, with what the last one left there, and ends it."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        progress(f"{self.name}: a server starts")
        with Natter(self.natter).run(folder) as running:
            yield Loaded(self, running)
        progress("")

    def flaws(self) -> dict[str, int]:
        """What happened that must not, and how often."""
        return flaws([told["report"] for told in self.told])


@dataclass(frozen=True)
class Loaded:
    """A server that bears loads."""

    ground: Ground
    running: Running

    def put(self, step: str, load: list[str], seconds: float = 0, websocket: bool = False) -> Report:
        """Puts one on it. A load of so many seconds is asked for them; others take as long as they take."""
        progress(f"{self.ground.name}: {step}")
        words = [*load, "--seconds", str(round(seconds))] if seconds else load
        target = self.running.websocket if websocket else self.running.target
        report = put(self.ground.natter, words, target, self.running.program.pid, seconds + PATIENCE)
        self.ground.told.append({"measurement": self.ground.name, "step": step, "report": report})
        return report
