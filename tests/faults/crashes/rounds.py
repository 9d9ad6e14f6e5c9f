"""A round: a story is worked on in a fresh home, its processes are killed, and all is checked."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from safety.versioning import digest
from tests.faults.crashes import checker, controls, victim
from tests.faults.crashes.account import Delivery
from tests.faults.crashes.checker import Verdict
from tests.faults.crashes.servers import Server
from tests.faults.crashes.sink import Sink
from tests.faults.crashes.world import Prepared, World

WHOLE = ("landed", "validated", "graded", "assessed")
RUN = (
    "publishing", "rows", "accounted", "worklist", "outbox", "alerts", "audit", "before_commit",
    "after_commit", "removed",
)  # fmt: skip
WEAK = ("outbox", "before_commit", "after_commit")  # where the wrong shapes break
SENDING = ("claimed", "connected", "accepted", "marking", "marked")
SENT = 4  # a process that sends comes so often to each of these, but connects once
PATIENCE = 8  # processes that may fail by themselves, one after the other


class StuckError(AssertionError):
    """A process that nobody disturbs does not come to its end."""


class Kill(NamedTuple):
    """Where a process is killed: at a named point, or at a random share of its time."""

    at: str = ""
    share: float = 0.0

    @property
    def kind(self) -> str:
        return self.at.split(":", maxsplit=1)[0] or "random instant"


def of_run(chance: random.Random, hits: dict[str, int], points: Sequence[str] = RUN) -> Kill:
    """Draw a kill of a process that publishes: every second one at a random instant.

    hits: how often a run comes to each point.
    """
    if chance.random() < 0.5:
        return Kill(share=chance.random())
    name = chance.choice(points)
    return Kill(f"{name}:{chance.randint(1, max(1, hits[name]))}")


def of_sending(chance: random.Random) -> Kill:
    """Draw a kill of a process that sends: every third one at a random instant."""
    if chance.random() < 0.33:
        return Kill(share=chance.random())
    name = chance.choice(SENDING)
    return Kill(f"{name}:{1 if name == 'connected' else chance.randint(1, SENT)}")


@dataclass
class Tally:
    """What was done to the product, and what was found then."""

    kills: Counter[str] = field(default_factory=Counter)
    failed: int = 0  # processes that ended by themselves with an error
    verdict: Verdict = field(default_factory=Verdict)

    def add(self, other: Tally) -> None:
        self.kills.update(other.kills)
        self.failed += other.failed
        self.verdict.add(other.verdict)


@dataclass
class Round:
    """A world, its mail server and what is to happen there. work: what a process does."""

    world: World
    sink: Sink
    made: Prepared
    chance: random.Random
    name: str = ""  # of its database
    server: Server | None = None
    work: Callable[[World, Delivery], None] = controls.right
    points: Sequence[str] = RUN
    patience: int = PATIENCE
    seconds: float = 1.0  # that a run takes which nobody disturbs
    tally: Tally = field(default_factory=Tally)

    def play(self, per_delivery: int) -> Tally:
        """Work on the whole story with some kills for each delivery; return what was found."""
        done = []
        for given in self.made.story:
            self.world.put(given)
            self._disturb_run(given, per_delivery)
            if given.is_withdrawn:  # nobody comes back to it: another one takes its place
                done += [given] if self.world.is_committed(given) else []
                continue
            self._disturb_sending(given, 2 * per_delivery)
            self.finish(given)
            self._disturb_sending(given, 1)  # the same files come again
            done.append(given)
        self.finish(done[-1])
        return self.judge(done)

    def deliver(self, given: Delivery, *points: str) -> None:
        """Work on one delivery, killed at each of these points in turn, until it is done."""
        self.world.put(given)
        for point in points:
            how = self.disturb(given, Kill(point), 0.0)
            if how != "killed":
                raise AssertionError(f"nothing comes to {point}: {how}")
        self.finish(given)

    def _disturb_run(self, given: Delivery, number: int) -> None:
        for _ in range(number):
            if not self.world.is_committed(given):
                self.disturb(given, of_run(self.chance, self.made.hits, self.points), self.seconds)

    def _disturb_sending(self, given: Delivery, number: int) -> None:
        if number and not self.world.is_committed(given):
            self.finish(given, "accepted:1")
        for _ in range(number):
            self.disturb(given, of_sending(self.chance), self.seconds / 4)

    def judge(self, done: list[Delivery]) -> Tally:
        """Send what still waits, then compare."""
        for _ in range(PATIENCE):
            if not self.world.rows("SELECT 1 FROM outbox WHERE state <> 'sent' LIMIT 1"):
                break
            self._until_done(self.world.send)
        mails = self.sink.mails()
        self.tally.verdict.add(checker.check(self.world, done, mails, self.made))
        return self.tally

    def disturb(self, given: Delivery, kill: Kill, seconds: float) -> str:
        """Begin to work on a delivery and be killed; return how it ended."""
        self.world.later()
        after = None if kill.at else kill.share * seconds
        ending = victim.run(lambda: self.work(self.world, given), self.world.log, kill.at, after)
        if ending.how == "killed":
            self.tally.kills[kill.kind] += 1
        return ending.how

    def finish(self, given: Delivery, at: str = "") -> None:
        """Work on a delivery until a process comes to its end, or to a point and is killed."""
        took = self._until_done(lambda: self.work(self.world, given), at)
        self.seconds = max(took, 0.9 * self.seconds)

    def _until_done(self, work: Callable[[], None], at: str = "") -> float:
        for _ in range(self.patience):
            self.world.later()
            ending = victim.run(work, self.world.log, at)
            if ending.how == "killed":
                self.tally.kills[Kill(at).kind] += 1
            if ending.how in {"done", "killed"}:
                return ending.seconds
            self.tally.failed += 1
            time.sleep(0.1)  # what failed at once would only fail again
        raise StuckError(self.world.log.read_text(encoding="utf-8")[-3000:])


@contextmanager
def opened(
    folder: Path, made: Prepared, seed: int, server: Server | None = None, port: int | None = None
) -> Iterator[Round]:
    """Make a round in a world of its own: on the server, by a port before it, or on SQLite."""
    home = folder / "home"
    home.mkdir(parents=True)
    name = f"w_{digest(str(folder))[:20]}"
    read_url = server.create(name) if server else f"sqlite:///{home / 'toxwatch.db'}"
    db_url = server.url(name, port) if server and port else read_url
    if not server:
        shutil.copyfile(made.empty, home / "toxwatch.db")
    sink = Sink(folder)
    world = World(home, db_url, sink.port, made.frames, read_url, ids=dict(made.ids))
    try:
        yield Round(world, sink, made, random.Random(seed), name, server)
    finally:
        sink.stop()
        if server:
            server.drop(name)
    shutil.rmtree(folder)  # kept if something went wrong
