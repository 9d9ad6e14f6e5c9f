"""A firing and a silent case of every check, as data."""

from __future__ import annotations

from tests.build import dose, event, measurement, sign, subject
from tests.expectations import measurement_pairs
from tests.trial import (
    declaration,
    disposition,
    history,
    medication,
    procedure,
    supplement,
    visit,
)

TWICE = [measurement(value="1"), measurement(value="2")]
SYS = sign("SYSBP", "120", "mmHg")

# check -> (domain, firing rows, rows it names, silent rows)
PAIRS = {
    "DM-000": ("DM", [subject(), subject("S2", STUDYID="T2")], (2,), [subject()]),
    "EX-000": ("EX", [dose(STUDYID="T1-UAT")], (1,), [dose()]),
    "AE-000": ("AE", [event(STUDYID="T2")], (1,), [event()]),
    "ME-000": ("LB", [measurement(STUDYID="t1")], (1,), [measurement()]),
    "DM-001": ("DM", [subject(), subject(None)], (2,), [subject()]),
    "DM-002": ("DM", [subject("S1"), subject("Ѕ1")], (2,), [subject("01-701.S_1")]),  # Cyrillic
    "DM-003": ("DM", [subject(), subject(SEX="M")], (1, 2), [subject("S1"), subject("S2")]),
    "DM-004": ("DM", [subject(AGE="121")], (1,), [subject(AGE="120"), subject("S2", AGE="0")]),
    "DM-005": ("DM", [subject(AGE="sixty")], (1,), [subject()]),
    "DM-006": ("DM", [subject(RFSTDTC="2024-02-30")], (1,), [subject(RFSTDTC="2024-02")]),
    "DM-007": (
        "DM",
        [subject(DTHDTC="2024-05-01"), subject("S2", DTHDTC="2024-05-01", DTHFL="Y")],
        (1,),
        [subject(DTHDTC="2024-05-01", DTHFL="Y"), subject("S2")],
    ),
    "DM-008": (
        "DM",
        [subject(DTHFL="Y"), subject("S2", DTHDTC="2024-05-01", DTHFL="Y")],
        (1,),
        [subject(DTHDTC="2024-05", DTHFL="Y"), subject("S2", DTHFL="N")],
    ),
    "EX-001": ("EX", [dose(), dose(None)], (2,), [dose()]),
    "EX-002": ("EX", [dose("S9"), dose("S1")], (1,), [dose("S2")]),
    "EX-003": ("EX", [dose(EXDOSE="1"), dose(EXDOSE="2")], (1, 2), [dose()]),
    "EX-004": ("EX", [dose(start="2024-13-01")], (1,), [dose(start="2024-03")]),
    "EX-005": ("EX", [dose(start="2024-06-03")], (1,), [dose(start="2024-06-02")]),
    "EX-006": ("EX", [dose(EXDOSE="-1")], (1,), [dose(EXDOSE="0")]),
    "EX-007": ("EX", [dose(EXDOSE="ten"), dose("S2", EXDOSE=None)], (1, 2), [dose(EXDOSE="0")]),
    "EX-008": ("EX", [dose(start=None)], (1,), [dose()]),
    "EX-015": (
        "EX",
        [dose(EXOCCUR="2"), dose("S2")],
        (1,),
        [dose(EXOCCUR="no"), dose("S2", EXOCCUR="1")],
    ),
    "EX-009": ("EX", [dose(EXENDTC="2024-02-29")], (1,), [dose(), dose("S2", EXENDTC="2024-03")]),
    "EX-010": ("EX", [dose(EXENDTC=None)], (1,), [dose()]),
    "AE-001": ("AE", [event(), event(USUBJID=None)], (2,), [event()]),
    "AE-002": ("AE", [event(USUBJID="S9"), event()], (1,), [event()]),
    "AE-003": ("AE", [event(grade="1"), event(grade="2")], (1, 2), [event("1"), event("2")]),
    "AE-004": ("AE", [event(AESTDTC="05MAR2024")], (1,), [event(AESTDTC="2024")]),
    "AE-005": ("AE", [event(AESTDTC="2024-06-03")], (1,), [event(AESTDTC="2024-06-02")]),
    "AE-006": ("AE", [event(AETERM=None)], (1,), [event()]),
    "AE-007": ("AE", [event(AESTDTC=None)], (1,), [event(AESTDTC="2024")]),
    "AE-008": ("AE", [event(AESTDTC="2024-03")], (1,), [event(AESTDTC="2024-03-05T10:00")]),
    "AE-009": (
        "AE",
        [event(AESTDTC="2024-03-05", AEENDTC="2024-03-04")],
        (1,),
        [event(AESTDTC="2024-03-05", AEENDTC="2024-03"), event("2", AEENDTC="2024-03-05")],
    ),
    "AE-010": ("AE", [event(grade=None)], (1,), [event(grade="5", AEOUT="FATAL")]),
    "AE-011": ("AE", [event(grade="0"), event("2", grade="6")], (1, 2), [event(grade="4")]),
    "AE-012": ("AE", [event(AEREL=None)], (1,), [event()]),
    "AE-013": ("AE", [event(AEREL="MAYBE")], (1,), [event(), event("2", AEREL="NONE")]),
    "AE-014": (
        "AE",
        [event(AESHOSP="Y", AESER="N")],
        (1,),
        [event(AESHOSP="Y", AESER="Y")],
    ),
    "AE-015": ("AE", [event(AESER="Y")], (1,), [event(AESER="N")]),
    "AE-016": (
        "AE",
        [event(AESDTH="Y"), event("2", grade="5")],
        (1, 2),
        [event(grade="5", AESDTH="Y", AEOUT="FATAL")],
    ),
    "AE-017": ("AE", [event(AEENDTC=None)], (1,), [event()]),
    "AE-018": (
        "AE",
        [event(AEDECOD="Anaemia"), event("2"), event("3", AEDECOD="Neutropenia")],
        (1, 3),
        [event(AEDECOD="ANEMIA "), event("2", AEDECOD="Neutrophil count decreased")],
    ),
    "AE-019": (
        "AE",
        [event(AELLTCD="10028813"), event("2", AELLTCD="10037660")],  # PT Pyrexia, LLT Fever
        (2,),
        [event(AEDECOD="Fever", AELLTCD="10016558"), event("2", AELLTCD=None)],
    ),
    "AE-020": (
        "AE",
        [event(AELLTCD="10002272"), event("2", AELLTCD="10028813")],
        (1,),
        # a name or a code that CTCAE does not have agrees with nothing and has its own check
        [event(AELLTCD="10028813"), event("2", AEDECOD="Anaemia", AELLTCD="10002272")],
    ),
    "AE-021": (
        "AE",
        [event(AEDECOD="Alopecia", grade="3"), event("2", grade="4")],
        (1, 2),
        [event(AEDECOD="Alopecia", grade="2"), event("2", grade="3"), event("3", grade=None)],
    ),
    "ME-001": ("LB", [measurement(), measurement(USUBJID=None)], (2,), [measurement()]),
    "ME-002": ("LB", [measurement(USUBJID="S9"), measurement()], (1,), [measurement()]),
    "ME-003": ("LB", TWICE, (1, 2), [measurement(), measurement(VISITNUM="2")]),
    "ME-004": ("LB", [measurement(day="2024-02-30")], (1,), [measurement(day="2024-02")]),
    "ME-005": ("LB", [measurement(day="2024-06-03")], (1,), [measurement(day="2024-06-02")]),
    "ME-006": ("LB", [measurement(testcd=None)], (1,), [measurement()]),
    "ME-007": ("LB", [measurement(value=None)], (1,), [measurement(value=None, LBSTAT="NOT DONE")]),
    "ME-008": ("LB", [measurement(day=None)], (1,), [measurement()]),
    "ME-009": ("LB", [measurement(value="7,5")], (1,), [measurement(value=">7.5")]),
    "ME-010": ("LB", [measurement(unit="furlong")], (1,), [measurement(unit=None)]),
    "ME-011": ("LB", [measurement(unit=None)], (1,), [measurement("INR", "1", unit=None)]),
    "ME-012": (
        "LB",
        [measurement(LBSPEC=None), measurement(LBSPEC="PAXGENE TUBE", VISITNUM="2")],
        (1, 2),
        [measurement(LBSPEC="URINE"), measurement(LBSPEC="BLOOD, VENOUS", VISITNUM="2")],
    ),
    "ME-040": (
        "LB",
        [measurement("PLAT", "5", "10^9/L", LBSPEC="URINE"), measurement("GGT", LBSPEC="TISSUE")],
        (1, 2),
        [
            measurement("PLAT", "5", "10^9/L"),
            measurement("GLUC", "5", "mmol/L", LBSPEC="URINE"),
            measurement("PLAT", "5", "10^9/L", LBSPEC="TUBE", VISITNUM="2"),
        ],
    ),
    "ME-013": ("LB", [measurement(LBORNRLO="50")], (1,), [measurement(LBORNRLO="40")]),
    "ME-014": ("LB", [measurement(LBORNRHI=None)], (1,), [measurement()]),
    "ME-018": ("LB", [measurement(value="-900")], (1,), [measurement(value="0")]),
    "ME-017": ("LB", [measurement(LBORNRLO=None)], (1,), [measurement()]),
    "ME-015": ("LB", [measurement(value="<7")], (1,), [measurement()]),
    "ME-016": (
        "VS",
        [SYS, sign("DIABP", "120", "mmHg")],
        (1, 2),
        [SYS, sign("DIABP", "119", "mmHg")],
    ),
}


def _of_every_subject(prefix, domain, make):
    """Pairs of the checks that every kind of record has: study, subject and key."""
    return {
        f"{prefix}-000": (domain, [make(STUDYID="T2")], (1,), [make()]),
        f"{prefix}-001": (domain, [make(), make(USUBJID=None)], (2,), [make()]),
        f"{prefix}-002": (domain, [make(USUBJID="S9"), make()], (1,), [make(USUBJID="S2")]),
        f"{prefix}-003": (
            domain, [make(), make(EXTRA="1")], (1, 2), [make(), make(USUBJID="S2")],
        ),
    }  # fmt: skip


def _of_every_record(prefix, domain, make):
    """The same, and those of its date."""
    return _of_every_subject(prefix, domain, make) | {
        f"{prefix}-004": (domain, [make(start="2024-02-30")], (1,), [make(start="2024-02")]),
        f"{prefix}-005": (domain, [make(start="2024-06-03")], (1,), [make(start="2024-06-02")]),
    }


PAIRS |= {
    **measurement_pairs.PAIRS,
    **_of_every_subject("SU", "SUPPAE", lambda **c: supplement("AESYMP", "Y", **c)),
    "SU-004": ("SUPPAE", [supplement(None, "Y")], (1,), [supplement("AESYMP", None)]),
    "SU-005": (
        "SUPPAE",
        [supplement("AESYMP", "Y", IDVARVAL=None)],
        (1,),
        [supplement("AESYMP", "Y")],
    ),
    **_of_every_record("CM", "CM", medication),
    "CM-006": (
        "CM",
        [medication(CMENDTC="2024-03-04")],
        (1,),
        [medication(CMENDTC="2024-03-05"), medication(CMSEQ="2", CMENDTC="2024-03")],
    ),
    **_of_every_record("PR", "PR", procedure),
    "PR-006": ("PR", [procedure("2024-03"), procedure(None, PRSEQ="2")], (1, 2), [procedure()]),
    **_of_every_record("DS", "DS", disposition),
    "DS-006": (
        "DS",
        [disposition("2024-03"), disposition(None, DSSEQ="2")],
        (1, 2),
        [disposition("2024-03-20T10:00")],
    ),
    **_of_every_record("SV", "SV", visit),
    "SV-006": ("SV", [visit(start="2024-03"), visit(start=None)], (1, 2), [visit()]),
    **_of_every_record("MH", "MH", history),
    **_of_every_record("DC", "XDLT", declaration),
    "DC-006": ("XDLT", [declaration("2024")], (1,), [declaration()]),
    "DC-007": ("XDLT", [declaration(SIGNEDBY=None)], (1,), [declaration()]),
    "DC-008": ("XDLT", [declaration(SIGNEDDTC=None)], (1,), [declaration()]),
}
