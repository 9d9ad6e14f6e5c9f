"""Checks on records of several domains beside each other: consent, doses, deaths and ends.

The joined frames are made by `safety.intake.beside`; here stands what is asked of them, by the kind
of record that is asked about. A check whose other domain was not delivered is not evaluable. Names
such as check_dm_ae_ds_death are checks of pharmaverse's R package sdtmchecks (Apache-2.0).
"""

from __future__ import annotations

from dataclasses import replace

from expectations.check import Check
from expectations.common import compared

DOSES, EVENTS, ENDS = "dose records", "adverse event records", "disposition records"
GCP = "ICH E6(R2) 4.8.8"  # consent comes before participation


def _needing(others: tuple[str, ...], check: Check) -> Check:
    """A check that has nothing to compare with unless records of one of some kinds came."""
    return replace(check, needs_one_of=others)


def _after_study(record: str, prefix: str, date_text: str) -> Check:
    return _needing(
        (ENDS,),
        compared(
            f"{prefix}-B08", record, f"{date_text} is not after the subject left the study",
            "AFTERSTUDY", "fault 14", "STUDYID",
        ),
    )  # fmt: skip


SUBJECT: list[Check] = [
    _needing(
        (EVENTS, ENDS),
        compared(
            "DM-B04", "subject", "A death is told by an adverse event or the disposition",
            "UNTOLDDEATH", "fault 40; check_dm_ae_ds_death", severity="critical", alert="P1",
        ),
    ),
    _needing(
        (EVENTS, ENDS),
        compared(
            "DM-B05", "subject", "DM, disposition and fatal event tell one day of death",
            "DEATHDATES", "fault 40; check_ae_aedthdtc_ds_death, check_ds_multdeath_dsstdtc",
        ),
    ),
]  # fmt: skip
DOSE: list[Check] = [
    compared(
        "EX-B06", "dose", "No dose was taken before consent", "BEFORECONSENT",
        f"fault 11; {GCP}", severity="critical",
    ),
    _needing(
        (ENDS,),
        compared(
            "EX-B07", "dose", "No dose is taken after the end of treatment", "AFTERSTOP",
            "fault 42; check_ds_ex_after_discon", "TRT", severity="critical",
        ),
    ),
    _after_study("dose", "EX", "Dose"),
    compared(
        "EX-B09", "dose", "The dose of a day is not above that of the level assigned",
        "ABOVELEVEL", "fault 43: 110 % of the planned daily dose", "TRT", "DOSE",
        severity="critical", alert="P2",
    ),
    compared(
        "EX-B10", "dose", "The first dose is that of the level assigned", "OTHERLEVEL",
        "exposure against ACTARMCD; SDTMIG 3.4, EX", "TRT", "DOSE",
    ),
    _needing(
        ("REASON", "ADJ"),
        compared(
            "EX-B13", "dose", "What was not taken has a reason or an event with that action",
            "NOREASON", "fault 45; check_ex_exoccur_exdose_exstdtc", "TRT",
        ),
    ),
    _needing(
        ("REASON", "ADJ"),
        compared(
            "EX-B14", "dose", "A lower dose has a reason or an event with that action", "LOWERED",
            "SDTMIG 3.4, EXADJ; ICH E6(R2) 4.9.1", "TRT", "DOSE",
        ),
    ),
]  # fmt: skip
MEASUREMENT: list[Check] = [_after_study("measurement", "ME", "Sample date")]
ADVERSE_EVENT: list[Check] = [
    compared(
        "AE-023", "adverse_event", "Event did not begin before consent", "BEFORECONSENT",
        "fault 12", handling="warn",
    ),
    compared(
        "AE-025", "adverse_event", "Attribution is told for every study drug", "NOCAUSE",
        "fault 38",
    ),
    compared(
        "AE-027", "adverse_event", "The subject of a fatal event has died", "NODEATH",
        "fault 40; check_ae_death_ds_discon", severity="critical", alert="P1",
    ),
    _needing(
        (DOSES,),
        compared(
            "AE-028", "adverse_event", "A drug that was withdrawn is not taken", "DOSEGOESON",
            "fault 42", severity="critical",
        ),
    ),
    _needing(
        (DOSES,),
        compared(
            "AE-B03", "adverse_event", "An event related to study drug began after a dose",
            "NOTGIVEN", "fault 39", "AEREL",
        ),
    ),
    _needing(
        (ENDS,),
        compared(
            "AE-B04", "adverse_event", "Treatment that was withdrawn for an event ended for it",
            "OTHERREASON", "check_ae_withdr_ds_discon", "AEACN",
        ),
    ),
    _after_study("adverse_event", "AE", "Event start"),
]  # fmt: skip
SUPPLEMENT: list[Check] = [
    _needing(
        (DOSES,),
        compared(
            "SU-007", "supplement", "A drug that an event is related to was given before it",
            "NOTGIVEN", "fault 39", "QVAL",
        ),
    ),
    _needing(
        (DOSES,),
        compared(
            "SU-008", "supplement", "A drug that was withdrawn is not taken", "DOSEGOESON",
            "fault 42", "QVAL", severity="critical",
        ),
    ),
]  # fmt: skip
PROCEDURE: list[Check] = [_after_study("procedure", "PR", "Procedure")]
DISPOSITION: list[Check] = [
    compared(
        "DS-B03", "disposition", "A death that the disposition tells is told by DM", "NODEATH",
        "fault 40; check_dm_ae_ds_death", severity="critical", alert="P1",
    ),
    _needing(
        (EVENTS,),
        compared(
            "DS-B04", "disposition", "An end by an adverse event has one with that action",
            "NOEVENT", "check_ds_ae_discon",
        ),
    ),
]  # fmt: skip
VISIT: list[Check] = [
    compared(
        "SV-B05", "visit", "No visit was made before consent", "BEFORECONSENT",
        f"fault 11; {GCP}", handling="warn",
    ),
    _after_study("visit", "SV", "Visit"),
]  # fmt: skip
# Doses that the assessment of a subject found against the plan and the rules. Deviations alert by
# themselves: an alert of the finding would be a second one.
DEVIATION: list[Check] = [
    compared(
        "DV-001", "deviation", "No dose is given while a gate is failed", "GATEFAILED",
        "fault 44", severity="critical", handling="warn",
    ),
    compared(
        "DV-002", "deviation", "No dose is above what is planned for its day", "ABOVEPLAN",
        "fault 43", severity="critical", handling="warn",
    ),
    compared(
        "DV-003", "deviation", "Doses are taken on the days of the schedule", "WRONGDAY",
        "fault 43", handling="warn",
    ),
    compared(
        "DV-004", "deviation", "Doses follow the holds and reductions of the protocol",
        "AGAINSTRULE", "ICH E6(R2) 4.5: protocol deviations", handling="warn",
    ),
]  # fmt: skip
SUITES: dict[str, list[Check]] = {
    "subject": SUBJECT,
    "dose": DOSE,
    "measurement": MEASUREMENT,
    "adverse_event": ADVERSE_EVENT,
    "supplement": SUPPLEMENT,
    "procedure": PROCEDURE,
    "disposition": DISPOSITION,
    "visit": VISIT,
    "deviation": DEVIATION,
}
