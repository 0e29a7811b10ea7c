"""A program that runs: started, waited for, looked at, and ended by its number, whatever happens meanwhile."""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Callable, Optional

#: Seconds a server may take until it listens.
START = 20.0
#: Seconds it may take to end in order, before it is killed.
END = 20.0


class Failed(Exception):
    """Something did not work that must, in words for a person."""


def allow_many_files() -> None:
    """What we start may open as many files as the system allows us."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=1)


def _ask(address: str) -> None:
    with urllib.request.urlopen(address, timeout=1) as answer:
        answer.read()


def free_port() -> int:
    """A port of this machine that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    """Ours without settings of a Natter, which are not the comparison's; the mark of a run of tests/run stays."""
    settings = {name for name in os.environ if name.startswith("NATTER_")} - {"NATTER_TEST_RUN"}
    return {name: value for name, value in os.environ.items() if name not in settings}


class Program:
    """A server. What it writes goes into a file; it ends at the end of its `with`."""

    def __init__(self, command: list[str], output: Path, variables: Optional[dict[str, str]] = None) -> None:
        self._command = command
        self._output = output
        self._variables = variables or {}

    def __enter__(self) -> Program:
        with self._output.open("wb") as output:
            # A session of its own: an interrupt from the keyboard comes to us, and we end it.
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**_environment(), **self._variables},
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._child.terminate()
            self._child.wait(END)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # Also when we are interrupted once more.
            if self._child.poll() is None:
                self._child.kill()
                self._child.wait()
            if self._child.stdin:
                self._child.stdin.close()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    def listens(self, port: int) -> None:
        """Waits until it takes connections."""
        self._waits_for(f"listen on port {port}", lambda: _connect(port).close())

    def is_ready(self, port: int) -> None:
        """Waits until it says by HTTP that it is: its ports are open before all the rest of it is there."""
        self._waits_for(f"get ready on port {port}", lambda: _ask(f"http://127.0.0.1:{port}/readyz"))

    def _waits_for(self, what: str, attempt: Callable[[], None]) -> None:
        end = time.monotonic() + START
        while self._child.poll() is None and time.monotonic() < end:
            try:
                attempt()
                return
            except OSError:
                # A port says nothing when it opens, and not every server writes that it did.
                time.sleep(0.02)
        name = Path(self._command[0]).name
        raise Failed(f"{name} does not {what}:\n{self._last_words()}")

    def peak_rss(self) -> Optional[int]:
        """The most bytes of memory it ever had; None when it is gone."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        return int(found[1]) * 1024 if found else None

    def _last_words(self) -> str:
        lines = self._output.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-20:])
