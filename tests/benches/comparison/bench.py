"""`natter bench`: puts a load on a server, and what it tells of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from .program import Failed

Report = dict[str, Any]

#: What must not happen, by the words of `natter bench`.
FLAWS = ("lost", "doubled", "reordered", "strayed", "refused", "unanswered", "broken")
#: Parts of a report with flaws of their own: those who read history, and those who talk beside a storm.
PARTS = ("replay", "others")


def put(natter: Path, load: list[str], target: list[str], process: int, patience: float) -> Report:
    """Puts a load on the server that `target` leads to; `patience` is seconds."""
    command = [str(natter), "bench", *load, *target, "--server-pid", str(process), "--json"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"`natter bench {load[0]}` took longer than {late.timeout} s") from late
    # It reports a load in which something was lost, too, and says with its exit code that this must not happen.
    if not told.stdout.startswith("{"):
        why = told.stderr.strip().partition("\n")[0] or "it said nothing"
        raise Failed(f"`natter bench {load[0]}`: {why}")
    return json.loads(told.stdout)


def flaws(reports: list[Report]) -> dict[str, int]:
    """What happened in them that must not, and how often."""
    parts = [part for report in reports for part in (report, *map(report.get, PARTS)) if part]
    counts = {flaw: sum(part[flaw] for part in parts) for flaw in FLAWS}
    return {flaw: count for flaw, count in counts.items() if count}
