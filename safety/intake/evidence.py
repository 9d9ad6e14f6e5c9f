"""Delivered bytes, kept for ever under their sha256, compressed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa

from safety.errors import HeldDeliveryError, ToxwatchError
from safety.manifest import Landed

CHUNK = 1 << 20


def land(source: Path, store: Path, max_bytes: int, name: str = "") -> Landed:
    """Copy a file into the store and return what it is; the same bytes are stored once.

    name: what it is called besides its own name, e.g. with the day it came. Bytes that are kept
    already are only hashed. Otherwise the hash is taken from the very bytes that are stored.
    Raises HeldDeliveryError for a file over the limit or one that is not a regular file.
    """
    name = name or source.name
    if source.is_symlink() or not source.is_file():
        raise HeldDeliveryError(name, "it is not a regular file.", "Deliver plain files.")
    if source.stat().st_size > max_bytes:
        raise HeldDeliveryError(
            name,
            f"it is larger than {max_bytes // 1_000_000} MB.",
            "Split it, or raise TOXWATCH_MAX_FILE_MB.",
        )
    known = _known(source, store, max_bytes)
    if known is not None:
        return Landed(name, *known)
    store.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=store, suffix=".part")
    os.close(handle)
    try:
        sha256, size = _copy(source, Path(temporary), max_bytes)
        _keep(Path(temporary), store, sha256)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Landed(name, sha256, size)


def _known(source: Path, store: Path, max_bytes: int) -> tuple[str, int] | None:
    """Return hash and size of a file whose bytes are kept already, else None."""
    hasher, size = hashlib.sha256(), 0
    with source.open("rb") as file:
        while (chunk := file.read(CHUNK)) and size <= max_bytes:
            hasher.update(chunk)
            size += len(chunk)
    sha256 = hasher.hexdigest()
    return (sha256, size) if size <= max_bytes and path(store, sha256).exists() else None


def _copy(source: Path, target: Path, max_bytes: int) -> tuple[str, int]:
    hasher, size = hashlib.sha256(), 0
    with source.open("rb") as read, pa.output_stream(str(target), compression="zstd") as write:
        while chunk := read.read(CHUNK):
            size += len(chunk)
            if size > max_bytes:  # it grew while it was read
                raise HeldDeliveryError(source.name, "it grew over the limit.", "Send it again.")
            hasher.update(chunk)
            write.write(chunk)
    return hasher.hexdigest(), size


def _keep(temporary: Path, store: Path, sha256: str) -> None:
    place = path(store, sha256)
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def path(store: Path, sha256: str) -> Path:
    """Return where the bytes of a hash lie."""
    return store / sha256[:2] / f"{sha256}.zst"


def fetch(store: Path, landed: Landed, target: Path) -> None:
    """Write the stored bytes to `target`; raise ToxwatchError if they are not what was landed."""
    place = path(store, landed.sha256)
    if not place.exists():
        raise ToxwatchError(f"evidence {landed.sha256} of {landed.name} is missing from {store}.")
    with pa.input_stream(str(place), compression="zstd") as read, target.open("wb") as write:
        shutil.copyfileobj(read, write, CHUNK)
    with target.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != landed.sha256:
        target.unlink()
        raise ToxwatchError(
            f"evidence {landed.sha256} of {landed.name} was altered: its content is {found}. "
            "Restore it from the backup."
        )
