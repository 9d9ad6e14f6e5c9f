"""The first step: receive what lies in a study's feeds, and open a run for it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from safety.errors import HeldDeliveryError, WrongUseError
from safety.failpoints import reached
from safety.intake import deliveries
from safety.manifest import FeedDelivery, Manifest
from safety.settings import Settings
from safety.stamp import stamp
from safety.store import publish as store
from safety.store.engine import upgrade
from safety.store.receipts import HELD, PUBLISHED, Delivered, delivered
from safety.study import load as study_files
from safety.study.feeds import Feed
from safety.study.model import Study
from safety.versioning import canonical_json, code_version, digest
from safety.worklist import releases
from safety.workspace import Workspace

MAX_NAMES = 5  # of files in a message


def land(settings: Settings, study_name: str, as_of: date | None = None, *, now: datetime) -> str:
    """Receive every feed of a study, keep the bytes, and return the id of the run.

    Raises HeldDeliveryError for what cannot be landed, or an old delivery that came again after
    a newer one; WrongUseError for a missing folder or an as_of before the newest snapshot's.
    as_of: knowledge date; else the study's data cut, else the day of `now` at the site.
    """
    study = study_files.load(study_files.find(study_name, settings.studies))
    folders = [deliveries.folder(feed, settings) for feed in study.feeds]
    upgrade(settings.db_url)
    site_day = now.astimezone(ZoneInfo(study.timezone)).date()
    known_on = as_of or study.data_cut or site_day
    known_at = known_on.isoformat()
    received = tuple(
        each
        for feed, folder in zip(study.feeds, folders, strict=True)
        for each in _receive(settings, study, feed, folder, known_on, now)
    )
    rule_set = study_files.rule_set_hash(study)
    released, decisions = releases.in_force(settings.db_url, study.studyid)
    decided = [canonical_json([asdict(r) for r in released]), str(decisions)] if decisions else []
    snapshot_id = digest(
        study.studyid, known_at, rule_set, study.ctcae, code_version(),
        *sorted(part for d in received for part in (d.feed, d.sha256, *d.strange)), *decided,
    )  # fmt: skip
    received_at = stamp(now)
    manifest = Manifest(
        snapshot_id, study, rule_set, code_version(), known_at, received_at, received, released
    )
    space = Workspace(settings.work, snapshot_id)
    with space.locked():
        if store.is_published(settings.db_url, snapshot_id):
            for each in received:  # it may have come again after one that was held
                if not each.day:
                    record(settings, manifest, each, PUBLISHED, "")
        else:
            _refuse_the_past(settings, study.studyid, known_at)
            space.create(manifest, releases.waiting(settings.db_url, study.studyid))
            reached("landed")
    return snapshot_id


def _receive(
    settings: Settings, study: Study, feed: Feed, folder: Path, known_on: date, now: datetime
) -> list[FeedDelivery]:
    """Land a feed's files; a delivery that cannot be landed is recorded as held."""
    try:
        found = deliveries.receive(feed, folder, settings, known_on)
        if feed.is_daily:
            before = delivered(settings.db_url, study.studyid, feed.id, known_on.isoformat())
            _require_history(feed, before, found)
            found = _with_replaced(before, found)
    except HeldDeliveryError as error:
        store.record_receipt(
            settings, study.studyid, feed.id, digest(str(error)),
            status=HELD, reason=str(error), stamp=stamp(now),
        )  # fmt: skip
        raise
    for each in found:
        if not each.day:
            _refuse_superseded(settings, study.studyid, each)
    return found


def _require_history(feed: Feed, before: list[Delivered], found: list[FeedDelivery]) -> None:
    """Raise HeldDeliveryError if files of earlier deliveries are gone: their rows would vanish.

    A file is gone as well if other bytes stand under its name. Only of the newest day of a feed
    of whole extracts it may be exported again: the new one holds all rows.
    """
    now = {file.name: file.sha256 for each in found for file in each.files}
    gone = sorted({d.name for d in before} - set(now))
    if gone:
        raise HeldDeliveryError(
            f"feed {feed.id}",
            f"{_listed(gone)} came before and is gone from its folder.",
            "Put it back; what was delivered is part of the history.",
        )
    may_change = _names(found[-1]) if found and feed.delivers == "snapshot" else set()
    newest = {d.name: d for d in before}  # of one name the last one received
    other = sorted(
        name
        for name, d in newest.items()
        if d.was_used and d.sha256 != now[name] and name not in may_change
    )
    if other:
        raise HeldDeliveryError(
            f"feed {feed.id}",
            f"{_listed(other)} was used before and was overwritten by other bytes.",
            "Put the first file back and deliver the new one under another name or day; what was "
            "delivered is part of the history.",
        )


def _with_replaced(before: list[Delivered], found: list[FeedDelivery]) -> list[FeedDelivery]:
    """Note on the newest delivery which of its files took the place of one that was used."""
    if not found:
        return found
    now = {file.name: file.sha256 for file in found[-1].files}
    replaced = {d.name for d in before if d.was_used and now.get(d.name, d.sha256) != d.sha256}
    notes = tuple(f"{name}{deliveries.REPLACED}" for name in sorted(replaced))
    return [*found[:-1], replace(found[-1], strange=(*found[-1].strange, *notes))]


def _names(delivered_: FeedDelivery) -> set[str]:
    return {file.name for file in delivered_.files}


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more


def record(
    settings: Settings, manifest: Manifest, delivered: FeedDelivery, status: str, reason: str
) -> None:
    """Record the receipt of a delivery: published, or held and why."""
    store.record_receipt(
        settings, manifest.study.studyid, delivered.feed, delivered.sha256,
        status=status, reason=reason, stamp=manifest.received_at, day=delivered.day,
    )  # fmt: skip


def _refuse_the_past(settings: Settings, studyid: str, known_at: str) -> None:
    newest = store.newest_as_of(settings.db_url, studyid)
    if newest is not None and known_at < newest:
        raise WrongUseError(
            f"as of {known_at} lies before the newest snapshot of {studyid} ({newest}). What was "
            "known then is read from the snapshot of that day."
        )


def _refuse_superseded(settings: Settings, studyid: str, delivered: FeedDelivery) -> None:
    found = store.superseded_by(settings.db_url, studyid, delivered.feed, delivered.sha256)
    if found is not None:
        own, newest = found
        raise HeldDeliveryError(
            f"feed {delivered.feed}",
            f"these bytes were received before, as delivery {own}; delivery {newest} has "
            "replaced them since.",
            "Deliver the newest data.",
        )
