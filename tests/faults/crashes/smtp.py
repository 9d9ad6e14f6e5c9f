"""Mail servers that misbehave, and what must become of the alerts."""

from __future__ import annotations

from datetime import timedelta

from tests.faults.crashes import victim
from tests.faults.crashes.account import Delivery
from tests.faults.crashes.rounds import Round

MODES = ("refused", "421", "451", "hang", "lose", "drop")
PASS = timedelta(minutes=30)


def outage(played: Round, given: Delivery, mode: str, hours: float) -> None:
    """Publish and send for some hours (of a fake clock) to a bad server, then to a good one.

    Raises AssertionError if a process fails, or if anything waits after one pass to a good one.
    """
    world, sink = played.world, played.sink
    world.put(given)
    if mode == "refused":
        sink.stop()
    else:
        sink.mode(mode)
    _must(played, lambda: world.run(given))
    for _ in range(int(timedelta(hours=hours) / PASS)):
        world.clock += PASS
        _must(played, world.send)
    if mode == "refused":
        sink.start()
    sink.mode("ok")
    world.clock += PASS
    _must(played, world.send)
    waiting = world.rows("SELECT state, attempts, last_error FROM outbox WHERE state <> 'sent'")
    if waiting:
        raise AssertionError(f"{mode}: still waiting after the server is back: {waiting[:3]}")


def _must(played: Round, work) -> None:
    ending = victim.run(work, played.world.log)
    if ending.how != "done":
        log = played.world.log
        said = log.read_text(encoding="utf-8")[-2000:] if log.exists() else ""
        raise AssertionError(f"{ending.how}: {said}")
