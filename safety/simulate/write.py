"""Write a simulated trial as folders: its study file, a folder a delivery, and the truth."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from safety.errors import WrongUseError
from safety.simulate import plan as plans
from safety.simulate import sdtm, study_file
from safety.simulate.deliveries import FilePlan, Mode, Planted, RowVersion
from safety.simulate.faults import damage, plant
from safety.simulate.files import csv_lab, dataset_json, xpt
from safety.simulate.model import Arrivals, Day, Trial
from safety.simulate.sdtm import samples
from safety.simulate.sdtm.columns import COLUMNS
from safety.simulate.truth import tables as truth
from safety.study.model import Study

EXTRACTED_AT = time(22, 0)  # at the site, on the day the content is of
STUDY_FILE, LABEL_FILE, TRUTH = "study.yaml", "SIMULATED.txt", "truth"
LABEL = """\
{notice}
Made by toxwatch simulate from {source}: every subject, value and event here is invented.
The folders named by a day hold what a site delivered on it. truth/ says what truly happened.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was made. rows: versions of rows. dlts: subjects with a true DLT."""

    studyid: str
    subjects: int
    cohorts: int
    deliveries: int
    files: int
    rows: int
    faults: int
    dlts: int


def write(
    study_path: Path,
    study: Study,
    trial: Trial,
    out: Path,
    mode: Mode = "none",
    deliveries: int | None = None,
) -> Written:
    """Write a trial into a folder that is new or empty, and return what was made.

    study_path: file of `study`, from which the trial was simulated. mode: which faults are planted.
    deliveries: only the last so many days, the first of them carries everything before. Raises
    WrongUseError if the folder holds something.
    """
    require_empty(out)
    text = study_file.simulated(study_path, trial.options)
    clean = sdtm.rows(trial, study)
    versions, in_rows, spoiled = plant.plant_rows(clean, trial, mode)
    files, in_files = plant.plant_files(
        plans.plan(trial, versions, deliveries), versions, trial, mode
    )
    planted, spoiled = plant.as_delivered((*in_rows, *in_files), spoiled, files)
    arrivals = plant.with_corrections(
        plans.arrivals(trial, versions, files, spoiled), clean, versions
    )

    out.mkdir(parents=True, exist_ok=True)
    _text(out / STUDY_FILE, text)
    _text(out / LABEL_FILE, LABEL.format(
        notice=study_file.notice(trial.options), source=study.studyid))  # fmt: skip
    rows = _write_files(trial, study, versions, files, out)
    folder = out / TRUTH
    folder.mkdir()
    truth.write(trial, arrivals, study, folder, planted)
    _add_mode(folder / "trial.json", mode)
    _write_faults(trial, planted, folder / "faults.csv")
    _write_deliveries(trial, files, rows, folder / "deliveries.csv")
    _write_rows(trial, versions, arrivals, folder / "rows.csv")
    return Written(
        studyid=trial.studyid,
        subjects=len(trial.subjects),
        cohorts=len({s.cohort for s in trial.subjects}),
        deliveries=len({f.day for f in files}),
        files=len(files),
        rows=len(versions),
        faults=len(planted),
        dlts=_true_dlts(folder / "subjects.csv"),
    )


def require_empty(out: Path) -> None:
    """Raise WrongUseError if `out` is a file or holds something."""
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise WrongUseError(
            f"{out} is not empty; name a new folder, or delete it first if it is no longer needed."
        )


def _write_files(
    trial: Trial,
    study: Study,
    versions: Iterable[RowVersion],
    files: Sequence[FilePlan],
    out: Path,
) -> list[int]:
    """Write the files of all deliveries; return how many rows each held as it was written."""
    by_row = plans.histories(versions)
    counts = []
    for file in files:
        frame = damage.table(file, table(trial, by_row, file))
        data = damage.content(file, encoded(file, frame, trial, ZoneInfo(study.timezone)))
        counts.append(0 if data is None else len(frame))
        if data is not None:
            path = out / trial.date(file.day).isoformat() / file.feed / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                raise ValueError(f"two files are planned as {path.relative_to(out)}")
            path.write_bytes(data)
    return counts


def table(trial: Trial, by_row: plans.Versions, file: FilePlan) -> pd.DataFrame:
    """Return the rows of a planned file as text, every column of its domain."""
    held = plans.held(by_row, file)
    rows = [v.values if file.since is None else plans.cancelled(trial, v) for v in held]
    columns = list(COLUMNS[file.domain])
    return pd.DataFrame([[row.get(c, "") for c in columns] for row in rows], columns=columns,
                        dtype="str")  # fmt: skip


def encoded(file: FilePlan, frame: pd.DataFrame, trial: Trial, zone: ZoneInfo) -> bytes:
    """Return a table as the bytes of a file, made at the end of the day its content is of."""
    made = datetime.combine(trial.date(file.content), EXTRACTED_AT, zone)
    if file.name.endswith(".xpt"):
        return xpt.content(file.domain, frame, made)
    if file.name.endswith(".csv"):
        return csv_lab.content(frame)
    return dataset_json.content(file.domain, frame, made, trial.studyid)


def _add_mode(path: Path, mode: Mode) -> None:
    """Say in the truth which faults were planted: the truth itself does not know of them."""
    content = json.loads(path.read_text(encoding="utf-8")) | {"faults": mode}
    _text(path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _write_faults(trial: Trial, planted: Iterable[Planted], path: Path) -> None:
    names = ("FAULT", "DAY", "FEED", "FILE", "DOMAIN", "ROW", "USUBJID", "WHAT", "RIGHT",
             "CORRECTED", "VALUE")  # fmt: skip
    found = (
        (
            p.fault, _date(trial, p.day), p.feed, p.file, p.domain, p.row, p.usubjid, p.what,
            ";".join(p.right), _date(trial, p.corrected), p.value,
        )
        for p in planted
    )  # fmt: skip
    _csv(path, names, found)


def _write_deliveries(
    trial: Trial, files: Sequence[FilePlan], rows: Sequence[int], path: Path
) -> None:
    names = ("DAY", "FEED", "FILE", "DOMAIN", "CONTENT", "ROWS", "DAMAGE", "USABLE")
    found = (
        (
            _date(trial, f.day), f.feed, f.name, f.domain, _date(trial, f.content), n, f.damage,
            "Y" if f.usable else "N",
        )
        for f, n in zip(files, rows, strict=True)
    )  # fmt: skip
    _csv(path, names, found)


def _write_rows(
    trial: Trial, versions: Iterable[RowVersion], arrivals: Arrivals, path: Path
) -> None:
    found = (
        (
            v.row, _date(trial, v.known), _date(trial, arrivals.came.get((v.row, v.known))),
            "Y" if v.deleted else "", *samples.measured(v.values),
        )
        for v in versions
    )  # fmt: skip
    _csv(path, ("ROW", "KNOWN", "CAME", "DELETED", "TEST", "DATE"), found)


def _true_dlts(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        found: Iterable[Mapping[str, str]] = csv.DictReader(file)
        return sum(row["TRUE_VERDICT"] == "DLT" for row in found)


def _csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _date(trial: Trial, day: Day | None) -> str:
    return "" if day is None else trial.date(day).isoformat()
