"""Rounds side by side: two processes, each with worlds of its own."""

from __future__ import annotations

import pickle
import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.crashes import controls, rounds, victim
from tests.faults.crashes.account import Delivery
from tests.faults.crashes.proxy import Proxy
from tests.faults.crashes.rounds import Kill, Tally
from tests.faults.crashes.servers import Server
from tests.faults.crashes.world import Prepared, World

LANES = 2
PER_DELIVERY = 6  # kills of a run at most, and twice as many of sending


def killed(
    made: Prepared, folder: Path, number: int, *, server: Server | None = None, seed: int = 1,
    work: Callable[[World, Delivery], None] = controls.right,
) -> Tally:  # fmt: skip
    """Play rounds until so many processes were killed."""

    def lane(place: Path, seed: int) -> Tally:
        total = Tally()
        while total.kills.total() < number / LANES:
            seed += 1
            with rounds.opened(place / f"r{seed}", made, seed, server) as played:
                played.work = work
                played.points = rounds.RUN if work is controls.right else rounds.WEAK
                total.add(played.play(min(PER_DELIVERY, 1 + number // 20)))
        return total

    return _side_by_side(lane, folder, seed)


def killed_early(made: Prepared, folder: Path, times: int, server: Server | None = None) -> Tally:
    """Kill runs of the whole pipeline at the points before publishing, and run them again."""

    def lane(place: Path, seed: int) -> Tally:
        total = Tally()
        for number in range(times):
            with rounds.opened(place / f"r{number}", made, seed + number, server) as played:
                total.add(whole(played))
        return total

    return _side_by_side(lane, folder, 1)


def whole(played: rounds.Round) -> Tally:
    """Kill a whole run at each point before publishing, then let it end."""
    given = played.made.story[0]
    played.work = World.run_whole
    played.world.put(given)
    for point in rounds.WHOLE:
        played.disturb(given, Kill(f"{point}:1"), 0.0)
    played.finish(given)
    return played.judge([given])


def crashed(made: Prepared, folder: Path, number: int, server: Server, pause: float = 1.2) -> Tally:
    """Crash the server so many times while rounds are played."""
    return _until_stopped(made, folder, server, None, lambda: _crash(server, number, pause))


def _crash(server: Server, number: int, pause: float) -> None:
    chance = random.Random(number)
    for _ in range(number):
        time.sleep(pause * chance.uniform(0.3, 1.7))
        server.crash()
        server.start()


def cut(made: Prepared, folder: Path, number: int, server: Server) -> tuple[Tally, dict[str, int]]:
    """Play rounds behind a bad network until it has cut so many connections."""
    folder.mkdir(parents=True)
    proxy = Proxy(folder, server.port, seed=number)

    def wait() -> None:
        while proxy.cuts().total() < number:
            time.sleep(0.1)

    try:
        tally = _until_stopped(made, folder, server, proxy.port, wait)
        return tally, dict(proxy.cuts())
    finally:
        proxy.stop()


def _until_stopped(
    made: Prepared, folder: Path, server: Server, port: int | None, fault: Callable[[], None]
) -> Tally:  # fmt: skip
    """Play undisturbed rounds one after the other, until `fault` has done its work."""
    folder.mkdir(parents=True, exist_ok=True)
    stop = folder / "stop"

    def lane(place: Path, seed: int) -> Tally:
        total = Tally()
        while not stop.exists():
            seed += 1
            with rounds.opened(place / f"r{seed}", made, seed, server, port) as played:
                played.patience = 500
                total.add(played.play(0))
        return total

    def then_stop() -> None:
        try:
            fault()
        finally:
            stop.touch()

    return _side_by_side(lane, folder, 1, then_stop)


def _side_by_side(
    lane: Callable[[Path, int], Tally], folder: Path, seed: int,
    meanwhile: Callable[[], None] = lambda: None,
) -> Tally:  # fmt: skip
    """Run lanes in processes of their own; return what all of them found."""
    total = Tally()
    places = [folder / f"{folder.name}{n}" for n in range(LANES)]
    running = [_begin(lane, place, seed + 1000 * n) for n, place in enumerate(places)]
    try:
        meanwhile()
    finally:
        ended = [victim.join(child) for child in running]
    for place, ending in zip(places, ended, strict=True):
        if ending != "done":
            raise AssertionError((place / "lane.log").read_text(encoding="utf-8"))
        total.add(pickle.loads((place / "tally").read_bytes()))
    return total


def _begin(lane: Callable[[Path, int], Tally], place: Path, seed: int) -> tuple[int, int]:
    place.mkdir(parents=True, exist_ok=True)

    def work() -> None:
        (place / "tally").write_bytes(pickle.dumps(lane(place, seed)))

    return victim.start(work, place / "lane.log")
