"""A firing and a silent case of the checks that need more than one domain, or a treatment."""

from __future__ import annotations

from typing import Any

from tests import trial
from tests.build import event, measurement, sign, subject

Rows = list[dict[str, Any]]
Domains = dict[str, Rows]
Case = tuple[Domains, tuple[int, ...], Domains]  # what fires, the rows it names, what is silent


def seen(ae: str = "1", **changes: str | None) -> dict[str, Any]:
    return event(ae, **({"AEGRPID": None, "AEENRF": None} | changes))


def lab(testcd: str, value: str, unit: str, day: str = "2024-03-10", **changes: Any) -> dict:
    row = measurement(testcd, value, unit, day, LBORNRLO=None, LBORNRHI=None)
    return row | {"LBSEQ": f"{testcd}{value}{day}"} | changes


def vs(testcd: str, value: str, unit: str, **changes: Any) -> dict:
    return sign(testcd, value, unit, VSSEQ=f"{testcd}{value}") | changes


def ec(day: int, drug: str = "ALPHA", **changes: str | None) -> dict[str, Any]:
    start = f"2024-03-{day:02}"
    return trial.given(start, start, **({"ECSEQ": f"{drug}{day}", "ECTRT": drug} | changes))


def taken(*days: int, **changes: str | None) -> Rows:
    return [ec(day, **changes) for day in days]


DM = subject(RFICDTC="2024-02-20", ACTARMCD="L1")
DIED = [DM | {"DTHDTC": "2024-03-20", "DTHFL": "Y"}]
FATAL = {"AEOUT": "FATAL", "grade": "5", "AESDTH": "Y", "AESER": "Y"}
WITHDREW = trial.disposition("2024-03-15", DSDECOD="Withdrawal by subject")
STOPPED = trial.disposition("2024-03-15", DSDECOD="Adverse event")
RANGE = {"LBORNRLO": "10", "LBORNRHI": "40"}
TIMED = "2024-03-10T08:00"


def _after(domain: str, make: Any, ends: str, late: str, **more: Any) -> Case:
    """A record after a day that ended something, and one of that day."""
    before = {"DM": DIED} if ends == "death" else {"DS": [WITHDREW]}
    day = "2024-03-20" if ends == "death" else "2024-03-15"
    return before | {domain: [make(late, **more)]}, (1,), before | {domain: [make(day, **more)]}


def _ae(start: str, **changes: Any) -> dict[str, Any]:
    return seen(AESTDTC=start, AEENDTC=None, **changes)


def _lb(start: str, **changes: Any) -> dict[str, Any]:
    return lab("ALT", "30", "U/L", start, **changes)


def _dose(start: str, **changes: Any) -> dict[str, Any]:
    return trial.given(start, start, **changes)


MAKERS: dict[str, tuple[str, Any]] = {
    "EX": ("EC", _dose),
    "ME": ("LB", _lb),
    "AE": ("AE", _ae),
    "CM": ("CM", trial.medication),
    "PR": ("PR", trial.procedure),
    "SV": ("SV", lambda start: trial.visit("CYCLE 2 DAY 1", start)),
    "DS": ("DS", trial.disposition),
    "MH": ("MH", trial.history),
    "DC": ("XDLT", trial.declaration),
}
_BORN: dict[str, Case] = {
    f"{prefix}-B01": ({domain: [make("1955-01-01")]}, (1,), {domain: [make("2024-03-05")]})
    for prefix, (domain, make) in MAKERS.items()
}
_DEATH: dict[str, Case] = {
    f"{p}-B02": _after(*MAKERS[p], "death", "2024-03-21")
    for p in ("EX", "ME", "AE", "CM", "PR", "SV")
}
_LEFT: dict[str, Case] = {
    f"{p}-B08": _after(*MAKERS[p], "study", "2024-03-16") for p in ("EX", "ME", "AE", "PR", "SV")
}

# What a study says otherwise than `trial.study`, for the checks that need it.
STUDIES: dict[str, dict[str, Any]] = {
    "AE-B03": {"treatment": None},  # one attribution (AEREL) for all drugs
    "AE-B04": {"treatment": None},  # of several drugs one may be withdrawn, and treatment goes on
    "EX-B11": {"checks": {"parameters": {"capsule_mg": {"alpha": 25}}}},
}
CASES: dict[str, Case] = {
    **_BORN,
    **_DEATH,
    **_LEFT,
    "DM-009": ({"DM": [DM | {"RFICDTC": "2024-02-30"}]}, (1,), {"DM": [DM | {"RFICDTC": None}]}),
    "DM-010": ({"DM": [DM | {"DTHDTC": "2024-13"}]}, (1,), {"DM": [DM | {"DTHDTC": "2024-03"}]}),
    "DM-011": (
        {"DM": [DM | {"RFICDTC": "2024-06-03"}]}, (1,), {"DM": [DM | {"RFICDTC": "2024-06-02"}]},
    ),
    "DM-012": (
        {"DM": [DM | {"RFSTDTC": "2024-06-03"}]}, (1,), {"DM": [DM | {"RFSTDTC": "2024-06-02"}]},
    ),
    "DM-013": (
        {"DM": [DM | {"DTHDTC": "2025-03-20"}]}, (1,), {"DM": [DM | {"DTHDTC": "2024-06-02"}]},
    ),
    "DM-014": ({"DM": [DM | {"DTHDTC": "2024-03"}]}, (1,), {"DM": DIED}),
    "DM-015": (
        {"DM": [subject("01-1"), subject("01-002"), subject("01-003"), subject("01-010")]}, (1,),
        {"DM": [subject("01-9"), subject("01-10"), subject("01-11"), subject("02-001")]},
    ),
    "DM-B05": (
        {"DM": DIED, "DS": [trial.disposition("2024-03-22")]}, (1,),
        {"DM": DIED, "DS": [trial.disposition("2024-03")]},
    ),
    "EX-011": ({"EC": [ec(1), ec(2, ECTRT=None)]}, (2,), {"EC": [ec(1)]}),
    "EX-012": (
        {"EC": [ec(1, ECSTDTC="2024-03", ECENDTC=None)]}, (1,), {"EC": [ec(1, ECENDTC="2024-03")]},
    ),
    "EX-013": ({"EC": [ec(1, ECENDTC="2024-02-30")]}, (1,), {"EC": [ec(1, ECENDTC="2024-03")]}),
    "EX-014": ({"EC": [ec(1, ECENDTC="2024-06-03")]}, (1,), {"EC": [ec(1, ECENDTC="2024-06-02")]}),
    "EX-B03": (
        {"EC": [ec(1), ec(1, ECSEQ="2")]}, (2,),
        {"EC": [ec(1, "BETA", ECDOSE="40"), ec(1, "BETA", ECSEQ="2", ECDOSE="40")]},
    ),
    "EX-B04": ({"EC": taken(1, 3, 4, 6)}, (1,), {"EC": taken(1, 2, 3, 4, 6)}),
    "EX-B05": ({"EC": [ec(1, ECDOSE="90")]}, (1,), {"EC": [ec(1)]}),
    "EX-B06": (
        {"EC": [trial.given("2024-02-19", "2024-02-19")]}, (1,),
        {"EC": [trial.given("2024-02-20", "2024-02-20")]},
    ),
    "EX-B07": (
        {"DS": [STOPPED], "EC": [*taken(16, 17), ec(18, ECOCCUR="N")]}, (2,),
        {"DS": [STOPPED], "EC": taken(15, 16)},
    ),
    "EX-B09": (
        {"EC": [ec(1, ECDOSE="120")]}, (1,), {"EC": [ec(1, ECDOSE="110"), ec(2, ECDOSE="50")]},
    ),
    "EX-B10": (
        {"EC": [ec(1, ECDOSE="50"), ec(2, ECDOSE="50")]}, (1,),
        {"EC": [ec(1), ec(2, ECDOSE="50")]},
    ),
    "EX-B11": ({"EC": [ec(1, ECDOSE="90")]}, (1,), {"EC": [ec(1, ECDOSE="75"), ec(2)]}),
    "EX-B12": (
        {"EC": [ec(1, ECENDTC="2024-03-05"), ec(4, ECENDTC="2024-03-08")]}, (2,),
        {"EC": [ec(1, ECENDTC="2024-03-05"), ec(6, ECENDTC="2024-03-08"), ec(7, ECOCCUR="N")]},
    ),
    "EX-B13": (
        {"EC": [ec(1), ec(2, ECOCCUR="N"), ec(3, ECOCCUR="N"), *taken(4, 10, 12)]}, (2,),
        {
            "EC": [ec(1), ec(2, ECOCCUR="N"), ec(3, ECOCCUR="N", ECREASOC="FORGOTTEN"), ec(12)],
            "AE": [seen(AESTDTC="2024-03-01", AEACN="DRUG INTERRUPTED")],
        },
    ),
    "EX-B14": (
        {"EC": [ec(1), ec(2, ECDOSE="50"), ec(12, ECDOSE="50")]}, (2,),
        {
            "EC": [ec(1), ec(2, ECDOSE="50"), ec(12, ECDOSE="50")],
            "AE": [seen(AESTDTC="2024-03-02", AEACN="DOSE REDUCED")],
        },
    ),
    "EX-B15": ({"EC": [ec(1, "GAMMA")]}, (1,), {"EC": [ec(1, "B-1")]}),
    "EX-T01": ({"EC": [ec(1, ECREASOC="=1+cmd")]}, (1,), {"EC": [ec(1, ECREASOC="VISIT < 3 D")]}),
    "EX-T02": ({"EC": [ec(1, ECREASOC="call 13812345678")]}, (1,), {"EC": [ec(1)]}),
    "ME-T01": ({"LB": [lab("ALT", "=1+cmd", "U/L")]}, (1,), {"LB": [lab("ALT", "<7", "U/L")]}),
    "ME-T02": (
        {"LB": [lab("ALT", "a.b@c.cn", "U/L")]}, (1,), {"LB": [lab("ALT", "haemolysed", "U/L")]},
    ),
    "ME-037": (
        {"LB": [lab("ALT", "30", "U/L", TIMED), lab("ALT", "45", "U/L", TIMED)]}, (2,),
        {"LB": [lab("ALT", "30", "U/L", TIMED), lab("ALT", "30.4", "U/L", TIMED)]},
    ),
    "ME-038": (
        {"LB": [_lb("2024-03-10", **RANGE), _lb("2024-03-11", **RANGE | {"LBORNRHI": "45"})]},
        (2,),
        {"LB": [
            _lb("2024-03-10", **RANGE, LBNAM="A"),
            _lb("2024-03-11", **RANGE | {"LBORNRHI": "45"}, LBNAM="B"),
        ]},
    ),
    "ME-039": (
        {"LB": [lab("GLUC", "1.4", "mmol/L")]}, (1,), {"LB": [lab("GLUC", "1.6", "mmol/L")]},
    ),
    "AE-029": ({"AE": [seen(AEENDTC="2024-03")]}, (1,), {"AE": [seen()]}),
    "AE-030": ({"AE": [seen(AEENDTC="2024-03-32")]}, (1,), {"AE": [seen(AEENDTC="2024")]}),
    "AE-031": ({"AE": [seen(AEENDTC="2024-06-03")]}, (1,), {"AE": [seen(AEENDTC="2024-06-02")]}),
    "AE-032": (
        {"AE": [seen(AESHOSP="Y", AESER=None)]}, (1,), {"AE": [seen(AESHOSP="Y", AESER="N")]},
    ),
    "AE-033": (
        {"AE": [seen(grade="5", AEOUT=None)]}, (1,), {"AE": [seen(**FATAL), seen("2", AEOUT=None)]},
    ),
    "AE-034": (
        {"AE": [seen(AESLIFE="Y", grade="3"), seen("2", AESHOSP="Y", grade="1")]}, (1, 2),
        {"AE": [seen(AESLIFE="Y", grade="4"), seen("2", AESHOSP="Y", grade="2"), seen("3")]},
    ),
    "AE-036": (
        {"AE": [seen(AESER="Z"), seen("2", AESER="Y", AESHOSP="2")]}, (1, 2),
        {"AE": [seen(AESER="1", AESHOSP="yes"), seen("2", AESER=None)]},
    ),
    "AE-035": (
        {"AE": [seen(AEGRPID="1"), seen("2", AEGRPID="1", AESTDTC="2024-03-07", AEENDTC=None)]},
        (1,),
        {"AE": [
            seen(AEGRPID="1"),
            seen("2", AEGRPID="1", AESTDTC="2024-03-07", AEENDTC=None, grade="3"),
        ]},
    ),
    "AE-B03": (
        {"AE": [seen(AESTDTC="2024-02-28")], "EC": taken(1)}, (1,),
        {"AE": [seen(AESTDTC="2024-03-01"), seen("2", AESTDTC="2024")], "EC": taken(1)},
    ),
    "AE-B04": (
        {"AE": [seen(AEACN="DRUG WITHDRAWN")],
         "DS": [trial.disposition(DSDECOD="Progressive disease")]}, (1,),
        {"AE": [seen(AEACN="DRUG WITHDRAWN")], "DS": [STOPPED]},
    ),
    "PR-007": (
        {"PR": [trial.procedure(PRENDTC="2024-03-04")]}, (1,),
        {"PR": [trial.procedure(PRENDTC="2024-03")]},
    ),
    "DS-B03": (
        {"DS": [trial.disposition()]}, (1,), {"DM": DIED, "DS": [trial.disposition(), WITHDREW]},
    ),
    "DS-B04": (
        {"DS": [STOPPED], "AE": [seen(AEACN="DOSE REDUCED")]}, (1,),
        {
            "DS": [STOPPED], "AE": [seen()],
            "SUPPAE": [trial.supplement("AEACNA", "DRUG WITHDRAWN")],
        },
    ),
    "SV-007": (
        {"SV": [trial.visit(SVENDTC="2024-03-21")]}, (1,), {"SV": [trial.visit(SVENDTC="2024-03")]},
    ),
    "SV-B03": (
        {"SV": [trial.visit(start="2024-03-22"), trial.visit(start="2024-03-25")]}, (2,),
        {"SV": [trial.visit(), trial.visit("UNSCHEDULED"), trial.visit("UNSCHEDULED", "2024-04")]},
    ),
    "SV-B04": (
        {"SV": [trial.visit("CYCLE 2 DAY 8", "2024-03-22"), trial.visit(start="2024-03-25")]}, (2,),
        {"SV": [trial.visit(), trial.visit("CYCLE 2 DAY 8", "2024-03-29")]},
    ),
    "SV-B05": (
        {"SV": [trial.visit("CYCLE 1 DAY 1", "2024-02-19")]}, (1,),
        {"SV": [trial.visit("CYCLE 1 DAY 1", "2024-02-20")]},
    ),
}  # fmt: skip
