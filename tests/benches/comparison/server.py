"""The servers: how each is started at its best, and what it promises when it acknowledges a message."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ContextManager, Iterator, Protocol

from .load import AnyLoad
from .program import Failed, Program, free_port


@dataclass(frozen=True)
class Running:
    """A server that takes connections."""

    program: Program
    #: Words of `natter bench` that lead to it.
    target: list[str]
    #: Those that lead to its WebSockets, if it has any.
    websocket: list[str] = field(default_factory=list)


class Server(Protocol):
    """A kind of server."""

    name: str
    #: What a PUBACK of it means.
    promise: str
    #: Whether a message that it loses is an error of ours.
    must_keep: bool
    #: Words of `natter bench` for what stands beside the load in the measured time.
    beside: list[str]

    def version(self) -> str:
        """Which one it is, in its own words."""

    def load(self, load: AnyLoad) -> list[str]:
        """The words of `natter bench` for this load."""

    def run(self, folder: Path) -> ContextManager[Running]:
        """Starts it with nothing but what is in the folder, and ends it."""


class Natter:
    """Ours, as `natter serve` starts it, without a limit for what one user says."""

    name = "natter"
    promise = "the message is on the disk, synced"
    must_keep = True
    beside: list[str] = []
    #: How it is set otherwise than it comes.
    variables = {"NATTER_LIMITS__MESSAGES_PER_USER": "0"}

    def __init__(self, program: Path) -> None:
        self.program = program

    def version(self) -> str:
        return first_line([str(self.program), "--version"])

    def load(self, load: AnyLoad) -> list[str]:
        return load.for_natter()

    @contextmanager
    def run(self, folder: Path) -> Iterator[Running]:
        mqtt, http = free_port(), free_port()
        data = folder / "data"
        addresses = ["--mqtt", f"127.0.0.1:{mqtt}", "--http", f"127.0.0.1:{http}"]
        command = [str(self.program), "serve", "--data", str(data), *addresses]
        with Program(command, folder / "output", self.variables) as program:
            program.listens(mqtt)
            program.is_ready(http)
            target, websocket = (self.target(data, port) for port in (mqtt, http))
            yield Running(program, target, websocket)

    def target(self, data: Path, port: int) -> list[str]:
        """The words of `natter bench` that lead to it."""
        return ["--data", str(data), "--server", f"127.0.0.1:{port}"]


class OpenNatter(Natter):
    """Ours as a plain broker: whoever comes may use all topics that are none of chat's."""

    promise = "on plain topics, the message was handed to all who are here"
    variables = {"NATTER_MQTT__OPEN_TOPICS": "true", "NATTER_MQTT__ANONYMOUS": "true"}

    def target(self, data: Path, port: int) -> list[str]:
        return ["--server", f"127.0.0.1:{port}"]


class NatterBeside(OpenNatter):
    """The same with filters beside the load, which match nothing of it."""

    def __init__(self, program: Path, filters: int) -> None:
        super().__init__(program)
        self.name = f"natter, {filters:,} filters"
        self.beside = ["--filters", str(filters)]


class Mosquitto:
    """Debian's mosquitto, without a disk and without limits for what waits in memory."""

    name = "mosquitto"
    promise = "the message is in memory"
    must_keep = False
    beside: list[str] = []

    SETTINGS = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
sys_interval 0
connection_messages false
log_type error
log_type warning
"""

    def __init__(self, program: Path) -> None:
        self.program = program

    def version(self) -> str:
        return first_line([str(self.program), "-h"])

    def load(self, load: AnyLoad) -> list[str]:
        return load.for_peers()

    @contextmanager
    def run(self, folder: Path) -> Iterator[Running]:
        port = free_port()
        settings = folder / "mosquitto.conf"
        settings.write_text(self.SETTINGS.format(port=port), encoding="ascii")
        with Program([str(self.program), "-c", str(settings)], folder / "output") as program:
            program.listens(port)
            yield Running(program, ["--server", f"127.0.0.1:{port}"])


class Rumqttd:
    """rumqttd as tests/benches/rumqttd sets it."""

    name = "rumqttd"
    promise = "the message is in memory"
    must_keep = False
    beside: list[str] = []

    def __init__(self, program: Path) -> None:
        self.program = program

    def version(self) -> str:
        return "rumqttd 0.20.0, in a program of ours"

    def load(self, load: AnyLoad) -> list[str]:
        return load.for_peers()

    @contextmanager
    def run(self, folder: Path) -> Iterator[Running]:
        v4, v5 = free_port(), free_port()
        command = [str(self.program), f"127.0.0.1:{v4}", f"127.0.0.1:{v5}"]
        with Program(command, folder / "output") as program:
            program.listens(v5)
            yield Running(program, ["--server", f"127.0.0.1:{v5}"])


def first_line(command: list[str]) -> str:
    """What a program says first."""
    try:
        # mosquitto tells its version with the exit code of a mistake.
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"cannot ask {command[0]} for its version: {error}") from error
    return told.stdout.partition("\n")[0]
