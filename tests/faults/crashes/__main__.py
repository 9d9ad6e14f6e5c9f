"""The long run: thousands of kills, crashes and cuts; prints a table, writes artifacts/faults.json.

    python -m tests.faults.crashes [KILLS]

With 1,000 kills come 50 crashes of the database and 250 cut connections. Exit code 1 if anything
was lost or is there twice, or if a wrong shape was not found out.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.faults.crashes import account, controls, lanes, limits, orders, others
from tests.faults.crashes.rounds import Tally
from tests.faults.crashes.servers import Server
from tests.faults.crashes.table import Line, text
from tests.faults.crashes.world import Prepared, prepare

KILLS = 1000
FEW = 200  # for fewer kills a smaller story does
ARTIFACT = Path("artifacts/faults.json")


def main(kills: int) -> int:
    begun = time.monotonic()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="crashes_") as place, closing(Server()) as server:
        size = (2, 3) if kills >= FEW else (1, 2)
        made = prepare(account.story(*size), Path(place) / "made")
        for line in _lines(made, Path(place), server, kills):
            print(f"{line.name}: {line.what}, {line.seconds:.0f} s", file=sys.stderr, flush=True)
            lines.append(line)
    print(text(lines))
    minutes = (time.monotonic() - begun) / 60
    is_right = all(line.is_right for line in lines)
    print(f"\n{'As it must be' if is_right else 'NOT as it must be'}; {minutes:.0f} minutes.")
    content = {"kills": kills, "minutes": round(minutes, 1), "right": is_right,
               "lines": [line.content() for line in lines]}  # fmt: skip
    ARTIFACT.parent.mkdir(exist_ok=True)
    ARTIFACT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0 if is_right else 1


def _lines(made: Prepared, folder: Path, server: Server, kills: int) -> Iterator[Line]:
    half, early = kills // 2, max(1, kills // 500)
    yield _killed("kills, SQLite", lambda: lanes.killed(made, folder / "ks", half))
    yield _killed("kills, PostgreSQL",
                  lambda: lanes.killed(made, folder / "kp", half, server=server))  # fmt: skip
    yield _killed("kills before publishing, SQLite",
                  lambda: lanes.killed_early(made, folder / "es", early))  # fmt: skip
    yield _killed("kills before publishing, PostgreSQL",
                  lambda: lanes.killed_early(made, folder / "ep", early, server))  # fmt: skip
    yield _timed(
        "crashes of PostgreSQL", lambda: _crashed(made, folder, server, max(2, kills // 20))
    )
    yield _timed("cut connections", lambda: _cut(made, folder, server, kills // 4))
    yield _timed("full disk, SQLite", lambda: _full(made, folder, max(4, kills // 25)))
    yield from others.lines(made, folder, server, kills, _timed)
    yield _timed("deliveries in any order", lambda: _ordered(kills * 10))
    few = max(20, kills // 12)
    shapes = {
        controls.commit_then_send: ("control: commit, then send", ("mails_lost",)),
        controls.send_inside: ("control: send, then commit", ("wire_repeats", "mails_extra")),
    }
    for work, (name, bites) in shapes.items():
        place = folder / work.__name__
        line = _killed(name, partial(lanes.killed, made, place, few, work=work))
        line.bites = bites
        yield line


def _timed(name: str, work: Callable[[], Line]) -> Line:
    begun = time.monotonic()
    line = work()
    line.name, line.seconds = name, time.monotonic() - begun
    return line


def _killed(name: str, work: Callable[[], Tally]) -> Line:
    def line() -> Line:
        tally = work()
        return Line("", f"{tally.kills.total()} kills", 0.0, tally.verdict,
                    detail={"kills": dict(tally.kills)})  # fmt: skip

    return _timed(name, line)


def _crashed(made: Prepared, folder: Path, server: Server, number: int) -> Line:
    tally = lanes.crashed(made, folder / "c", number, server)
    detail = {"processes that failed": tally.failed}
    return Line("", f"{number} crashes", 0.0, tally.verdict, detail=detail)


def _cut(made: Prepared, folder: Path, server: Server, number: int) -> Line:
    tally, cuts = lanes.cut(made, folder / "cut", number, server)
    detail = {"cuts": cuts, "processes that failed": tally.failed}
    return Line("", f"{sum(cuts.values())} cuts", 0.0, tally.verdict, detail=detail)


def _full(made: Prepared, folder: Path, number: int) -> Line:
    """Sweep from no room at all to more than a run needs, in equal steps."""
    step = limits.ENOUGH // (number - 2)
    counts = limits.sweep(made, folder / "full", range(0, step * number, step))
    wrong = [f"violations {counts['violations']}"] if counts["violations"] else []
    if not counts["failed"] or not counts["fitted"]:
        wrong.append("all failed or all fitted: nothing was tried")
    return Line("", f"{number} limits, {counts['failed']} too small", 0.0, None, wrong, counts)


def _ordered(number: int) -> Line:
    tried, wrong = orders.divergent(number)
    return Line("", f"{tried} orders", 0.0, None, wrong[:3])


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or [os.environ.get("TOXWATCH_FAULTS", KILLS)])[0])))
