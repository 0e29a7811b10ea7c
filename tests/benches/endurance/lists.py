"""Conversation lists and pages of history, asked for by HTTP while messages are said, in a log of five million."""

from __future__ import annotations

import http.client
import json
import math
import multiprocessing
import os
import random
import subprocess
import time
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Iterator, Optional

from comparison.program import Failed

from .ground import Ground, Loaded
from .grown import fill
from .held import held
from .pairs import PAIRS, few_rooms
from .promise import Figure, acknowledged, cpu, quantile
from .size import Size

#: Rooms of everybody: what one list has.
ROOMS = 200
#: Messages said before anybody asks.
MESSAGES = 5_000_000
#: Messages a second meanwhile.
RATE = 2_000
#: Seconds of it.
SECONDS = 120
#: People who ask, one request after the other. Each asks less often than one user may.
READERS = 4
#: Seconds between the requests of one, on average: from none to twice as many, by chance, or all who ask would fall
#: into step, each waiting for the same three others.
PAUSE = 0.05
#: Messages of a page of history.
PAGE = 50
#: What is answered without a look at anything: what is left is the machine's time, and the asker's.
KEYS = "/.well-known/jwks.json"
#: Milliseconds until the answer was read, for 99 of 100.
LIST = 10
HISTORY = 5
#: Seconds for one who asks to take note that it is over.
ENDS_WITHIN = 60
#: Seconds for the server to write back what was said.
SETTLES_WITHIN = 60
#: They begin with what was prepared for them.
PROCESSES = multiprocessing.get_context("fork")


def measure(ground: Ground) -> Iterator[Figure]:
    """Everybody is in 200 rooms, of 20,000. First the log grows, then the same people speak in all their rooms in turn
    while some of them ask for their list, for what changed in it, and for pages of history: the newest, and anywhere."""
    size = ground.size
    pairs, rooms = size.of(PAIRS, least=2), size.of(ROOMS, least=2)
    load = [*few_rooms(size), "--rooms-each", str(rooms)]
    with ground.server() as server:
        first = server.put("rooms are made, warm-up", load, size.seconds)
        said = fill(server, load, size.of(MESSAGES), acknowledged(first))
        yield Figure("messages said", said)
        data = Path(server.running.target[1])
        _settle(data)
        people = [f"bench-{rooms}-2-{pairs}-{row}-0" for row in range(min(READERS, pairs))]
        with held(data / "natter.db") as missing, Readers(server, people, rooms) as readers:
            kept = (data / "natter.db").stat().st_size / 1e6
            yield Figure("of its file kept in memory", None if missing else kept, "MB", missing=missing)
            steady = ["latency", "--pairs", str(pairs), "--rooms-each", str(rooms), "--rate", str(_rate(size))]
            report = server.put("they ask while others say", steady, SECONDS if size.is_full else size.seconds)
        told = readers.told()
    rate = report["rate"]
    yield Figure(f"at {rate:,} messages/s, answered", told.count / report["seconds"], "/s", cpu_seconds=cpu([report]))
    yield Figure(f"  list of {rooms} rooms, p99", told.quantile("list", 0.99), "ms", 2, most=LIST)
    yield Figure("  … p50", told.quantile("list", 0.5), "ms", 2)
    yield Figure("  what changed in it, p99", told.quantile("since", 0.99), "ms", 2)
    yield Figure(f"  newest {PAGE} messages, p99", told.quantile("newest", 0.99), "ms", 2, most=HISTORY)
    yield Figure(f"  {PAGE} messages anywhere, p99", told.quantile("anywhere", 0.99), "ms", 2, most=HISTORY)
    yield Figure("  … p50", told.quantile("anywhere", 0.5), "ms", 2)
    yield Figure(f"  {PAGE} messages around a time, p99", told.quantile("time", 0.99), "ms", 2)
    yield Figure("  what is in no store, p99", told.quantile("keys", 0.99), "ms", 2)
    yield Figure("  PUBACK p99 meanwhile", quantile(report, "puback_ms", "p99"), "ms", 2)


def _settle(data: Path) -> None:
    """Waits until all of that is in its place on the disk: nobody says so many in a few minutes, and they would be written
    while others wait for theirs."""
    log = data / "natter.db-wal"
    until = time.monotonic() + SETTLES_WITHIN
    while log.stat().st_size > 0:
        if time.monotonic() > until:
            raise Failed("the write-ahead log does not come to its end")
        time.sleep(0.5)
    os.sync()


def _rate(size: Size) -> int:
    return size.of(RATE, least=100)


@dataclass
class Told:
    """How long answers took, in milliseconds, by what was asked."""

    millis: dict[str, list[float]] = field(default_factory=dict)
    #: Why there are no more of them; empty if nothing went wrong.
    failed: str = ""

    @property
    def count(self) -> int:
        """How many answers there were."""
        return sum(map(len, self.millis.values()))

    def add(self, what: str, seconds: float) -> None:
        """One more."""
        self.millis.setdefault(what, []).append(seconds * 1e3)

    def quantile(self, what: str, share: float) -> Optional[float]:
        """Of those that were asked so."""
        ordered = sorted(self.millis.get(what, []))
        return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None


class Readers:
    """People who ask, each by a connection of their own, as long as the `with` lasts. Each is a process: threads of one
    would wait for each other while an answer is read, and that would be counted as the server's."""

    def __init__(self, server: Loaded, people: list[str], rooms: int) -> None:
        self._stop = PROCESSES.Event()
        self._readers = [Reader(server, who, rooms, self._stop) for who in people]
        self._told: list[Told] = []

    def __enter__(self) -> Readers:
        for reader in self._readers:
            reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        # What a process has to tell is taken before its end is waited for: it may be more than a pipe holds.
        self._told = [reader.end() for reader in self._readers]

    def told(self) -> Told:
        """All that they were answered."""
        all_told = Told()
        for told in self._told:
            if told.failed:
                raise Failed(told.failed)
            for what, millis in told.millis.items():
                all_told.millis.setdefault(what, []).extend(millis)
        return all_told


class Reader:
    """One of them. What is timed is from the request to the last byte of the answer; it is read as JSON later."""

    def __init__(self, server: Loaded, who: str, rooms: int, stop: Event) -> None:
        self._address = server.running.websocket[-1]
        token = ["token", who, "--data", server.running.target[1]]
        told = subprocess.run([str(server.ground.natter), *token], capture_output=True, text=True, check=False)
        self._headers = {"Authorization": f"Bearer {told.stdout.strip()}"}
        self._stopped, self._rooms = stop, rooms
        self._chance = random.Random(who)
        self._told = Told(failed=told.stderr.strip() if told.returncode else "")
        self._here, self._there = PROCESSES.Pipe(duplex=False)
        self._process = PROCESSES.Process(target=self._run, daemon=True)

    def start(self) -> None:
        """Begins to ask."""
        self._process.start()

    def end(self) -> Told:
        """What it was answered, once it was told to stop."""
        told = self._here.recv() if self._here.poll(ENDS_WITHIN) else Told(failed="one who asked did not end")
        self._process.join(ENDS_WITHIN)
        return told

    def _run(self) -> None:
        self._connection = http.client.HTTPConnection(self._address, timeout=30)
        self._ask_on()
        self._there.send(self._told)

    def _ask_on(self) -> None:
        try:
            listed = self._ask("warm-up", f"/v1/rooms?limit={self._rooms}")
            self._told.millis.clear()
            while not self._stopped.is_set():
                listed = self._ask("list", f"/v1/rooms?limit={self._rooms}")
                self._ask("since", f"/v1/rooms?limit={self._rooms}&since={listed['token']}")
                self._ask("keys", KEYS)
                for _ in range(4):
                    self._history(self._chance.choice(listed["rooms"]))
        except (OSError, http.client.HTTPException, KeyError, ValueError) as error:
            self._told.failed = self._told.failed or f"a request was not answered: {error}"

    def _history(self, room: dict) -> None:
        path = f"/v1/rooms/{room['room']}/messages?limit={PAGE}"
        newest = self._ask("newest", path)["messages"]
        self._ask("anywhere", f"{path}&before={self._chance.randint(1, room['last_seq'])}")
        self._ask("time", f"{path}&around_at={newest[0]['at']}")

    def _ask(self, what: str, path: str) -> dict:
        began = time.monotonic()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        self._told.add(what, time.monotonic() - began)
        if answer.status != 200:
            raise ValueError(f"{path}: {answer.status} {body[:200]!r}")
        time.sleep(self._chance.uniform(0, 2 * PAUSE))
        return json.loads(body)
