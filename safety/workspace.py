"""Where the steps of one run leave their frames for the next: ids travel, data do not.

Airflow tasks run in processes of their own; so that no subject data pass through its database,
each step reads and writes Parquet files in the run's folder, which publishing removes.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from safety.errors import ToxwatchError
from safety.manifest import Manifest
from safety.versioning import canonical_json


class Workspace:
    """The folder of one run."""

    def __init__(self, work: Path, snapshot_id: str) -> None:
        if not snapshot_id.isalnum():
            raise ToxwatchError(f"{snapshot_id!r} is not a snapshot id.")
        self.folder = work / snapshot_id
        self.snapshot_id = snapshot_id
        self._manifest: Manifest | None = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out of this run while a step works on it."""
        locks = self.folder.parent.parent / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        # one of a fixed number of files: they need not be cleared away
        with (locks / self.snapshot_id[:2]).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def exists(self) -> bool:
        return (self.folder / "manifest.json").is_file()

    def create(self, manifest: Manifest, waiting: Sequence[str] = ()) -> None:
        """Write the manifest, last of all, so that a half-made folder does not count.

        waiting: keys of rows that the snapshot before holds; of these it is told what became.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write_json("waiting", list(waiting))
        content = manifest.content() | {"received_at": manifest.received_at}
        self._write_text("manifest.json", canonical_json(content))
        self._manifest = None

    def manifest(self) -> Manifest:
        """Return the manifest; a step reads it once."""
        if self._manifest is None:
            self._manifest = self._read_manifest()
        return self._manifest

    def _read_manifest(self) -> Manifest:
        content = self.read_json("manifest")
        return Manifest.from_content(self.snapshot_id, content, content["received_at"])

    def write(self, name: str, frame: pd.DataFrame) -> None:
        target = self.folder / f"{name}.parquet"
        temporary = target.with_suffix(".part")
        frame.to_parquet(temporary, index=False)
        temporary.replace(target)

    def read(self, name: str) -> pd.DataFrame:
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise ToxwatchError(
                f"run {self.snapshot_id[:12]} has no {name}: the step that makes it has not run."
            )
        return pd.read_parquet(path)

    def has(self, name: str) -> bool:
        return (self.folder / f"{name}.parquet").is_file()

    def write_json(self, name: str, value: Any) -> None:
        self._write_text(f"{name}.json", canonical_json(value))

    def read_json(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove_outrun(self) -> None:
        """Remove runs of the same study that were left behind: of an earlier day none is published.

        They hold subject data, and a run that was killed never comes back for its folder.
        """
        ours = self.manifest()
        for path in self.folder.parent.glob("*/manifest.json"):
            with suppress(FileNotFoundError):  # another run was faster
                other = json.loads(path.read_text(encoding="utf-8"))  # maybe of other code
                same = other["study"]["studyid"] == ours.study.studyid
                if same and other["as_of"] < ours.as_of:
                    shutil.rmtree(path.parent, ignore_errors=True)

    def _write_text(self, name: str, text: str) -> None:
        temporary = self.folder / f"{name}.part"
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self.folder / name)
