"""Read a folder of SDTM files without a database, and make facts of it.

Nothing is quarantined here: what cannot be used is named as a problem, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from safety.assess import analysis, build, grades
from safety.assess.facts import Facts
from safety.ctcae.grading import UNITSTATE_MISSING, UNITSTATE_UNKNOWN, gradable_tests
from safety.dosing import exposure
from safety.errors import HeldDeliveryError, WrongUseError
from safety.feeds.sdtm_folder import reader
from safety.intake.records import canonical, no_records
from safety.study.feeds import Domain, Feed, RecordKind
from safety.study.model import Study

TWINS = {"EX": "EC", "EC": "EX"}  # dosing as derived and as collected: one of them is enough
MAX_FILE_MB = 500
MAX_ROWS_NAMED = 10
MEGABYTE = 1_000_000
# Kind of record -> date fields, and whether the row says nothing without the date.
DATES: dict[str, dict[str, bool]] = {
    "subject": {"RFST": False, "DTH": False},
    "dose": {"STDT": True, "ENDT": False},
    "measurement": {"ADT": True},
    "adverse_event": {"STDT": True, "ENDT": False},
    "medication": {"STDT": False, "ENDT": False},
    "procedure": {"STDT": True, "ENDT": False},
    "disposition": {"STDT": True},
    "visit": {"STDT": True},
    "history": {"STDT": False},
    "declaration": {"STDT": False, "SIGNED": False},
}
NEEDED: tuple[RecordKind, ...] = ("subject", "dose", "measurement", "adverse_event")


@dataclass(frozen=True, slots=True)
class FolderRecords:
    """Canonical records by kind; a kind of which no file came is not in `frames`.

    files: names of those read; absent: domains of the study without a file; problems: rows and
    files that could not be used as they are, a line each.
    """

    frames: Mapping[str, pd.DataFrame]
    files: tuple[str, ...]
    absent: tuple[str, ...]
    problems: tuple[str, ...]


def read(folder: Path, study: Study, max_file_mb: int = MAX_FILE_MB) -> FolderRecords:
    """Read the files of a folder by the study's mapping; every domain may be missing.

    Raises WrongUseError if there is no such folder or no file to read in it, HeldDeliveryError
    for a file that cannot be read.
    """
    if not folder.is_dir():
        raise WrongUseError(f"there is no folder {folder}.")
    files = _files(folder, max_file_mb)
    feed, names = _chosen(study.feeds[0], files)
    if not names:
        raise WrongUseError(
            f"{folder} has no file of {study.studyid}'s domains ({', '.join(feed.domains)}); "
            f"toxwatch reads {', '.join(reader.SUFFIXES)}."
        )
    problems = [
        f"{path.name}: the study maps no domain {name}; the file is not used. Map it in the study "
        "file or name it under ignore."
        for name, path in files.items()
        if name not in names and path.name not in feed.ignore
    ]
    parts: dict[str, list[pd.DataFrame]] = {}
    for name in names:
        frame, found = _records(files[name], feed, name, study)
        parts.setdefault(feed.domains[name].record, []).append(frame)
        problems += found
    frames = {kind: pd.concat(p, ignore_index=True) for kind, p in parts.items()}
    frames, unknown = _of_known_subjects(frames)
    absent = [d for d in study.feeds[0].domains if d not in names and TWINS.get(d) not in names]
    return FolderRecords(
        frames, tuple(files[n].name for n in names), tuple(absent), tuple(problems + unknown)
    )


def facts(records: FolderRecords, study: Study) -> dict[str, Facts]:
    """Return the facts of every subject of a folder."""
    frames = dict(records.frames)
    for kind in NEEDED:
        frames.setdefault(kind, no_records(kind))
    if frames["subject"].empty:
        frames["subject"] = _everyone(frames)
    taken = exposure.by_subject(frames["dose"], frames["subject"])
    measured = analysis.analysis_measurements(
        frames["measurement"], frames["subject"], taken, study
    )
    graded = grades.grade_measurements(measured, study)
    events = grades.grade_events(frames["adverse_event"], taken, study)
    return build.build(records.frames, graded, events, measured, taken, study)


def _files(folder: Path, max_file_mb: int) -> dict[str, Path]:
    """Return the data files of a folder by domain."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() not in reader.SUFFIXES:
            continue
        name = path.stem.upper()
        if not path.is_file():
            raise HeldDeliveryError(path.name, "it is not a regular file.", "Give plain files.")
        if path.stat().st_size > max_file_mb * MEGABYTE:
            raise HeldDeliveryError(path.name, f"it is larger than {max_file_mb} MB.", "Split it.")
        if name in found:
            raise HeldDeliveryError(
                path.name, f"{name} also stands in {found[name].name}.", "Give one of them."
            )
        found[name] = path
    return found


def _chosen(feed: Feed, files: Mapping[str, Path]) -> tuple[Feed, list[str]]:
    """Return the feed, with EX in the place of a missing EC (or the reverse), and its domains."""
    domains = {n: d.model_copy(update={"optional": True}) for n, d in feed.domains.items()}
    for name, twin in TWINS.items():
        if name in domains and name not in files and twin in files and twin not in domains:
            domains[twin] = _renamed(domains[name], name, twin)
    used = feed.model_copy(update={"domains": domains})
    return used, [n for n in domains if n in files]


def _renamed(domain: Domain, name: str, twin: str) -> Domain:
    def new(column: str) -> str:
        return twin + column[2:] if column.startswith(name) else column

    return domain.model_copy(
        update={
            "key": [new(c) for c in domain.key],
            "required": [new(c) for c in domain.required],
            "columns": {field: new(c) for field, c in domain.columns.items()},
        }
    )


def _records(path: Path, feed: Feed, name: str, study: Study) -> tuple[pd.DataFrame, list[str]]:
    """Return the canonical records of one file and what is wrong with them."""
    raw = reader.read(path, path.name)
    problems = []
    if "STUDYID" not in raw:
        raw = raw.assign(STUDYID=pd.array([study.studyid] * len(raw), dtype="str"))
        problems.append(
            f"{path.name}: there is no column STUDYID; the rows are taken as {study.studyid}'s."
        )
    domain = feed.domains[name]
    key = [c for c in domain.key if c in raw]
    if len(key) < len(domain.key):
        missing = ", ".join(c for c in domain.key if c not in raw)
        problems.append(
            f"{path.name}: there is no column {missing}, which names a row of {name}; rows are "
            "told apart by their place in the file. Ask for it."
        )
    is_keyed = len(key) == len(domain.key)
    domain = domain.model_copy(update={"key": key or ["USUBJID"]})
    intake = canonical(
        raw, feed.model_copy(update={"domains": feed.domains | {name: domain}}), name, path.name
    )
    frame = intake.records
    problems += _said(path.name, _faults(frame, domain.record, study, is_keyed=is_keyed))
    if intake.duplicates:
        problems.append(
            f"{path.name}: {intake.duplicates} exact copies of other rows are not counted twice."
        )
    of_study = frame["STUDYID"].eq(study.studyid) & frame["USUBJID"].notna()
    return _told_apart(frame[of_study], domain), problems


def _told_apart(frame: pd.DataFrame, domain: Domain) -> pd.DataFrame:
    """Return the frame with one KEY a row; of a subject only the first row of DM."""
    if domain.record == "subject":
        return frame.drop_duplicates("USUBJID")
    twice = frame["KEY"].duplicated(keep=False)
    place = "#" + frame["SRCROW"].astype("str")
    return frame.assign(KEY=frame["KEY"] + place.where(twice, ""))


Fault = tuple[str, "pd.Series[bool]", str]  # field, rows, what is wrong and what to do


def _faults(frame: pd.DataFrame, kind: str, study: Study, *, is_keyed: bool) -> Iterator[Fault]:
    yield "USUBJID", frame["USUBJID"].isna(), "is missing; the row is not used. Add it."
    yield (
        "STUDYID", frame["STUDYID"].ne(study.studyid),
        f"is not {study.studyid}; the row is not used. Give the study file of this trial.",
    )  # fmt: skip
    if kind == "subject":
        twice = frame["USUBJID"].duplicated() & frame["USUBJID"].notna()
        yield "USUBJID", twice, "stands in an earlier row; this row is not used. Keep one."
    elif is_keyed:
        twice = frame["KEY"].duplicated(keep=False)
        yield "key", twice, "is that of another row that differs; both are used. Correct one."
    for prefix, is_needed in DATES.get(kind, {}).items():
        state = frame[f"{prefix}STATE"]
        yield f"{prefix}C", state.eq("invalid"), "is no ISO 8601 date; it is not used. Correct it."
        if is_needed:
            yield f"{prefix}C", state.eq("missing"), "is missing. Add the date."
    if kind == "measurement":
        yield from _value_faults(frame, study)


def _value_faults(frame: pd.DataFrame, study: Study) -> Iterator[Fault]:
    tests = {f"{code}/{spec}" for code, spec in gradable_tests(study.ctcae)}
    gradable = (frame["PARAMCD"].fillna("") + "/" + frame["SPEC"]).isin(tests)
    state, unit = frame["VALUESTATE"], frame["UNITSTATE"]
    grade = "it cannot be graded"
    yield "result", gradable & state.eq("text"), f"is no number; {grade}. Ask for the number."
    yield "result", gradable & state.eq("missing"), f"is missing; {grade}. Ask for the result."
    valued = gradable & frame["AVAL"].notna()
    yield "unit", valued & unit.eq(UNITSTATE_UNKNOWN), f"is not known; {grade}. Correct the unit."
    negative = valued & frame["DOMAIN"].eq("LB") & frame["AVAL"].lt(0)
    yield "result", negative, "is below 0; it cannot be right. Correct it."
    yield "unit", valued & unit.eq(UNITSTATE_MISSING), "is missing. Add the unit."


def _said(file: str, faults: Iterator[Fault]) -> list[str]:
    """Return one line a fault, naming its first rows (counted from 1, below the header)."""
    lines = []
    for field, where, text in faults:
        rows = where.index[where.to_numpy(bool)].tolist()
        if rows:
            shown = ", ".join(str(r) for r in rows[:MAX_ROWS_NAMED])
            more = f" and {len(rows) - MAX_ROWS_NAMED} more" if len(rows) > MAX_ROWS_NAMED else ""
            lines.append(f"{file}, row {shown}{more}: {field} {text}")
    return lines


def _of_known_subjects(
    frames: dict[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return the frames without rows of subjects who are not in DM, and a line on those."""
    if "subject" not in frames or frames["subject"].empty:
        return frames, []
    known, problems, kept = set(frames["subject"]["USUBJID"]), [], {}
    for kind, frame in frames.items():
        stranger = ~frame["USUBJID"].isin(known)
        for file, rows in frame[stranger].groupby("SRCFILE"):
            where = pd.Series(data=True, index=rows["SRCROW"])
            fault = ("USUBJID", where, "is not in DM; the row is not used. Correct the id or DM.")
            problems += _said(str(file), iter([fault]))
        kept[kind] = frame[~stranger].reset_index(drop=True)
    return kept, problems


def _everyone(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a subject without particulars for everyone who occurs in any record."""
    ids = sorted({s for f in frames.values() for s in f["USUBJID"].dropna()})
    nobody = no_records("subject")
    return nobody.reindex(range(len(ids))).assign(
        USUBJID=pd.array(ids, dtype="str"), AGE=np.full(len(ids), np.nan)
    )
