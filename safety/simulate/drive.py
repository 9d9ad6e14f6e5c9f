"""Run a simulated trial day by day, as a study team would have: each day's folder, then a run."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

from safety import pipeline
from safety.errors import ToxwatchError, WrongUseError
from safety.settings import Settings, from_environment
from safety.study import load as study_files
from safety.study.model import Study

PUBLISHED, REFUSED, CRASHED = "published", "refused", "crashed"
RECORD = "driven.json"  # in the home, which has one simulated trial: what became of each day
AT = clock(23, 0)  # at the site, on the day of the delivery: no clock decides what is found
MORNING = clock(8, 30)  # at the site, on the day after
Step = Callable[[int, int, date], None]
Morning = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Day:
    """One run. day: YYYY-MM-DD. reason: why it was refused, or how it crashed."""

    day: str
    state: str
    seconds: float
    reason: str = ""


def settings_of(home: Path) -> Settings:
    """Return the settings of a home of its own: SQLite, alerts to files."""
    return from_environment({"TOXWATCH_HOME": str(home), "TOXWATCH_STUDIES": str(home)})


def drive(
    folder: Path,
    settings: Settings,
    step: Step = lambda *_: None,
    morning: Morning = lambda _: None,
) -> list[Day]:
    """Deliver and run every calendar day of a simulated trial; return what became of each.

    Days that were run in this home before are not run again, so one that was interrupted goes on
    where it stopped. step: told (number of the day, how many, day) before each. morning: told the
    moment after each, at which a site begins to work. Raises WrongUseError if there is no
    delivery, or the home has the run of another trial.
    """
    study_file = folder / "study.yaml"
    study = study_files.load(study_file)
    days = list(_calendar(folder))
    record, trial = settings.home / RECORD, _fingerprint(folder)
    done = _done(record, trial)
    for number, day in enumerate(days[len(done) :], start=len(done)):
        step(number, len(days), day)
        _deliver(folder, settings.home, study, day)
        done.append(_run(settings, study_file, study, day))
        _write(record, trial, done)
        morning(datetime.combine(day + timedelta(days=1), MORNING, ZoneInfo(study.timezone)))
    return done


def _fingerprint(folder: Path) -> str:
    """Return what tells one simulated trial from another: its study file, names and sizes."""
    files = sorted(p for p in folder.glob("*/*/*") if p.is_file())
    names = [f"{p.relative_to(folder).as_posix()} {p.stat().st_size}" for p in files]
    told = "\n".join([(folder / "study.yaml").read_text(encoding="utf-8"), *names])
    return hashlib.sha256(told.encode()).hexdigest()


def _done(record: Path, trial: str) -> list[Day]:
    if not record.is_file():
        return []
    said = json.loads(record.read_text(encoding="utf-8"))
    if said["trial"] != trial:
        raise WrongUseError(
            f"{record.parent} has the run of another simulated trial; give an empty folder."
        )
    return [Day(**d) for d in said["days"]]


def _write(record: Path, trial: str, done: list[Day]) -> None:
    told = {"trial": trial, "days": [asdict(d) for d in done]}
    part = record.with_suffix(".part")  # whoever interrupts finds the old record or the new one
    part.write_text(json.dumps(told, indent=1), encoding="utf-8")
    part.replace(record)


def _calendar(folder: Path) -> Iterator[date]:
    """Yield every day from the first delivery to the last, those without one too."""
    delivered = sorted(d for p in folder.iterdir() if p.is_dir() for d in [_day(p.name)] if d)
    if not delivered:
        raise WrongUseError(f"{folder} has no folder of a delivery, named by its day (2024-03-04).")
    for number in range((delivered[-1] - delivered[0]).days + 1):
        yield delivered[0] + timedelta(days=number)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def _deliver(folder: Path, home: Path, study: Study, day: date) -> None:
    source = folder / day.isoformat()
    if source.is_dir():
        target = home / "feeds" / study.studyid.lower() / day.isoformat()
        shutil.copytree(source, target, dirs_exist_ok=True)


def _run(settings: Settings, study_file: Path, study: Study, day: date) -> Day:
    now = datetime.combine(day, AT, ZoneInfo(study.timezone))
    began = time.perf_counter()
    # an error of whatever kind is the result of its day, and must not end the measurement
    with ThreadPoolExecutor(1) as worker:
        error = worker.submit(
            pipeline.run, settings, str(study_file), day, now=lambda: now
        ).exception()
    seconds = round(time.perf_counter() - began, 2)
    if error is None:
        return Day(day.isoformat(), PUBLISHED, seconds)
    if isinstance(error, ToxwatchError):
        return Day(day.isoformat(), REFUSED, seconds, str(error))
    return Day(day.isoformat(), CRASHED, seconds, _last_line(error))


def _last_line(error: BaseException) -> str:
    """Return the error and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return traceback.format_exception_only(error)[-1].strip() + where
