"""Builders of small courses: values and events of one subject, compared by one column."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from safety.assess.grades import grade_events
from safety.assess.reconciliation import COMPARED, Records, reconcile
from safety.intake.records import no_records
from safety.study.model import Study
from tests import trial
from tests.build import event, exposed, exposures, graded_day, graded_days

AS_OF = date(2024, 5, 1)
ALT = "Alanine aminotransferase increased"

nothing = cache(no_records)
usual = cache(trial.study)


def alt(day: str, grade: int | None, **changes: Any) -> dict[str, Any]:
    """A graded value of ALT."""
    return graded_day(day, grade, **({"TERM": ALT} | changes))


def ae(
    seq: str, grade: str, start: str | None, end: str | None, term: str = ALT, **changes: Any
) -> dict:  # fmt: skip
    """A row of AE; one without an end goes on."""
    outcome = "NOT RECOVERED/NOT RESOLVED" if end is None else "RECOVERED/RESOLVED"
    given = {"AEDECOD": term, "AESTDTC": start, "AEENDTC": end, "AEGRPID": None, "AEOUT": outcome}
    return event(seq, grade, **(given | changes))


def reconciled(
    values: list[dict], events: list[dict], as_of: date = AS_OF, *, study: Study | None = None,
    doses: tuple[dict, ...] = (), supplements: tuple[dict, ...] = (),
    medications: tuple[dict, ...] = (), only: Iterable[str] = COMPARED,
) -> pd.DataFrame:  # fmt: skip
    """What `reconcile` returns. Without values or events, one that is compared with nothing."""
    used = study or usual()
    rows = trial.records("AE", *(events or [ae("99", "1", "2024-03-05", None, "Rash")]))
    graded = graded_days(*(values or [alt("2024-01-01", 0, MKEY="none")]))
    measured = graded[["MKEY", "USUBJID", "PARAMCD"]].rename(columns={"MKEY": "KEY"})
    measured = measured.assign(AVALC="950", AVALU="U/L", ANRLOC="0", ANRHIC="40")
    taken = exposures(exposed())
    records = Records(
        graded,
        grade_events(rows, taken, used),
        measured.assign(DOMAIN="LB", SRCFILE="lb.csv", SRCROW=1),
        trial.records("EC", *doses) if doses else nothing("dose"),
        trial.records("SUPPAE", *supplements) if supplements else nothing("supplement"),
        trial.records("CM", *medications) if medications else nothing("medication"),
        taken,
    )
    return reconcile(records, used, as_of, only)


def compared(
    values: list[dict], events: list[dict], column: str, as_of: date = AS_OF, **more: Any
) -> dict:
    """The texts of one comparison by record; records with nothing to compare are left out."""
    found = reconciled(values, events, as_of, only=[column], **more)
    return dict(zip(found["KEY"], found[column], strict=True))
