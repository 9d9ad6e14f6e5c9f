"""What became of every file of a daily feed: a fold over all that was received up to a day.

It depends on the received files alone: neither on when runs were made nor on what they found. So
a catch-up after an outage, and a rebuild from the files, give the same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from safety.feeds import kinds
from safety.intake.dates import site_moment
from safety.intake.fitness import DAMAGED, FileFacts, Unfit, facts_of, unfit
from safety.manifest import FeedDelivery, Landed
from safety.study.feeds import Feed

Status = Literal["used", "held", "superseded", "late", "unused"]
END_OF_DAY = "T23:59:59"
_DAY, _MONTH = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_MONTH_NAME = "(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_DATED = re.compile(
    rf"20\d\d([-_.]?){_MONTH}\1{_DAY}|{_DAY}([-_.]?){_MONTH_NAME}\2(?:20)?\d\d", re.IGNORECASE
)
TOLERANCE = timedelta(days=1)  # a clock ahead of ours; a stamp beyond is not believed


@dataclass(frozen=True, slots=True)
class Receipt:
    """One file of a domain as it came.

    day: when it was received. moment: the time its content is of, at the site: what the file says
    of itself, else the day its bytes first came. is_stamped: the file says its
    time of itself.
    """

    day: str
    domain: str
    file: Landed
    facts: FileFacts
    moment: str
    is_stamped: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a file. superseded_by: the file that took its place, "" while none did.

    added: columns that the last used file before it did not have. known: the bytes came before.
    returns: they were current before another file was.
    """

    receipt: Receipt
    status: Status
    fault: Unfit | None = None
    superseded_by: str = ""
    added: tuple[str, ...] = ()
    known: bool = False
    returns: bool = False

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


def of_feed(
    deliveries: Sequence[FeedDelivery], feed: Feed, store: Path, zone: str
) -> dict[str, tuple[Standing, ...]]:
    """Return what became of every file of a daily feed, by domain in the order they came."""
    received: dict[str, list[Receipt]] = {}
    first: dict[tuple[str, str], str] = {}
    for delivered in sorted(deliveries, key=lambda d: d.day):
        for file in delivered.files:
            for name in kinds.domains_of(file.name, feed):
                came = first.setdefault((name, file.sha256), delivered.day)
                receipt = _receipt(delivered.day, name, file, feed, store, zone, came)
                received.setdefault(name, []).append(receipt)
    fold = _changes if feed.delivers == "changes" else _snapshots
    return {
        name: tuple(fold(sorted(r, key=lambda x: (x.day, x.moment, x.file.name)), feed, name))
        for name, r in sorted(received.items())
    }


def _receipt(
    day: str, name: str, file: Landed, feed: Feed, store: Path, zone: str, came: str
) -> Receipt:
    """Return the receipt of a domain of a file. came: the day its bytes were first received."""
    facts = facts_of(store, file, feed, name)
    stamp = _stamp(facts, day, zone)
    return Receipt(day, name, file, facts, stamp or came + END_OF_DAY, bool(stamp))


def _stamp(facts: FileFacts, day: str, zone: str) -> str:
    """Return when a file says it was made, "" if it does not or cannot be believed."""
    stamp = site_moment(facts.extracted, zone)
    latest = (date.fromisoformat(day) + TOLERANCE).isoformat() + END_OF_DAY
    return stamp if stamp <= latest else ""


def _snapshots(received: list[Receipt], feed: Feed, name: str) -> list[Standing]:
    """The newest extract that can be used is current; an older one that comes late is not."""
    found: list[Standing] = []
    current: int | None = None
    once: set[str] = set()  # bytes that were current
    rivals = _rivals(received)
    for given in received:
        last = None if current is None else found[current].receipt
        receipt = _dated(given, last, feed)
        if given.file.name in rivals and not _is_released(given, feed):
            standing = _not_chosen(receipt, rivals[given.file.name], feed, name)
        elif last is not None and receipt.moment < last.moment:
            standing = _late(receipt, last, found, once)
        else:
            standing = _judged(receipt, last, feed, name)
        if standing.status == "used":
            if current is not None:
                found[current] = replace(
                    found[current], status="superseded", superseded_by=standing.name
                )
            current = len(found)
            once.add(receipt.file.sha256)
        found.append(standing)
    return found


def _rivals(received: Sequence[Receipt]) -> Mapping[str, list[Receipt]]:
    """Return the files of one day that nothing puts in an order, by the name of each.

    Extracts that say when they were made are in order unless two of them say the same.
    """
    by_day: dict[str, list[Receipt]] = {}
    for receipt in received:
        by_day.setdefault(receipt.day, []).append(receipt)
    return {r.file.name: of_day for of_day in by_day.values() if _differ(of_day) for r in of_day}


def _differ(receipts: Sequence[Receipt]) -> bool:
    contents = {(r.file.sha256, r.moment if r.is_stamped else "") for r in receipts}
    moments = {moment for _, moment in contents}
    return len(contents) > 1 and ("" in moments or len(moments) < len(contents))


def _dated(receipt: Receipt, last: Receipt | None, feed: Feed) -> Receipt:
    """Return a receipt as new as the current one if it has its bytes, newer if it is released."""
    if last is None or receipt.moment >= last.moment:
        return receipt
    if _is_released(receipt, feed):
        return replace(receipt, moment=receipt.day + END_OF_DAY)
    is_same = receipt.file.sha256 == last.file.sha256
    return replace(receipt, moment=last.moment) if is_same else receipt


def _late(receipt: Receipt, last: Receipt, before: Sequence[Standing], once: set[str]) -> Standing:
    """Tell bytes that were current once: the content goes back, and rows may come back with it."""
    sha256 = receipt.file.sha256
    known = any(s.receipt.file.sha256 == sha256 for s in before)
    return Standing(receipt, "late", None, last.file.name, (), known, sha256 in once)


def _unusable(receipt: Receipt, feed: Feed, name: str) -> Unfit | None:
    """Return what is wrong with a file by itself, so that no release helps."""
    fault = unfit(receipt.facts, None, feed, name)
    return None if fault is None or fault.may_be_released else fault


def _not_chosen(receipt: Receipt, rivals: Sequence[Receipt], feed: Feed, name: str) -> Standing:
    """Hold a file of which another one of its day may be the newer, or set it aside for that."""
    unusable = _unusable(receipt, feed, name)
    if unusable is not None:
        return Standing(receipt, "held", unusable)
    chosen = [
        r.file.name for r in rivals if _is_released(r, feed) and _unusable(r, feed, name) is None
    ]
    if chosen:
        return Standing(receipt, "superseded", superseded_by=chosen[-1])
    told = f"{len(rivals)} files of {name} in one delivery; say under `released` which one counts"
    return Standing(receipt, "held", Unfit(told, DAMAGED, may_be_released=True))


def _changes(received: list[Receipt], feed: Feed, name: str) -> list[Standing]:
    """Every file that can be used counts; a held one is made good by one of its own name."""
    found: list[Standing] = []
    last: Receipt | None = None
    for receipt in received:
        standing = _judged(receipt, last, feed, name)
        if standing.status == "used":
            last = receipt
            found = [_made_good(s, standing) for s in found]
        found.append(standing)
    return found


def _judged(receipt: Receipt, last: Receipt | None, feed: Feed, name: str) -> Standing:
    before = last.facts if last is not None else None
    fault = unfit(receipt.facts, before, feed, name)
    if fault is not None and not (fault.may_be_released and _is_released(receipt, feed)):
        return Standing(receipt, "held", fault)
    known = before.columns if before is not None else receipt.facts.columns
    return Standing(
        receipt, "used", added=tuple(c for c in receipt.facts.columns if c not in known)
    )


def _is_released(receipt: Receipt, feed: Feed) -> bool:
    return receipt.file.name in feed.released


def _made_good(held: Standing, again: Standing) -> Standing:
    """Mark a held file that came again readable."""
    if held.status != "held" or not is_again(again.name, held.name):
        return held
    return replace(held, superseded_by=again.name)


def since(standings: Mapping[str, Sequence[Standing]], feed: Feed) -> str:
    """Return the day from which a file matters that nobody could use, "" for every day.

    Whole extracts make good what came before the oldest one in use; changes never do.
    """
    if feed.delivers == "changes":
        return ""
    return min((s.receipt.day for each in standings.values() for s in used(each)), default="")


def is_again(later: str, earlier: str) -> bool:
    """Return whether a file is another one under its own name, by their names.

    Only a name with a date says which file it is; `lb.csv` and `lb_site01.csv` are of every day.
    """
    name = Path(earlier).name
    return Path(later).name == name and _DATED.search(name) is not None


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
