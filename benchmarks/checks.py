"""Time all checks on the CDISC pilot, as `validate` runs them, beside the grading of its rows.

`make bench`, or `python benchmarks/checks.py`. The goal: about a second for the checks of some
60,000 laboratory rows, once Great Expectations is imported. Nothing is asserted: a shared machine
is no judge. Times are the best of a few, CPU time beside them.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from timing import Timed, timed

from expectations import runner
from expectations.check import Context, Finding
from safety.assess import analysis, grades
from safety.ctcae.grading import gradable_tests
from safety.dosing import exposure
from safety.feeds import kinds
from safety.feeds.sdtm_folder.sample import write_pilot
from safety.intake.beside import with_beside
from safety.intake.coding import with_queries
from safety.intake.records import Intake, canonical
from safety.study.load import load
from safety.study.model import Study

STUDY = Path(__file__).parents[1] / "studies" / "cdisc_pilot.yaml"
GOAL = 1.0  # seconds for the checks of the laboratory rows


def pilot(study: Study) -> list[Intake]:
    """Return the records of the pilot, as they are before they are compared and checked."""
    (feed,) = study.feeds
    found = []
    with tempfile.TemporaryDirectory() as place:
        write_pilot(Path(place), "parquet")
        for name, domain in feed.domains.items():
            path = Path(place) / f"{name.lower()}.parquet"
            if path.exists():
                data = kinds.load(path, path.name, feed, name)
                intake = canonical(data.frame, feed, name, path.name)
                found.append(with_queries(intake, domain.coding, study.ctcae))
    return found


def context(study: Study, intakes: list[Intake]) -> Context:
    """Return what the checks know of the pilot."""
    subjects = next(i.records["USUBJID"] for i in intakes if i.record == "subject")
    return Context(
        as_of=date(2015, 12, 31),
        studyid=study.studyid,
        subjects=frozenset(subjects),
        related=tuple(study.attribution.related),
        unrelated=tuple(study.attribution.unrelated),
        gradable=gradable_tests(study.ctcae),
    )


def checked(intake: Intake, known: Context) -> list[Finding]:
    """Run the checks of one domain."""
    return runner.run(
        intake.records, intake.record, intake.domain, intake.file, known, intake.absent
    )


def graded(study: Study, intakes: list[Intake]) -> tuple[int, Timed]:
    """Return how many laboratory rows there are, and the time in which they are graded."""
    of = {i.domain: i.records for i in intakes}
    taken = exposure.by_subject(of["EX"], of["DM"], of["EX"].iloc[:0].assign(REASON=""))
    measured = analysis.analysis_measurements(of["LB"], of["DM"], taken, study)
    return len(of["LB"]), timed(lambda: grades.grade_measurements(measured, study))


def line(name: str, rows: int | str, took: Timed, more: str = "") -> None:
    shown = f"{rows:,}" if isinstance(rows, int) else rows
    print(f"{name:<34} {shown:>8} {took.wall:>8.3f} {took.cpu:>8.3f}  {more}")


def main() -> None:
    """Measure import, comparisons, checks of each domain, and grading."""
    study = load(STUDY)
    received = pilot(study)
    known = context(study, received)
    compared = with_beside(received, study)
    print(f"{'CDISC pilot':<34} {'rows':>8} {'wall s':>8} {'cpu s':>8}")
    first = next(i for i in compared if i.record == "subject")
    line("import, and the first check", "", timed(lambda: checked(first, known), 1))
    rows = sum(len(i.records) for i in received)
    line("comparisons with other records", rows, timed(lambda: with_beside(received, study)))
    for intake in compared:
        found = checked(intake, known)
        failed = sum(f.status == "fail" for f in found)
        took = timed(lambda given=intake: checked(given, known))
        goal = f"; goal {GOAL:g} s: {'met' if took.wall <= GOAL else 'MISSED'}"
        told = f"{len(found)} checks, {failed} fail{goal if intake.domain == 'LB' else ''}"
        line(f"checks of {intake.domain}", len(intake.records), took, told)
    line("all checks", rows, timed(lambda: [checked(i, known) for i in compared]))
    line("grading of LB", *graded(study, compared))


if __name__ == "__main__":
    main()
