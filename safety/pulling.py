"""The step before `land`: ask the servers of a study's feeds for what is new.

A pull leaves one file in the feed's folder of the day; from there it is a delivery as any other.
Where a server cannot be asked nothing is written, the run goes on with what there is, and the
pull's error is told by whoever called: exit code, summary, a failed task. A day without a pull
makes the feed late (IN-004).
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from safety.errors import PullError, ToxwatchError, WrongUseError
from safety.feeds import connections, pulled
from safety.feeds.connections import Resolver
from safety.feeds.http import Client
from safety.feeds.pulled import Head, Id, Known
from safety.feeds.source import MOST_GONE, Found, Source, source
from safety.settings import Settings
from safety.study import load as study_files
from safety.study.feeds import DAY, Feed
from safety.study.model import Study
from safety.study.pull import Pull

FEW = 4  # so many ids of a group may go at a time without a question
MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull of a feed brought.

    file: as day/name, "" if nothing was written. lines: new or changed; removed: rows taken away.
    left_out: things that are not used, by reason. error: why nothing was pulled.
    """

    feed: str
    file: str = ""
    lines: int = 0
    removed: int = 0
    full: bool = False
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class How:
    """How to pull.

    resolver: asked for a connection before the environment is. full: ask for everything.
    accepted: who accepts that much is gone, and why. sleep: between attempts.
    """

    resolver: Resolver | None = None
    full: bool = False
    accepted: str = ""
    sleep: Callable[[float], None] = time.sleep


def pull(
    settings: Settings, study_name: str, *, now: datetime, only: str = "", how: How | None = None
) -> list[Pulled]:
    """Pull every feed of a study that has a server; return what came of each.

    only: the one feed to pull. A server that cannot be asked is told, not raised: no feed stops
    the others. Raises WrongUseError if no feed of that name is pulled.
    """
    study = study_files.load(study_files.find(study_name, settings.studies))
    feeds = [f for f in study.feeds if f.pull is not None and only in {"", f.id}]
    if only and not feeds:
        raise WrongUseError(f"{study.studyid} has no feed {only} that is pulled.")
    found = []
    for feed in feeds:
        try:
            with _alone(settings, study, feed):
                found.append(_pull(settings, study, feed, now, how or How()))
        except ToxwatchError as error:
            found.append(Pulled(feed.id, error=str(error)))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            found.append(Pulled(feed.id, error=str(_unforeseen(feed, error))))
    return found


def _unforeseen(feed: Feed, error: Exception) -> PullError:
    """Return an error that nobody wrote words for, without its own: they may hold a secret."""
    told = error.strerror if isinstance(error, OSError) else ""
    fault = f"{type(error).__name__}{': ' if told else ''}{told or ''}."
    return PullError(feed.id, fault, "Nothing was written; tell who runs toxwatch.")


def for_run(
    settings: Settings, study_name: str, as_of: date | None, *, now: datetime,
    how: How | None = None,
) -> list[Pulled]:  # fmt: skip
    """Pull before a run, unless it is of a day that has passed: it would not use what is new."""
    study = study_files.load(study_files.find(study_name, settings.studies))
    if (as_of or study.data_cut or _today(study, now)) < _today(study, now):
        return []
    return pull(settings, study_name, now=now, how=how)


def _pull(settings: Settings, study: Study, feed: Feed, now: datetime, how: How) -> Pulled:
    asked = feed.pull
    if asked is None:
        return Pulled(feed.id)
    days = settings.home / feed.path.split(DAY)[0]
    if not days.resolve().is_relative_to(settings.home):
        raise WrongUseError(f"feed {feed.id}: {feed.path} leads out of {settings.home}.")
    kind, today = source(feed.kind), _today(study, now).isoformat()
    files = _files(settings.home, feed)
    known = pulled.known(files, kind.parts_of)
    secret = connections.secret(asked.connection, how.resolver)
    with Client(feed.id, asked, secret, how.sleep) as client:
        full = how.full or _is_due(asked, known, now)
        found = kind.fetch(feed, client, known, now, full)
    if not how.accepted:
        _require_rows(feed, known, found, kind)
    lines = list(pulled.difference(known, found.lines, found.gone, found.at, kind.parts_of))
    result = Pulled(
        feed.id, "", sum(ln.content is not None for ln in lines),
        sum(ln.content is None for ln in lines), found.full, found.left_out, found.notes,
    )  # fmt: skip
    folder = settings.home / feed.path.replace(DAY, today)
    if not lines and any(f.parent == folder for f in files):
        return result  # nothing is new, and the day has a file that says it was asked
    path = pulled.write(folder, _head(feed, known, found, how), lines)
    return replace(result, file=f"{today}/{path.name}")


def _head(feed: Feed, known: Known, found: Found, how: How) -> Head:
    at = pulled.as_text(found.at)
    last = known.head.full if known.head is not None else ""
    return Head(
        feed.id, feed.kind, at, found.cursor, at if found.full else last, found.columns,
        found.left_out, found.notes, how.accepted,
    )  # fmt: skip


def _files(home: Path, feed: Feed) -> list[Path]:
    """Return the earlier pulls of a feed, oldest first."""
    before, after = feed.path.split(DAY)
    place = home / before
    folders = sorted(p for p in place.iterdir() if p.is_dir()) if place.is_dir() else []
    found = []
    for folder in folders:
        inner = folder / after.strip("/")
        names = [p for p in inner.iterdir() if p.is_file()] if inner.is_dir() else []
        numbered = [(n, p) for p in names if (n := pulled.number(p.name)) is not None]
        found += [path for _, path in sorted(numbered)]
    return found


def _today(study: Study, now: datetime) -> date:
    return now.astimezone(ZoneInfo(study.timezone)).date()


def _is_due(asked: Pull, known: Known, now: datetime) -> bool:
    """Return whether everything is to be asked for again, so that deletions are seen."""
    last = pulled.instant(known.head.full) if known.head is not None else None
    return last is None or (now - last).days >= asked.full_every.whole_days


def _require_rows(feed: Feed, known: Known, found: Found, kind: Source) -> None:
    """Raise PullError if a subject or many rows are gone: a wrong right or filter looks like it.

    What is gone no longer alarms, so a person says that it is right.
    """
    subjects = _gone_subjects(known, found, kind.SUBJECTS)
    if subjects:
        shown = ", ".join(sorted(subjects)[:MAX_SHOWN])
        raise _gone(feed, f"of {len(subjects)} subjects nothing is left ({shown})")
    for group in sorted({g for g, _ in found.gone}):
        there = known.of(group)
        gone = sum(g == group and i in there for g, i in found.gone)
        if gone > min(max(FEW, (1 - feed.rows_kept) * len(there)), MOST_GONE):
            raise _gone(feed, f"{gone} of {len(there)} of {group} are gone")
        asked = {i for g, i in found.asked if g == group} & there
        many = gone > max(FEW, (1 - feed.rows_kept) * len(asked)) or 1 < gone == len(asked)
        if asked and many:
            what = f"{gone} of {len(asked)} of {group} of the records asked for are gone"
            raise _gone(feed, what)


def _gone_subjects(known: Known, found: Found, group: str) -> set[str]:
    left: dict[str, set[Id]] = {}
    for key, line in known.lines.items():
        if known.parts.get(key):
            left.setdefault(line.subject, set()).add(key)
    return {
        subject for subject, keys in left.items()
        if keys <= found.gone or any(k in found.gone for k in keys if group and k[0] == group)
    }  # fmt: skip


def _gone(feed: Feed, what: str) -> PullError:
    return PullError(
        feed.id, f"{what} at the source; nothing was written, what came before stays in use.",
        'If it is right, pull with --accept-removals "who: why".',
    )  # fmt: skip


@contextmanager
def _alone(settings: Settings, study: Study, feed: Feed) -> Iterator[None]:
    """Keep other processes from pulling the same feed."""
    locks = settings.home / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / f"pull_{study.studyid}_{feed.id}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def failures(found: list[Pulled]) -> list[str]:
    """Return why feeds could not be pulled."""
    return [p.error for p in found if p.error]
