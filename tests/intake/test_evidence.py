"""Delivered bytes are kept under their hash, and an altered store is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from safety.errors import HeldDeliveryError, ToxwatchError
from safety.intake import evidence

BYTES = b"USUBJID\nS1\n" * 1000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "lb.csv"
    path.write_bytes(BYTES)
    return path


def test_a_file_is_kept_and_given_back(source, tmp_path) -> None:
    landed = evidence.land(source, tmp_path / "store", 10**6)
    assert (landed.name, landed.size) == ("lb.csv", 11_000)
    assert landed.sha256 == hashlib.sha256(BYTES).hexdigest()
    evidence.fetch(tmp_path / "store", landed, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == BYTES


def test_the_same_bytes_are_stored_once(source, tmp_path) -> None:
    store = tmp_path / "store"
    first = evidence.land(source, store, 10**6)
    again = source.with_name("again.csv")
    again.write_bytes(BYTES)
    second = evidence.land(again, store, 10**6)
    assert (first.sha256, second.name) == (second.sha256, "again.csv")
    assert [p for p in store.rglob("*") if p.is_file()] == [evidence.path(store, first.sha256)]


def test_an_empty_file_is_evidence_too(tmp_path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    landed = evidence.land(empty, tmp_path / "store", 10)
    evidence.fetch(tmp_path / "store", landed, tmp_path / "copy")
    assert (landed.size, (tmp_path / "copy").read_bytes()) == (0, b"")


@pytest.mark.parametrize(("limit", "held"), [(11_000, False), (10_999, True)])
def test_a_file_over_the_limit_is_held(source, tmp_path, limit, held) -> None:
    if not held:
        assert evidence.land(source, tmp_path / "store", limit).size == 11_000
        return
    with pytest.raises(HeldDeliveryError, match="TOXWATCH_MAX_FILE_MB"):
        evidence.land(source, tmp_path / "store", limit)
    assert not list(tmp_path.glob("store/**/*.*"))


def test_only_plain_files_are_taken(source, tmp_path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(source)
    for path in (link, tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(HeldDeliveryError, match="regular file"):
            evidence.land(path, tmp_path / "store", 10**6)


def test_altered_evidence_is_refused(source, tmp_path) -> None:
    store, copy = tmp_path / "store", tmp_path / "copy"
    landed = evidence.land(source, store, 10**6)
    with pa.output_stream(str(evidence.path(store, landed.sha256)), compression="zstd") as file:
        file.write(b"other")
    with pytest.raises(ToxwatchError, match="was altered"):
        evidence.fetch(store, landed, copy)
    assert not copy.exists()


def test_missing_evidence_is_named(source, tmp_path) -> None:
    landed = evidence.land(source, tmp_path / "store", 10**6)
    evidence.path(tmp_path / "store", landed.sha256).unlink()
    with pytest.raises(ToxwatchError, match=landed.sha256):
        evidence.fetch(tmp_path / "store", landed, tmp_path / "copy")
