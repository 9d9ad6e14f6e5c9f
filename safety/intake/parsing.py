"""From the files of a feed to the intake of each of its domains, and what became of every file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from expectations.check import Finding
from safety.errors import HeldDeliveryError
from safety.feeds import kinds
from safety.intake import coding, deliveries, evidence, findings, history
from safety.intake.current import Part
from safety.intake.history import Standing
from safety.intake.quarantine import Accounting
from safety.intake.records import Intake, canonical, combined
from safety.manifest import FeedDelivery, Landed, Manifest
from safety.study.feeds import Feed


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the files of a feed hold.

    intakes: one a domain. findings: of files; of_rows: of rows, before they are checked. accounts:
    of files whose rows are not checked. summary: of a daily feed, its newest delivery and files
    that are held.
    """

    intakes: list[Intake]
    findings: list[Finding]
    of_rows: list[tuple[Finding, Intake]]
    accounts: list[Accounting] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


def parse(store: Path, work: Path, manifest: Manifest, feed: Feed) -> Parsed:
    """Return the intake of every domain of a feed.

    store: of the evidence; work: a folder for copies while they are read. Raises HeldDeliveryError
    if a domain that is not optional has no file that can be used, and, of a feed of one folder, if
    any file of a domain cannot be used.
    """
    delivered = manifest.of_feed(feed.id)
    parsed = _daily if feed.is_daily else _flat
    return parsed(_Files(store, work, feed, manifest), delivered)


@dataclass(frozen=True, slots=True)
class _Files:
    """What is needed to read files of a feed."""

    store: Path
    work: Path
    feed: Feed
    manifest: Manifest

    @property
    def zone(self) -> str:
        return self.manifest.study.timezone

    def part(self, file: Landed, domain: str, moment: str = "") -> Part:
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            copy = Path(folder) / "file"
            evidence.fetch(self.store, file, copy)
            data = kinds.load(copy, file.name, self.feed, domain)
        if data.misfit:
            raise HeldDeliveryError(
                file.name, f"{data.misfit}.", "Correct the file, or the form the feed declares."
            )
        if not data.is_ended and not self.feed.is_daily:  # a day is judged beside the one before
            raise HeldDeliveryError(
                file.name, "its last line has no end: it may be cut off, and a cell with it.",
                "Send it again; if it is whole, end its last line.",
            )  # fmt: skip
        return Part(file.name, data.frame, moment, data.converted, data.others)

    def coded(self, intake: Intake) -> Intake:
        coded = self.feed.domains[intake.domain].coding
        return coding.with_queries(intake, coded, self.manifest.study.ctcae)


def _flat(files: _Files, delivered: Sequence[FeedDelivery]) -> Parsed:
    feed, intakes, unused = files.feed, [], []
    for delivery in delivered:
        for domain, file in deliveries.files_by_domain(delivery, feed).items():
            part = files.part(file, domain)
            intake = canonical(part.raw, feed, domain, file.name, files.zone, part.converted)
            intakes.append(files.coded(intake))
            unused += deliveries.left_over(part.file, part.others)
        unused += deliveries.unused([delivery], feed)
    found = [findings.unknown_files(list(dict.fromkeys(unused)), feed.id)]
    return Parsed(intakes, found, [f for i in intakes for f in findings.of_rows(i)])


def _daily(files: _Files, delivered: Sequence[FeedDelivery]) -> Parsed:
    feed, as_of = files.feed, date.fromisoformat(files.manifest.as_of)
    standings = history.of_feed(delivered, feed, files.store, files.zone)
    held = {n: f"{s.name} is held: {s.reason}" for n, each in standings.items()
            for s in each if s.status == "held"}  # fmt: skip
    deliveries.require_all({n for n, s in standings.items() if history.used(s)}, feed, held)
    intakes = []
    for name, standing in standings.items():
        chosen = history.used(standing)
        if chosen:
            parts = [files.part(s.receipt.file, name, s.receipt.moment) for s in chosen]
            intakes.append(files.coded(combined(parts, feed, name, files.zone)))
    days = [d.day for d in delivered if d.files]
    since = history.since(standings, feed)
    current = [s for each in standings.values() for s in history.used(each)]
    left = [x for s in current for x in deliveries.left_over(s.name, s.receipt.facts.others)]
    unused = [*deliveries.unused(delivered, feed, since), *dict.fromkeys(left)]
    found = [
        findings.unknown_files(unused, feed.id),
        *findings.of_files(feed, standings, days, deliveries.strange(delivered, since), as_of),
    ]
    return Parsed(
        intakes,
        found,
        [f for i in intakes for f in findings.of_rows(i)],
        [_account(feed, s) for each in standings.values() for s in each if s.status != "used"],
        _summary(feed, standings, max(days, default="")),
    )


def _account(feed: Feed, standing: Standing) -> Accounting:
    receipt, status = standing.receipt, standing.status
    rows = 0 if status == "held" else receipt.facts.rows
    return Accounting(
        feed.id, standing.name, receipt.domain, received=rows, superseded=rows, status=status,
        reason=standing.reason,
    )  # fmt: skip


def _summary(feed: Feed, standings: dict[str, tuple[Standing, ...]], newest: str) -> dict[str, Any]:
    """Return the newest delivery of a feed and what is held: file, since when and why."""
    held = [
        {"file": s.name, "domain": name, "since": s.receipt.day, "reason": s.reason}
        for name, each in standings.items()
        for s in history.open_(each, feed, "held")
    ]
    return {"feed": feed.id, "newest": newest, "held": held}
