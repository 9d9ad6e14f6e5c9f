"""Checks of events beside other records: each fires, and is silent, on literal rows."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations import runner
from expectations.check import Context
from safety.ctcae.grading import gradable_tests
from safety.intake.beside import with_beside
from tests import trial
from tests.build import event, subject

CONTEXT = Context(
    studyid="T1", as_of=date(2024, 6, 1), subjects=frozenset({"S1"}), related=("POSSIBLE",),
    unrelated=("UNLIKELY",), gradable=gradable_tests(),
)  # fmt: skip
DM = subject(RFICDTC="2024-02-20")
LIVES, DIED = [DM], [DM | {"DTHDTC": "2024-03-20", "DTHFL": "Y"}]


def seen(ae: str, **changes: str | None) -> dict:
    return event(ae, **({"AEGRPID": None, "AEENRF": None} | changes))


def found(check: str, **domains: list[dict]) -> tuple[str, tuple[int, ...]]:
    """Status and rows of a check, of the domain that it is about."""
    rows = {"DM": LIVES} | domains
    intakes = with_beside([trial.intake(d, *r) for d, r in rows.items()], trial.study())
    record = next(c.record for c in runner.all_checks() if c.id == check)
    one = next(i for i in intakes if i.record == record)
    for finding in runner.run(one.records, record, one.domain, "f", CONTEXT):
        if finding.check_id == check:
            return finding.status, finding.rows
    raise AssertionError(check)


GIVEN = [trial.given(f"2024-03-{d:02}", ECSEQ=str(d)) for d in range(1, 13)]
ATTRIBUTED = [trial.supplement("AERELA", "POSSIBLE"), trial.supplement("AERELB", "UNLIKELY")]
# check -> what fires, the rows it names, what is silent
CASES = {
    "AE-005": ({"AE": [seen("1", AESTDTC="2027-03-05")]}, (1,), {"AE": [seen("1")]}),
    "AE-017": (
        {"AE": [seen("1", AEOUT="RECOVERED/RESOLVED WITH SEQUELAE", AEENDTC=None)]}, (1,),
        {"AE": [seen("1"), seen("2", AEOUT="NOT RECOVERED/NOT RESOLVED", AEENDTC=None)]},
    ),
    "AE-022": (
        {"AE": [seen("1"), seen("2", AESTDTC="2024-03-06", AEENDTC="2024-03-09")]}, (2,),
        {"AE": [seen("1"), seen("2", AESTDTC="2024-03-07", AEENDTC="2024-03-09")]},
    ),
    "AE-023": (
        {"AE": [seen("1", AESTDTC="2024-02-19")]}, (1,), {"AE": [seen("1", AESTDTC="2024-02")]},
    ),
    "AE-024": (
        {"AE": [
            seen("1", AEOUT="NOT RECOVERED/NOT RESOLVED"),
            seen("2", AEENRF="ONGOING", AEDECOD="Rash"),
        ]},
        (1, 2),
        {"AE": [seen("1", AEOUT="NOT RECOVERED/NOT RESOLVED", AEENDTC=None), seen("2")]},
    ),
    "AE-025": (
        {"AE": [seen("1")], "SUPPAE": ATTRIBUTED[:1]}, (1,),
        {"AE": [seen("1")], "SUPPAE": ATTRIBUTED},
    ),
    "AE-026": (
        {"AE": [seen("1", AEOUT="FATAL", grade="4")]}, (1,),
        {"AE": [seen("1", AEOUT="FATAL", grade="5")]},
    ),
    "AE-027": (
        {"AE": [seen("1", AESDTH="Y"), seen("2", AEDECOD="Sepsis", grade="5"), seen("3")]}, (1, 2),
        {"DM": DIED, "AE": [seen("1", AESDTH="Y")]},
    ),
    "AE-028": (
        {"AE": [seen("1", AEACN="DRUG WITHDRAWN")], "EC": GIVEN}, (1,),
        {"AE": [seen("1", AEACN="DRUG WITHDRAWN")], "EC": GIVEN[:8]},
    ),
    "AE-B02": (
        {"DM": DIED, "AE": [seen("1", AESTDTC="2024-03-21")]}, (1,),
        {"DM": DIED, "AE": [seen("1", AESTDTC="2024-03-20")]},
    ),
    "AE-T01": ({"AE": [seen("1", AETERM="=cmd|x")]}, (1,), {"AE": [seen("1", AETERM="ANC <LLN")]}),
    "AE-T02": (
        {"AE": [seen("1", AETERM="rash, 13812345678")]}, (1,),
        {"AE": [seen("1", AETERM="rash on day 13, 8 cm")]},
    ),
    "SU-006": (
        {"AE": [seen("1")], "SUPPAE": [ATTRIBUTED[0], trial.supplement("AERELB", None)]}, (2,),
        {"AE": [seen("1")], "SUPPAE": [*ATTRIBUTED, trial.supplement("AESYMP", None)]},
    ),
    "SU-007": (
        {"AE": [seen("1", AESTDTC="2024-02-28")], "SUPPAE": ATTRIBUTED, "EC": GIVEN}, (1,),
        {"AE": [seen("1", AESTDTC="2024-03-01")], "SUPPAE": ATTRIBUTED, "EC": GIVEN},
    ),
    "SU-008": (
        {"AE": [seen("1")], "EC": GIVEN, "SUPPAE": [trial.supplement("AEACNA", "Drug withdrawn")]},
        (1,),
        {"AE": [seen("1")], "EC": GIVEN, "SUPPAE": [trial.supplement("AEACNA", "DOSE REDUCED")]},
    ),
    "SU-T01": (
        {"SUPPAE": [trial.supplement("AEALTCS", "<b>flu</b>")]}, (1,),
        {"SUPPAE": [trial.supplement("AEALTCS", "flu < 3 d")]},
    ),
    "SU-T02": (
        {"SUPPAE": [trial.supplement("AEALTCS", "see a.b@c.cn")]}, (1,),
        {"SUPPAE": [trial.supplement("AEALTCS", "flu")]},
    ),
    "DM-B04": (
        {"DM": DIED, "AE": [seen("1")]}, (1,),
        {"DM": DIED, "AE": [seen("1")], "DS": [trial.disposition()]},
    ),
    **{
        f"{prefix}-T01": ({domain: [row({field: "=1+cmd"})]}, (1,), {domain: [row({})]})
        for prefix, domain, field, row in (
            ("CM", "CM", "CMTRT", lambda c: trial.medication(**c)),
            ("PR", "PR", "PRTRT", lambda c: trial.procedure(**c)),
            ("DS", "DS", "DSTERM", lambda c: trial.disposition(**c)),
            ("MH", "MH", "MHTERM", lambda c: trial.history(**c)),
            ("DC", "XDLT", "TEXT", lambda c: trial.declaration(**c)),
        )
    },
    **{
        f"{prefix}-T02": ({domain: [row({field: "姓名: 张伟"})]}, (1,), {domain: [row({})]})
        for prefix, domain, field, row in (
            ("CM", "CM", "CMTRT", lambda c: trial.medication(**c)),
            ("PR", "PR", "PRTRT", lambda c: trial.procedure(**c)),
            ("DS", "DS", "DSTERM", lambda c: trial.disposition(**c)),
            ("MH", "MH", "MHTERM", lambda c: trial.history(**c)),
            ("DC", "XDLT", "TEXT", lambda c: trial.declaration(**c)),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("check", CASES)
def test_fires(check: str) -> None:
    domains, rows, _ = CASES[check]
    assert found(check, **domains) == ("fail", rows)


@pytest.mark.parametrize("check", CASES)
def test_is_silent(check: str) -> None:
    status, rows = found(check, **CASES[check][2])
    assert (status in {"pass", "not_applicable"}, rows) == (True, ())


def test_an_event_in_the_future_is_kept() -> None:
    """The other kinds of record are held."""
    handling = {c.id: c.handling for c in runner.all_checks()}
    assert (handling["AE-005"], handling["AE-B01"], handling["EX-005"]) == (
        "query", "reject", "reject",
    )  # fmt: skip


RECONCILED = {c.id: c.says for c in runner.SUITES["reconciliation"]}


@pytest.mark.parametrize(("check", "column"), RECONCILED.items())
def test_reconciliation(check: str, column: str) -> None:
    said, nothing = ["", "wrong", None], [None] * 3
    texts = {c: said if c == column else nothing for c in RECONCILED.values()}
    frame = pd.DataFrame({c: pd.array(t, "str") for c, t in texts.items()}, index=[1, 2, 3])
    findings = {f.check_id: f for f in runner.run(frame, "reconciliation", "AE", "f", CONTEXT)}
    assert (findings[check].status, findings[check].rows) == ("fail", (2,))
    assert findings[check].note == "wrong (1 row)"
    assert {f.status for i, f in findings.items() if i != check} == {"not_applicable"}
