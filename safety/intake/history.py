"""What became of every file of a daily feed: a fold over all that was received up to a day.

It depends on the received files alone: neither on when runs were made nor on what they found. So
a catch-up after an outage, and a rebuild from the files, give the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from safety.feeds.sdtm_folder.reader import SUFFIXES
from safety.intake.dates import site_moment
from safety.intake.evidence import Landed
from safety.intake.fitness import FileFacts, Unfit, facts_of, unfit
from safety.study.feeds import Feed
from safety.workspace import FeedDelivery

Status = Literal["used", "held", "superseded", "late", "unused"]
END_OF_DAY = "T23:59:59"
TOLERANCE = timedelta(days=1)  # a clock ahead of ours; a stamp beyond is not believed


@dataclass(frozen=True, slots=True)
class Receipt:
    """One file of a domain as it came.

    day: when it was received. moment: the time its content is of, at the site: what the file says
    of itself, else the day its bytes first came.
    """

    day: str
    domain: str
    file: Landed
    facts: FileFacts
    moment: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a file. superseded_by: the file that took its place, "" while none did.

    added: columns that the last used file before it did not have. known: the bytes came before.
    """

    receipt: Receipt
    status: Status
    fault: Unfit | None = None
    superseded_by: str = ""
    added: tuple[str, ...] = ()
    known: bool = False

    @property
    def name(self) -> str:
        return self.receipt.file.name

    @property
    def reason(self) -> str:
        """Why the file is not current, "" if it is."""
        if self.fault is not None:
            again = f"; delivered again as {self.superseded_by}" if self.superseded_by else ""
            return f"{self.fault.reason} ({self.fault.citation}){again}"
        if self.status == "late":
            return f"an older extract than {self.superseded_by}, which came before it"
        return f"replaced by {self.superseded_by}" if self.superseded_by else ""


def domain_of(file: Landed, feed: Feed) -> str:
    """Return the domain of a delivered file, "" if the study uses none of that name.

    A name ends at its first underscore or at its suffix; that of a feed of one folder only there.
    """
    path = Path(file.name)
    stem = path.stem.split("_")[0] if feed.is_daily else path.stem
    name = stem.upper()
    return name if name in feed.domains and path.suffix.lower() in SUFFIXES else ""


def of_feed(
    deliveries: Sequence[FeedDelivery], feed: Feed, store: Path, zone: str
) -> dict[str, tuple[Standing, ...]]:
    """Return what became of every file of a daily feed, by domain in the order they came."""
    received: dict[str, list[Receipt]] = {}
    first: dict[tuple[str, str], str] = {}
    for delivered in sorted(deliveries, key=lambda d: d.day):
        for file in delivered.files:
            name = domain_of(file, feed)
            if name:
                came = first.setdefault((name, file.sha256), delivered.day)
                facts = facts_of(store, file, feed, name)
                moment = _moment(facts, came, delivered.day, zone)
                received.setdefault(name, []).append(
                    Receipt(delivered.day, name, file, facts, moment)
                )
    fold = _changes if feed.delivers == "changes" else _snapshots
    return {
        name: tuple(fold(sorted(r, key=lambda x: (x.day, x.moment, x.file.name)), feed, name))
        for name, r in sorted(received.items())
    }


def _moment(facts: FileFacts, first_day: str, day: str, zone: str) -> str:
    stamp = site_moment(facts.extracted, zone)
    latest = (date.fromisoformat(day) + TOLERANCE).isoformat() + END_OF_DAY
    return stamp if stamp and stamp <= latest else first_day + END_OF_DAY


def _snapshots(received: list[Receipt], feed: Feed, name: str) -> list[Standing]:
    """The newest extract that can be used is current; an older one that comes late is not."""
    found: list[Standing] = []
    seen: set[str] = set()
    current: int | None = None
    for receipt in received:
        last = None if current is None else found[current].receipt
        if last is not None and receipt.moment < last.moment:
            known = receipt.file.sha256 in seen
            found.append(Standing(receipt, "late", None, last.file.name, (), known))
        else:
            standing = _judged(receipt, last, feed, name)
            if standing.status == "used":
                if current is not None:
                    found[current] = replace(
                        found[current], status="superseded", superseded_by=standing.name
                    )
                current = len(found)
            found.append(standing)
        seen.add(receipt.file.sha256)
    return found


def _changes(received: list[Receipt], feed: Feed, name: str) -> list[Standing]:
    """Every file that can be used counts; a held one is made good by one of its own name."""
    found: list[Standing] = []
    last: Receipt | None = None
    for receipt in received:
        standing = _judged(receipt, last, feed, name)
        if standing.status == "used":
            last = receipt
            found = [_made_good(s, standing, name) for s in found]
        found.append(standing)
    return found


def _judged(receipt: Receipt, last: Receipt | None, feed: Feed, name: str) -> Standing:
    before = last.facts if last is not None else None
    fault = unfit(receipt.facts, before, feed, name)
    if fault is not None and not (fault.may_be_released and receipt.file.name in feed.released):
        return Standing(receipt, "held", fault)
    known = before.columns if before is not None else receipt.facts.columns
    return Standing(
        receipt, "used", added=tuple(c for c in receipt.facts.columns if c not in known)
    )


def _made_good(held: Standing, again: Standing, name: str) -> Standing:
    """Mark a held file that came again readable. `lb.csv` of every day says not which it is."""
    own = Path(held.name)
    is_its_own_name = own.stem.upper() != name
    if held.status != "held" or not is_its_own_name or own.name != Path(again.name).name:
        return held
    return replace(held, superseded_by=again.name)


def used(standings: Sequence[Standing]) -> list[Standing]:
    """Return the files whose rows count, oldest content first."""
    chosen = [s for s in standings if s.status == "used"]
    return sorted(chosen, key=lambda s: (s.receipt.moment, s.receipt.day, s.name))


def open_(standings: Sequence[Standing], feed: Feed, status: Status) -> list[Standing]:
    """Return the held or late files that matter: nothing newer or better has come since."""
    if feed.delivers == "changes":
        return [s for s in standings if s.status == status and not (s.fault and s.superseded_by)]
    current = [s.receipt.day for s in standings if s.status == "used"]
    since = max(current, default="")
    return [s for s in standings if s.status == status and s.receipt.day >= since]
