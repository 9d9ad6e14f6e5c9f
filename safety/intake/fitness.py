"""Whether a delivered file can be used: what it is, judged beside the last one that was used.

What a file is follows from its bytes, its name, the feed and the version of the code, and is kept
beside the evidence: a day costs only its new files.
"""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds import kinds, mapping
from safety.feeds.sdtm_folder.text import is_garbled
from safety.intake import evidence
from safety.manifest import Landed
from safety.study.feeds import Domain, Feed
from safety.versioning import canonical_json, code_version, digest

# What a source may take back of a small file without a question: of some rows a share says little.
FEW_ROWS, FEW_SUBJECTS = 2, 1
NOT_OF_A_FILE = {"domains", "path", "late_after", "released"}  # nothing it is read by
MAX_VALUES = 20  # different values of a declared column that are kept
SLASHED = r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}(?!\d)"  # 03/04/2024: March or April (fault 9)
DAMAGED, SHRUNK, AMBIGUOUS, VERSIONS = "fault 51", "fault 52", "fault 9", "fault 37"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file is. problem: why it cannot be read, "" if it can; the rest is then empty.

    extracted: when it says it was made. declared: values of the columns the study says what must
    stand in. slashed: date columns most of whose dates are of an ambiguous format. misfit: why most
    of it is not of the form the feed declares, "" if it is. others: what else it holds, that no
    domain of the feed names.
    """

    problem: str = ""
    columns: tuple[str, ...] = ()
    rows: int = 0
    subjects: int = 0
    extracted: str = ""
    is_ended: bool = True
    is_garbled: bool = False
    declared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slashed: tuple[str, ...] = ()
    misfit: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a file is held: reason, number in the fault catalogue, and whether it may be released."""

    reason: str
    citation: str
    may_be_released: bool = False


def facts_of(store: Path, file: Landed, feed: Feed, name: str) -> FileFacts:
    """Return what a landed file of a domain is; it is read only once."""
    key = digest(
        code_version(), file.sha256, Path(file.name).name, name,
        canonical_json(feed.model_dump(mode="json", exclude=NOT_OF_A_FILE)),
        canonical_json(feed.domains[name].model_dump(mode="json")),
        *sorted(group for domain in feed.domains.values() for group in domain.groups),
    )  # fmt: skip
    place = store / "facts" / key[:2] / f"{key}.json"
    known = _kept(place)
    if known is not None:
        return known
    found = _read(store, file, feed, name)
    _keep(place, found)
    return found


def _kept(place: Path) -> FileFacts | None:
    """Return kept facts, None if there are none or a power cut left half of them."""
    try:
        raw = json.loads(place.read_text(encoding="utf-8"))
        return FileFacts(**raw | {
            "columns": tuple(raw["columns"]), "slashed": tuple(raw["slashed"]),
            "others": tuple(raw["others"]),
            "declared": {c: tuple(values) for c, values in raw["declared"].items()},
        })  # fmt: skip
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _keep(place: Path, found: FileFacts) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(canonical_json(dataclasses.asdict(found)))
    Path(temporary).replace(place)


def _read(store: Path, file: Landed, feed: Feed, name: str) -> FileFacts:
    domain = feed.domains[name]
    with tempfile.TemporaryDirectory(dir=store, suffix=".part") as folder:
        copy = Path(folder) / "file"
        evidence.fetch(store, file, copy)
        try:
            data = kinds.load(copy, file.name, feed, name)
        except HeldDeliveryError as error:
            return FileFacts(problem=error.fault.rstrip("."))
    frame = data.frame
    subject = mapping.columns(feed, name, domain)["USUBJID"]
    return FileFacts(
        columns=tuple(frame.columns),
        rows=len(frame),
        subjects=int(frame[subject].nunique()) if subject in frame else 0,
        extracted=data.extracted,
        is_ended=data.is_ended,
        is_garbled=is_garbled(t for c in frame for t in frame[c].dropna().unique()),
        declared=declared_in(frame, domain),
        slashed=tuple(c for c in _dates(feed, name, domain) if c in frame and _slashed(frame[c])),
        misfit=data.misfit,
        others=data.others,
    )


def declared_in(frame: pd.DataFrame, domain: Domain) -> dict[str, tuple[str, ...]]:
    """Return the values of the columns of which the study says what must stand in them."""
    return {
        c: tuple(sorted(frame[c].fillna("").unique())[:MAX_VALUES])
        for c in domain.declares
        if c in frame
    }


def _dates(feed: Feed, name: str, domain: Domain) -> list[str]:
    columns = mapping.columns(feed, name, domain)
    dates = [c for field_, c in columns.items() if field_.endswith("DTC")]
    return list(dict.fromkeys([*dates, *([domain.updated] if domain.updated else [])]))


def _slashed(column: pd.Series) -> bool:
    given = column.dropna()
    return 2 * int(given.str.match(SLASHED).sum()) > len(given) > 0


def unfit(facts: FileFacts, last: FileFacts | None, feed: Feed, name: str) -> Unfit | None:
    """Return why a file cannot be used, None if it can. last: the one of its domain before it."""
    unusable = _unusable(facts, feed, name)
    if facts.is_garbled:  # a single text may look so and be all there is beyond ASCII
        return Unfit("its text was garbled by a wrong encoding", DAMAGED, unusable is None)
    if unusable is not None:
        return unusable
    return _lost(facts, last, feed, name) if last is not None else None


def _unusable(facts: FileFacts, feed: Feed, name: str) -> Unfit | None:
    """Return what is wrong with a file by itself, whatever anybody says of it."""
    if facts.problem:
        return Unfit(facts.problem, DAMAGED)
    missing = [c for c in needed(feed, name) if c not in facts.columns]
    if missing:
        return Unfit(f"column {', '.join(missing)} is missing", DAMAGED)
    if facts.misfit:
        return Unfit(facts.misfit, AMBIGUOUS)
    wrong = undeclared(facts.declared, feed.domains[name])
    if wrong:
        return Unfit(wrong, VERSIONS)
    if facts.slashed:
        dates = ", ".join(facts.slashed)
        return Unfit(f"most dates of {dates} are of a format as 03/04/2024", AMBIGUOUS)
    return None


def needed(feed: Feed, name: str) -> list[str]:
    """Return the columns without which a file of a domain is held."""
    domain = feed.domains[name]
    own = [domain.specimen.column] if domain.specimen is not None else []
    own += [domain.updated] if domain.updated else []
    own += [domain.deleted.column] if domain.deleted is not None else []
    needed_ = [*mapping.required(feed, name, domain), *domain.required, *own, *domain.declares]
    return list(dict.fromkeys(needed_))


def undeclared(declared: Mapping[str, tuple[str, ...]], domain: Domain) -> str:
    """Return what stands in a column instead of what the study says must, "" if all is well."""
    for column, value in domain.declares.items():
        others = [v for v in declared.get(column, ()) if v != value]
        if others:
            said = ", ".join(repr(v[:20]) for v in others[:3])
            return f"{column} says {said}, the study says {value!r}"
    return ""


def _lost(facts: FileFacts, last: FileFacts, feed: Feed, name: str) -> Unfit | None:
    """Return what a file lacks that the last used one had."""
    used = {*mapping.columns(feed, name, feed.domains[name]).values(), *needed(feed, name)}
    gone = [c for c in last.columns if c in used and c not in facts.columns]
    if gone:
        return Unfit(f"column {', '.join(gone)} was there before and is gone", DAMAGED, True)
    if last.is_ended and not facts.is_ended:
        return Unfit("the file is truncated: its last line has no end", DAMAGED, True)
    if feed.delivers == "changes":
        return None
    is_less = facts.rows < feed.rows_kept * last.rows
    if is_less and (last.rows - facts.rows > FEW_ROWS or not facts.rows):
        return Unfit(f"{facts.rows} rows instead of {last.rows}", SHRUNK, True)
    spared = 0 if feed.domains[name].record == "subject" else FEW_SUBJECTS
    if facts.subjects < last.subjects - spared:
        return Unfit(f"{facts.subjects} subjects instead of {last.subjects}", SHRUNK, True)
    return None
