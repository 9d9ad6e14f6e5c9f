"""Names and kinds of files that lead elsewhere: nothing but plain files of the folder is read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from safety.errors import HeldDeliveryError
from safety.intake import deliveries
from safety.settings import Settings
from tests import delivery
from tests.faults.corpus import DAYS, FORMATS
from tests.faults.oracle import AS_OF
from tests.faults.table import table

SOUND = FORMATS["csv"].encode(table(3))


@pytest.fixture
def used(tmp_path) -> Settings:
    return delivery.settings(tmp_path)


def place(used: Settings, day: str = "") -> Path:
    folder = used.home / "feeds" / "x" / day
    folder.mkdir(parents=True)
    return folder


def received(used: Settings, shape: str) -> list[deliveries.FeedDelivery]:
    feed = FORMATS[shape].feed
    return deliveries.receive(feed, deliveries.folder(feed, used), used, AS_OF)


def evidence(used: Settings) -> list[str]:
    """Return the kept files."""
    return [p.name for p in used.evidence.rglob("*.zst")] if used.evidence.exists() else []


def link_to_a_file(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def link_within(path: Path) -> None:
    path.symlink_to(path.parent)


def link_to_nothing(path: Path) -> None:
    path.symlink_to("/no/such")


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def endpoint(path: Path) -> None:
    """Bind a socket by a relative name: an absolute one may be too long."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


NO_FILES = [link_to_a_file, link_within, link_to_nothing, device, pipe, folder, endpoint]


@pytest.mark.parametrize("make", NO_FILES)
def test_what_is_no_plain_file_is_not_read(used, make) -> None:
    make(place(used) / "lb.csv")
    with pytest.raises(HeldDeliveryError) as held:
        received(used, "csv")
    assert str(held.value) == "lb.csv: it is not a regular file. Deliver plain files."
    assert evidence(used) == []


@pytest.mark.parametrize("make", NO_FILES)
def test_on_a_day_it_is_named_and_the_others_are_read(used, make) -> None:
    (place(used, DAYS[0]) / "lb.csv").write_bytes(SOUND)
    make(used.home / "feeds" / "x" / DAYS[0] / "ae.csv")
    (found,) = received(used, "csv, daily")
    assert [f.name for f in found.files] == [f"{DAYS[0]}/lb.csv"]
    assert found.strange == (f"{DAYS[0]}/ae.csv: it is not a regular file",)
    assert len(evidence(used)) == 1


@pytest.mark.parametrize("make", [link_within, link_to_nothing, pipe])
def test_a_day_that_is_no_folder_is_no_delivery(used, make) -> None:
    (place(used, DAYS[0]) / "lb.csv").write_bytes(SOUND)
    make(used.home / "feeds" / "x" / DAYS[1])
    (found,) = received(used, "csv, daily")
    assert (found.day, found.strange) == (DAYS[0], (DAYS[1],))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("lb\n.csv", r"lb\n.csv"), ("lb\x1b[31m.csv", r"lb\x1b[31m.csv"),
        ("\u202evsc.bl", r"\u202evsc.bl"), ("lb\u200b.csv", r"lb\u200b.csv"),
        (os.fsdecode(b"lb\xff.csv"), r"lb\udcff.csv"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_written_is_told_in_ascii(used, name, told) -> None:
    (place(used) / name).write_bytes(SOUND)
    with pytest.raises(HeldDeliveryError) as held:
        received(used, "csv")
    assert str(held.value) == f"{told}: the file name cannot be written. Rename the file."


@pytest.mark.parametrize(
    "name",
    ["=1+1.csv", "'; DROP TABLE x; --.csv", "<b>.csv", "..csv", "..\\\\lb.csv", "a" * 251 + ".csv",
     "lb.csv.exe", "lb.csv~", "LB .csv", "\uff2c.csv", "$(id).csv", "-rf.csv", "%2e%2e.csv"],
)  # fmt: skip
def test_a_name_is_only_a_name(used, name) -> None:
    """A file of an unknown name is kept under its hash and is no domain."""
    (place(used) / name).write_bytes(SOUND)
    if name.startswith("."):
        (used.home / "feeds" / "x" / "lb.csv").write_bytes(SOUND)
    (found,) = received(used, "csv")
    names = [f.name for f in found.files]
    assert names == (["lb.csv"] if name.startswith(".") else [name])
    assert evidence(used) == [f"{found.files[0].sha256}.zst"]
    unknown = deliveries.unused([found], FORMATS["csv"].feed)
    assert [f.name for f in unknown] == [n for n in names if n != "lb.csv"]


@pytest.mark.parametrize("name", ["2024-03-30 ", "2024-3-30", "2024-02-30", "٢٠٢٤-٠٣-٣٠", "x"])
def test_a_folder_that_is_no_day_is_named(used, name) -> None:
    (place(used, DAYS[0]) / "lb.csv").write_bytes(SOUND)
    (place(used, name) / "lb.csv").write_bytes(SOUND)
    (found,) = received(used, "csv, daily")
    assert [f.name for f in found.files] == [f"{DAYS[0]}/lb.csv"]
    assert found.strange == (name,)
