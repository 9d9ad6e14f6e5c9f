"""Read a folder of SDTM files without a database, and make facts of it.

Nothing is quarantined here: what cannot be used is named as a problem, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from safety.assess import analysis, build, grades
from safety.assess.facts import Facts
from safety.dosing import exposure
from safety.errors import HeldDeliveryError, WrongUseError
from safety.feeds import mapping
from safety.feeds.sdtm_folder import reader
from safety.folder_problems import faults_of, lines, shown, tests_by_another_name
from safety.intake.records import canonical, no_records
from safety.study.feeds import Domain, Feed, RecordKind
from safety.study.model import Study

TWINS = {"EX": "EC", "EC": "EX"}  # dosing as derived and as collected: one of them is enough
MAX_FILE_MB = 500
MEGABYTE = 1_000_000
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
    for a file of a domain that is not optional and cannot be read.
    """
    if not folder.is_dir():
        raise WrongUseError(f"there is no folder {folder}.")
    files = _files(folder, max_file_mb)
    feeds = _chosen(study, files)
    names = [n for n in feeds if n in files]
    if not names:
        raise WrongUseError(
            f"{folder} has no file of {study.studyid}'s domains ({', '.join(feeds)}); "
            f"toxwatch reads {', '.join(reader.SUFFIXES)}."
        )
    problems = [
        f"{path.name}: the study maps no domain {name}; the file is not used. Map it in the study "
        "file or name it under ignore."
        for name, path in files.items()
        if name not in names and not any(path.name in f.ignore for f in study.feeds)
    ]
    parts: dict[str, list[pd.DataFrame]] = {}
    used = []
    for name in names:
        try:
            frame, found = _records(files[name], feeds[name], name, study)
        except HeldDeliveryError as error:
            if not _is_optional(name, study):
                raise
            problems.append(f"{error} Nothing of this file is used.")
            continue
        used.append(name)
        parts.setdefault(feeds[name].domains[name].record, []).append(frame)
        problems += found
    frames = {kind: pd.concat(p, ignore_index=True) for kind, p in parts.items()}
    absent = [d for d in _domains(study) if d not in used and TWINS.get(d) not in used]
    problems += [
        f"there is no file of {d}, which the study needs; what it would tell is open. Ask for it."
        for d in absent
        if not _is_optional(d, study)
    ]
    problems += _strangers(frames)
    if "measurement" in frames:
        problems += tests_by_another_name(frames["measurement"], study)
    return FolderRecords(frames, tuple(files[n].name for n in used), tuple(absent), tuple(problems))


def _is_optional(name: str, study: Study) -> bool:
    domains = _domains(study)
    return (domains.get(name) or domains[TWINS[name]]).optional


def _domains(study: Study) -> dict[str, Domain]:
    return {name: domain for feed in study.feeds for name, domain in feed.domains.items()}


def facts(records: FolderRecords, study: Study) -> dict[str, Facts]:
    """Return the facts of every subject of a folder."""
    frames = dict(records.frames)
    for kind in NEEDED:
        frames.setdefault(kind, no_records(kind))
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


def _chosen(study: Study, files: Mapping[str, Path]) -> dict[str, Feed]:
    """Return the feed of every domain, with EX in the place of a missing EC (or the reverse)."""
    found: dict[str, Feed] = {}
    known = _domains(study)
    for feed in study.feeds:
        domains = {n: d.model_copy(update={"optional": True}) for n, d in feed.domains.items()}
        for name, twin in TWINS.items():
            if name in domains and name not in files and twin in files and twin not in known:
                domains[twin] = _renamed(domains[name], name, twin)
        used = feed.model_copy(update={"domains": domains})
        found |= dict.fromkeys(domains, used)
    return found


def _renamed(domain: Domain, name: str, twin: str) -> Domain:
    def new(column: str) -> str:
        return twin + column[2:] if column.startswith(name) else column

    return domain.model_copy(
        update={
            "key": [new(c) for c in domain.key],
            "required": [new(c) for c in domain.required],
            "updated": new(domain.updated) if domain.updated else None,
            "declares": {new(c): value for c, value in domain.declares.items()},
            "columns": {field: new(c) for field, c in domain.columns.items()},
        }
    )


def _records(path: Path, feed: Feed, name: str, study: Study) -> tuple[pd.DataFrame, list[str]]:
    """Return the canonical records of one file and what is wrong with them."""
    raw = reader.read(path, path.name, feed.encoding, feed.delimiter)
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
    domain = _with_columns(
        domain.model_copy(update={"key": key or ["USUBJID"]}), raw, is_keyed=is_keyed
    )
    chosen = feed.model_copy(update={"domains": feed.domains | {name: domain}})
    intake = canonical(raw, chosen, name, path.name, study.timezone)
    frame = intake.records
    columns = mapping.columns(feed, name, domain) | {"key": f"key ({', '.join(domain.key)})"}
    found = lines(path.name, columns, faults_of(frame, domain.record, study, is_keyed=is_keyed))
    problems += found
    if intake.duplicates:
        problems.append(
            f"{path.name}: {intake.duplicates} exact copies of other rows are not counted twice."
        )
    older = sum(a.superseded for a in intake.accounts)
    if older:
        problems.append(f"{path.name}: {older} older versions of other rows are not used.")
    of_study = frame["STUDYID"].eq(study.studyid) & frame["USUBJID"].notna()
    return _told_apart(frame[of_study], domain), problems


def _with_columns(domain: Domain, raw: pd.DataFrame, *, is_keyed: bool) -> Domain:
    """Return the domain without versions of rows where a file cannot tell them."""
    tells_time = is_keyed and domain.updated in raw
    tells_deletion = is_keyed and domain.deleted is not None and domain.deleted.column in raw
    return domain.model_copy(
        update={
            "updated": domain.updated if tells_time else None,
            "deleted": domain.deleted if tells_deletion else None,
        }
    )


def _told_apart(frame: pd.DataFrame, domain: Domain) -> pd.DataFrame:
    """Return the frame with one KEY a row; of a subject the row whose values sort first."""
    if domain.record == "subject":
        values = [c for c in frame if c not in ("SRCFILE", "SRCROW")]
        return frame.sort_values(values).drop_duplicates("USUBJID").sort_index()
    twice = frame["KEY"].duplicated(keep=False)
    place = "#" + frame["SRCROW"].astype("str")
    return frame.assign(KEY=frame["KEY"] + place.where(twice, ""))


def _strangers(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return a line a file on subjects who are not in DM; without DM nobody is a stranger."""
    if "subject" not in frames or frames["subject"].empty:
        return []
    found = []
    for frame in frames.values():
        stranger = ~frame["USUBJID"].isin(frames["subject"]["USUBJID"])
        for file, rows in frame[stranger].groupby("SRCFILE"):
            ids = shown(sorted(rows["USUBJID"].unique()))
            found.append(
                f"{file}: USUBJID {ids} is not in DM; assessed without dose level, sex and age. "
                "Correct the id or DM."
            )
    return found


def _everyone(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the subjects of DM and, without particulars, whoever else occurs in a record."""
    subjects = frames["subject"]
    others = {s for f in frames.values() for s in f["USUBJID"].dropna()} - set(subjects["USUBJID"])
    if not others:
        return subjects
    ids = pd.array(sorted(others), dtype="str")
    nobody = no_records("subject").reindex(range(len(ids)))
    nobody = nobody.assign(USUBJID=ids, AGE=np.full(len(ids), np.nan))
    return pd.concat([subjects, nobody], ignore_index=True) if len(subjects) else nobody
