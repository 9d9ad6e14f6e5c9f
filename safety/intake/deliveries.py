"""Receive what lies in a feed: land every file, know which one is which domain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from safety.errors import HeldDeliveryError, WrongUseError
from safety.feeds import kinds
from safety.intake import evidence
from safety.intake.history import is_again
from safety.manifest import FeedDelivery, Landed
from safety.settings import Settings
from safety.study.feeds import DAY, Feed
from safety.versioning import digest

REPLACED = ": used before with other bytes"  # ends a note on a file of the newest day
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def folder(feed: Feed, settings: Settings) -> Path:
    """Return a feed's folder, of a daily feed that of its days; it is inside the home.

    Raises WrongUseError if it is missing, empty or outside.
    """
    path = feed.path.split(DAY)[0] if feed.is_daily else feed.path
    place = (settings.home / path).resolve()
    if not place.is_relative_to(settings.home):
        raise WrongUseError(f"feed {feed.id}: {feed.path} leads out of {settings.home}.")
    if not place.is_dir():
        raise WrongUseError(
            f"feed {feed.id}: no folder {place}. Put the delivered files there, or write the "
            "sample with `toxwatch sample`."
        )
    if not any(_visible(place)):
        raise WrongUseError(f"feed {feed.id}: {place} has no files.")
    return place


def receive(feed: Feed, place: Path, settings: Settings, known_at: date) -> list[FeedDelivery]:
    """Land every file of a feed's folder, of a daily feed those of every day up to `known_at`.

    A delivery's own hash is over names and contents, so the same bytes are the same delivery.
    Raises HeldDeliveryError for what is not a plain file of the allowed size.
    """
    if not feed.is_daily:
        return [_landed(feed, place, "", settings)]
    days, strange = _days(place)
    found = []
    for day in days:
        if date.fromisoformat(day) > known_at:
            continue
        within = _within(feed, place / day)
        if isinstance(within, str):
            strange.append(within)
        elif within is not None:
            found.append(_landed(feed, within, day, settings))
    if strange and not found:  # so that they are told at all
        found = [FeedDelivery(feed.id, digest(feed.id, *strange), (), known_at.isoformat())]
    if strange:
        found[-1] = replace(found[-1], strange=(*found[-1].strange, *strange))
    return found


def _landed(feed: Feed, place: Path, day: str, settings: Settings) -> FeedDelivery:
    """Land the files of one delivery. On a day, what is no plain file is named, not raised."""
    limit = settings.max_file_mb * 1_000_000
    files, strange = [], []
    for source in _visible(place):
        name = f"{day}/{source.name}" if day else source.name
        try:
            _require_printable(name)
            files.append(evidence.land(source, settings.evidence, limit, name))
        except HeldDeliveryError as error:
            if not day:
                raise
            strange.append(f"{error.file}: {error.fault.rstrip('.')}")
    parts = [text for f in files for text in (f.name, f.sha256)]
    return FeedDelivery(
        feed.id, digest(feed.id, *parts, *strange), tuple(files), day, tuple(strange)
    )


def _require_printable(name: str) -> None:
    if not name.isprintable():
        shown = ascii(name).strip("'")
        raise HeldDeliveryError(shown, "the file name cannot be written.", "Rename the file.")


def _days(place: Path) -> tuple[list[str], list[str]]:
    """Return the days of deliveries, oldest first, and the names that are no day."""
    days: list[str] = []
    strange: list[str] = []
    for path in _visible(place):
        if _DAY.fullmatch(path.name) and _is_date(path.name) and _is_folder(path):
            days.append(path.name)
        else:
            strange.append(path.name if path.name.isprintable() else ascii(path.name))
    return days, strange


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _within(feed: Feed, day: Path) -> Path | str | None:
    """Return the feed's folder of a day, None if it delivered nothing; else what is wrong."""
    path = day
    for part in Path(feed.path.split(DAY)[1].strip("/")).parts:
        path = path / part
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            return f"{day.name}/{part}: it is no plain folder"
    return path if path.is_dir() and any(_visible(path)) else None


def _visible(place: Path) -> list[Path]:
    return sorted(p for p in place.iterdir() if not p.name.startswith("."))


def files_by_domain(delivery: FeedDelivery, feed: Feed) -> dict[str, Landed]:
    """Return the file of each domain the study uses, of a feed of one folder.

    Raises HeldDeliveryError if a domain has no file and is not optional, or has more than one.
    """
    found: dict[str, Landed] = {}
    for file in delivery.files:
        for domain in kinds.domains_of(file.name, feed):
            if domain in found:
                other = found[domain].name
                raise HeldDeliveryError(
                    file.name, f"{domain} also stands in {other}.", "Deliver one of them."
                )
            found[domain] = file
    require_all(set(found), feed)
    return found


def require_all(found: set[str], feed: Feed, held: Mapping[str, str] | None = None) -> None:
    """Raise HeldDeliveryError for domains that no file can be used of and that are not optional.

    held: by domain, what is wrong with the newest file that came.
    """
    missing = [d for d, domain in feed.domains.items() if d not in found and not domain.optional]
    told = held or {}
    if missing:
        raise HeldDeliveryError(
            ", ".join(f"{d.lower()}.*" for d in missing),
            f"the delivery has no file for {', '.join(missing)}"
            f"{' that can be used' if feed.is_daily else ''}"
            f"{''.join(f'; {told[d]}' for d in missing if d in told)}.",
            f"Ask for it; toxwatch reads {', '.join(kinds.reader(feed.kind).SUFFIXES)}.",
        )


def unused(delivered: Sequence[FeedDelivery], feed: Feed, since: str = "") -> list[Landed]:
    """Return files that are kept as evidence but that the study neither uses nor ignores.

    since: the day from which they matter. Newest day first; of a name that comes every day only
    the newest one.
    """
    found: dict[str, Landed] = {}
    for each in sorted(delivered, key=lambda d: d.day, reverse=True):
        for file in each.files:
            name = Path(file.name).name
            if (
                each.day >= since
                and not kinds.domains_of(file.name, feed)
                and name not in feed.ignore
            ):
                found.setdefault(name, file)
    return list(found.values())


def left_over(file: str, others: Sequence[str]) -> list[Landed]:
    """Return what stands in a file besides the domains of its feed, named as files are."""
    return [Landed(f"{file}: {other}", "", 0) for other in others]


def strange(delivered: Sequence[FeedDelivery], since: str = "") -> list[str]:
    """Return what lies among the deliveries and could not be landed or is no delivery.

    since: the day from which it matters. What came again under a name of its own is made good.
    """
    landed = [(each.day, f.name) for each in delivered for f in each.files]
    return [
        text
        for each in delivered
        for text in each.strange
        if each.day >= since and not _has_come(text.partition(":")[0], each.day, landed)
    ]


def _has_come(name: str, day: str, landed: Sequence[tuple[str, str]]) -> bool:
    return any(later > day and is_again(other, name) for later, other in landed)
