"""Which tables can be listed row by row: their columns, and what an address can ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.i18n import mark
from dashboards.shown import Kind

SUBJECT = "USUBJID"
Told = tuple[str, str, Kind]  # name, header, kind
PLACE: tuple[Told, ...] = (("SRCFILE", mark("File"), "text"), ("SRCROW", mark("Row"), "number"))


@dataclass(frozen=True, slots=True)
class Raw:
    """A table that can be listed. columns: name, header, kind.

    asks: by a name in an address the column that must be what it says; every table has `key`.
    dated: the column by which rows stand in time.
    """

    title: str
    columns: tuple[Told, ...]
    asks: Mapping[str, str]
    dated: str = ""


def _columns(*listed: tuple[str, str] | Told) -> tuple[Told, ...]:
    return tuple(c if len(c) == 3 else (*c, "text") for c in listed)


RAW: Mapping[str, Raw] = {
    "event": Raw(
        mark("Adverse events as reported"),
        _columns(
            (SUBJECT, mark("Subject")), ("AEDECOD", mark("Term")), ("AETERM", mark("As reported")),
            ("AETOXGR", mark("Reported grade")), ("AESEV", mark("Severity")),
            ("POSSIBLE", mark("Grade may be")), ("STDTC", mark("Start")),
            ("ASTDY", mark("Day"), "number"), ("ENDTC", mark("End")),
            ("TRTEMFL", mark("Treatment-emergent")), ("AEREL", mark("Attribution")),
            ("AESER", mark("Serious")), ("AEACN", mark("Action taken")), ("AEOUT", mark("Outcome")),
            *PLACE,
        ),
        {"term": "AEDECOD", "soc": "AEBODSYS", "grade_is": "POSSIBLE",
               "serious_is": "AESER", "action": "AEACN",
               "related_is": "REL"},
        "STDTMIN",
    ),
    "graded_value": Raw(
        mark("Measurements with their grades"),
        _columns(
            (SUBJECT, mark("Subject")), ("PARAMCD", mark("Code")), ("PARAM", mark("Measurement")),
            ("TERM", mark("CTCAE term")), ("DIRECTION", mark("Direction")),
            ("ATOXGR", mark("Grade"), "number"), ("POSSIBLE", mark("Grade may be")),
            ("ADTC", mark("Sample")), ("ADY", mark("Day"), "number"), ("AVALC", mark("Result")),
            ("AVALU", mark("Unit")), ("ANRLO", mark("LLN"), "number"),
            ("ANRHI", mark("ULN"), "number"), ("BASE", mark("Baseline"), "number"),
            ("ABLFL", mark("Is baseline")), ("VISIT", mark("Visit")),
            ("CRITERION", mark("Criterion")), *PLACE,
        ),
        {"term": "TERM", "param": "PARAMCD", "grade_is": "ATOXGR",
               "direction": "DIRECTION", "emergent_is": "TRTEMFL", "value": "MKEY",
               "reasons": "REASONS"},
        "ADTMIN",
    ),
    "measurement": Raw(
        mark("Measurements as received"),
        _columns(
            (SUBJECT, mark("Subject")), ("PARAMCD", mark("Code")), ("PARAM", mark("Measurement")),
            ("AVALC", mark("Result")), ("AVALU", mark("Unit")), ("ANRLO", mark("LLN"), "number"),
            ("ANRHI", mark("ULN"), "number"), ("STAT", mark("Status")), ("ADTC", mark("Sample")),
            ("VISIT", mark("Visit")), ("DOMAIN", mark("Domain")), *PLACE,
        ),
        {"param": "PARAMCD", "domain": "DOMAIN"},
        "ADTMIN",
    ),
    "dose": Raw(
        mark("Doses as recorded"),
        _columns(
            (SUBJECT, mark("Subject")), ("TRT", mark("Drug")), ("DOSE", mark("Dose"), "number"),
            ("DOSU", mark("Unit")), ("OCCUR", mark("Taken")), ("REASON", mark("Reason")),
            ("ADJ", mark("Adjustment")), ("VISIT", mark("Visit")), ("STDTC", mark("Start")),
            ("ENDTC", mark("End")), *PLACE,
        ),
        {"drug": "TRT", "occur": "OCCUR"},
        "STDTMIN",
    ),
    "subject": Raw(
        mark("Subjects"),
        _columns(
            (SUBJECT, mark("Subject")), ("ARM", mark("Arm")), ("ACTARM", mark("Arm received")),
            ("SEX", mark("Sex")), ("AGE", mark("Age"), "number"), ("RFSTDTC", mark("First dose")),
            ("RFENDTC", mark("Last dose")), ("DTHDTC", mark("Death")), *PLACE,
        ),
        {},
    ),
    "verdict": Raw(
        mark("Verdicts"),
        _columns(
            (SUBJECT, mark("Subject")), ("DOSELVL", mark("Dose level")),
            ("VERDICT", mark("Verdict")), ("EVALUABLE", mark("Evaluable")),
            ("REASON", mark("Because")), ("LATE", mark("Late")), ("CLOSES", mark("Window closes")),
            ("WINDOWTEXT", mark("Window")),
        ),
        {"verdict": "VERDICT", "evaluable": "EVALUABLE",
               "dose": "DOSELVL", "late": "LATE"},
    ),
    "rule_result": Raw(
        mark("Rules, subject by subject"),
        _columns(
            (SUBJECT, mark("Subject")), ("RULE", mark("Rule")), ("STATE", mark("State")),
            ("LATE", mark("Late")), ("TERMS", mark("Terms")),
            ("ONSETDY", mark("Onset day"), "number"),
            ("DURATION", mark("Duration")), ("MISSING", mark("Missing")),
            ("SETTLESBY", mark("Settles by")),
        ),
        {"rule": "RULE", "state": "STATE", "late": "LATE"},
    ),
    "trigger": Raw(
        mark("Dose modification: rules and gates that fired"),
        _columns(
            (SUBJECT, mark("Subject")), ("ONDT", mark("On")), ("DRUG", mark("Drug")),
            ("RULE", mark("Rule")), ("RULETEXT", mark("What")), ("ACTION", mark("Action")),
            ("STATE", mark("State")), ("WINS", mark("Wins")), ("RESUME", mark("Resume")),
            ("NEXTDOSE", mark("Next dose")), ("UNTILDT", mark("Until")),
        ),
        {"drug": "DRUG", "rule": "RULE", "state": "STATE"},
        "ONDT",
    ),
    "deviation": Raw(
        mark("Deviations from the rules"),
        _columns(
            (SUBJECT, mark("Subject")), ("ONDT", mark("On")), ("DRUG", mark("Drug")),
            ("KIND", mark("Kind")), ("RULE", mark("Rule")), ("EXPECTED", mark("Expected")),
            ("ACTUAL", mark("Actual")),
        ),
        {"drug": "DRUG", "kind": "KIND"},
        "ONDT",
    ),
    "dose_account": Raw(
        mark("Planned against taken"),
        _columns(
            (SUBJECT, mark("Subject")), ("CYCLE", mark("Cycle"), "number"), ("DRUG", mark("Drug")),
            ("PLANNED", mark("Planned"), "number"), ("TAKEN", mark("Taken"), "number"),
            ("RDI", "RDI", "number"), ("MISSED", mark("Missed")),
            ("UNRECORDED", mark("No record"), "number"),
        ),
        {"drug": "DRUG"},
    ),
    "finding_row": Raw(
        mark("Rows that fail a check"),
        _columns(
            ("CHECKID", mark("Check")), ("DOMAIN", mark("Domain")), (SUBJECT, mark("Subject")),
            ("CELLS", mark("Cells")), ("SAID", mark("What is wrong")), ("FILE", mark("File")),
            ("SRCROW", mark("Row"), "number"),
        ),
        {"check": "CHECKID", "domain": "DOMAIN"},
    ),
    "surveillance": Raw(
        mark("Required assessments, window by window"),
        _columns(
            (SUBJECT, mark("Subject")), ("ASSESSMENT", mark("Assessment")),
            ("DUEWINDOW", mark("Window")), ("STATUS", mark("Status")), ("DUEBY", mark("Due by")),
            ("DONEON", mark("Done on")),
        ),
        {"assessment": "ASSESSMENT", "window": "DUEWINDOW", "status": "STATUS"},
        "DUEBY",
    ),
    "quarantine": Raw(
        mark("Held rows as received"),
        _columns(
            (SUBJECT, mark("Subject")), ("DOMAIN", mark("Domain")), ("CHECKS", mark("Checks")),
            ("REASON", mark("Held because")), ("RAW", mark("Row as received")), *PLACE,
        ),
        {"domain": "DOMAIN", "checks": "CHECKS"},
    ),
    "medication": Raw(
        mark("Medications"),
        _columns(
            (SUBJECT, mark("Subject")), ("DECOD", mark("Medication")), ("TRT", mark("As reported")),
            ("INDC", mark("Indication")), ("STDTC", mark("Start")), ("ENDTC", mark("End")), *PLACE,
        ),
        {},
        "STDTMIN",
    ),
    "procedure": Raw(
        mark("Procedures"),
        _columns(
            (SUBJECT, mark("Subject")), ("DECOD", mark("Procedure")), ("TRT", mark("As reported")),
            ("INDC", mark("Indication")), ("STDTC", mark("Start")), ("ENDTC", mark("End")), *PLACE,
        ),
        {},
        "STDTMIN",
    ),
    "supplement": Raw(
        mark("Supplemental qualifiers"),
        _columns(
            (SUBJECT, mark("Subject")), ("RDOMAIN", mark("Domain")), ("IDVAR", mark("By")),
            ("IDVARVAL", mark("Record")), ("QNAM", mark("Name")), ("QVAL", mark("Value")), *PLACE,
        ),
        {},
    ),
    "disposition": Raw(
        mark("Disposition"),
        _columns(
            (SUBJECT, mark("Subject")), ("DECOD", mark("Event")), ("TERM", mark("As reported")),
            ("STDTC", mark("Date")), *PLACE,
        ),
        {},
        "STDTMIN",
    ),
}  # fmt: skip
