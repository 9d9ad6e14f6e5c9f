"""Checks on what trials record besides: supplements, medications, procedures, visits and so on."""

from __future__ import annotations

from expectations import cross_domain
from expectations.check import Check
from expectations.common import after_death, compared, of_every_record, of_every_subject
from expectations.free_text import of_free_text


def _complete(check: str, record: str, title: str) -> Check:
    return Check(
        check, record, title, ("STDTSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="STDTSTATE", value_set=["complete"]),
        "warning", "query", "fault 10",
    )  # fmt: skip


def _present(check: str, record: str, title: str, column: str) -> Check:
    return Check(
        check, record, title, (column,),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column=column),
        "warning", "query", "fault 6",
    )  # fmt: skip


def _in_order(check: str, record: str, title: str) -> Check:
    return Check(
        check, record, title, ("STDTMIN", "ENDTMAX"),
        lambda gx, _: gx.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="ENDTMAX", column_B="STDTMIN", or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
        "warning", "query", "fault 13",
    )  # fmt: skip


SUPPLEMENT: list[Check] = [
    *of_every_subject("supplement", "SU"),
    _present("SU-004", "supplement", "Qualifier has a name", "QNAM"),
    _present("SU-005", "supplement", "Qualifier says which record it is of", "IDVARVAL"),
    compared("SU-006", "supplement", "Attribution to a drug is told", "NOCAUSE", "fault 38"),
    *cross_domain.SUITES["supplement"],
    *of_free_text("supplement", "SU"),
]
# A medication or an old illness may have begun on a day nobody knows: that is no query.
MEDICATION: list[Check] = [
    *of_every_record("medication", "CM", "STDT", "Medication start"),
    _in_order("CM-006", "medication", "Medication does not end before it starts"),
    after_death("medication", "CM", "Medication start"),
    *of_free_text("medication", "CM"),
]
PROCEDURE: list[Check] = [
    *of_every_record("procedure", "PR", "STDT", "Procedure start"),
    _complete("PR-006", "procedure", "Procedure start is a complete date"),
    _in_order("PR-007", "procedure", "Procedure does not end before it starts"),
    after_death("procedure", "PR", "Procedure"),
    *cross_domain.SUITES["procedure"],
    *of_free_text("procedure", "PR"),
]
DISPOSITION: list[Check] = [
    *of_every_record("disposition", "DS", "STDT", "Disposition date"),
    _complete("DS-006", "disposition", "Disposition date is complete"),
    *cross_domain.SUITES["disposition"],
    *of_free_text("disposition", "DS"),
]
VISIT: list[Check] = [
    *of_every_record("visit", "SV", "STDT", "Visit date"),
    _complete("SV-006", "visit", "Visit date is complete"),
    _in_order("SV-007", "visit", "Visit does not end before it starts"),
    after_death("visit", "SV", "Visit"),
    compared(
        "SV-B03", "visit", "A planned visit is made once", "VISITTWICE", "fault 5", "VISIT",
        handling="warn",
    ),
    compared(
        "SV-B04", "visit", "Planned visits are made in order", "VISITORDER", "fault 5", "VISIT",
        handling="warn",
    ),
    *cross_domain.SUITES["visit"],
]  # fmt: skip
HISTORY: list[Check] = [
    *of_every_record("history", "MH", "STDT", "History start"),
    *of_free_text("history", "MH"),
]
DECLARATION: list[Check] = [
    *of_every_record("declaration", "DC", "STDT", "Onset"),
    _complete("DC-006", "declaration", "Onset of a declared toxicity is a complete date"),
    _present("DC-007", "declaration", "Declared toxicity is signed", "SIGNEDBY"),
    _present("DC-008", "declaration", "Signature has a date", "SIGNEDDTC"),
    *of_free_text("declaration", "DC"),
]
SUITES: dict[str, list[Check]] = {
    "supplement": SUPPLEMENT,
    "medication": MEDICATION,
    "procedure": PROCEDURE,
    "disposition": DISPOSITION,
    "visit": VISIT,
    "history": HISTORY,
    "declaration": DECLARATION,
}
