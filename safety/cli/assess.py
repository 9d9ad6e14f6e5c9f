"""The command that judges a folder of SDTM files under a study, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from safety.cli.common import FINDINGS, AsJson, study_file, wide_output
from safety.cli.run import knowledge_date
from safety.errors import HeldDeliveryError, ToxwatchError, WrongUseError

app = typer.Typer()


@app.command()
def assess(
    folder: Annotated[Path, typer.Argument(help="Folder of SDTM files (CSV, XPT or Parquet).")],
    study: Annotated[str, typer.Option(help="A study file, or its name in TOXWATCH_STUDIES.")],
    as_of: Annotated[str, typer.Option(help="Knowledge date, YYYY-MM-DD.")],
    subject: Annotated[str, typer.Option(help="Only this subject (USUBJID).")] = "",
    as_json: AsJson = False,
) -> None:
    """Say for each subject what is dose-limiting, what is not, and what cannot be judged.

    Exit code 0, or 1 if a subject has a DLT, cannot be judged, or a rule pauses enrolment.
    """
    from safety import folder as folders
    from safety.assess.pause import pauses
    from safety.assess.subject import assess as assess_all
    from safety.report import assessment
    from safety.study.load import rule_set_hash

    rules = study_file(study)
    known_at = knowledge_date(as_of)
    if known_at is None:
        raise WrongUseError("give --as-of YYYY-MM-DD: the day of the data to judge by.")
    try:
        records = folders.read(folder, rules)
    except HeldDeliveryError as error:  # here nothing stays current
        raise ToxwatchError(f"{error} Nothing was assessed.") from error
    facts = folders.facts(records, rules)
    if subject and subject not in facts:
        raise WrongUseError(f"no subject {subject!r} in {folder}; it has {len(facts)} subjects.")
    found = assess_all(facts, rules, known_at)
    content = assessment.document(
        rules.studyid, known_at, rule_set_hash(rules),
        [s for s in found if s.usubjid == subject or not subject],
        pauses(found, facts, rules, known_at), records.problems,
    )  # fmt: skip
    if as_json:
        print(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        assessment.print_document(content, wide_output())
    undecided = any(s["verdict"] in {"DLT", "INDETERMINATE"} for s in content["subjects"])
    if undecided or content["pauses"] or content["problems"]:
        raise typer.Exit(FINDINGS)
