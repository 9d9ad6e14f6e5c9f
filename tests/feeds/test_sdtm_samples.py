"""The five formats of SDTM files hold the same data, and so give the same results."""

from __future__ import annotations

import pytest

from safety.feeds.sdtm_folder.reader import SUFFIXES, load
from safety.feeds.sdtm_folder.sample import DOMAINS, FORMATS, write_pilot

SUBJECTS = ["01-701-1015", "01-704-1323"]


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pilot")
    return folder, {f: write_pilot(folder / f, f, SUBJECTS) for f in FORMATS}


def test_a_sample_can_be_written_in_every_format_that_is_read(samples) -> None:
    _, rows = samples
    assert {f".{f}" for f in rows} == set(SUFFIXES)
    assert rows["xpt"] == {"DM": 2, "EX": 5, "AE": 7, "LB": 388, "VS": 227, "EG": 204}
    assert all(found == rows["xpt"] for found in rows.values())


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_format_is_read_as_the_same_text(samples, domain) -> None:
    folder, _ = samples
    first = load(folder / "xpt" / f"{domain}.xpt", f"{domain}.xpt").frame
    assert first["USUBJID"].isin(SUBJECTS).all()
    for file_format in FORMATS:
        name = f"{domain}.{file_format}"
        assert load(folder / file_format / name, name).frame.equals(first), name


def test_the_same_sample_is_the_same_bytes(samples, tmp_path) -> None:
    folder, _ = samples
    for file_format in FORMATS:
        write_pilot(tmp_path / file_format, file_format, SUBJECTS)
        name = f"lb.{file_format}"
        before = (folder / file_format / name).read_bytes()
        assert (tmp_path / file_format / name).read_bytes() == before
