"""Receive what lies in a feed: land every file, know which one is which domain."""

from __future__ import annotations

from pathlib import Path

from safety.errors import HeldDeliveryError, WrongUseError
from safety.feeds.sdtm_folder.reader import SUFFIXES
from safety.intake import evidence
from safety.intake.evidence import Landed
from safety.settings import Settings
from safety.study.feeds import Feed
from safety.versioning import digest
from safety.workspace import FeedDelivery


def folder(feed: Feed, settings: Settings) -> Path:
    """Return a feed's folder; raise WrongUseError if it is missing or outside the home."""
    place = (settings.home / feed.path).resolve()
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


def receive(feed: Feed, place: Path, settings: Settings) -> FeedDelivery:
    """Land every file of a feed's folder by its hash.

    The delivery's own hash is over names and contents, so the same bytes are the same delivery.
    Raises HeldDeliveryError for what is not a plain file of the allowed size.
    """
    sources = _visible(place)
    for source in sources:
        if not source.name.isprintable():
            shown = ascii(source.name)
            raise HeldDeliveryError(shown, "the file name cannot be written.", "Rename the file.")
    limit = settings.max_file_mb * 1_000_000
    files = tuple(evidence.land(p, settings.evidence, limit) for p in sources)
    parts = [text for f in files for text in (f.name, f.sha256)]
    return FeedDelivery(feed.id, digest(feed.id, *parts), files)


def _visible(place: Path) -> list[Path]:
    return sorted(p for p in place.iterdir() if not p.name.startswith("."))


def files_by_domain(delivery: FeedDelivery, feed: Feed) -> dict[str, Landed]:
    """Return the file of each domain the study uses; its name without suffix is the domain.

    Raises HeldDeliveryError if a domain has no file and is not optional, or has more than one.
    """
    found: dict[str, Landed] = {}
    for file in delivery.files:
        domain, suffix = Path(file.name).stem.upper(), Path(file.name).suffix.lower()
        if suffix not in SUFFIXES or domain not in feed.domains:
            continue
        if domain in found:
            raise HeldDeliveryError(
                file.name, f"{domain} also stands in {found[domain].name}.", "Deliver one of them."
            )
        found[domain] = file
    missing = [d for d, domain in feed.domains.items() if d not in found and not domain.optional]
    if missing:
        raise HeldDeliveryError(
            ", ".join(f"{d.lower()}.*" for d in missing),
            f"the delivery has no file for {', '.join(missing)}.",
            f"Ask for it; toxwatch reads {', '.join(SUFFIXES)}.",
        )
    return found


def unused(delivery: FeedDelivery, feed: Feed) -> list[Landed]:
    """Return files that are kept as evidence but that the study neither uses nor ignores."""
    used = {f.name for f in files_by_domain(delivery, feed).values()}
    return [f for f in delivery.files if f.name not in used and f.name not in feed.ignore]
