"""The faults of the long run that are not counted in kills: locks, crowds, mail, time, forgers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.audit import home, tamper
from tests.faults.crashes import limits, migrated, restored, rounds, smtp, together
from tests.faults.crashes.checker import Verdict
from tests.faults.crashes.servers import Server
from tests.faults.crashes.table import Line
from tests.faults.crashes.world import Prepared

ZONES = ("UTC", "Asia/Shanghai", "America/St_Johns", "Pacific/Apia")
Timed = Callable[[str, Callable[[], Line]], Line]


def lines(made: Prepared, folder: Path, server: Server, kills: int, timed: Timed) -> Iterator[Line]:
    many = max(2, kills // 25)
    for name, at in (("SQLite", None), ("PostgreSQL", server)):
        place = folder / f"migrated_{name}"
        yield timed(f"killed migrations, {name}", partial(_migrated, place, many, at))
    seconds = min(15.0, kills / 60)
    yield timed("locked by another, SQLite", lambda: _locked(made, folder, seconds))
    for name, at in (("SQLite", None), ("PostgreSQL", server)):
        yield timed(f"at once, {name}", lambda a=at, n=name: _together(made, folder / n, a))
    hours = min(24.0, kills / 40)
    yield timed("mail servers that misbehave", lambda: _mail(made, folder, hours))
    yield timed("clocks and time zones", lambda: _clocks(made, folder))
    for name, at in (("SQLite", None), ("PostgreSQL", server)):
        yield timed(
            f"yesterday's backup, {name}", lambda a=at, n=name: _backup(made, folder / n, a)
        )
    yield timed("tamperings with the trail", lambda: _tampered(kills))


def _migrated(place: Path, many: int, server: Server | None) -> Line:
    died, wrong = migrated.killed(place, many, server)
    return Line("", f"{died} kills", 0.0, None, wrong)


def _locked(made: Prepared, folder: Path, seconds: float) -> Line:
    given = made.story[0]
    with rounds.opened(folder / "locked", made, 1) as played:
        played.world.put(given)
        with limits.locked(played.world, seconds):
            how = played.disturb(given, limits.NEVER, 90.0)
        verdict = played.judge([given]).verdict
    wrong = [] if how == "done" else [f"the process {how}"]
    return Line("", f"{seconds:.0f} s", 0.0, verdict, wrong)


def _together(made: Prepared, folder: Path, server: Server | None) -> Line:
    with rounds.opened(folder / "together", made, 1, server) as played:
        verdict = together.play(played).verdict
    wrong = [f"repeats {verdict.wire_repeats}"] if verdict.wire_repeats else []
    return Line("", f"{together.MANY} processes", 0.0, verdict, wrong)


def _mail(made: Prepared, folder: Path, hours: float) -> Line:
    total, given = Verdict(), made.story[0]
    for mode in smtp.MODES:
        with rounds.opened(folder / f"smtp_{mode}", made, 1) as played:
            smtp.outage(played, given, mode, hours if mode == "refused" else 1.0)
            total.add(played.judge([given]).verdict)
    return Line("", f"{len(smtp.MODES)} ways, one for {hours:.0f} h", 0.0, total)


def _clocks(made: Prepared, folder: Path) -> Line:
    total, given = Verdict(), made.story[0]
    for number, zone in enumerate(ZONES):
        with rounds.opened(folder / f"zone_{number}", made, number) as played:
            played.world.put(given)
            restored.stepped_back(played, given, zone)
            total.add(played.judge([given]).verdict)
    return Line("", f"{len(ZONES)} zones, a day back", 0.0, total)


def _backup(made: Prepared, folder: Path, server: Server | None) -> Line:
    of_study = [d for d in made.story if d.study == made.story[0].study and not d.is_withdrawn]
    with rounds.opened(folder / "backup", made, 1, server) as played:
        found = restored.play(played, *of_study[:2])
    wrong = [f"{len(found.new_mails)} new mails"] if found.new_mails else []
    wrong += [] if found.gaps else ["the trail does not tell of the gap"]
    return Line("", f"{found.gaps} gaps told", 0.0, found.verdict, wrong)


def _tampered(number: int) -> Line:
    with tempfile.TemporaryDirectory(prefix="crashes_") as place:
        bench = tamper.Bench(home.real(Path(place) / "home"), Path(place) / "copy")
        kinds, missed = tamper.experiment(bench, number, seed=2026)
    return Line("", f"{number} tamperings", 0.0, None, missed, dict(kinds))
