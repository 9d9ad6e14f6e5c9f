"""Days in order, each with its folder; a refusal and a crash end no measurement."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from safety import pipeline
from safety.errors import ToxwatchError, WrongUseError
from safety.simulate.drive import drive, settings_of
from tests import build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Deliveries of 4 and 6 March; none of 5 March."""
    trial = tmp_path / "trial"
    for day in ("2024-03-04", "2024-03-06"):
        (trial / day / "edc").mkdir(parents=True)
        (trial / day / "edc" / "dm.csv").write_text("USUBJID\n", encoding="utf-8")
    (trial / "truth").mkdir()
    content = build.study_content() | {"timezone": "Asia/Shanghai"}
    (trial / "study.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return trial


class FakePipeline:
    """Notes how it was called, and fails on some days."""

    def __init__(self, monkeypatch, errors=None):
        self.calls, self.errors = [], errors or {}
        monkeypatch.setattr(pipeline, "run", self)

    def __call__(self, settings, study, as_of, *, now):
        delivered = sorted(p.name for p in (settings.home / "feeds").glob("*/*"))
        self.calls.append((Path(study).name, as_of, now(), delivered))
        if as_of in self.errors:
            raise self.errors[as_of]
        return {}


def test_every_calendar_day_is_run_with_what_came_until_then(folder, tmp_path, monkeypatch):
    fake = FakePipeline(monkeypatch)
    steps = []
    days = drive(folder, settings_of(tmp_path / "home"), lambda *s: steps.append(s))
    assert [d.state for d in days] == ["published"] * 3
    assert [(name, day) for name, day, _, _ in fake.calls] == [
        ("study.yaml", date(2024, 3, d)) for d in (4, 5, 6)
    ]
    assert [seen for *_, seen in fake.calls] == [
        ["2024-03-04"], ["2024-03-04"], ["2024-03-04", "2024-03-06"],
    ]  # fmt: skip
    assert fake.calls[1][2].isoformat() == "2024-03-05T23:00:00+08:00"
    assert steps == [(n, 3, date(2024, 3, 4 + n)) for n in range(3)]


def test_a_refusal_is_no_crash_and_a_crash_does_not_end_the_run(folder, tmp_path, monkeypatch):
    errors = {date(2024, 3, 4): ToxwatchError("no."), date(2024, 3, 5): KeyError("LBDTC")}
    FakePipeline(monkeypatch, errors)
    found = [(d.day, d.state, d.reason) for d in drive(folder, settings_of(tmp_path / "home"))]
    assert found[0] == ("2024-03-04", "refused", "no.")
    assert found[1][:2] == ("2024-03-05", "crashed")
    assert found[1][2].startswith("KeyError: 'LBDTC' (test_drive.py:")
    assert found[2] == ("2024-03-06", "published", "")


def test_a_home_that_was_run_before_is_only_read(folder, tmp_path, monkeypatch):
    home = settings_of(tmp_path / "home")
    FakePipeline(monkeypatch, {date(2024, 3, 4): KeyError("LBDTC")})
    first = drive(folder, home)
    again = FakePipeline(monkeypatch)
    assert drive(folder, home) == first
    assert again.calls == []


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(folder, tmp_path, monkeypatch):
    home = settings_of(tmp_path / "home")

    def interrupted(number, _, __):
        if number == 2:
            raise KeyboardInterrupt

    FakePipeline(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        drive(folder, home, interrupted)
    # the day was delivered, but whether it was run is not known
    shutil.copytree(folder / "2024-03-06", next((home.home / "feeds").iterdir()) / "2024-03-06")
    rest = FakePipeline(monkeypatch)
    assert [d.day for d in drive(folder, home)] == [f"2024-03-0{n}" for n in (4, 5, 6)]
    assert [day for _, day, _, _ in rest.calls] == [date(2024, 3, 6)]


def test_a_home_holds_the_run_of_one_trial(folder, tmp_path, monkeypatch):
    FakePipeline(monkeypatch)
    home = settings_of(tmp_path / "home")
    drive(folder, home)
    (folder / "2024-03-06" / "edc" / "ae.xpt").write_bytes(b"another")
    with pytest.raises(WrongUseError, match="the run of another simulated trial"):
        drive(folder, home)


def test_a_folder_without_deliveries(folder, tmp_path, monkeypatch):
    FakePipeline(monkeypatch)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "study.yaml").write_bytes((folder / "study.yaml").read_bytes())
    with pytest.raises(WrongUseError, match="no folder of a delivery"):
        drive(tmp_path / "empty", settings_of(tmp_path / "home"))
