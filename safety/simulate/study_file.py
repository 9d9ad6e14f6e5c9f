"""The study file of a simulated trial: the rules of the original, the feeds of the simulated site.

The original's text is kept line by line, comments too; only four of its top-level entries change.
"""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from safety.errors import WrongUseError
from safety.simulate.model import Options

PREFIX = "SIM-"
HEADER = "# SIMULATED DATA: made by `toxwatch simulate`. No real patients.\n"
EDC = """\
  - id: edc
    kind: sdtm_folder
    path: feeds/{folder}/{{day}}/edc
    delivers: snapshot
    late_after: 0d
    domains:
      DM: {{record: subject, key: [USUBJID]}}
      SV: {{record: visit, key: [USUBJID, VISIT, SVSTDTC], optional: true}}
      VS: {{record: measurement, key: [USUBJID, VSSEQ], optional: true}}
      AE:
        record: adverse_event
        key: [USUBJID, AESEQ]
        optional: true
        coding: {{term: AEDECOD}}
        declares: {{AECTCV: "5.0"}}
      SUPPAE: {{record: supplement, key: [USUBJID, IDVAR, IDVARVAL, QNAM], optional: true}}
      CM: {{record: medication, key: [USUBJID, CMSEQ], optional: true}}
      PR: {{record: procedure, key: [USUBJID, PRSEQ], optional: true}}
      MH: {{record: history, key: [USUBJID, MHSEQ], optional: true}}
      DS: {{record: disposition, key: [USUBJID, DSSEQ], optional: true}}
"""
CENTRAL_LAB = """\
  - id: central_lab
    kind: sdtm_folder
    path: feeds/{folder}/{{day}}/central_lab
    delivers: changes
    encoding: gb18030
    domains:
      LB:
        record: measurement
        key: [USUBJID, LBREFID, LBTESTCD]
        optional: true
        updated: LBUPDTC
        deleted: {{column: LBRESSTA, values: [X]}}
"""
DIARY = """\
  - id: diary
    kind: sdtm_folder
    path: feeds/{folder}/{{day}}/diary
    delivers: snapshot
    late_after: 0d
    domains:
      EC: {{record: dose, key: [USUBJID, ECSPID], optional: true}}
"""


def simulated(path_of_study: Path, options: Options) -> str:
    """Return the text of the study file of a trial simulated from another study file.

    path_of_study: a study file that loads. Raises WrongUseError if it has no dose levels, or is
    itself of a simulated trial.
    """
    text = path_of_study.read_text(encoding="utf-8")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise WrongUseError(f"{path_of_study} is no study file; `toxwatch study check` says why.")
    entries = {key.value: value for key, value in root.value}
    if "treatment" not in entries:
        raise WrongUseError(
            f"{path_of_study} has no treatment with dose levels, so no trial can be simulated from "
            "it; choose a study file that has them."
        )
    studyid = str(entries["studyid"].value)
    if studyid.startswith(PREFIX):
        raise WrongUseError(
            f"{path_of_study} is the study of a simulated trial; simulate from the original."
        )
    blocks = _blocks(text, root)
    replaced = {
        "studyid": f"studyid: {_quoted(PREFIX + studyid)}\n",
        "title": f"title: {_quoted('SIMULATED: ' + entries['title'].value)}\n"
        f"notice: {_quoted(notice(options))}\n",
        "notice": "",
        "data_cut": "",  # the deliveries say how far the data go
        "feeds": _feeds(PREFIX + studyid),
    }
    return HEADER + "".join(replaced.get(name, block) + after for name, block, after in blocks)


def notice(options: Options) -> str:
    """Return what stands on every page of a simulated trial."""
    return f"SIMULATED DATA: no real patients (seed {options.seed}, scenario {options.scenario})."


def _feeds(studyid: str) -> str:
    folder = studyid.lower()
    return "feeds:\n" + (EDC + CENTRAL_LAB + DIARY).format(folder=folder)


def _quoted(text: str) -> str:
    """Return text as a YAML scalar in double quotes (those of JSON are)."""
    return json.dumps(text, ensure_ascii=False)


def _blocks(text: str, root: yaml.MappingNode) -> list[tuple[str, str, str]]:
    """Return (name, its lines, the blank lines and comments after it) of each top-level entry."""
    starts = [(str(key.value), key.start_mark.index) for key, _ in root.value]
    ends = [start for _, start in starts[1:]] + [len(text)]
    found = [("", text[: starts[0][1]], "")]
    for (name, start), end in zip(starts, ends, strict=True):
        lines = text[start:end].splitlines(keepends=True)
        size = len(lines)
        while size > 1 and _is_between(lines[size - 1]):
            size -= 1
        found.append((name, "".join(lines[:size]), "".join(lines[size:])))
    return found


def _is_between(line: str) -> bool:
    """Whether a line belongs to no entry: it is blank or a comment at the margin."""
    return not line.strip() or line.startswith("#")
