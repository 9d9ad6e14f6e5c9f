"""The only seam to the product: a home with a database, and what is asked of the product there.

Everything else in this folder sees the product from outside: its tables, its mails, its files.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from safety import failpoints, pipeline
from safety.alerts import dispatch
from safety.settings import Settings, from_environment
from safety.store.engine import upgrade
from safety.workspace import Workspace
from tests import build, delivery
from tests.faults.crashes import reading
from tests.faults.crashes.account import RECIPIENTS, Delivery

START = datetime(2024, 4, 4, 8, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)  # between two processes: longer than any lease


@dataclass
class World:
    """One home.

    frames: where the steps before publishing left theirs, by delivery. read_url: the way to the
    database that no fault is put in; the same as db_url if it is "".
    """

    home: Path
    db_url: str
    smtp_port: int
    frames: Path
    read_url: str = ""
    clock: datetime = START
    ids: dict[str, str] = field(default_factory=dict)  # of snapshots, by delivery

    @property
    def settings(self) -> Settings:
        return from_environment({
            "TOXWATCH_HOME": str(self.home),
            "TOXWATCH_STUDIES": str(self.home / "studies"),
            "TOXWATCH_DB_URL": self.db_url,
            "TOXWATCH_ALERT_CHANNEL": "smtp",
            "TOXWATCH_SMTP_HOST": "127.0.0.1",
            "TOXWATCH_SMTP_PORT": str(self.smtp_port),
            "TOXWATCH_SMTP_TLS": "none",
            "TOXWATCH_ALERT_TIMEOUT": "2",
        })  # fmt: skip

    @property
    def log(self) -> Path:
        return self.home / "victims.log"

    def put(self, given: Delivery) -> None:
        """Let the files of a delivery lie where the study expects them."""
        content = build.study_content()
        content |= {"studyid": given.studyid, "alerts": {"recipients": list(RECIPIENTS)}}
        content["feeds"][0]["path"] = f"feeds/{given.study}"
        studies = self.home / "studies"
        studies.mkdir(parents=True, exist_ok=True)
        (studies / f"{given.study}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        folder = self.home / "feeds" / given.study
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in given.rows.items():
            delivery.write_csv(folder / f"{name}.csv", rows)

    def later(self) -> None:
        self.clock += STEP

    def run(self, given: Delivery) -> None:
        """Land, take the frames that were made before, publish, and send."""
        used = self.settings
        snapshot = pipeline.land(used, given.study, given.as_of, now=self.clock)
        space = Workspace(used.work, snapshot)
        with space.locked():  # as the steps do whose frames these are
            if space.exists():
                own = shutil.ignore_patterns("manifest.json", "waiting.json")
                made = self.frames / given.name
                shutil.copytree(made, space.folder, dirs_exist_ok=True, ignore=own)
        pipeline.publish(used, snapshot, now=self.clock)
        self.send()

    def run_whole(self, given: Delivery, now: Callable[[], datetime] | None = None) -> None:
        """Run every step, by another clock if one is given."""
        now = now or (lambda: self.clock)
        pipeline.run(self.settings, given.study, given.as_of, now=now)
        dispatch.beat(self.settings, now)

    def send(self) -> None:
        dispatch.beat(self.settings, lambda: self.clock)

    def prepare(self, given: Delivery) -> str:
        """Do all steps before publishing, keep their frames, publish; return the snapshot id."""
        used = self.settings
        self.put(given)
        snapshot = pipeline.land(used, given.study, given.as_of, now=self.clock)
        for step in (pipeline.validate, pipeline.grade, pipeline.assess):
            step(used, snapshot)
        shutil.copytree(Workspace(used.work, snapshot).folder, self.frames / given.name)
        if not given.is_withdrawn:
            pipeline.publish(used, snapshot, now=self.clock)
        return snapshot

    def left_behind(self) -> list[str]:
        """Return what lies in the folder of runs: nothing, when all are done."""
        return sorted(p.name for p in self.settings.work.glob("*"))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return reading.rows(self.read_url or self.db_url, sql)

    def is_committed(self, given: Delivery) -> bool:
        """Whether a delivery is in the database, when nothing is under way in it any more."""
        reading.settle(self.read_url or self.db_url)
        return (self.ids[given.name],) in self.rows("SELECT snapshot_id FROM snapshot")


@dataclass(frozen=True)
class Prepared:
    """A story, the frames of its deliveries and what the undisturbed run left in its database."""

    story: list[Delivery]
    frames: Path
    empty: Path  # a migrated SQLite database
    ids: dict[str, str]
    hashes: dict[str, str]  # of results, by snapshot id
    sizes: dict[str, dict[str, int]]  # rows of every table as of a snapshot
    hits: dict[str, int]  # how often a run that publishes comes to each point


def prepare(story: list[Delivery], folder: Path) -> Prepared:
    """Run a story once, undisturbed."""
    frames = folder / "frames"
    frames.mkdir(parents=True)
    home = folder / "undisturbed"
    world = World(home, f"sqlite:///{home / 'toxwatch.db'}", 1, frames)
    empty = folder / "empty.db"
    upgrade(f"sqlite:///{empty}")
    home.mkdir()
    shutil.copyfile(empty, home / "toxwatch.db")
    gc.collect()
    gc.freeze()  # the collector of a forked process need not touch what is shared with it
    os.environ[failpoints.VARIABLE] = "none"  # only counts
    ids = {given.name: world.prepare(given) for given in story}
    del os.environ[failpoints.VARIABLE]
    runs = len([given for given in story if not given.is_withdrawn])
    hits = {name: count // runs for name, count in failpoints.counts().items()}
    hashes = dict(reading.rows(world.db_url, "SELECT snapshot_id, result_hash FROM snapshot"))
    return Prepared(story, frames, empty, ids, hashes, reading.sizes(world.db_url),
                    hits)  # fmt: skip
