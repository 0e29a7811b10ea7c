"""The machine, as far as figures depend on it, and how often its disk was told to keep what it has."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Optional

#: Kinds of file systems that forget.
IN_MEMORY = {"tmpfs", "ramfs"}


def header(disk: Disk) -> list[str]:
    """What a reader of figures has to know about it."""
    cores = len(os.sched_getaffinity(0))
    # Programs that wanted a processor in the last minute: near 0 on a quiet machine.
    load = os.getloadavg()[0]
    lines = [
        f"Server and load share {cores} processors: {_processor()}, Linux {os.uname().release},"
        f" {disk.kind} on {disk.name}; load before: {load:.2f}",
    ]
    if disk.forgets:
        lines.append(f"! {disk.folder} is in memory: a sync costs nothing there. Name a folder on a disk (--folder)")
    return lines


def _processor() -> str:
    """What the processors call themselves."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


class Disk:
    """The disk under a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        device = os.stat(folder).st_dev
        self._number = f"{os.major(device)}:{os.minor(device)}"
        self.kind, self.name = self._mounted()
        self._counters = self._find_counters()

    @property
    def forgets(self) -> bool:
        """Whether nothing on it survives a power cut."""
        return self.kind in IN_MEMORY

    def flushes(self) -> Optional[int]:
        """How often it was told to keep what it has, by anybody. Every sync that finds something new is one."""
        if self._counters is None:
            return None
        fields = self._counters.read_text(encoding="ascii").split()
        # Documentation/block/stat.rst: the 16th, since Linux 5.5.
        return int(fields[15]) if len(fields) > 15 else None

    def _mounted(self) -> tuple[str, str]:
        # Documentation/filesystems/proc.rst: the kind and the source stand behind a lone dash.
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            fields = line.split()
            if fields[2] == self._number:
                kind, name = fields[fields.index("-") + 1 :][:2]
                return kind, name
        return "unknown", self._number

    def _find_counters(self) -> Optional[Path]:
        device = Path("/sys/dev/block", self._number)
        if not device.exists():
            return None
        device = device.resolve()
        # Flushes are counted for the whole disk, not for a part of it.
        return (device.parent if (device / "partition").exists() else device) / "stat"
